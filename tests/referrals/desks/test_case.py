"""The case on one page, and each act on it: done once, refused in words, never an error page."""

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from mobiliz.lib import clock
from referrals import transitions
from referrals.states import DeclineReason
from tests.cast import actor
from tests.factories import journey
from tests.factories.garages import ContactFactory, GarageFactory

pytestmark = pytest.mark.django_db


def case(referral):
    return reverse("referral_case", args=[referral.uid])


def act(referral, name):
    return reverse(f"referral_{name}", args=[referral.uid])


def text_of(response):
    return unescape(response.content.decode())


# --- what it says -----------------------------------------------------------------------------------------
def test_the_case_says_where_it_stands_who_to_call_and_what_happened(as_adviser, adviser, workshop, garage):
    ContactFactory(garage=garage, first_name="Sandrine", last_name="Teyssier", phone="+33465713318")
    ContactFactory(garage=garage, rank=2, first_name="Luc", last_name="Peyrard", phone="+33465713310")
    referral = journey.quoted(adviser, workshop).referral
    page = text_of(as_adviser.get(case(referral)))
    assert "Nadia n’a pas encore répondu au devis de 207,60\u00a0€" in page
    assert "Le devis expire dans 30 jours" in page
    assert "Sandrine Teyssier" in page
    assert 'href="tel:+33465713318"' in page
    assert "Remplaçant : " in page
    assert "Garage de la Loire accepte" in page
    assert "Par Sophie Faure (Garage de la Loire)." in page
    assert reverse("quote", args=[referral.assignments.get().quote.uid]) in page
    assert referral.spoken_number in page


def test_the_case_shows_the_arithmetic_to_the_senders_side(as_adviser, adviser):
    page = text_of(as_adviser.get(case(journey.ready(adviser, notes="Rappeler après 17 h."))))
    assert "14\u202f400,00\u00a0€ &lt; 20\u202f092,80" in page.replace("<", "&lt;") or "20\u202f092,80" in page
    assert "Rappeler après 17 h." in page
    assert "Elle chauffe dans les montées." in page


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("draft", "Décrivez le véhicule."),
        ("ready", "il ne reste qu’à choisir le garage"),
        ("in_review", "Un pilote décide de l’éligibilité."),
    ],
)
def test_before_a_garage_the_case_says_what_is_next(as_adviser, adviser, step, said):
    assert said in text_of(as_adviser.get(case(getattr(journey, step)(adviser))))


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("declined", "Garage de la Loire a décliné : pas de place en ce moment. Aucun autre garage n’est à moins"),
        ("accepted", "Garage de la Loire a accepté"),
        ("agreed", "Garage de la Loire répare la voiture"),
        ("completed", "La voiture est réparée."),
    ],
)
def test_with_a_garage_the_case_says_what_is_next(as_adviser, adviser, workshop, step, said):
    assert said in text_of(as_adviser.get(case(getattr(journey, step)(adviser, workshop).referral)))


def test_an_expired_eligibility_is_said_before_the_garage_meets_it(as_adviser, adviser, workshop):
    with journey.days_ago(200):
        referral = journey.accepted(adviser, workshop).referral
    page = text_of(as_adviser.get(case(referral)))
    assert "Garage de la Loire ne peut pas établir de devis" in page
    assert act(referral, "household") in page


def test_a_script_in_a_name_stays_text(as_adviser, adviser):
    referral = journey.draft(adviser, last_name="<script>alert(1)</script>")
    assert "<script>alert" not in as_adviser.get(case(referral)).content.decode()


# --- who sees what ----------------------------------------------------------------------------------------
def test_a_case_of_another_structure_does_not_exist(as_other_adviser, adviser, garage):
    referral = journey.sent(adviser, garage).referral
    assert as_other_adviser.get(case(referral)).status_code == 404
    for name in ("unsend", "settle", "decline_quote", "withdraw", "close", "reopen", "garage"):
        assert as_other_adviser.post(act(referral, name), {}).status_code == 404


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("adviser", 200),
        ("agency_adviser", 404),
        ("pilot", 200),
        ("regional_pilot", 200),
        ("other_regional_pilot", 404),
        ("workshop", 404),
        ("volunteer", 404),
        ("administrator", 404),
        ("stranger", 404),
    ],
)
def test_who_sees_a_case_of_the_head_office(client, adviser, garage, request, who, status):
    from tests.cast import sign_in

    referral = journey.sent(adviser, garage).referral
    sign_in(client, request.getfixturevalue(who))
    assert client.get(case(referral)).status_code == status


