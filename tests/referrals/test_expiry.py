"""An answer that ends before any quote: when one hears of it, a task with its date, and one line, once for each."""

from datetime import UTC, date, datetime, time, timedelta
from html import unescape

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from mobiliz.lib import clock
from mobiliz.lib.templatetags.mobiliz import day_fr
from mobiliz.outbox.actions import gather_digests
from mobiliz.outbox.models import Message
from referrals import transitions
from referrals.clock import moment_at, next_working_day
from referrals.desks.next_steps import Urgency, next_step
from referrals.expiry import RENEWABLE, TOLD_DAYS, ends_soon, is_over, is_to_be_told
from referrals.models import Referral
from referrals.states import State
from referrals.tasks import tell_of_expiring_answers
from tests.cast import actor, sign_in
from tests.factories import journey

# --- when: pure -------------------------------------------------------------------------------------------
MADE, FRIDAY_18TH = date(2026, 6, 1), date(2026, 12, 18)
LATE = date(2026, 12, 28)

WHEN = [
    # state, ends on, today, department: is one written to?
    ("waiting", FRIDAY_18TH, date(2026, 12, 3), "75", False),  # fifteen days before
    ("waiting", FRIDAY_18TH, date(2026, 12, 4), "75", True),  # fourteen
    ("waiting", FRIDAY_18TH, FRIDAY_18TH, "75", True),  # its last day counts
    ("waiting", FRIDAY_18TH, date(2026, 12, 19), "75", False),  # ended: another line says so
    ("accepted", FRIDAY_18TH, date(2026, 12, 4), "75", True),
    ("draft", FRIDAY_18TH, date(2026, 12, 4), "75", True),
    ("review", FRIDAY_18TH, date(2026, 12, 4), "75", False),  # a pilot has it in hand
    ("quoted", FRIDAY_18TH, date(2026, 12, 4), "75", False),  # the quote is issued
    ("agreed", FRIDAY_18TH, date(2026, 12, 4), "75", False),
    ("completed", FRIDAY_18TH, date(2026, 12, 4), "75", False),
    ("closed", FRIDAY_18TH, date(2026, 12, 4), "75", False),
    ("waiting", None, date(2026, 12, 4), "75", False),
    # fourteen days before is a Saturday, then a Sunday, then a day on which people work
    ("waiting", date(2026, 12, 19), date(2026, 12, 5), "75", False),
    ("waiting", date(2026, 12, 19), date(2026, 12, 6), "75", False),
    ("waiting", date(2026, 12, 19), date(2026, 12, 7), "75", True),
    # the 11th of November is a day off
    ("waiting", date(2026, 11, 25), date(2026, 11, 11), "75", False),
    ("waiting", date(2026, 11, 25), date(2026, 11, 12), "75", True),
    # Good Friday is one in Alsace and not in Paris
    ("waiting", date(2026, 4, 17), date(2026, 4, 3), "75", True),
    ("waiting", date(2026, 4, 17), date(2026, 4, 3), "67", False),
    ("waiting", date(2026, 4, 17), date(2026, 4, 7), "67", True),
]


@pytest.mark.parametrize(("state", "until", "today", "department", "told"), WHEN)
def test_on_which_day_one_is_told(state, until, today, department, told):
    made = min(MADE, today - timedelta(days=30))
    assert is_to_be_told(state, made_on=made, valid_until=until, today=today, department=department) == told


@pytest.mark.parametrize(
    ("made_on", "paused_until", "told"),
    [
        (date(2026, 12, 4), None, False),  # whoever has just made it knows
        (date(2026, 12, 3), None, True),
        (MADE, date(2026, 12, 4), False),  # reminders wait on purpose, that day included
        (MADE, date(2026, 12, 3), True),
    ],
)
def test_not_the_day_it_was_made_nor_while_reminders_are_paused(made_on, paused_until, told):
    today = date(2026, 12, 4)
    found = is_to_be_told("waiting", made_on=made_on, valid_until=FRIDAY_18TH, today=today, paused_until=paused_until)
    assert found == told


@given(state=st.sampled_from(State), days=st.integers(-400, 400))
def test_the_last_days_are_fifteen_with_the_last_and_only_before_a_quote(state, days):
    today = date(2026, 6, 10)
    soon = ends_soon(state, today + timedelta(days=days), today)
    assert soon == (state in RENEWABLE and 0 <= days <= TOLD_DAYS)


@given(state=st.sampled_from(State), days=st.integers(-400, 400))
def test_never_over_and_ending_at_once(state, days):
    today = date(2026, 6, 10)
    until = today + timedelta(days=days)
    assert is_over(state, until, today) == (state in RENEWABLE and days < 0)
    assert not (is_over(state, until, today) and ends_soon(state, until, today))


@given(until=st.dates(date(2026, 2, 1), date(2028, 1, 1)))
def test_there_is_always_a_day_to_tell_on_before_the_end(until):
    days = [until - timedelta(days=before) for before in range(TOLD_DAYS + 1)]
    told = [is_to_be_told("waiting", made_on=date(2025, 1, 1), valid_until=until, today=day) for day in days]
    assert sum(told) >= TOLD_DAYS // 2


# --- the task on the desk ---------------------------------------------------------------------------------
NOW = datetime(2026, 6, 10, 8, tzinfo=UTC)  # a Wednesday


@pytest.fixture(autouse=True)
def _in_june():
    with clock.moved_to(NOW):
        yield


def ends_in(referral, days):
    """The day so many days before the end, in the morning."""
    until = referral.assessment.valid_until
    day = until - timedelta(days=days)
    return clock.moved_to(datetime(day.year, day.month, day.day, 6, tzinfo=UTC))


