"""The log in words: every verb has its sentence, no code is ever shown, hand-overs read as a story."""

from datetime import timedelta

import pytest

from garages.models import Garage
from mobiliz.accounts.actors import SYSTEM
from mobiliz.lib import clock
from referrals import transitions
from referrals.desks.adviser.thread import SIZE, read_mark, thread_of
from referrals.desks.timeline import LOOKS, event_of, events
from referrals.models import LogEntry, Referral
from referrals.states import TABLE, DeclineReason, End, Outcome, State, Verb
from tests.cast import actor
from tests.factories import journey

pytestmark = pytest.mark.django_db

CODES = {one.value for kind in (Verb, State, Outcome, DeclineReason, End) for one in kind}
# words that are the same in both languages would prove nothing
CODES -= {"accept", "assign", "close", "open", "send", "waiting"}
ON_ASSIGNMENTS = {
    "accept", "decline", "lapse", "settle_by_telephone", "give_back", "no_show", "issue_quote", "supersede_quote",
    "accept_quote", "decline_quote", "expire_quote", "supplement", "record_repair", "cancel_repair",
    "propose_appointment", "confirm_appointment", "move_appointment", "cancel_appointment", "keep_appointment",
    "write_message", "remind_person",
}  # fmt: skip


def last_event(referral, verb=None):
    log = LogEntry.objects.of_referral(referral).with_actors().newest_first()
    entry = (log.of_verb(verb) if verb else log).first()
    return event_of(entry, list(referral.assignments.last_first()))


def story(referral):
    """The titles, the oldest first."""
    log = LogEntry.objects.of_referral(referral).with_actors().newest_first()
    return [event.title for event in reversed(events(log, list(referral.assignments.last_first())))]


@pytest.mark.parametrize("verb", [verb.value for verb in Verb if verb not in (Verb.OPEN, Verb.FALL_BACK)])
def test_every_verb_is_told_in_words_from_every_state_that_it_leaves(stage, prepare, do, garage, verb):
    Garage.objects.filter(pk=garage.pk).update(weekly_cap=50)
    for state in sorted(TABLE[Verb(verb)].sources):
        referral, held = stage(state.value, verb)
        if held is None and verb in ON_ASSIGNMENTS:
            continue
        prepare(verb, referral, held)
        with clock.moved_to(clock.now() + timedelta(days={"expire_quote": 40, "keep_appointment": 15}.get(verb, 0))):
            do(verb, referral, held)
        event = last_event(referral, verb)
        assert event.title == event.title.strip() != ""
        said = f"{event.title} {event.text}"
        assert not [code for code in CODES if code in said.replace("’", " ").split()], said
        assert "_" not in said
        assert "%" not in said
        assert event.text.endswith("."), said


def test_no_verb_is_left_without_its_sentence():
    assert {verb.value for verb in Verb} <= set(LOOKS)


def test_a_dossier_says_who_opened_it(adviser):
    event = last_event(journey.draft(adviser))
    assert (event.title, event.text) == ("Dossier ouvert", "Par Aline Dubois (Wimoov).")


def test_silence_then_the_next_garage_reads_as_a_story(adviser, garage, other_garage):
    with journey.days_ago(10):
        held = journey.sent(adviser, garage)
    with journey.days_ago(5):
        transitions.lapse(held, by=SYSTEM)
    transitions.assign(held.referral, garage=other_garage, by=actor(adviser), choice_reason="La sœur y habite")
    assert story(held.referral)[-4:] == [
        "Orientation envoyée à Garage de la Loire",
        "Garage de la Loire n’a pas répondu",
        "Incident : aucun garage à proposer",
        "Le dossier passe à Garage de la Creuse",
    ]
    passed = last_event(held.referral)
    assert passed.text.startswith("Garage de la Loire n’a pas répondu. Choisi : « La sœur y habite ».")


@pytest.mark.parametrize(("days", "said"), [(0, "Réponse le jour même."), (7, "jours ouvrés.")])
def test_an_answer_says_how_long_it_took(adviser, workshop, days, said):
    with journey.days_ago(days):
        held = journey.sent(adviser, journey.garage_of(workshop))
    transitions.accept(held, by=actor(workshop))
    assert said in last_event(held.referral).text


def test_a_decline_gives_its_reason_and_its_comment(adviser, workshop):
    held = journey.sent(adviser, journey.garage_of(workshop))
    transitions.decline(held, reason=DeclineReason.NOT_OUR_TRADE, comment="Boîte automatique", by=actor(workshop))
    text = last_event(held.referral, Verb.DECLINE).text
    assert "Motif : pas notre marque ou notre métier. « Boîte automatique »" in text


def test_a_garage_that_paused_is_not_said_to_be_silent(adviser, garage):
    held = journey.sent(adviser, garage)
    transitions.lapse(held, by=SYSTEM, end=End.GARAGE_LEFT)
    event = last_event(held.referral, Verb.LAPSE)
    assert event.title == "Garage de la Loire ne prend plus d’orientation"
    assert "sans réponse" not in event.text


def test_a_closed_dossier_says_how_it_ended(adviser, workshop):
    referral = journey.draft(adviser)
    transitions.close(referral, outcome=Outcome.UNREACHABLE, reason="Trois appels", by=actor(adviser))
    assert last_event(referral).title == "Dossier fermé : personne injoignable"
    held = journey.quoted(adviser, workshop)
    transitions.decline_quote(
        held, version=1, reason="Trop cher", answered_on=clock.today(), channel="paper", by=actor(workshop)
    )
    event = last_event(held.referral)
    assert event.title == "Devis refusé : 207,60\u00a0€"
    assert "« Trop cher »" in event.text


# --- the thread -------------------------------------------------------------------------------------------
def loaded(referral, member):
    return Referral.objects.for_case(actor(member)).get(pk=referral.pk)


def test_the_thread_goes_day_by_day_the_newest_first(adviser, workshop):
    with journey.days_ago(3):
        held = journey.sent(adviser, journey.garage_of(workshop))
    with journey.days_ago(1):
        transitions.accept(held, by=actor(workshop))
    transitions.issue_quote(held, lines=journey.LINES, by=actor(workshop))
    days = thread_of(loaded(held.referral, adviser), actor(adviser)).days
    assert [day.label for day in days[:2]] == ["Aujourd’hui", "Hier"]
    assert [len(day.events) for day in days] == [1, 1, 2]
    assert days[-1].events[-1].title == "Dossier ouvert"


def test_a_long_thread_is_read_page_by_page_and_no_line_twice(adviser):
    referral = journey.draft(adviser)
    for _time in range(SIZE // 2):
        transitions.close(referral, outcome=Outcome.UNREACHABLE, reason="Ne répond plus", by=actor(adviser))
        transitions.reopen(referral, by=actor(adviser))
    case = loaded(referral, adviser)
    first = thread_of(case, actor(adviser))
    second = thread_of(case, actor(adviser), before=first.older)
    assert sum(len(day.events) for day in first.days) == SIZE
    assert [event.title for day in second.days for event in day.events] == ["Dossier ouvert"]
    assert (second.older, first.is_first, second.is_first) == ("", True, False)


@pytest.mark.parametrize("text", ["", "abc", "20261201T101010000000-0-", "20261301T101010000000-0-7", "-0-7", "∞-∞-∞"])
def test_a_mark_that_was_made_up_begins_at_the_newest(text):
    assert read_mark(text) is None
