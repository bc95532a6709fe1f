"""Nobody waits unseen: reminder, back-up, lapse, each once, each told; pauses, answers and failures in between."""

from datetime import UTC, datetime, timedelta

import pytest

from garages.models import Contact
from mobiliz.lib import clock
from mobiliz.outbox.models import Message
from referrals import tasks, transitions
from referrals.models import Incident, LogEntry, Referral, Resolution
from referrals.transitions import Overtaken, Refused
from tests.cast import actor
from tests.factories import journey
from tests.factories.garages import ContactFactory

pytestmark = pytest.mark.django_db

TUESDAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # ten o'clock in Paris


def day(count: int, hour: int = 9) -> datetime:
    return TUESDAY + timedelta(days=count, hours=hour - 9)


@pytest.fixture
def asked(adviser, garage):
    """Put on a Tuesday to a garage with a first contact and a back-up."""
    Contact.objects.filter(garage=garage).delete()
    ContactFactory(garage=garage, rank=1, email="chef@garage.example")
    ContactFactory(garage=garage, rank=2, email="second@garage.example")
    with clock.moved_to(TUESDAY):
        return journey.sent(adviser, garage)


def rounds(moment: datetime, times: int = 3) -> int:
    with clock.moved_to(moment):
        return sum(tasks.look_at_what_is_due() for _ in range(times))


def mails(to: str) -> list[str]:
    return list(Message.objects.to(to).order_by("pk").values_list("template", flat=True))


def verbs(assignment) -> list[str]:
    return list(LogEntry.objects.of_referral(assignment.referral).values_list("verb", flat=True))


def test_a_silent_garage_is_reminded_then_its_backup_and_on_the_third_day_it_loses_the_case(asked):
    assert mails("chef@garage.example") == ["referrals/garage_asked"]
    assert rounds(day(0)) == 0
    assert rounds(day(1)) == 1
    assert mails("chef@garage.example")[1:] == ["referrals/garage_reminded"]
    assert rounds(day(2)) == 1
    assert mails("second@garage.example") == ["referrals/garage_reminded"]
    assert rounds(day(3)) == 1
    assert journey.fresh(asked).end == "lapsed"
    told = [verb for verb in verbs(asked) if verb in ("remind", "lapse")]
    assert told == ["remind", "remind", "lapse"]


def test_the_adviser_hears_when_the_backup_is_asked_and_when_the_case_is_lost(asked, adviser):
    for count in (1, 2):
        rounds(day(count))
    urgent = Message.objects.to(adviser.user.email).filter(digest_on__isnull=True)
    assert "remplaçant" in urgent.latest("pk").context["line"]
    rounds(day(3))
    assert "n’a pas répondu" in " ".join(
        one.context["line"] for one in Message.objects.to(adviser.user.email).filter(digest_on__isnull=False)
    )


def test_a_clock_that_stood_still_for_days_takes_one_step_a_day_and_no_more(asked):
    assert rounds(day(6)) == 1  # Monday: only the reminder, three days late
    assert rounds(day(6, 16)) == 0
    assert rounds(day(7)) == 1
    assert rounds(day(8)) == 1
    assert journey.fresh(asked).end == "lapsed"


def test_an_answer_stops_it(asked, workshop):
    rounds(day(1))
    with clock.moved_to(day(1, 10)):
        transitions.accept(journey.fresh(asked), by=actor(workshop))
    assert rounds(day(3)) == 0
    assert mails("second@garage.example") == []


def test_a_pause_stops_it_until_its_day_is_over(asked, adviser):
    with clock.moved_to(TUESDAY):
        transitions.pause_reminders(asked.referral, until=day(3).date(), by=actor(adviser))
    assert [rounds(day(count)) for count in (1, 2, 3)] == [0, 0, 0]
    assert rounds(day(6)) == 1


