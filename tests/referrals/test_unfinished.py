"""What is typed at a step and not submitted: kept for whoever typed it, and forgotten in time."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from mobiliz.lib import clock
from referrals import unfinished
from referrals.models import Unfinished
from referrals.tasks import forget_what_was_not_submitted
from tests.cast import actor
from tests.factories import journey

pytestmark = pytest.mark.django_db

TYPED = {"first_name": ["Nadia"], "birth_date": ["1/5/"], "agrees": []}


def keep(member, dossier=None, step="person", typed=TYPED):
    return unfinished.keep(dossier or uuid4(), step, typed=typed, by=actor(member))


def test_the_last_that_was_typed_is_what_is_kept(adviser):
    dossier = uuid4()
    keep(adviser, dossier)
    keep(adviser, dossier, typed={"first_name": ["Samira"]})
    assert Unfinished.objects.get().values == {"first_name": ["Samira"]}


def test_each_member_has_their_own(adviser, agency_adviser, pilot):
    dossier = uuid4()
    keep(adviser, dossier)
    keep(agency_adviser, dossier, typed={"first_name": ["Ailleurs"]})
    for member, seen in ((adviser, ["Nadia"]), (agency_adviser, ["Ailleurs"]), (pilot, [])):
        rows = Unfinished.objects.visible_to(actor(member)).of_dossier(dossier)
        assert [row.values["first_name"][0] for row in rows] == seen


def test_it_is_sealed_in_the_database(adviser):
    keep(adviser)
    with connection.cursor() as cursor:
        cursor.execute("SELECT values, rests_on FROM referrals_unfinished")
        sealed, _ = cursor.fetchone()
    assert b"Nadia" not in bytes(sealed)


def test_a_social_security_number_is_never_kept(adviser):
    kept = keep(adviser, typed={"notes": ["Son numéro : 2 85 05 42 218 123, à rappeler"]})
    assert kept.values == {"notes": ["Son numéro : …, à rappeler"]}


def test_what_is_kept_has_a_measure(adviser):
    kept = keep(adviser, typed={f"name{number}": ["x" * 9_000] for number in range(500)})
    assert len(kept.values) == unfinished.MOST_NAMES
    assert {len(value) for [value] in kept.values.values()} == {unfinished.MOST_SIGNS}


def test_one_member_cannot_leave_any_number_behind(adviser, agency_adviser, monkeypatch):
    monkeypatch.setattr(unfinished, "MOST_A_MEMBER", 3)
    theirs = keep(agency_adviser)
    dossiers = [keep(adviser).dossier for _ in range(5)]
    left = Unfinished.objects.visible_to(actor(adviser)).newest_first()
    assert [row.dossier for row in left] == dossiers[:1:-1]
    assert Unfinished.objects.with_keys([theirs.pk]).exists()


@pytest.mark.parametrize("name", ["workshop", "pilot", "administrator"])
def test_only_who_opens_dossiers_begins_one(member, name):
    with pytest.raises(PermissionDenied):
        keep(member(name))


def test_one_step_or_the_whole_dossier_is_forgotten(adviser, agency_adviser):
    dossier = uuid4()
    for step in ("person", "household", "vehicle"):
        keep(adviser, dossier, step)
    keep(agency_adviser, dossier)
    unfinished.forget(dossier, "person", by=actor(adviser))
    assert {row.step for row in Unfinished.objects.visible_to(actor(adviser))} == {"household", "vehicle"}
    unfinished.forget(dossier, by=actor(adviser))
    assert Unfinished.objects.get().membership == agency_adviser


def test_after_two_weeks_it_is_forgotten_by_itself(adviser):
    with journey.days_ago(15):
        keep(adviser)
    with journey.days_ago(13):
        recent = keep(adviser)
    assert forget_what_was_not_submitted() == 1
    assert Unfinished.objects.get() == recent
    assert recent.at < clock.now() - timedelta(days=12)


def test_a_dossier_that_was_opened_is_no_longer_one_that_was_begun(adviser):
    referral = journey.draft(adviser)
    keep(adviser, referral.uid)
    begun = keep(adviser)
    assert list(Unfinished.objects.visible_to(actor(adviser)).not_yet_opened()) == [begun]
