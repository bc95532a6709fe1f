"""What did not work, in one click from the case; the pilot's queue, page and answer; the answer read."""

import re
from datetime import datetime
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from mobiliz.accounts.actors import SYSTEM
from mobiliz.lib import clock
from referrals import transitions
from referrals.desks.incident_lines import figures_of, measured_since
from referrals.models import Incident, IncidentKind, LogEntry, Resolution
from referrals.states import Outcome
from tests.cast import actor, sign_in
from tests.factories import journey
from tests.factories.garages import GarageFactory

pytestmark = pytest.mark.django_db

DESK = "/bureau/"
MONDAY = datetime(2026, 11, 30, 10, 0, tzinfo=ZoneInfo("Europe/Paris"))
ANSWER = {"resolution": "garage_reminded", "words": "Le garage rappelle demain matin."}


def text_of(response):
    return unescape(response.content.decode())


def case(referral):
    return reverse("referral_case", args=[referral.uid])


def act(name, thing):
    return reverse(name, args=[thing.uid])


def report(referral, member, kind=IncidentKind.DID_NOT_WORK, **said):
    return transitions.report_incident(referral, kind=kind, by=actor(member), **said)


def answer(incident, pilot, words=ANSWER["words"]):
    transitions.answer_incident(incident, words=words, resolution=Resolution.GARAGE_REMINDED, by=actor(pilot))


@pytest.fixture
def roomy(garage):
    """It takes as many as one likes."""
    garage.weekly_cap = 50
    garage.save()


@pytest.fixture
def sent(adviser, garage):
    return journey.sent(adviser, garage).referral


# --- the adviser ------------------------------------------------------------------------------------------
def test_one_click_reports_it_and_the_case_says_by_when_a_pilot_answers(as_adviser, adviser, garage):
    with clock.moved_to(MONDAY):
        sign_in(as_adviser, adviser)
        referral = journey.sent(adviser, garage).referral
        assert "Cela n’a pas marché" in text_of(as_adviser.get(case(referral)))
        page = text_of(as_adviser.post(act("referral_incident", referral), follow=True))
    assert "un pilote répond avant mercredi\u00a02\u00a0décembre à 18\u00a0h" in page
    assert Incident.objects.get().words is None


def test_on_the_day_itself_it_says_today(as_adviser, adviser, garage):
    with clock.moved_to(MONDAY):
        referral = journey.sent(adviser, garage).referral
        report(referral, adviser)
    with clock.moved_to(MONDAY.replace(month=12, day=2)):
        sign_in(as_adviser, adviser)
        assert "avant aujourd’hui à 18\u00a0h" in text_of(as_adviser.get(case(referral)))
    with clock.moved_to(MONDAY.replace(month=12, day=3)):
        sign_in(as_adviser, adviser)
        page = text_of(as_adviser.get(case(referral)))
        assert "En retard" in page
        assert "attendue avant mercredi" in page


def test_a_double_click_reports_it_once(as_adviser, sent):
    for _ in range(2):
        as_adviser.post(act("referral_incident", sent))
    assert Incident.objects.count() == 1
    assert LogEntry.objects.of_referral(sent).of_verb("report_incident").count() == 1


def test_the_button_goes_while_it_is_open_and_comes_back_after_the_answer(as_adviser, adviser, pilot, sent):
    incident = report(sent, adviser)
    button = act("referral_incident", sent)
    assert button not in text_of(as_adviser.get(case(sent)))
    answer(incident, pilot)
    assert button in text_of(as_adviser.get(case(sent)))


def test_words_follow_the_click_and_can_be_changed(as_adviser, adviser, sent):
    incident = report(sent, adviser)
    for words in ("Personne ne rappelle", "Personne ne rappelle depuis lundi"):
        as_adviser.post(act("incident_complete", incident), {"words": words})
    assert Incident.objects.get().words == "Personne ne rappelle depuis lundi"
    assert "« Personne ne rappelle depuis lundi »" in text_of(as_adviser.get(case(sent)))


def test_words_that_are_refused_are_shown_as_they_were_typed(as_adviser, adviser, sent):
    incident = report(sent, adviser)
    response = as_adviser.post(act("incident_complete", incident), {"words": "Son numéro : 1 86 05 42 218 001 64"})
    assert response.status_code == 422
    assert "sécurité sociale" in text_of(response)
    assert "1 86 05 42 218 001 64" in text_of(response)
    assert Incident.objects.get().words is None


