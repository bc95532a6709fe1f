"""A check that cannot fail checks nothing: each violation, planted, is found and named."""

from datetime import timedelta

import pytest
from django.db import connection

from mobiliz.accounts.actors import SYSTEM
from mobiliz.lib import clock
from mobiliz.outbox.actions import Recipient, post
from mobiliz.outbox.models import Message
from mobiliz.simulation import invariants
from mobiliz.simulation.invariants import INVARIANTS, Violation, violations
from referrals import transitions
from referrals.models import Appointment, Assignment, IncidentKind, LogEntry
from referrals.states import DeclineReason
from tests.cast import actor
from tests.factories import journey

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_was_read_yet():
    invariants.start()


@pytest.fixture
def sent(adviser, garage, workshop):
    return journey.sent(adviser, garage)


def do(sql: str, *values) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(sql, values or None)


def again(assignment: Assignment, **other) -> Assignment:
    """The same once more, as no verb would put it."""
    copied = {name: getattr(assignment, name) for name in ("referral", "week", "distance_km", "agreed_km")}
    return Assignment.objects.create(**{**copied, "garage": assignment.garage, **other})


def lose_one(sent, request):
    do("UPDATE referrals_referral SET state = 'draft' WHERE id = %s", sent.referral_id)
    do("ALTER TABLE referrals_referral DROP CONSTRAINT referral_state_known")
    do("UPDATE referrals_referral SET state = 'nowhere' WHERE id = %s", sent.referral_id)


def leave_to_nobody(sent, request):
    do("UPDATE referrals_assignment SET ended_at = put_at, \"end\" = 'left' WHERE id = %s", sent.pk)
    do("UPDATE accounts_membership SET ended_on = began_on WHERE id = %s", sent.referral.adviser_id)


def leave_with_a_closed_garage(sent, request):
    transitions.accept(sent, by=actor(request.getfixturevalue("workshop")))
    do("UPDATE garages_garagestatus SET status = 'closed', from_on = '2020-01-01' WHERE garage_id = %s", sent.garage_id)


def forget_to_look(sent, request):
    do("UPDATE referrals_referral SET next_look_at = %s", clock.now() - timedelta(days=2))


def fail_in_silence(sent, request):
    do("UPDATE referrals_referral SET look_attempts = 8")


def look_too_late(sent, request):
    do("UPDATE referrals_referral SET next_look_at = %s", clock.now() + timedelta(days=90))


def put_to_two(sent, request):
    do("DROP INDEX assignment_one_open")
    again(sent, garage=request.getfixturevalue("other_garage"))


def queue_what_is_held(sent, request):
    do("UPDATE referrals_referral SET queued_at = %s", clock.now())


def fix_two_appointments(sent, request):
    do("DROP INDEX appointment_one_live")
    transitions.accept(sent, by=actor(request.getfixturevalue("workshop")))
    for days in (2, 3):
        Appointment.objects.create(
            assignment=sent, starts_at=clock.now() + timedelta(days=days), status="proposed", proposed_side="garage"
        )


def keep_an_appointment_with_nobody(sent, request):
    by = actor(request.getfixturevalue("workshop"))
    transitions.decline(sent, reason=DeclineReason.NO_CAPACITY, by=by)
    at = clock.now() + timedelta(days=2)
    Appointment.objects.create(assignment=sent, starts_at=at, status="booked", proposed_side="garage")


def pass_the_cap(sent, request):
    do("UPDATE garages_garage SET weekly_cap = 0 WHERE id = %s", sent.garage_id)


def ask_again(sent, request):
    do("DROP INDEX assignment_never_asked_again")
    transitions.decline(sent, reason=DeclineReason.NO_CAPACITY, by=actor(request.getfixturevalue("workshop")))
    again(sent)


def go_too_far(sent, request):
    do("UPDATE garages_garage SET latitude = latitude + 3 WHERE id = %s", sent.garage_id)


def lapse_without_a_word(sent, request):
    transitions.lapse(sent, by=SYSTEM)


def skip_a_line(sent, request):
    LogEntry.objects.create(
        referral=sent.referral,
        position=99,
        verb="pause_reminders",
        from_state="waiting",
        to_state="waiting",
        actor_kind="system",
    )


def move_without_the_log(sent, request):
    do("UPDATE referrals_referral SET state = 'accepted'")


def let_a_message_lie(sent, request):
    Message.objects.update(next_at=clock.now() - timedelta(days=9), digest_on=None)


def give_up_in_silence(sent, request):
    Message.objects.update(parked_at=clock.now() - timedelta(days=9), fault="refused", digest_on=None)


def gather_twice(sent, request):
    for key in ("one", "two"):
        post("outbox/digest", to=Recipient("x@garage.example"), context={"lines": []}, key=key)
    Message.objects.filter(key__in=["one:x@garage.example", "two:x@garage.example"]).update(day=clock.today())


def expect_no_answer(sent, request):
    transitions.report_incident(sent.referral, kind=IncidentKind.DID_NOT_WORK, by=SYSTEM)
    do("UPDATE referrals_incident SET due_at = reported_at")


def skip_a_number(sent, request):
    journey.quoted(*(request.getfixturevalue(name) for name in ("adviser", "workshop")))
    do("UPDATE referrals_quote SET sequence = 7")


def name_the_person(sent, request):
    post("outbox/digest", to=Recipient("x@garage.example"), context={"line": "Mme Quervain attend."}, key="named")


PLANTED = [
    ("aucun_perdu", lose_one),
    ("une_suite", leave_to_nobody),
    ("une_suite", leave_with_a_closed_garage),
    ("regardé_à_temps", forget_to_look),
    ("échecs_dits", fail_in_silence),
    ("regard_prévu", look_too_late),
    ("un_seul_garage", put_to_two),
    ("attente_vraie", queue_what_is_held),
    ("un_seul_rendez_vous", fix_two_appointments),
    ("un_seul_rendez_vous", keep_an_appointment_with_nobody),
    ("plafonds", pass_the_cap),
    ("jamais_deux_fois", ask_again),
    ("distance", go_too_far),
    ("relancé_avant", lapse_without_a_word),
    ("journal_suivi", skip_a_line),
    ("journal_égal_état", move_without_the_log),
    ("messages", let_a_message_lie),
    ("messages", give_up_in_silence),
    ("un_résumé_par_jour", gather_twice),
    ("incidents", expect_no_answer),
    ("devis_numérotés", skip_a_number),
    ("sans_nom", name_the_person),
]


@pytest.mark.parametrize(("name", "plant"), PLANTED, ids=[plant.__name__ for _name, plant in PLANTED])
def test_a_planted_violation_is_found_and_named(sent, request, pilot, name, plant):
    assert violations(opened=1) == []
    plant(sent, request)
    assert name in {one.name for one in violations(opened=1)}


def test_every_invariant_has_a_violation_that_it_finds():
    assert {one.name for one in INVARIANTS} == {name for name, _plant in PLANTED}


def test_a_referral_that_was_opened_and_is_not_there_is_lost(sent):
    [lost] = violations(opened=2)
    assert lost == Violation("aucun_perdu", "2 ouverts, 1 présents : 0 finis, 0 brouillons, 1 en cours")


def test_whoever_is_named_is_told_by_the_number_of_the_case(sent):
    forget_to_look(sent, None)
    [late] = [one for one in violations(opened=1) if one.name == "regardé_à_temps"]
    assert f"dossier {sent.referral.number}" in late.about