def test_the_head_office_sees_its_agencys_case(as_adviser, agency_adviser):
    assert as_adviser.get(case(journey.draft(agency_adviser))).status_code == 200


def test_a_pilot_sees_neither_income_nor_household_nor_notes(as_pilot, adviser, garage, django_assert_max_num_queries):
    referral = journey.sent(adviser, garage, notes="Rappeler après 17 h.").referral
    with django_assert_max_num_queries(12) as asked:
        page = text_of(as_pilot.get(case(referral)))
    assert "Éligible, jusqu’au" in page
    for hidden in ("14\u202f400", "Unités de consommation", "Rappeler après 17 h.", "1er mai 1986"):
        assert hidden not in page
    sealed = ("facts", "trace", "decision_note", "notes")
    assert not [query for query in asked if any(f'"{name}"' in query["sql"] for name in sealed)]


def test_a_pilot_may_not_act_for_the_sender(as_pilot, adviser, garage):
    referral = journey.sent(adviser, garage).referral
    for name in ("unsend", "settle", "withdraw"):
        assert as_pilot.post(act(referral, name), {"reason": "x"}).status_code == 403
    assert as_pilot.get(act(referral, "household")).status_code == 403


# --- acts -------------------------------------------------------------------------------------------------
def test_unsend_takes_it_back(as_adviser, adviser, garage):
    referral = journey.sent(adviser, garage).referral
    response = as_adviser.post(act(referral, "unsend"), follow=True)
    assert "L’orientation est reprise" in text_of(response)
    assert journey.fresh(referral).state == "draft"


def test_unsend_after_the_answer_says_who_was_quicker(as_adviser, adviser, workshop):
    referral = journey.accepted(adviser, workshop).referral
    response = as_adviser.post(act(referral, "unsend"), follow=True)
    assert response.status_code == 200
    assert "Déjà fait : acceptée par Sophie Faure (Garage de la Loire)" in text_of(response)
    assert journey.fresh(referral).state == "accepted"


def test_an_agreement_by_telephone_is_recorded(as_adviser, adviser, garage):
    assignment = journey.sent(adviser, garage)
    said = {"assignment": assignment.uid, "spoke_with": "Sandrine Teyssier", "on": f"{clock.today():%d/%m/%Y}"}
    response = as_adviser.post(act(assignment.referral, "settle"), said, follow=True)
    assert journey.fresh(assignment.referral).state == "accepted"
    assert "Accord donné par Sandrine Teyssier" in text_of(response)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"spoke_with": ""}, "Dites avec qui l’accord a été pris."),
        ({"on": "01/01/2099"}, "Cette date est dans le futur."),
        ({"on": "01/01/2020"}, "entre l’envoi de l’orientation et aujourd’hui"),
    ],
)
def test_a_wrong_agreement_is_said_beside_the_field(as_adviser, adviser, garage, changes, said):
    assignment = journey.sent(adviser, garage)
    typed = {"assignment": assignment.uid, "spoke_with": "Sandrine", "on": f"{clock.today():%d/%m/%Y}", **changes}
    response = as_adviser.post(act(assignment.referral, "settle"), typed)
    page = text_of(response)
    assert response.status_code == 422
    assert said in page
    for value in changes.values():
        assert f'value="{value}"' in page if value else 'value="Sandrine"' not in page
    assert journey.fresh(assignment.referral).state == "waiting"


def test_an_agreement_with_a_garage_that_has_declined_is_told(as_adviser, adviser, workshop):
    assignment = journey.declined(adviser, workshop)
    typed = {"assignment": assignment.uid, "spoke_with": "Sandrine", "on": f"{clock.today():%d/%m/%Y}"}
    response = as_adviser.post(act(assignment.referral, "settle"), typed, follow=True)
    assert "Déjà fait : déclinée par Sophie Faure" in text_of(response)


def test_an_assignment_of_another_referral_does_not_exist_here(as_adviser, adviser, garage):
    mine, other = journey.sent(adviser, garage), journey.sent(adviser, garage, first_name="Samir")
    typed = {"assignment": other.uid, "spoke_with": "Sandrine", "on": f"{clock.today():%d/%m/%Y}"}
    assert as_adviser.post(act(mine.referral, "settle"), typed).status_code == 404