def line_of(referral):
    return next_step(Referral.objects.for_desk().get(pk=referral.pk))


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "is_task"), [(15, False), (14, True), (1, True), (0, True)])
def test_while_a_garage_holds_it_renewing_is_a_task_with_its_date(adviser, workshop, days, is_task):
    held = journey.accepted(adviser, workshop)
    with ends_in(held.referral, days):
        seen_on = next_working_day(clock.today() + timedelta(days=20))
        journey.appointment(held, workshop, starts_at=moment_at(seen_on, time(10)))
        line = line_of(held.referral)
        assert (line.title == "Éligibilité à renouveler") == is_task
        if is_task:
            assert (line.urgency, line.due) == (Urgency.SOON, held.referral.assessment.valid_until)
            assert line.url.endswith("/foyer/")


@pytest.mark.django_db
def test_what_is_more_pressing_keeps_its_act_and_says_it_too(adviser, workshop):
    referral = journey.declined(adviser, workshop, reason="no_show").referral
    with ends_in(referral, 5):
        line = line_of(referral)
    assert line.urgency == Urgency.NOW
    assert line.label == "Choisir le garage"
    assert f"se termine le {day_fr(referral.assessment.valid_until, 'weekday')}" in line.sentence


@pytest.mark.django_db
def test_a_draft_keeps_its_act_with_the_day_in_sight(adviser):
    referral = journey.ready(adviser)
    with ends_in(referral, 5):
        line = line_of(referral)
    assert (line.label, line.due) == ("Choisir le garage", referral.assessment.valid_until)
    assert line.detail == f"éligible jusqu’au {day_fr(referral.assessment.valid_until, 'weekday')}"


@pytest.mark.django_db
def test_the_task_goes_with_a_new_answer(adviser, workshop):
    held = journey.accepted(adviser, workshop)
    with ends_in(held.referral, 5):
        journey.assess(held.referral, adviser)
        fresh = journey.fresh(held.referral)
        assert "renouveler" not in line_of(fresh).title
    assert fresh.assessment.supersedes_id == held.referral.assessment_id
    assert fresh.assessment.valid_until > held.referral.assessment.valid_until


@pytest.mark.django_db
def test_the_desk_shows_it_and_a_pilot_is_not_sent_to_the_household(adviser, workshop, regional_pilot):
    held = journey.sent(adviser, journey.garage_of(workshop))
    with ends_in(held.referral, 5):
        transitions.pause_reminders(held.referral, until=clock.today() + timedelta(days=3), by=actor(adviser))
        desk = unescape(sign_in(Client(), adviser).get("/bureau/").content.decode())
        assert f"se termine le {day_fr(held.referral.assessment.valid_until, 'weekday')}" in desk
        case = sign_in(Client(), regional_pilot).get(f"/orientations/{held.referral.uid}/").content.decode()
        assert "/foyer/" not in case


# --- one line in the day's message ------------------------------------------------------------------------
def written():
    return list(Message.objects.filter(key__startswith="expiry:"))


@pytest.mark.django_db
def test_told_once_in_the_days_message_to_whoever_follows_it(adviser, colleague):
    referral = journey.ready(adviser)
    with ends_in(referral, 15):
        assert tell_of_expiring_answers() == 0
    for days in (14, 13, 12, 2, 0):
        with ends_in(referral, days):
            tell_of_expiring_answers()
            tell_of_expiring_answers()
            gather_digests(clock.today())
    [message] = written()
    assert message.recipient_email == adviser.user.email
    assert message.digest is not None
    assert day_fr(referral.assessment.valid_until, "weekday") in message.context["line"]
    assert "Benali" not in message.context["line"]


@pytest.mark.django_db
def test_whoever_takes_the_case_over_is_not_told_a_second_time(adviser, colleague):
    referral = journey.ready(adviser)
    with ends_in(referral, 14):
        first = tell_of_expiring_answers()
    referral.adviser = colleague
    referral.save(update_fields=["adviser"])
    with ends_in(referral, 7):
        assert (first, tell_of_expiring_answers()) == (1, 0)


@pytest.mark.django_db
def test_each_new_answer_is_told_anew_and_the_old_one_no_more(adviser):
    referral = journey.ready(adviser)
    with ends_in(referral, 14):
        assert tell_of_expiring_answers() == 1
        journey.assess(referral, adviser)
    renewed = journey.fresh(referral)
    with ends_in(referral, 7):
        assert tell_of_expiring_answers() == 0
    with ends_in(renewed, 11):  # a Tuesday
        assert tell_of_expiring_answers() == 1
        assert tell_of_expiring_answers() == 0
    assert len(written()) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("reach", ["quoted", "in_review", "not_eligible"])
def test_nobody_is_told_where_nothing_is_to_be_renewed(adviser, workshop, reach):
    if reach == "quoted":
        referral = journey.quoted(adviser, workshop).referral
        moment = ends_in(referral, 10)
    else:
        referral = journey.in_review(adviser) if reach == "in_review" else journey.assessed(adviser, income="40000")
        moment = clock.moved_to(NOW + timedelta(days=170))
    with moment:
        assert tell_of_expiring_answers() == 0
    assert written() == []


@pytest.mark.django_db
def test_many_are_told_in_one_run(adviser):
    referrals = [journey.ready(adviser, last_name=f"Nom{number}") for number in range(3)]
    with ends_in(referrals[0], 14):
        assert tell_of_expiring_answers() == 3
    assert len(written()) == 3
