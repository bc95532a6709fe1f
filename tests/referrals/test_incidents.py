"""What failed someone: who says it, once; which pilot answers, and by when; nothing is lost when the case ends."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from mobiliz.accounts.actors import ANONYMOUS, SYSTEM, Actor, ActorKind
from mobiliz.lib import clock
from referrals import transitions
from referrals.models import Incident, IncidentKind, LogEntry, Resolution
from referrals.states import Outcome
from referrals.transitions import Overtaken, Refused
from tests.cast import actor
from tests.factories import journey
from tests.factories.territory import commune

pytestmark = pytest.mark.django_db

PARIS = ZoneInfo("Europe/Paris")


def report(referral, member, kind=IncidentKind.DID_NOT_WORK, **said):
    return transitions.report_incident(referral, kind=kind, by=actor(member), **said)


def answer(incident, member, words="J’ai appelé le garage", resolution=Resolution.GARAGE_REMINDED):
    transitions.answer_incident(incident, words=words, resolution=resolution, by=actor(member))


@pytest.fixture
def sent(adviser, garage):
    return journey.sent(adviser, garage).referral


# --- who says it ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("adviser", True),
        ("colleague", True),
        ("agency_adviser", False),
        ("other_adviser", False),
        ("workshop", True),
        ("owner", True),
        ("reception", True),
        ("other_garage_workshop", False),
        ("pilot", True),
        ("regional_pilot", True),
        ("other_regional_pilot", False),
        ("volunteer", False),
        ("administrator", False),
        ("stranger", False),
    ],
)
def test_those_whom_the_case_concerns_report(request, sent, who, may):
    member = request.getfixturevalue(who)
    if may:
        assert report(sent, member).is_open
    else:
        with pytest.raises(PermissionDenied):
            report(sent, member)


@pytest.mark.parametrize("by", [ANONYMOUS, Actor(ActorKind.LINK)])
def test_nobody_else_reports(sent, by):
    with pytest.raises(PermissionDenied):
        transitions.report_incident(sent, kind=IncidentKind.DID_NOT_WORK, by=by)


def test_a_garage_that_handed_it_on_reports_nothing_more(adviser, workshop):
    assignment = journey.declined(adviser, workshop)
    with pytest.raises(PermissionDenied):
        report(assignment.referral, workshop)


def test_the_platform_reports_what_it_finds(sent, garage):
    incident = transitions.report_incident(sent, kind=IncidentKind.GARAGE_CLOSED, by=SYSTEM, garage=garage)
    assert (incident.reported_by, incident.garage) == (None, garage)
    assert LogEntry.objects.of_referral(sent).latest_first().first().actor_kind == "system"


# --- once -------------------------------------------------------------------------------------------------
def test_said_twice_it_is_one_incident_and_one_line_of_the_log(sent, adviser, colleague):
    first = report(sent, adviser)
    again = report(sent, colleague, words="Le garage ne rappelle pas")
    assert first.pk == again.pk
    assert LogEntry.objects.of_referral(sent).of_verb("report_incident").count() == 1


def test_words_said_later_are_added_and_the_same_words_are_not_said_twice(sent, adviser):
    for words in ("Il ne rappelle pas", "Il ne rappelle pas", "", "Deux semaines déjà"):
        report(sent, adviser, words=words)
    assert Incident.objects.get().words == "Il ne rappelle pas\nDeux semaines déjà"


def test_another_kind_is_another_incident(sent, adviser):
    report(sent, adviser)
    report(sent, adviser, kind=IncidentKind.PERSON_UNREACHABLE)
    assert Incident.objects.of_referral(sent).open().count() == 2


def test_after_an_answer_the_same_may_fail_again(sent, adviser, pilot):
    answer(report(sent, adviser), pilot)
    report(sent, adviser)
    assert [one.is_open for one in Incident.objects.of_referral(sent).order_by("pk")] == [False, True]


def test_the_database_itself_keeps_one_open_of_a_kind(sent, adviser):
    known = report(sent, adviser)
    known.pk, known.uid = None, journey.fresh(sent).uid
    with pytest.raises(IntegrityError, match="incident_one_open_of_a_kind"), transaction.atomic():
        known.save(force_insert=True)


def test_it_is_reported_with_what_caused_it_or_not_at_all(sent, adviser):
    with transaction.atomic():
        report(sent, adviser)
        transaction.set_rollback(True)
    assert not Incident.objects.exists()


# --- by when ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("said_at", "due_at"),
    [
        ("2026-11-30 10:00", "2026-12-02 18:00"),  # a Monday: Wednesday
        ("2026-11-30 17:30", "2026-12-03 18:00"),  # after five it counts from the next day
        ("2026-11-27 10:00", "2026-12-01 18:00"),  # over a weekend
        ("2026-12-24 10:00", "2026-12-29 18:00"),  # over Christmas and a weekend
    ],
)
def test_a_pilot_answers_within_two_working_days(sent, adviser, said_at, due_at):
    moments = [datetime.fromisoformat(text).replace(tzinfo=PARIS) for text in (said_at, due_at)]
    with clock.moved_to(moments[0]):
        assert report(sent, adviser).due_at == moments[1]


def test_it_is_late_after_that_moment_until_it_is_answered(sent, adviser, pilot):
    with journey.days_ago(7):
        incident = report(sent, adviser)
    assert incident.is_late
    answer(incident, pilot)
    assert not Incident.objects.get().is_late


# --- which pilot ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("pilot", True),
        ("regional_pilot", True),
        ("other_regional_pilot", False),
        ("adviser", False),
        ("workshop", False),
        ("administrator", False),
    ],
)
def test_a_pilot_of_the_region_answers(member, sent, adviser, who, may):
    incident = report(sent, adviser)
    if may:
        answer(incident, member(who))
        fresh = Incident.objects.get()
        assert (fresh.resolution, fresh.answer) == ("garage_reminded", "J’ai appelé le garage")
    else:
        with pytest.raises(PermissionDenied):
            answer(incident, member(who))


def test_a_draft_has_the_pilot_of_where_the_person_lives(adviser, regional_pilot, other_regional_pilot):
    incident = report(journey.draft(adviser, at="42218"), adviser)
    assert incident.region_id == "84"
    with pytest.raises(PermissionDenied):
        answer(incident, other_regional_pilot)
    answer(incident, regional_pilot)


def test_an_error_in_the_commune_takes_the_open_incident_to_the_right_pilot(adviser, pilot):
    referral = journey.draft(adviser, at="42218")
    answer(report(referral, adviser, kind=IncidentKind.PERSON_UNREACHABLE), pilot)
    report(referral, adviser)
    person = journey.identity(referral, commune=commune("23096"))
    transitions.correct_person(referral, person=person, was_wrong=True, why="Mauvaise ville", by=actor(adviser))
    assert [one.region_id for one in Incident.objects.order_by("pk")] == ["84", "75"]


def test_a_case_that_passes_to_another_person_takes_its_open_incident_to_their_pilot(adviser, garage):
    referral = journey.sent(adviser, garage, at="42218").referral
    report(referral, adviser)
    other = journey.draft(adviser, first_name="Samir", at="23096").beneficiary
    transitions.move_to_person(
        referral,
        leaving=referral.beneficiary,
        known=other,
        consent=None,
        distance_agreed_km=30,
        takes_vehicle=True,
        by=actor(adviser),
    )
    assert Incident.objects.get().region_id == "75"


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("adviser", True),
        ("colleague", True),
        ("agency_adviser", False),
        ("other_adviser", False),
        ("workshop", False),
        ("other_garage_workshop", False),
        ("pilot", True),
        ("regional_pilot", True),
        ("other_regional_pilot", False),
        ("volunteer", False),
        ("administrator", False),
        ("stranger", False),
    ],
)
def test_who_sees_an_incident(request, sent, adviser, who, sees):
    report(sent, adviser)
    assert Incident.objects.visible_to(actor(request.getfixturevalue(who))).exists() == sees


def test_the_structure_sees_its_agencys_and_not_the_other_way_round(adviser, agency_adviser, garage):
    report(journey.sent(agency_adviser, garage).referral, agency_adviser)
    assert Incident.objects.visible_to(actor(adviser)).exists()


def test_a_second_pilot_is_told_who_answered(sent, adviser, pilot, regional_pilot):
    incident = report(sent, adviser)
    answer(incident, pilot)
    with pytest.raises(Overtaken, match="Déjà fait : Hélène Caron"):
        answer(incident, regional_pilot, words="Moi aussi")
    assert Incident.objects.get().answered_by == pilot


def test_a_pilot_takes_it_and_another_may_take_it_over(sent, adviser, pilot, regional_pilot):
    incident = report(sent, adviser)
    for member in (pilot, pilot, regional_pilot):
        transitions.take_incident(incident, by=actor(member))
    assert Incident.objects.get().taken_by == regional_pilot
    assert LogEntry.objects.of_referral(sent).of_verb("take_incident").count() == 2


def test_an_answer_has_words(sent, adviser, pilot):
    with pytest.raises(Refused, match="quelques mots"):
        answer(report(sent, adviser), pilot, words="  ")


def test_a_pilot_takes_nothing_back_for_the_structure(sent, adviser, pilot):
    incident = report(sent, adviser)
    with pytest.raises(PermissionDenied):
        answer(incident, pilot, resolution=Resolution.WITHDRAWN)
    with pytest.raises(PermissionDenied):
        transitions.withdraw_incident(incident, by=actor(pilot))


# --- the sender's side: more words, taken back, read ------------------------------------------------------
def test_the_words_can_be_said_better_until_the_answer(sent, adviser, pilot):
    incident = report(sent, adviser, words="Marche pas")
    transitions.complete_incident(incident, words="Le garage est fermé le lundi", by=actor(adviser))
    assert Incident.objects.get().words == "Le garage est fermé le lundi"
    answer(incident, pilot)
    with pytest.raises(Overtaken):
        transitions.complete_incident(incident, words="Encore", by=actor(adviser))


def test_reported_by_mistake_it_is_taken_back(sent, adviser, pilot):
    incident = report(sent, adviser)
    transitions.withdraw_incident(incident, by=actor(adviser))
    assert Incident.objects.get().resolution == "withdrawn"
    with pytest.raises(Overtaken, match="Aline Dubois"):
        answer(incident, pilot)


def test_the_answer_is_read_once_by_the_senders_side(sent, adviser, other_adviser, pilot):
    incident = report(sent, adviser)
    with pytest.raises(Refused, match="pas encore de réponse"):
        transitions.acknowledge_answer(incident, by=actor(adviser))
    answer(incident, pilot)
    with pytest.raises(PermissionDenied):
        transitions.acknowledge_answer(incident, by=actor(other_adviser))
    transitions.acknowledge_answer(incident, by=actor(adviser))
    read_at = Incident.objects.get().acknowledged_at
    transitions.acknowledge_answer(incident, by=actor(adviser))
    assert Incident.objects.get().acknowledged_at == read_at is not None


# --- the case ends ----------------------------------------------------------------------------------------
def test_closing_the_case_does_not_lose_its_open_incident(sent, adviser, pilot):
    incident = report(sent, adviser)
    transitions.close(sent, outcome=Outcome.UNREACHABLE, reason="Trois appels", by=actor(adviser))
    answer(incident, pilot)
    case = journey.fresh(sent)
    assert (case.state, case.outcome, Incident.objects.get().is_open) == ("closed", "unreachable", False)


def test_completing_the_case_does_not_lose_its_open_incident(adviser, workshop, pilot):
    assignment = journey.agreed(adviser, workshop)
    incident = report(assignment.referral, workshop)
    transitions.record_repair(assignment, done_on=clock.today(), final_total_incl_tax=0, by=actor(workshop))
    answer(incident, pilot)
    assert (journey.fresh(assignment).referral.state, Incident.objects.get().is_open) == ("completed", False)


def test_merging_two_records_keeps_the_incidents_of_both(adviser, garage):
    cases = [journey.sent(adviser, garage).referral, journey.sent(adviser, garage).referral]
    for one in cases:
        report(one, adviser)
    transitions.merge_people(cases[0].beneficiary, cases[1].beneficiary, by=actor(adviser))
    assert Incident.objects.open().count() == 2


# --- what is kept where -----------------------------------------------------------------------------------
def test_words_are_sealed_and_the_log_has_codes_only(sent, adviser, pilot):
    answer(report(sent, adviser, words="Il ne rappelle jamais"), pilot, words="Je m’en charge")
    with connection.cursor() as cursor:
        cursor.execute("SELECT convert_from(words || answer, 'UTF8') FROM referrals_incident")
        [[stored]] = cursor.fetchall()
    assert len(stored) > 100
    assert not any(said in stored for said in ("rappelle", "charge"))
    details = [entry.detail for entry in LogEntry.objects.of_referral(sent).latest_first()[:2]]
    assert [set(detail) for detail in details] == [
        {"incident", "incident_kind", "resolution"},
        {"incident", "incident_kind"},
    ]


def test_a_garage_reads_in_its_log_only_what_it_reported_itself(sent, adviser, workshop):
    report(sent, adviser, kind=IncidentKind.DID_NOT_WORK)
    report(sent, workshop, kind=IncidentKind.PERSON_UNREACHABLE)
    seen = LogEntry.objects.visible_to(actor(workshop)).of_verb("report_incident")
    assert [entry.detail["incident_kind"] for entry in seen] == ["person_unreachable"]