def test_the_next_garage_is_chosen_after_a_refusal(as_adviser, adviser, workshop):
    referral = journey.declined(adviser, workshop).referral
    nearby = GarageFactory(name="Garage de Firminy", at="42095")
    page = text_of(as_adviser.get(act(referral, "garage")))
    assert "Garage de Firminy" in page
    assert "Garage de la Loire : déclinée" in page
    assert page.count('type="radio"') == 1
    response = as_adviser.post(act(referral, "garage"), {"garage": nearby.uid}, follow=True)
    assert "L’orientation est proposée à Garage de Firminy." in text_of(response)
    assert referral.assignments.filter(garage=nearby, ended_at=None).count() == 1


def test_a_garage_chosen_twice_is_asked_once(as_adviser, adviser, workshop):
    referral = journey.declined(adviser, workshop).referral
    nearby, other = GarageFactory(at="42095"), GarageFactory(at="42207")
    as_adviser.post(act(referral, "garage"), {"garage": nearby.uid})
    response = as_adviser.post(act(referral, "garage"), {"garage": other.uid})
    assert response.status_code == 422
    assert "est déjà proposée à" in text_of(response)
    assert referral.assignments.filter(ended_at=None).count() == 1


def test_a_pilot_chooses_the_next_garage(as_regional_pilot, adviser, workshop):
    referral = journey.declined(adviser, workshop).referral
    nearby = GarageFactory(at="42095")
    as_regional_pilot.post(act(referral, "garage"), {"garage": nearby.uid})
    assert referral.assignments.filter(garage=nearby).exists()


def test_a_refused_quote_closes_the_case(as_adviser, adviser, workshop):
    assignment = journey.quoted(adviser, workshop)
    typed = {"assignment": assignment.uid, "version": 1, "reason": "Trop cher", "answered_on": today()}
    as_adviser.post(act(assignment.referral, "decline_quote"), typed)
    closed = journey.fresh(assignment.referral)
    assert (closed.state, closed.outcome) == ("closed", "quote_declined")
    assert assignment.quote.versions.get().answer.channel == "adviser"


def test_a_quote_replaced_meanwhile_is_not_refused_unread(as_adviser, adviser, workshop):
    assignment = journey.quoted(adviser, workshop)
    transitions.supersede_quote(assignment, lines=journey.LINES, replaces=1, by=actor(workshop))
    typed = {"assignment": assignment.uid, "version": 1, "reason": "Trop cher", "answered_on": today()}
    response = as_adviser.post(act(assignment.referral, "decline_quote"), typed, follow=True)
    assert "une version 2 de ce devis a été émise" in text_of(response)
    assert journey.fresh(assignment.referral).state == "quoted"


def test_a_refusal_without_reason_is_said_beside_the_field(as_adviser, adviser, workshop):
    assignment = journey.quoted(adviser, workshop)
    typed = {"assignment": assignment.uid, "version": 1, "reason": "", "answered_on": "02/01/2020"}
    response = as_adviser.post(act(assignment.referral, "decline_quote"), typed)
    assert response.status_code == 422
    assert "Notez pourquoi" in text_of(response)
    assert 'value="02/01/2020"' in text_of(response)


@pytest.mark.parametrize("withdraws", [True, False])
def test_who_withdraws_is_closed_and_may_take_the_consent_back(as_adviser, adviser, garage, withdraws):
    referral = journey.sent(adviser, garage).referral
    typed = {"reason": "Il a trouvé une autre voiture"} | ({"withdraws_consent": "on"} if withdraws else {})
    as_adviser.post(act(referral, "withdraw"), typed)
    closed = journey.fresh(referral)
    assert closed.outcome == "withdrawn"
    assert (closed.beneficiary.consents.get().withdrawn_on is not None) == withdraws


def test_closing_asks_for_an_outcome_and_a_reason(as_adviser, adviser):
    referral = journey.draft(adviser)
    response = as_adviser.post(act(referral, "close"), {"reason": "Ne répond plus depuis un mois"})
    assert response.status_code == 422
    assert "Choisissez une issue." in text_of(response)
    assert "Ne répond plus depuis un mois" in text_of(response)
    as_adviser.post(act(referral, "close"), {"reason": "Ne répond plus", "outcome": "unreachable"})
    assert journey.fresh(referral).outcome == "unreachable"


def test_an_outcome_that_is_a_pilots_is_not_offered_to_an_adviser(as_adviser, as_pilot, adviser, workshop):
    referral = journey.declined(adviser, workshop).referral
    typed = {"reason": "Rien à 100 km", "outcome": "no_garage_found"}
    assert as_adviser.post(act(referral, "close"), typed).status_code == 422
    assert as_pilot.post(act(referral, "close"), typed).status_code == 302
    assert journey.fresh(referral).outcome == "no_garage_found"