def test_a_report_by_mistake_is_taken_back(as_adviser, adviser, sent, as_pilot):
    incident = report(sent, adviser)
    page = text_of(as_adviser.post(act("incident_take_back", incident), follow=True))
    assert "Retiré" in page
    assert "Cela n’a pas marché" not in text_of(as_pilot.get("/incidents/"))


def test_the_answer_stands_on_desk_and_case_until_it_is_read(as_adviser, adviser, pilot, sent):
    answer(report(sent, adviser), pilot)
    desk, page = text_of(as_adviser.get(DESK)), text_of(as_adviser.get(case(sent)))
    for shown in (desk, page):
        assert ANSWER["words"] in shown
        assert "Hélène Caron" in shown
        assert "J’ai lu la réponse" in shown
    incident = Incident.objects.get()
    as_adviser.post(act("incident_acknowledge", incident), {"from": "desk"})
    assert ANSWER["words"] not in text_of(as_adviser.get(DESK))
    read = text_of(as_adviser.get(case(sent)))
    assert ANSWER["words"] in read
    assert "J’ai lu la réponse" not in read


def test_answers_to_be_read_stand_before_what_still_waits(as_adviser, adviser, pilot, garage):
    waiting = journey.sent(adviser, garage, last_name="Attend").referral
    answered = journey.sent(adviser, garage, last_name="Répondu").referral
    report(waiting, adviser)
    answer(report(answered, adviser), pilot)
    part = text_of(as_adviser.get(DESK)).split('id="incidents"')[1].split("</section>")[0]
    assert part.index("Répondu") < part.index("Attend")


def test_a_colleague_has_them_under_the_colleagues_tab(client, adviser, colleague, sent):
    report(sent, adviser)
    sign_in(client, colleague)
    assert 'id="incidents"' not in text_of(client.get(DESK))
    assert 'id="incidents"' in text_of(client.get(DESK, {"qui": "collegues"}))


def test_a_closed_case_keeps_its_incident_on_both_desks(as_adviser, as_pilot, adviser, sent):
    report(sent, adviser)
    transitions.close(sent, outcome=Outcome.UNREACHABLE, reason="Trois appels", by=actor(adviser))
    assert 'id="incidents"' in text_of(as_adviser.get(DESK))
    assert "1 incident" in text_of(as_pilot.get(DESK))


def test_another_structure_finds_nothing(client, other_adviser, adviser, sent):
    incident = report(sent, adviser)
    sign_in(client, other_adviser)
    assert client.post(act("referral_incident", sent)).status_code == 404
    for name in ("incident_complete", "incident_take_back", "incident_acknowledge"):
        assert client.post(act(name, incident), {"words": "x"}).status_code == 404
    assert Incident.objects.get().words is None


def test_the_garage_reads_nothing_of_what_the_structure_said(client, workshop, adviser, sent):
    report(sent, adviser, words="Ce garage ne répond jamais")
    sign_in(client, workshop)
    held = sent.assignments.get()
    page = text_of(client.get(reverse("assignment", args=[held.uid])))
    assert "Incident" not in page
    assert "ne répond jamais" not in page


# --- the pilot --------------------------------------------------------------------------------------------
def test_the_queue_is_read_by_the_moment_it_is_due_and_marks_what_is_late(as_regional_pilot, adviser, garage):
    report(journey.sent(adviser, garage, last_name="Récente").referral, adviser)
    with journey.days_ago(9):
        report(journey.sent(adviser, garage, last_name="Ancienne").referral, adviser)
    for address in (DESK, "/incidents/"):
        part = text_of(as_regional_pilot.get(address))
        assert part.index("Nadia Ancienne") < part.index("Nadia Récente")
        assert "En retard" in part
    desk = text_of(as_regional_pilot.get(DESK))
    assert "À faire : 2 incidents" in desk
    assert "1 en retard" in desk


def test_a_pilot_of_another_region_finds_nothing(client, other_regional_pilot, adviser, sent):
    incident = report(sent, adviser)
    sign_in(client, other_regional_pilot)
    assert "Cela n’a pas marché" not in text_of(client.get(DESK))
    assert client.get(act("incident", incident)).status_code == 404
    assert client.post(act("incident_answer", incident), ANSWER).status_code == 404


