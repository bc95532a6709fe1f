"""Two pilots approve at the same moment: never two rules in force, and whoever comes second is told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from eligibility import actions
from eligibility.models import RuleSet
from mobiliz.accounts.roles import Role
from mobiliz.lib import clock
from mobiliz.lib.refusals import Refused
from mobiliz.programme.models import REPAIR
from tests.cast import actor
from tests.factories import ruling
from tests.factories.accounts import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    start = Barrier(len(acts))

    def run(act):
        try:
            start.wait(10)
            return act()
        except Refused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.fixture
def pilots(pilot):
    return [pilot, *(MembershipFactory(user=UserFactory(), role=Role.PILOT) for _more in range(2))]


def in_force():
    return list(
        RuleSet.objects.of_offer(REPAIR)
        .approved()
        .order_by("in_force_from")
        .values_list("in_force_from", "in_force_until")
    )


def test_one_rule_approved_twice_is_approved_once(pilots):
    rule_set = ruling.proposed(pilots[0])
    results = at_once(*(lambda by=by: actions.approve(rule_set, by=actor(by)) for by in pilots[1:]))
    assert sorted(type(one).__name__ for one in results) == ["Refused", "RuleSet"]
    assert len(in_force()) == 2


def test_two_rules_for_one_day_leave_one(pilots):
    rules = [ruling.proposed(pilots[0]), ruling.proposed(pilots[0], ruling.RSA)]
    results = at_once(
        *(lambda one=one, by=by: actions.approve(one, by=actor(by)) for one, by in zip(rules, pilots[1:], strict=True))
    )
    assert sorted(type(one).__name__ for one in results) == ["Refused", "RuleSet"]


def test_two_rules_for_two_days_follow_each_other(pilots):
    later = clock.today() + timedelta(days=40)
    rules = [ruling.proposed(pilots[0], on=later), ruling.proposed(pilots[0], ruling.RSA)]
    at_once(
        *(lambda one=one, by=by: actions.approve(one, by=actor(by)) for one, by in zip(rules, pilots[1:], strict=True))
    )
    periods = in_force()
    assert [until for _first, until in periods] == [*(first for first, _until in periods[1:]), None]


def test_two_drafts_at_once_have_two_numbers(pilots):
    drafts = at_once(*(lambda by=by: ruling.draft(by) for by in pilots))
    assert sorted(one.version for one in drafts) == [2, 3, 4]
