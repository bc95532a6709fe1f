"""Which systems speak for a partner, and what they were granted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import structlog
from django.db import transaction
from django.utils.translation import gettext as _
from oauth2_provider.generators import generate_client_id, generate_client_secret
from oauth2_provider.models import Application
from oauth2_provider.settings import oauth2_settings

from mobiliz.accounts.actors import Actor
from mobiliz.accounts.models import Organisation, OrganisationKind
from partners.models import ApiClient

MAY_HAVE_CLIENTS = (OrganisationKind.STRUCTURE, OrganisationKind.GROUP, OrganisationKind.MAKER)
log = structlog.get_logger("mobiliz.clients")


class ClientRefused(ValueError):
    """Says in French why no client was registered."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the partner is told once: of the secret, only a hash is kept."""

    client: ApiClient
    client_id: str
    secret: str


@transaction.atomic
def register_client(
    *,
    organisation: Organisation,
    name: str,
    scopes: Iterable[str],
    by: Actor,
    client_id: str = "",
    secret: str = "",
) -> Credentials:
    """Open the API to a partner's system; id and secret are drawn unless given (demonstration only)."""
    granted = _known_scopes(scopes)
    if organisation.kind not in MAY_HAVE_CLIENTS:
        raise ClientRefused(_("Un système partenaire parle pour une structure, un groupe ou le constructeur."))
    client_id, secret = client_id or generate_client_id(), secret or generate_client_secret()
    application = Application.objects.create(
        name=name,
        client_id=client_id,
        client_secret=secret,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
    )
    client = ApiClient.objects.create(
        organisation=organisation, application=application, name=name, scopes=" ".join(granted)
    )
    log.info("api client registered", client=str(client.uid), scopes=granted, by=by.reference)
    return Credentials(client, client_id, secret)


def _known_scopes(scopes: Iterable[str]) -> list[str]:
    asked = sorted(set(scopes))
    unknown = [scope for scope in asked if scope not in oauth2_settings.SCOPES]
    if unknown or not asked:
        known = ", ".join(oauth2_settings.SCOPES)
        raise ClientRefused(_("Choisissez des portées parmi : %(known)s.") % {"known": known})
    return asked