def test_the_page_says_what_was_said_where_the_case_is_and_whom_to_call(as_regional_pilot, adviser, sent):
    adviser.phone = "+33639987654"
    adviser.save()
    incident = report(sent, adviser, words="Trois appels sans réponse")
    page = text_of(as_regional_pilot.get(act("incident", incident)))
    for told in ("Trois appels sans réponse", "Nadia Benali", "Aline Dubois", "06\u00a039\u00a098\u00a076\u00a054"):
        assert told in page
    assert case(sent) in page


def test_of_a_draft_the_pilot_reads_the_incident_and_nothing_of_the_person(as_regional_pilot, adviser):
    referral = journey.draft(adviser)
    incident = report(referral, adviser, words="Aucun garage ici")
    for address in (act("incident", incident), DESK, "/incidents/"):
        page = text_of(as_regional_pilot.get(address))
        assert "Benali" not in page
        assert "Nadia" not in page
        assert case(referral) not in page
    assert "Aline Dubois" in text_of(as_regional_pilot.get(act("incident", incident)))


def test_of_a_person_who_took_consent_back_the_pilot_reads_nothing(as_regional_pilot, adviser, sent):
    incident = report(sent, adviser)
    transitions.withdraw(sent, reason="Ne veut plus", withdraws_consent=True, by=actor(adviser))
    page = text_of(as_regional_pilot.get(act("incident", incident)))
    assert "Benali" not in page
    assert "n’est pas partagé" in page


def test_who_takes_it_is_told_to_the_structure(as_pilot, as_adviser, adviser, sent):
    incident = report(sent, adviser)
    as_pilot.post(act("incident_take", incident))
    assert "Hélène Caron s’en occupe" in text_of(as_adviser.get(case(sent)))
    assert "Hélène Caron s’en occupe" in text_of(as_adviser.get(DESK))


def test_the_pilot_answers(as_regional_pilot, adviser, regional_pilot, sent):
    incident = report(sent, adviser)
    page = text_of(as_regional_pilot.post(act("incident_answer", incident), ANSWER, follow=True))
    assert "Votre réponse est donnée" in page
    answered = Incident.objects.get()
    assert (answered.answered_by, answered.resolution, answered.answer) == (
        regional_pilot,
        "garage_reminded",
        ANSWER["words"],
    )
    assert ANSWER["words"] in text_of(as_regional_pilot.get(act("incident", incident)))
    assert "Nadia Benali" in text_of(as_regional_pilot.get("/incidents/", {"etat": "repondus"}))


def test_an_answer_without_words_is_asked_again_and_nothing_is_lost(as_pilot, adviser, sent):
    incident = report(sent, adviser)
    response = as_pilot.post(act("incident_answer", incident), {"resolution": "adviser_helped", "words": ""})
    assert response.status_code == 422
    [chosen] = re.findall(r'<input[^>]*value="adviser_helped"[^>]*>', text_of(response))
    assert "checked" in chosen
    assert "la structure les lira" in text_of(response)
    assert Incident.objects.get().is_open


def test_the_second_pilot_is_told_who_was_quicker(as_pilot, adviser, regional_pilot, sent):
    incident = report(sent, adviser)
    answer(incident, regional_pilot)
    page = text_of(as_pilot.post(act("incident_answer", incident), ANSWER, follow=True))
    assert "Déjà fait : Yves Masson" in page


def test_a_case_that_waits_without_garage_can_be_given_one_by_the_pilot(as_pilot, adviser, workshop):
    referral = journey.declined(adviser, workshop).referral
    near = GarageFactory(name="Garage du Forez", at="42218")
    incident = transitions.report_incident(referral, kind=IncidentKind.NO_GARAGE, by=SYSTEM)
    choose = reverse("referral_garage", args=[referral.uid])
    assert choose in text_of(as_pilot.get(act("incident", incident)))
    as_pilot.post(choose, {"garage": str(near.uid), "choice_reason": "Le plus proche"})
    assert journey.fresh(referral).assignments.get(ended_at=None).garage == near
    assert choose not in text_of(as_pilot.get(act("incident", incident)))


