"""What one transition asks of the database: a number that is known, and the same for the thousandth referral."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from referrals import transitions
from referrals.models import Assignment
from tests.cast import actor
from tests.factories import journey
from tests.factories.garages import ContactFactory

pytestmark = pytest.mark.django_db

# savepoint, lock, the assignment as it stands, its acceptance, state with log and queue of changes, whom to tell, one
# message, release
ACCEPTED = 8


def test_accepting_takes_a_known_number_of_statements(adviser, garage, workshop):
    ContactFactory(garage=garage, email="chef@garage.example")
    sent, by = journey.sent(adviser, garage), actor(workshop)
    asked = Assignment.objects.with_all().get(pk=sent.pk)  # as a page or a link loads it
    with CaptureQueriesContext(connection) as queries:
        transitions.accept(asked, by=by)
    assert len(queries) == ACCEPTED, "\n".join(f"{one['time']} {one['sql'][:230]}" for one in queries)
