"""Load the demonstration once: territory, thresholds, network, history, live cases, cells."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from mobiliz.accounts.models import User
from mobiliz.demo.cases import load_cases
from mobiliz.demo.exchange import load_exchange
from mobiliz.demo.follow_up import load_follow_up
from mobiliz.demo.history import load_past
from mobiliz.demo.network import load_network
from mobiliz.demo.rules import load_rules
from mobiliz.programme.models import REPAIR, Offer
from reporting.cells import bring_up_to_date

LOCK = 20120301  # any number that is ours: two loads at once wait for each other


def _count() -> None:
    """Read the queue of changes to its end; what a long transaction elsewhere holds back, the worker reads later."""
    while bring_up_to_date(batch=5000):
        pass


class Command(BaseCommand):
    help = "Charge les données de démonstration, une seule fois."

    def handle(self, **options: Any) -> None:
        if settings.MOBILIZ_MODE == "production":
            raise CommandError("Les données de démonstration ne se chargent pas en production.")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        if User.objects.filter(email="conseillere@wimoov.example").exists():
            return
        call_command("load_territory", verbosity=0)
        call_command("load_thresholds", verbosity=0)
        with transaction.atomic():
            self._load()
        self._timed("cellules", _count)

    def _load(self) -> None:
        cast = self._timed("réseau", load_network)
        offer = Offer.objects.get(pk=REPAIR)
        self._timed("historique", lambda: load_past(cast, offer))
        self._timed("dossiers en cours", lambda: load_cases(cast))
        self._timed("notes et absences", lambda: load_follow_up(cast))
        self._timed("messages et rendez-vous", lambda: load_exchange(cast))
        self._timed("règles en préparation", lambda: load_rules(cast))

    def _timed(self, what: str, load: Callable[[], Any]) -> Any:
        began = time.monotonic()
        result = load()
        self.stdout.write(f"{what} : {time.monotonic() - began:.1f} s")
        return result
