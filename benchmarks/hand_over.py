"""A region's garages pause at once, and all that waits there goes to others, to the queue or to a pilot: each once."""

from __future__ import annotations

import random
import time
from collections import Counter
from datetime import date
from typing import Any

from benchmarks.scratch import scratch_database

REFERRALS = 10_000
CAP = 50  # what a garage may take a week at most
HOME = (45.4396, 4.3875)


def measure(referrals: int = REFERRALS) -> list[dict[str, Any]]:
    with scratch_database("bench_hand_over"):
        stage = _Stage(referrals)
        start = time.perf_counter()
        stage.move_all()
        seconds = time.perf_counter() - start
        where = stage.check()
    return [
        {
            "name": "referrals handed over a second",
            "size": referrals,
            "measured": round(referrals / seconds, 1),
            "limit": "each once",
            "ok": True,
            "detail": f"{seconds:.0f} s by one worker, through the verbs; {where}",
        }
    ]


class _Stage:
    """Half the places that are needed elsewhere: one referral in two goes to another garage, the others wait."""

    def __init__(self, referrals: int) -> None:
        from tests.factories.garages import GarageFactory

        self.chance = random.Random(20261127)
        leaving = max(1, -(-referrals // CAP))
        self.left = [self._garage(GarageFactory, number) for number in range(leaving)]
        self.others = [self._garage(GarageFactory, number) for number in range(leaving // 2 or 1)]
        self.rows = self._waiting(referrals)
        self._pause()
        self._warm_up()

    def _warm_up(self) -> None:
        """Addresses are read once by a worker, not once a hand-over."""
        from django.urls import reverse

        reverse("desk")

    def _garage(self, make: Any, number: int) -> Any:
        north, east = self.chance.uniform(-0.2, 0.2), self.chance.uniform(-0.25, 0.25)
        return make(latitude=HOME[0] + north, longitude=HOME[1] + east, weekly_cap=CAP)

    def _waiting(self, count: int) -> list[Any]:
        """As `send` leaves them; written in bulk, since what is measured comes after."""
        from mobiliz.lib import clock
        from referrals.models import Assignment, Consent, Referral
        from referrals.states import State
        from tests.factories.referrals import make_assessment, make_referral

        model = make_referral(upto="draft", sent_on=clock.today())
        people = self._people(model, count)
        Consent.objects.bulk_create(
            [
                Consent(
                    beneficiary=person,
                    text_version="1",
                    purposes=["repair"],
                    recipients="garages",
                    given_by="elle-même",
                    channel="oral",
                    given_on=date(2026, 1, 5),
                )
                for person in people
            ],
            batch_size=2000,
        )
        place = model.beneficiary.commune
        shared = {
            "offer": model.offer,
            "organisation": model.organisation,
            "assessment": make_assessment(model.organisation, clock.today()),
            "vehicle": model.vehicle,
            "commune": place,
            "department": place.department,
            "region": place.department.region,
            "distance_agreed_km": 60,
        }
        waiting = State.WAITING.value
        rows = Referral.objects.bulk_create(
            [Referral(beneficiary=person, sent_at=clock.now(), state=waiting, **shared) for person in people],
            batch_size=2000,
        )
        Assignment.objects.bulk_create(
            [self._assignment(row, self.left[number // CAP]) for number, row in enumerate(rows)], batch_size=2000
        )
        return rows

    def _people(self, model: Any, count: int) -> list[Any]:
        from referrals.models import Beneficiary

        who = {"organisation": model.organisation, "commune": model.beneficiary.commune, "last_name": "Benali"}
        born = date(1986, 5, 1)
        people = [Beneficiary(first_name=f"N{number}", birth_date=born, **who) for number in range(count)]
        return Beneficiary.objects.bulk_create(people, batch_size=2000)

    def _assignment(self, referral: Any, garage: Any) -> Any:
        from mobiliz.lib import clock
        from mobiliz.lib.periods import iso_week_monday
        from referrals.models import Assignment

        return Assignment(
            referral=referral,
            garage=garage,
            week=iso_week_monday(clock.today()),
            distance_km=1,
            agreed_km=referral.distance_agreed_km,
            put_at=clock.now(),
        )

    def _pause(self) -> None:
        from django.db import connection

        from garages.models import GarageStatus

        GarageStatus.objects.filter(garage__in=self.left).update(status="paused")
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def move_all(self) -> None:
        from referrals.tasks import move_on_from_garages_that_left

        while move_on_from_garages_that_left():
            pass

    def check(self) -> str:
        """Speed counts only where each is in one place, and no garage holds more than it takes."""
        from referrals.models import Assignment, Incident, Referral

        held = Counter(Assignment.objects.open().values_list("garage_id", flat=True))
        queued = Referral.objects.queued().count()
        reported = Incident.objects.open().values("referral").distinct().count()
        assert not set(held) & {garage.pk for garage in self.left}, "something still waits at a garage that left"
        assert max(held.values(), default=0) <= CAP, "a cap is exceeded"
        assert sum(held.values()) + queued + reported == len(self.rows), "some are lost, or in two places"
        return f"{sum(held.values())} with another garage, {queued} in the queue, {reported} with a pilot"
