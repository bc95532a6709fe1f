"""What one transition asks of the database: a number that is known, and the same for the thousandth referral."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mobiliz.lib import clock
from referrals import transitions
from referrals.delays import delays_on
from referrals.models import Assignment
from tests.cast import actor
from tests.factories import journey
from tests.factories.garages import ContactFactory

pytestmark = pytest.mark.django_db

# savepoint, lock, the assignment as it stands, its acceptance, state with log and queue of changes, whom to tell, one
# message, release
ACCEPTED = 8
# savepoint, lock, the garage that holds it, which reminders were written, when to look again, release
LOOKED_AT = 6


def test_accepting_takes_a_known_number_of_statements(adviser, garage, workshop):
    ContactFactory(garage=garage, email="chef@garage.example")
    sent, by = journey.sent(adviser, garage), actor(workshop)
    asked = Assignment.objects.with_all().get(pk=sent.pk)  # as a page or a link loads it
    with CaptureQueriesContext(connection) as queries:
        transitions.accept(asked, by=by)
    assert len(queries) == ACCEPTED, "\n".join(f"{one['time']} {one['sql'][:230]}" for one in queries)


def test_a_look_that_finds_nothing_to_do_takes_a_known_number_of_statements(adviser, garage):
    referral, delays = journey.sent(adviser, garage).referral, delays_on(clock.today())
    with CaptureQueriesContext(connection) as queries:
        assert transitions.look(referral, delays=delays) is None
    assert len(queries) == LOOKED_AT, "\n".join(f"{one['time']} {one['sql'][:230]}" for one in queries)