def test_reminders_taken_up_again_go_on_the_next_morning(asked, adviser):
    with clock.moved_to(TUESDAY):
        transitions.pause_reminders(asked.referral, until=day(9).date(), by=actor(adviser))
        transitions.resume_reminders(journey.fresh(asked.referral), by=actor(adviser))
    assert rounds(day(1)) == 1


@pytest.mark.parametrize("days", [-1, 31])
def test_a_pause_is_for_a_day_to_come_and_not_for_ever(asked, adviser, days):
    with clock.moved_to(TUESDAY), pytest.raises(Refused) as refused:
        transitions.pause_reminders(asked.referral, until=day(days).date(), by=actor(adviser))
    assert refused.value.field == "until"


def test_nobody_pauses_what_is_over(adviser, workshop):
    done = journey.completed(adviser, workshop)
    with pytest.raises(Overtaken):
        transitions.pause_reminders(done.referral, until=clock.today(), by=actor(adviser))


def test_a_garage_without_any_address_is_said_at_once(adviser, garage):
    Contact.objects.filter(garage=garage).update(email="")
    journey.sent(adviser, garage)
    assert "téléphonez-lui" in Message.objects.to(adviser.user.email).get().context["line"]


def test_a_quote_that_nobody_answered_expires_by_itself(adviser, workshop):
    with clock.moved_to(TUESDAY):
        quoted = journey.quoted(adviser, workshop)
        until = quoted.quote.versions.get().valid_until
    last = datetime(until.year, until.month, until.day, 12, tzinfo=UTC)
    rounds(last)
    assert journey.fresh(quoted).referral.state == "quoted"
    rounds(last + timedelta(days=1))
    assert journey.fresh(quoted).referral.outcome == "quote_expired"


def test_one_that_fails_does_not_hold_up_the_others_and_is_left_after_five_times(asked, adviser, garage, monkeypatch):
    with clock.moved_to(TUESDAY):
        other = journey.sent(adviser, garage, first_name="Aïcha")
    from referrals.transitions import chasing

    real = chasing.situation_of

    def fails(referral, held):
        if referral.pk == asked.referral_id:
            raise RuntimeError("what nobody foresaw")
        return real(referral, held)

    monkeypatch.setattr(chasing, "situation_of", fails)
    for count in range(8):
        rounds(day(1) + timedelta(minutes=6 * count), times=1)
    assert "remind" in verbs(other)
    failing = Referral.objects.get(pk=asked.referral_id)
    assert failing.look_attempts == chasing.MOST_ATTEMPTS + 1
    assert failing.next_look_at > day(2) - timedelta(hours=1)


def test_a_pilot_hears_once_of_a_case_that_the_clock_gave_up_and_it_is_tried_anew_when_answered(
    asked, pilot, monkeypatch
):
    from referrals.transitions import chasing

    def fails(referral, held):
        raise RuntimeError("what nobody foresaw")

    with monkeypatch.context() as broken:
        broken.setattr(chasing, "situation_of", fails)
        for count in range(8):
            rounds(day(1) + timedelta(minutes=6 * count), times=1)
    with clock.moved_to(day(1, 15)):
        assert [tasks.report_what_the_clock_gave_up() for _ in range(2)] == [1, 0]
        incident = Incident.objects.get(kind="clock_stopped")
        transitions.answer_incident(
            incident, words="C’était nous.", resolution=Resolution.NOTHING_TO_DO, by=actor(pilot)
        )
    assert rounds(day(1, 16)) == 1
    assert verbs(asked)[-1] == "remind"


def test_what_is_being_looked_at_is_not_looked_at_by_another(asked):
    with clock.moved_to(day(1)):
        assert transitions.claim_due(10) == [asked.referral]
        assert transitions.claim_due(10) == []


def test_no_message_names_the_person_or_says_what_they_earn(asked):
    for count in (1, 2, 3):
        rounds(day(count))
    person = asked.referral.beneficiary
    for message in Message.objects.all():
        said = str(message.context)
        assert person.last_name not in said
        assert person.first_name not in said
        assert "14400" not in said
