"""Rule sets: drafted, tried, proposed, approved by another, in force from a day on, never changed."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from eligibility import actions
from eligibility.assess import rule_set_in_force
from eligibility.models import Acknowledgement, RuleSet, Status, Subject
from mobiliz.accounts.roles import Role
from mobiliz.lib import clock
from mobiliz.lib.refusals import Refused
from mobiliz.outbox.models import Message
from mobiliz.programme.models import REPAIR, Offer
from tests.cast import actor
from tests.factories import ruling
from tests.factories.accounts import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def second_pilot(db):
    return MembershipFactory(user=UserFactory(), role=Role.PILOT)


def days(count):
    return clock.today() + timedelta(days=count)


def refused(act, *, code="", field=""):
    with pytest.raises(Refused) as caught, transaction.atomic():
        act()
    assert caught.value.message.endswith(".")
    assert code in ("", caught.value.code)
    assert field in ("", caught.value.field)
    return caught.value.message


# --- the way of a rule ------------------------------------------------------------------------------------
def test_a_draft_is_a_copy_of_what_is_in_force_with_the_next_number(pilot):
    first = RuleSet.objects.of_offer(REPAIR).get()
    drafts = [ruling.draft(pilot), ruling.draft(pilot)]
    assert [one.version for one in drafts] == [2, 3]
    assert {str(one.definition) for one in drafts} == {str(first.definition)}
    assert ruling.draft(pilot, Subject.VEHICLE).version == 4


def test_from_draft_to_in_force(pilot, second_pilot):
    rule_set = ruling.approved(pilot, second_pilot)
    before, after = RuleSet.objects.of_offer(REPAIR).approved().order_by("version")
    assert (before.in_force_until, after.in_force_from, after.in_force_until) == (days(10), days(10), None)
    assert (after.drafted_by, after.approved_by) == (pilot, second_pilot)
    assert rule_set_in_force(REPAIR, days(9)) == before
    assert rule_set_in_force(REPAIR, days(10)) == rule_set


def test_an_approval_between_two_versions_ends_where_the_next_begins(pilot, second_pilot):
    later = ruling.approved(pilot, second_pilot, on=days(60))
    between = ruling.approved(pilot, second_pilot, on=days(30))
    assert between.in_force_until == days(60)
    assert [rule_set_in_force(REPAIR, days(count)).pk for count in (30, 59, 60)] == [between.pk, between.pk, later.pk]
    assert rule_set_in_force(REPAIR, days(29)).version == 1


def test_two_versions_never_begin_on_one_day(pilot, second_pilot):
    ruling.approved(pilot, second_pilot)
    refused(lambda: ruling.approved(pilot, second_pilot), field="in_force_from")


@pytest.mark.parametrize("who", ["adviser", "workshop", "volunteer", "administrator", "stranger"])
def test_only_pilots_touch_rules(request, pilot, who):
    rule_set = ruling.proposed(pilot)
    by = actor(request.getfixturevalue(who))
    acts = (
        lambda: actions.draft_rule_set(Offer.objects.get(pk=REPAIR), Subject.HOUSEHOLD, by=by),
        lambda: actions.save_draft(rule_set, given=ruling.given(), by=by),
        lambda: actions.discard_draft(rule_set, by=by),
        lambda: actions.ask_for_trial(rule_set, since=days(-1), by=by),
        lambda: actions.propose(rule_set, by=by),
        lambda: actions.send_back(rule_set, because="non", by=by),
        lambda: actions.approve(rule_set, by=by),
    )
    for act in acts:
        with pytest.raises(PermissionDenied):
            act()


# --- what a proposal needs --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"definition": {"op": "all", "of": []}}, "rule"),
        ({"definition": {"leaf": "mileage_below", "limit_km": 200000}}, "rule"),
        ({"on": clock.today() - timedelta(days=1)}, "in_force_from"),
        ({"why": " "}, "why"),
    ],
)
def test_a_proposal_is_whole_has_its_day_and_its_reason(pilot, given, field):
    rule_set = ruling.written(pilot, **given)
    refused(lambda: actions.propose(rule_set, by=actor(pilot)), field=field)
    rule_set.refresh_from_db()
    assert rule_set.status == Status.DRAFT


def test_a_proposal_was_tried_as_it_stands(pilot):
    rule_set = ruling.written(pilot)
    refused(lambda: actions.propose(rule_set, by=actor(pilot)), code="not_tried")
    ruling.tried(rule_set, pilot)
    changed = actions.save_draft(rule_set, given=ruling.given(ruling.RSA), by=actor(pilot))
    refused(lambda: actions.propose(changed, by=actor(pilot)), code="not_tried")
    again = actions.save_draft(changed, given=ruling.given(), by=actor(pilot))
    assert actions.propose(again, by=actor(pilot)).status == Status.PROPOSED


def test_what_is_not_whole_is_kept_in_a_draft_but_not_tried(pilot):
    rule_set = ruling.written(pilot, {"op": "any", "of": []})
    assert RuleSet.objects.get(pk=rule_set.pk).definition == {"op": "any", "of": []}
    refused(lambda: actions.ask_for_trial(rule_set, since=days(-1), by=actor(pilot)), field="rule")


def test_a_second_trial_while_one_runs_is_the_same(pilot):
    rule_set = ruling.written(pilot)
    ask = [actions.ask_for_trial(rule_set, since=days(-9), by=actor(pilot)) for _twice in range(2)]
    assert ask[0] == ask[1]


def test_who_saved_later_is_told_and_overwrites_nothing(pilot, regional_pilot):
    rule_set = ruling.draft(pilot)
    seen = rule_set.changed_at.isoformat()
    actions.save_draft(rule_set, given=ruling.given(), by=actor(pilot), seen_at=seen)
    late = lambda: actions.save_draft(  # noqa: E731
        rule_set, given=ruling.given(ruling.RSA), by=actor(regional_pilot), seen_at=seen
    )
    assert "changé entre-temps" in refused(late)
    assert RuleSet.objects.get(pk=rule_set.pk).definition == ruling.EITHER


# --- four eyes --------------------------------------------------------------------------------------------
def test_nobody_approves_their_own(pilot):
    rule_set = ruling.proposed(pilot)
    refused(lambda: actions.approve(rule_set, by=actor(pilot)), code="four_eyes")


def test_nobody_approves_their_own_from_another_seat(pilot):
    other_seat = MembershipFactory(user=pilot.user, role=Role.REGIONAL_PILOT, region_id="84")
    rule_set = ruling.proposed(pilot)
    refused(lambda: actions.approve(rule_set, by=actor(other_seat)), code="four_eyes")
    with pytest.raises(IntegrityError, match="another than its author"), transaction.atomic():
        RuleSet.objects.filter(pk=rule_set.pk).update(
            status="approved", approved_by=other_seat, approved_at=clock.now()
        )


def test_a_regional_pilot_may_approve_while_the_rule_is_explored(pilot, regional_pilot):
    assert ruling.approved(pilot, regional_pilot).is_approved


def test_while_frozen_two_national_pilots_are_needed(pilot, second_pilot, regional_pilot):
    ruling.approved(pilot, second_pilot, on=days(0), frozen_until=days(100))
    soon = ruling.proposed(pilot, ruling.RSA, on=days(50))
    refused(lambda: actions.approve(soon, by=actor(regional_pilot)), code="frozen")
    drafted_in_the_region = ruling.proposed(regional_pilot, ruling.RSA, on=days(51))
    refused(lambda: actions.approve(drafted_in_the_region, by=actor(pilot)), code="frozen")
    assert actions.approve(soon, by=actor(second_pilot)).is_approved


def test_the_freeze_of_an_announced_version_holds_before_it_begins(pilot, second_pilot, regional_pilot):
    ruling.approved(pilot, second_pilot, on=days(20), frozen_until=days(100))
    within = ruling.proposed(pilot, ruling.RSA, on=days(50))
    refused(lambda: actions.approve(within, by=actor(regional_pilot)), code="frozen")
    assert actions.approve(within, by=actor(second_pilot)).is_approved
    after_it = ruling.proposed(pilot, ruling.RSA, on=days(60))  # though another began in between
    refused(lambda: actions.approve(after_it, by=actor(regional_pilot)), code="frozen")
    assert ruling.approved(pilot, regional_pilot, ruling.RSA, on=days(10)).is_approved  # before it


def test_what_begins_after_the_freeze_is_free_again(pilot, second_pilot, regional_pilot):
    ruling.approved(pilot, second_pilot, on=days(0), frozen_until=days(100))
    assert ruling.approved(regional_pilot, pilot, ruling.RSA, on=days(100)).is_approved


def test_sent_back_it_is_a_draft_again_with_the_reason(pilot, second_pilot):
    rule_set = ruling.proposed(pilot)
    refused(lambda: actions.send_back(rule_set, because=" ", by=actor(second_pilot)), field="because")
    actions.send_back(rule_set, because="Et l’ASS ?", by=actor(second_pilot))
    rule_set.refresh_from_db()
    assert (rule_set.status, rule_set.sent_back_because) == (Status.DRAFT, "Et l’ASS ?")
    assert Message.objects.get(recipient_email=pilot.user.email, about=f"rule_set:{rule_set.uid}")


def _discarded(pilot):
    rule_set = ruling.draft(pilot)
    actions.discard_draft(rule_set, by=actor(pilot))
    return rule_set


STATUSES = {
    "draft": ruling.draft,
    "proposed": ruling.proposed,
    "discarded": _discarded,
}


ACTS = {
    "save": (lambda one, by: actions.save_draft(one, given=ruling.given(), by=by), {"draft"}),
    "discard": (lambda one, by: actions.discard_draft(one, by=by), {"draft", "proposed"}),
    "send_back": (lambda one, by: actions.send_back(one, because="non", by=by), {"proposed"}),
    "approve": (lambda one, by: actions.approve(one, by=by), {"proposed"}),
    "acknowledge": (lambda one, by: actions.acknowledge(one, by=by), {"approved"}),
}


@pytest.mark.parametrize("status", ["draft", "proposed", "discarded", "approved"])
@pytest.mark.parametrize("act", ACTS)
def test_each_act_in_each_state(pilot, second_pilot, status, act):
    rule_set = ruling.approved(pilot, second_pilot) if status == "approved" else STATUSES[status](pilot)
    verb, allowed = ACTS[act]
    if status in allowed:
        verb(rule_set, actor(second_pilot))
    else:
        refused(lambda: verb(rule_set, actor(second_pilot)))


# --- what the database holds ------------------------------------------------------------------------------
@pytest.mark.parametrize("change", [{"definition": {}}, {"validity_days": 9}, {"why": "autre"}, {"status": "draft"}])
def test_an_approved_rule_is_never_changed(pilot, second_pilot, change):
    rule_set = ruling.approved(pilot, second_pilot)
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        RuleSet.objects.filter(pk=rule_set.pk).update(**change)
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        rule_set.delete()


def test_an_approval_says_by_whom():
    with pytest.raises(IntegrityError, match="rule_set_approved_says_by_whom"), transaction.atomic():
        RuleSet.objects.create(
            offer_id=REPAIR,
            version=9,
            definition={},
            status="approved",
            in_force_from=days(900),
            in_force_until=days(901),
        )


def test_two_overlapping_versions_cannot_be_in_force(pilot, second_pilot):
    rule_set = ruling.proposed(pilot)
    with pytest.raises(IntegrityError, match="rule_set_never_two_in_force"), transaction.atomic():
        RuleSet.objects.filter(pk=rule_set.pk).update(
            status="approved", approved_by=second_pilot, approved_at=clock.now()
        )


def test_the_days_of_the_known_vehicle_rules_meet_without_gap():
    known = RuleSet.objects.of_offer(REPAIR, "vehicle").approved().order_by("version")
    assert [one.in_force_until for one in known][:-1] == [one.in_force_from for one in known][1:]
    assert all(one.first_day_note for one in known)


# --- who hears of it, and who has read it -----------------------------------------------------------------
def test_a_change_is_announced_to_those_concerned(pilot, second_pilot, adviser, regional_pilot, workshop, volunteer):
    rule_set = ruling.approved(pilot, second_pilot)
    about = Message.objects.filter(about=f"rule_set:{rule_set.uid}")
    announced = set(about.filter(digest_on__isnull=False).values_list("recipient_email", flat=True))
    assert announced == {one.user.email for one in (adviser, regional_pilot, pilot)}
    proposed = set(about.filter(digest_on__isnull=True).values_list("recipient_email", flat=True))
    assert proposed == {one.user.email for one in (second_pilot, regional_pilot)}


def test_a_rule_about_cars_is_announced_to_garages_too(pilot, second_pilot, workshop):
    rule_set = ruling.draft(pilot, Subject.VEHICLE)
    definition = {"leaf": "mileage_below", "limit_km": 250000}
    actions.save_draft(rule_set, given=ruling.given(definition), by=actor(pilot))
    ruling.tried(rule_set, pilot)
    actions.propose(rule_set, by=actor(pilot))
    actions.approve(rule_set, by=actor(second_pilot))
    assert Message.objects.filter(about=f"rule_set:{rule_set.uid}", recipient_email=workshop.user.email).exists()


def test_read_is_said_once(pilot, second_pilot, adviser, other_adviser):
    rule_set = ruling.approved(pilot, second_pilot)
    assert list(RuleSet.objects.unread_by(adviser)) == [rule_set]
    for _twice in range(2):
        actions.acknowledge(rule_set, by=actor(adviser))
    assert Acknowledgement.objects.filter(membership=adviser).count() == 1
    assert not RuleSet.objects.unread_by(adviser).exists()
    assert RuleSet.objects.unread_by(other_adviser).exists()
    assert not RuleSet.objects.unread_by(pilot).exists()  # who wrote it


def test_the_statement_of_the_lock_is_one_of_the_offer(pilot):
    """Numbers are given under the offer's lock, so that two drafts at once have two."""
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        ruling.draft(pilot)
    assert any("programme_offer" in one["sql"] and "FOR UPDATE" in one["sql"] for one in queries)
