"""After a new key was put first in FIELD_ENCRYPTION_KEYS: what people are found by is written under it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from referrals.models import Beneficiary

BATCH = 1000


class Command(BaseCommand):
    help = "Write the keys of people's identity under the first of FIELD_ENCRYPTION_KEYS; may be stopped and run again."

    def handle(self, *args: Any, **options: Any) -> None:
        renewed, last = 0, 0
        while batch := list(Beneficiary.objects.from_record(last)[:BATCH]):
            renewed += Beneficiary.objects.renew_identity_keys(batch)
            last = batch[-1].pk
        self.stdout.write(f"{renewed}")
