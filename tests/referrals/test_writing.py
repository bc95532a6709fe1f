"""What a verb writes at its end, and what it believes of what was read before the lock."""

import pytest

from mobiliz.outbox.models import Message
from referrals import transitions
from referrals.models import Assignment, Change, Referral
from referrals.states import DeclineReason
from tests.cast import actor
from tests.factories import journey
from tests.factories.referrals import make_vehicle

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(adviser, garage):
    """As a page or a link loads it."""
    return Assignment.objects.with_all().get(pk=journey.sent(adviser, garage).pk)


def test_each_line_of_the_log_follows_the_last_and_is_in_the_queue_of_changes(asked, workshop):
    transitions.accept(asked, by=actor(workshop))
    entries = list(asked.referral.log.all())
    assert [one.position for one in entries] == [1, 2, 3]
    assert [one.entry for one in Change.objects.order_by("pk")] == entries
    assert Change.objects.filter(referral=asked.referral).count() == len(entries)


def test_a_garage_that_has_just_declined_cannot_accept_with_a_page_read_before(asked, workshop):
    transitions.decline(Assignment.objects.get(pk=asked.pk), reason=DeclineReason.NO_CAPACITY, by=actor(workshop))
    with pytest.raises(transitions.Overtaken):
        transitions.accept(asked, by=actor(workshop))


def test_a_car_changed_since_the_page_was_read_is_the_one_that_the_message_names(asked, workshop):
    other = make_vehicle(asked.referral.beneficiary, make="Lada", model="Niva")
    Referral.objects.filter(pk=asked.referral_id).update(vehicle=other)
    transitions.accept(asked, by=actor(workshop))
    assert "Lada Niva" in Message.objects.newest_first().first().context["line"]


def test_what_was_read_before_the_lock_does_not_come_back_into_the_row(asked, workshop):
    Assignment.objects.filter(pk=asked.pk).update(choice_reason="Corrigé depuis.")
    Referral.objects.filter(pk=asked.referral_id).update(distance_agreed_km=77)
    transitions.accept(asked, by=actor(workshop))
    fresh = Assignment.objects.select_related("referral").get(pk=asked.pk)
    assert (fresh.choice_reason, fresh.referral.distance_agreed_km) == ("Corrigé depuis.", 77)