def test_a_closed_case_is_reopened_within_thirty_days(as_adviser, adviser):
    referral = closed(adviser, days=29)
    response = as_adviser.post(act(referral, "reopen"), follow=True)
    assert "c’est de nouveau un brouillon" in text_of(response)
    assert journey.fresh(referral).state == "draft"


def test_after_thirty_days_a_new_case_is_asked_for(as_adviser, adviser):
    referral = closed(adviser, days=31)
    response = as_adviser.post(act(referral, "reopen"))
    assert response.status_code == 422
    assert "ouvrez-en un nouveau" in text_of(response)


def test_an_act_that_came_too_late_is_told_even_when_badly_filled(as_adviser, adviser):
    referral = closed(adviser, days=1)
    response = as_adviser.post(act(referral, "close"), {"reason": ""}, follow=True)
    assert response.status_code == 200
    assert "a changé entre-temps" in text_of(response)


@pytest.mark.parametrize("name", ["unsend", "settle", "decline_quote", "withdraw", "close", "reopen"])
def test_the_address_of_an_act_does_nothing_when_it_is_opened(as_adviser, adviser, garage, name):
    referral = journey.sent(adviser, garage).referral
    response = as_adviser.get(act(referral, name))
    assert response.headers["Location"] == case(referral)
    assert journey.fresh(referral).updated_at == referral.updated_at


def test_every_act_offered_is_possible_and_every_other_is_not(as_adviser, adviser, workshop):
    from referrals.desks.adviser.acts import ACTS

    offered = {
        "draft": {"withdraw", "close"},
        "sent": {"settle_by_telephone", "unsend", "pause_reminders", "withdraw", "close"},
        "quoted": {"decline_quote", "pause_reminders", "withdraw", "close"},
        "completed": set(),
    }
    garage = journey.garage_of(workshop)
    garage.weekly_cap = 50
    garage.save()
    rows = {
        "draft": journey.draft(adviser),
        "sent": journey.sent(adviser, garage).referral,
        "quoted": journey.quoted(adviser, workshop).referral,
        "completed": journey.completed(adviser, workshop).referral,
    }
    for step, expected in offered.items():
        page = text_of(as_adviser.get(case(rows[step])))
        found = {one.verb.value for one in ACTS if f'action="{reverse(one.address, args=[rows[step].uid])}"' in page}
        assert found == expected, step


# --- its cost ---------------------------------------------------------------------------------------------
def test_a_long_case_costs_the_same_number_of_queries_as_a_short_one(
    as_adviser, adviser, workshop, other_garage_workshop, django_assert_max_num_queries
):
    short = journey.quoted(adviser, workshop).referral
    with django_assert_max_num_queries(12) as few:
        as_adviser.get(case(short))
    long = journey.declined(adviser, other_garage_workshop, first_name="Samir").referral
    nearby = journey.garage_of(workshop)
    second = long.assignments.open().get()
    assert second.garage == nearby
    transitions.accept(second, by=actor(workshop))
    transitions.issue_quote(second, lines=journey.LINES, by=actor(workshop))
    for before in range(1, 4):
        transitions.supersede_quote(second, lines=journey.LINES * 3, replaces=before, by=actor(workshop))
    with django_assert_max_num_queries(12) as many:
        as_adviser.get(case(long))
    assert len(many) == len(few)


def today():
    return f"{clock.today():%d/%m/%Y}"


def closed(adviser, *, days):
    """A draft closed so many days ago."""
    from referrals.states import Outcome

    with clock.moved_to(clock.now() - timedelta(days=days)):
        referral = journey.draft(adviser)
        transitions.close(referral, outcome=Outcome.UNREACHABLE, reason="Ne répond plus", by=actor(adviser))
    return journey.fresh(referral)


def test_a_reason_of_the_garage_is_read_in_words(as_adviser, adviser, workshop):
    assignment = journey.sent(adviser, journey.garage_of(workshop))
    transitions.decline(
        assignment, reason=DeclineReason.NOT_OUR_TRADE, comment="Pas de boîte automatique", by=actor(workshop)
    )
    page = text_of(as_adviser.get(case(assignment.referral)))
    assert "pas notre marque ou notre métier" in page
    assert "Pas de boîte automatique" in page
