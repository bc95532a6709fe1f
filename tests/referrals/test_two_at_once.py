"""Two acts at the same moment, in real transactions: one wins, the other is told in words, nothing happens twice."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from mobiliz.lib import clock
from mobiliz.lib.refusals import Refused as RefusedInWords
from referrals import transitions
from referrals.models import (
    Appointment,
    Assignment,
    Beneficiary,
    Consent,
    Incident,
    IncidentKind,
    LogEntry,
    Photo,
    Quote,
    Referral,
    Vehicle,
)
from referrals.states import DeclineReason
from referrals.transitions import Overtaken, Refused
from tests.cast import actor
from tests.factories import journey

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """Each act in its own connection, started together; returns what each returned or was refused with."""
    ready, results = Barrier(len(acts)), [None] * len(acts)

    def run(index, act):
        ready.wait(timeout=10)
        try:
            results[index] = act()
        except (Refused, RefusedInWords, AssertionError) as refused:
            results[index] = refused
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


def _refusals(results):
    return [result for result in results if isinstance(result, Refused)]


def test_accept_and_decline_at_once_one_wins(adviser, workshop, owner):
    assignment = journey.sent(adviser, journey.garage_of(workshop))
    by_workshop, by_owner = actor(workshop), actor(owner)
    results = at_once(
        lambda: transitions.accept(assignment, by=by_workshop),
        lambda: transitions.decline(assignment, reason=DeclineReason.NO_CAPACITY, by=by_owner),
    )
    [refused] = _refusals(results)
    assert isinstance(refused, Overtaken)
    assert "Déjà fait" in refused.message
    assert "Garage de la Loire" in refused.message
    assert LogEntry.objects.of_assignment(assignment).count() == 2  # put to the garage, answered


def test_a_double_click_accepts_once(adviser, workshop):
    assignment = journey.sent(adviser, journey.garage_of(workshop))
    by = actor(workshop)
    results = at_once(*[lambda: transitions.accept(assignment, by=by)] * 4)
    assert len(_refusals(results)) == 3
    assert LogEntry.objects.of_assignment(assignment).of_verb("accept").count() == 1


def test_two_quotes_at_once_make_one_quote(adviser, workshop, owner):
    assignment = journey.accepted(adviser, workshop)
    by_workshop, by_owner = actor(workshop), actor(owner)
    results = at_once(
        lambda: transitions.issue_quote(assignment, lines=journey.LINES, by=by_workshop),
        lambda: transitions.issue_quote(assignment, lines=journey.LINES, by=by_owner),
    )
    assert len(_refusals(results)) == 1
    assert Quote.objects.count() == 1


def test_a_new_version_is_refused_when_a_colleague_was_quicker(adviser, workshop, owner):
    assignment = journey.quoted(adviser, workshop)
    by_workshop, by_owner = actor(workshop), actor(owner)
    results = at_once(
        lambda: transitions.supersede_quote(assignment, lines=journey.LINES, replaces=1, by=by_workshop),
        lambda: transitions.supersede_quote(assignment, lines=journey.LINES, replaces=1, by=by_owner),
    )
    [refused] = _refusals(results)
    assert "version 2" in refused.message
    assert assignment.quote.versions.count() == 2


def test_an_answer_is_not_recorded_to_a_version_just_replaced(adviser, workshop):
    assignment = journey.quoted(adviser, workshop)
    by = actor(workshop)
    transitions.supersede_quote(assignment, lines=journey.LINES, replaces=1, by=by)
    with pytest.raises(Overtaken, match="version 2"):
        transitions.accept_quote(
            assignment, version=1, piec_choice="wanted", answered_on=clock.today(), channel="paper", by=by
        )


def test_six_sent_at_once_never_exceed_the_cap(adviser, garage):
    garage.weekly_cap = 2
    garage.save(update_fields=["weekly_cap"])
    referrals = [journey.ready(adviser, last_name=f"Cas{letter}") for letter in "ABCDEF"]
    by = actor(adviser)
    results = at_once(*[(lambda one=one: transitions.send(one, garage=garage, by=by)) for one in referrals])
    assert len(_refusals(results)) == 4
    assert all("complet cette semaine" in one.message for one in _refusals(results))
    assert Assignment.objects.of_garage(garage.pk).open().count() == 2


def test_numbers_have_no_gap_and_no_double_when_quotes_are_issued_at_once(adviser, workshop, garage):
    garage.weekly_cap = 6
    garage.save(update_fields=["weekly_cap"])
    held = [journey.accepted(adviser, workshop, last_name=f"Cas{letter}") for letter in "ABCDE"]
    by = actor(workshop)
    at_once(
        *[(lambda one=one: transitions.issue_quote(one, lines=journey.LINES, by=by)) for one in held[:4]],
        lambda: transitions.give_back(held[4], reason=DeclineReason.NO_CAPACITY, by=by),
    )
    assert sorted(Quote.objects.values_list("sequence", flat=True)) == [1, 2, 3, 4]


def test_photos_sent_at_once_never_exceed_eight_and_leave_no_file_behind(adviser, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    referral = journey.draft(adviser)
    for number in range(6):
        journey.add_photo(referral, adviser, colour=f"rgb({40 * number},0,0)")
    more = [(lambda n=n: journey.add_photo(referral, adviser, colour=f"rgb(0,0,{60 * n + 60})")) for n in range(4)]
    results = at_once(*more)
    assert sum(isinstance(one, RefusedInWords) for one in results) == 2
    assert sorted(Photo.objects.values_list("position", flat=True)) == list(range(1, 9))
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 2 * 8


def test_the_same_photo_sent_twice_at_once_is_kept_once(adviser, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    referral = journey.draft(adviser)
    results = at_once(*[lambda: journey.add_photo(referral, adviser)] * 3)
    assert len({photo.pk for photo in results}) == 1
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 2


@pytest.mark.parametrize("is_turned_round", [False, True])
def test_two_records_are_united_once(adviser, colleague, is_turned_round):
    one, other = journey.draft(adviser).beneficiary, journey.ready(adviser).beneficiary
    pair = (other, one) if is_turned_round else (one, other)
    by_adviser, by_colleague = actor(adviser), actor(colleague)
    results = at_once(
        lambda: transitions.merge_people(one, other, by=by_adviser),
        lambda: transitions.merge_people(*pair, by=by_colleague),
    )
    [refused] = _refusals(results)
    assert isinstance(refused, Overtaken)
    assert Beneficiary.objects.visible_to(by_adviser).count() == 1
    assert LogEntry.objects.of_verb("merge_people").count() == 2


@pytest.mark.parametrize("act", ["describe", "withdraw", "withdraw_consent", "open", "update"])
def test_what_is_done_while_two_records_are_united_is_done_on_the_one_that_stands(adviser, act):
    one, case = journey.draft(adviser).beneficiary, journey.assessed(adviser)
    by, person = actor(adviser), case.beneficiary
    again = transitions.PersonInput(
        first_name="Nadia", last_name="Benali", birth_date=person.birth_date, commune=person.commune
    )
    acts = {
        "describe": lambda: journey.describe_vehicle(case, adviser),
        "withdraw": lambda: transitions.withdraw(case, reason="Ne veut plus", by=by, withdraws_consent=True),
        "withdraw_consent": lambda: transitions.withdraw_consent(person, reason="Ne veut plus", by=by),
        "update": lambda: transitions.update_person(case, distance_agreed_km=20, by=by, phone="+33600000000"),
        "open": lambda: transitions.open_referral(person=again, consent=None, known=person, by=by),
    }
    results = at_once(lambda: transitions.merge_people(one, person, by=by), acts[act])
    assert all(isinstance(result, Refused) or result is None or act == "open" for result in results)
    assert journey.fresh(person).merged_into == one
    assert set(Referral.objects.values_list("beneficiary", flat=True)) == {one.pk}
    assert not Vehicle.objects.exclude(beneficiary=one).exists()
    assert not Consent.objects.exclude(beneficiary=one).exists()


def test_what_did_not_work_is_said_once_by_a_double_click(adviser, colleague):
    referral = journey.draft(adviser)
    hers, his = actor(adviser), actor(colleague)
    at_once(
        *[lambda: transitions.report_incident(referral, kind=IncidentKind.DID_NOT_WORK, by=hers)] * 3,
        lambda: transitions.report_incident(referral, kind=IncidentKind.DID_NOT_WORK, by=his),
    )
    assert Incident.objects.of_referral(referral).count() == 1
    assert LogEntry.objects.of_referral(referral).of_verb("report_incident").count() == 1


def test_two_who_move_a_case_at_once_move_it_to_one(adviser, colleague):
    referral = journey.draft(adviser)
    others = [journey.draft(adviser, last_name=f"Autre{letter}").beneficiary for letter in "AB"]
    first = referral.beneficiary

    def move(other, by):
        common = {"consent": None, "distance_agreed_km": 30, "takes_vehicle": False}
        return transitions.move_to_person(referral, leaving=first, known=other, by=actor(by), **common)

    results = at_once(lambda: move(others[0], adviser), lambda: move(others[1], colleague))
    [refused] = _refusals(results)
    assert "Déjà fait : dossier passé à une autre personne" in refused.message
    assert LogEntry.objects.of_referral(referral).of_verb("move_to_person").count() == 1


def test_two_cases_that_change_people_with_each_other_at_once_do_not_wait_in_a_circle(adviser, colleague):
    one, two = journey.draft(adviser), journey.draft(adviser, last_name="Autre")

    def move(case, other, by):
        common = {"consent": None, "distance_agreed_km": 30, "takes_vehicle": False}
        return transitions.move_to_person(case, leaving=case.beneficiary, known=other, by=actor(by), **common)

    at_once(lambda: move(one, two.beneficiary, adviser), lambda: move(two, one.beneficiary, colleague))
    assert journey.fresh(one).beneficiary == two.beneficiary
    assert journey.fresh(two).beneficiary == one.beneficiary


def test_two_advisers_who_send_for_one_slot_at_once_one_has_it(adviser, colleague, workshop, garage):
    slot = journey.slot(workshop)
    one, other = journey.ready(adviser, last_name="Un"), journey.ready(colleague, last_name="Deux")
    by_one, by_other = actor(adviser), actor(colleague)
    results = at_once(
        lambda: transitions.send(one, garage=garage, slot=slot, by=by_one),
        lambda: transitions.send(other, garage=garage, slot=slot, by=by_other),
    )
    [refused] = _refusals(results)
    assert refused.code == "slot_taken"
    [sent] = [result for result in results if isinstance(result, Assignment)]
    assert journey.fresh(slot).taken_for_id == sent.referral_id
    loser = other if sent.referral_id == one.pk else one
    assert journey.fresh(loser).state == "draft"  # nothing of the refused sending is left


def test_two_advisers_who_hold_one_slot_at_once_one_has_it(adviser, colleague, workshop):
    slot = journey.slot(workshop)
    one, other = journey.ready(adviser, last_name="Un"), journey.ready(colleague, last_name="Deux")
    by_one, by_other = actor(adviser), actor(colleague)
    results = at_once(
        lambda: transitions.hold_slot(one, slot=slot, by=by_one),
        lambda: transitions.hold_slot(other, slot=slot, by=by_other),
    )
    assert len(_refusals(results)) == 1


def test_an_adviser_and_another_garage_case_book_one_slot_once(adviser, colleague, workshop, garage):
    garage.weekly_cap = 6
    garage.save(update_fields=["weekly_cap"])
    slot = journey.slot(workshop)
    held = [journey.accepted(adviser, workshop, last_name=f"Cas{letter}") for letter in "ABCD"]
    by = actor(adviser)
    results = at_once(
        *[lambda one=one: transitions.propose_appointment(one, starts_at=slot.starts_at, by=by) for one in held]
    )
    assert [refused.code for refused in _refusals(results)] == ["slot_taken"] * 3
    assert Appointment.objects.of_slot(slot).count() == 1


def test_both_sides_propose_at_once_and_one_appointment_stands(adviser, workshop):
    assignment = journey.accepted(adviser, workshop)
    by_adviser, by_workshop = actor(adviser), actor(workshop)
    results = at_once(
        lambda: transitions.propose_appointment(assignment, starts_at=journey.opening(3), by=by_adviser),
        lambda: transitions.propose_appointment(assignment, starts_at=journey.opening(5), by=by_workshop),
    )
    [refused] = _refusals(results)
    assert refused.code == "already_fixed"
    assert Appointment.objects.of_assignment(assignment).live().count() == 1


def test_moving_and_cancelling_at_once_leave_one_or_none(adviser, workshop):
    assignment = journey.accepted(adviser, workshop)
    appointment = journey.appointment(assignment, workshop)
    by_adviser, by_workshop = actor(adviser), actor(workshop)
    results = at_once(
        lambda: transitions.move_appointment(appointment, starts_at=journey.opening(9), by=by_workshop),
        lambda: transitions.cancel_appointment(appointment, why="Travaille", by=by_adviser),
    )
    [refused] = _refusals(results)
    assert isinstance(refused, Overtaken)
    assert Appointment.objects.of_assignment(assignment).live().count() in (0, 1)


def test_a_slot_is_withdrawn_or_held_never_both(adviser, workshop):
    slot, referral = journey.slot(workshop), journey.ready(adviser)
    by_adviser, by_workshop = actor(adviser), actor(workshop)
    at_once(
        lambda: transitions.hold_slot(referral, slot=slot, by=by_adviser),
        lambda: transitions.withdraw_slot(slot, by=by_workshop),
    )
    slot = journey.fresh(slot)
    assert (slot.withdrawn_at is None) == (slot.taken_for_id == referral.pk)


def test_of_two_structures_that_register_the_same_person_at_once_one_is_told(adviser, other_adviser):
    results = at_once(
        lambda: journey.draft(adviser, looks_elsewhere=True),
        lambda: journey.draft(other_adviser, looks_elsewhere=True),
    )
    [refused] = _refusals(results)
    assert isinstance(refused, transitions.HelpedElsewhere)
    assert Referral.objects.count() == Beneficiary.objects.count() == 1
