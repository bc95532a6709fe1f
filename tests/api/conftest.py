"""Partners' systems that call, each with its own token."""

import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import AccessToken, set_token_value

from mobiliz.accounts.actors import SYSTEM
from partners.clients import register_client

EVERYTHING = ("directory:read", "referrals:read", "referrals:write", "reports:read")


@pytest.fixture(autouse=True)
def _nobody_has_called_yet():
    cache.clear()


class Caller:
    """A partner's system with a token: `caller.get("/api/v1/garages/", level="RA1")`."""

    def __init__(self, client, scopes, token):
        AccessToken.objects.filter(application=client.application).delete()
        row = AccessToken(
            application=client.application, scope=" ".join(scopes), expires=timezone.now() + timedelta(hours=1)
        )
        set_token_value(row, token)
        row.save()
        self.client, self.token = client, token
        self.http = Client(enforce_csrf_checks=True, headers={"authorization": f"Bearer {token}"})

    def get(self, address, headers=None, **parameters):
        return self.http.get(address, query_params=parameters or None, headers=headers)

    def post(self, address, body, **options):
        content = body if isinstance(body, str | bytes) else json.dumps(body)
        return self.http.post(address, content, **{"content_type": "application/json", **options})

    def ids(self, address, **parameters):
        return [row["id"] for row in self.get(address, **parameters).json()["results"]]


@pytest.fixture
def call_as():
    """`call_as(structure, "directory:read")`: a system of this partner, with a token for these scopes (all of them)."""

    def made(place, *scopes):
        opened = register_client(organisation=place.organisation, name="SI", scopes=EVERYTHING, by=SYSTEM)
        return Caller(opened.client, scopes or EVERYTHING, token=f"token of {opened.client.pk}")

    return made


@pytest.fixture
def caller(call_as, structure):
    """Wimoov's system, with every scope."""
    return call_as(structure)