def test_or_be_closed_as_no_garage_found_which_answers_the_incident(as_pilot, as_adviser, adviser, workshop):
    referral = journey.declined(adviser, workshop).referral
    incident = transitions.report_incident(referral, kind=IncidentKind.NO_GARAGE, by=SYSTEM)
    words = {"words": "Aucun garage à moins de 100 km."}
    as_pilot.post(act("incident_no_garage", incident), words)
    closed, answered = journey.fresh(referral), Incident.objects.get()
    assert (closed.state, closed.outcome) == ("closed", "no_garage_found")
    assert (answered.resolution, answered.answer) == ("no_garage_found", words["words"])
    assert words["words"] in text_of(as_adviser.get(DESK))


def test_a_case_that_has_a_garage_is_not_closed_for_want_of_one(as_pilot, adviser, sent):
    incident = report(sent, adviser)
    assert act("incident_no_garage", incident) not in text_of(as_pilot.get(act("incident", incident)))
    response = as_pilot.post(act("incident_no_garage", incident), {"words": "Aucun"})
    assert "Un garage a ce dossier maintenant" in text_of(response)
    assert journey.fresh(sent).state == "waiting"


# --- how long it takes ------------------------------------------------------------------------------------
def test_the_time_to_answer_is_measured_in_working_days_with_how_many_it_rests_on(
    as_pilot, adviser, pilot, garage, roomy
):
    for day in (24, 24, 24, 25, 26):  # answered on Friday the 27th: 3, 3, 3, 2 and 1 working days
        with clock.moved_to(MONDAY.replace(day=day)):
            incident = report(journey.sent(adviser, garage).referral, adviser)
        with clock.moved_to(MONDAY.replace(day=27)):
            answer(incident, pilot)
    with clock.moved_to(MONDAY):
        figures = {
            figure["label"]: figure["value"] for figure in figures_of(Incident.objects.answer_times(measured_since()))
        }
        sign_in(as_pilot, pilot)
        page = text_of(as_pilot.get(DESK))
    assert figures == {
        "incidents répondus ces 90 derniers jours": 5,
        "dont répondus dans le délai": 2,
        "délai médian de réponse": "3 jours ouvrés",
    }
    assert "3 jours ouvrés" in page


def test_of_a_few_no_time_is_said_and_what_was_taken_back_is_not_counted(adviser, pilot, garage):
    answer(report(journey.sent(adviser, garage).referral, adviser), pilot)
    transitions.withdraw_incident(report(journey.sent(adviser, garage).referral, adviser), by=actor(adviser))
    figures = [figure["value"] for figure in figures_of(Incident.objects.answer_times(measured_since()))]
    assert figures == [1, 1, "trop peu pour le dire"]


def test_counts_and_times_in_one_query_are_those_asked_apart(adviser, pilot, garage, roomy, django_assert_num_queries):
    with journey.days_ago(20):
        report(journey.sent(adviser, garage).referral, adviser)
    report(journey.sent(adviser, garage).referral, adviser)
    answer(report(journey.sent(adviser, garage).referral, adviser), pilot)
    transitions.withdraw_incident(report(journey.sent(adviser, garage).referral, adviser), by=actor(adviser))
    with django_assert_num_queries(1):
        counts, times = Incident.objects.counts_and_times(measured_since())
    assert counts == Incident.objects.counts()
    assert (counts["open"], counts["late"], len(times)) == (2, 1, 1)
    assert times == Incident.objects.answer_times(measured_since())


# --- their cost -------------------------------------------------------------------------------------------
def test_many_incidents_cost_as_many_queries_as_one(
    as_pilot, as_adviser, adviser, pilot, garage, roomy, django_assert_max_num_queries
):
    def open_all():
        for who, address, most in (
            (as_pilot, DESK, 12),
            (as_pilot, "/incidents/", 7),
            (as_adviser, DESK, 12),
            (as_adviser, case(referral), 12),
        ):
            with django_assert_max_num_queries(most) as asked:
                who.get(address)
            yield len(asked)

    referral = journey.sent(adviser, garage).referral
    report(referral, adviser)
    few = list(open_all())
    for number in range(6):
        answer(report(journey.sent(adviser, garage, first_name=f"Répondu {number}").referral, adviser), pilot)
        report(journey.sent(adviser, garage, first_name=f"Ouvert {number}").referral, adviser)
    assert list(open_all()) == few
