"""Opens the API to a partner's system and prints its id and secret, once."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from oauth2_provider.settings import oauth2_settings

from mobiliz.accounts.actors import SYSTEM
from mobiliz.accounts.models import Organisation
from partners.clients import ClientRefused, register_client


class Command(BaseCommand):
    help = "Ouvre l’API au système d’un partenaire ; affiche son identifiant et son secret, une seule fois."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organisation", type=UUID, required=True, help="identifiant (UUID) de l’organisation")
        parser.add_argument("--name", required=True, help="nom du système")
        parser.add_argument("--scopes", nargs="+", required=True, help=f"parmi : {', '.join(oauth2_settings.SCOPES)}")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            organisation = Organisation.objects.get(uid=options["organisation"])
            opened = register_client(
                organisation=organisation, name=options["name"], scopes=" ".join(options["scopes"]).split(), by=SYSTEM
            )
        except Organisation.DoesNotExist:
            raise CommandError(_("Aucune organisation ne porte cet identifiant.")) from None
        except ClientRefused as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(f"client_id={opened.client_id}")
        self.stdout.write(f"client_secret={opened.secret}")
        self.stderr.write(_("Notez le secret : il n’est pas gardé en clair et ne sera plus affiché."))
