"""What stands on the adviser's desk: what is due and when, a pilot's silence or no, whose cases, what has ended."""

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from mobiliz.lib import clock
from referrals import transitions
from referrals.desks.next_steps import Urgency, next_step
from referrals.models import Referral
from referrals.states import DeclineReason, Outcome
from tests.cast import actor, sign_in
from tests.factories import journey
from tests.factories.accounts import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db

DESK = "/bureau/"
NOW, SOON, UNDER_WAY = Urgency.NOW, Urgency.SOON, Urgency.UNDER_WAY


def text_of(response):
    return " ".join(unescape(response.content.decode()).split())


def step_of(made):
    referral = getattr(made, "referral", made)
    return next_step(Referral.objects.for_desk().get(pk=referral.pk))


def in_days(days):
    return clock.moved_to(clock.now() + timedelta(days=days))


@pytest.fixture
def roomy(garage):
    garage.weekly_cap = 50
    garage.save()
    return garage


# --- what is due ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("days", "urgency", "title"),
    [
        (0, UNDER_WAY, "Le devis expire dans 30 jours"),
        (22, UNDER_WAY, "Le devis expire dans 8 jours"),
        (23, SOON, "Le devis expire dans 7 jours"),
        (27, SOON, "Le devis expire dans 3 jours"),
        (28, NOW, "Le devis expire dans 2 jours"),
        (29, NOW, "Le devis expire demain"),
        (30, NOW, "Le devis expire ce soir"),
        (31, NOW, "Le devis a expiré"),
    ],
)
def test_the_person_is_called_seven_and_two_days_before_the_quote_expires(adviser, workshop, days, urgency, title):
    quoted = journey.quoted(adviser, workshop)
    with in_days(days):
        step = step_of(quoted)
    assert (step.urgency, step.title, step.is_due) == (urgency, title, urgency == NOW)


@pytest.mark.parametrize(
    ("step", "days", "urgency"),
    [
        ("accepted", 1, UNDER_WAY),
        ("accepted", 12, NOW),  # no quote five working days after the garage's yes
        ("agreed", 5, UNDER_WAY),
        ("agreed", 25, SOON),  # no repair ten working days after the person's yes
    ],
)
def test_what_a_garage_leaves_lying_comes_back_to_the_adviser(adviser, workshop, step, days, urgency):
    made = getattr(journey, step)(adviser, workshop)
    with in_days(days):
        assert step_of(made).urgency == urgency


def test_lines_stand_by_the_day_on_which_they_are_due(as_adviser, adviser, workshop, roomy):
    with journey.days_ago(9):
        journey.sent(adviser, roomy, last_name="Silence9")
    with journey.days_ago(20):
        journey.accepted(adviser, workshop, last_name="SansDevis")
    with journey.days_ago(29):
        journey.quoted(adviser, workshop, last_name="Expire")
    page = text_of(as_adviser.get(DESK))
    assert page.index("SansDevis") < page.index("Silence9") < page.index("Expire")
    assert "À faire : 3 urgents" in page


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("no_capacity", "un pilote est prévenu et cherche"),
        ("not_worth_repairing", "Regardez une autre solution avec la personne"),
        ("unsafe_vehicle", "Dites à la personne de ne pas rouler"),
        ("duplicate", "fermez celui qui est de trop"),
    ],
)
def test_each_reason_of_a_garage_leads_somewhere(adviser, workshop, reason, said):
    assert said in step_of(journey.declined(adviser, workshop, reason=reason)).sentence


def test_every_reason_has_its_way(adviser):
    from referrals.desks.next_steps import AFTER_A_NO

    assert set(AFTER_A_NO) <= set(DeclineReason)


def test_who_answers_at_the_garage_is_named_beside_the_number(as_adviser, adviser, roomy):
    from tests.factories.garages import ContactFactory

    ContactFactory(garage=roomy, first_name="Léa", last_name="Martin", phone="+33612345678", rank=1)
    journey.sent(adviser, roomy)
    assert "Léa Martin<br>06 12 34 56 78" in text_of(as_adviser.get(DESK))


# --- a pilot's silence, a pilot's no ------------------------------------------------------------------------
def test_an_overdue_review_is_urgent_and_names_the_pilot_of_the_region(as_adviser, adviser, pilot, regional_pilot):
    regional_pilot.phone = "+33612345678"
    regional_pilot.save()
    with journey.days_ago(9):
        journey.in_review(adviser)
    page = text_of(as_adviser.get(DESK))
    assert "À faire : 1 urgent" in page
    assert "Demandez où il en est à Yves Masson (pilotage, Auvergne-Rhône-Alpes)." in page
    assert 'href="tel:+33612345678"' in page


def test_without_a_pilot_in_the_region_the_national_one_is_named(adviser, pilot, other_regional_pilot):
    with journey.days_ago(9):
        referral = journey.in_review(adviser)
    type(pilot).objects.update(phone="")
    step = step_of(referral)
    assert "Hélène Caron (pilotage national)" in step.sentence
    assert (step.label, step.url) == ("Écrire à Hélène", "mailto:pilote@mobiliz.example")


def test_a_review_in_time_waits_quietly(adviser, pilot):
    assert step_of(journey.in_review(adviser)).urgency == UNDER_WAY


def test_a_pilots_no_stands_first_with_its_reason_and_its_acts(as_adviser, adviser, pilot):
    referral = journey.refused(adviser, pilot, why="Logé par <b>ses</b> parents.")
    response = as_adviser.get(DESK)
    page = text_of(response)
    assert "À faire : 1 urgent" in page
    assert "Hélène Caron (pilotage national) a refusé : « Logé par <b>ses</b> parents »." in page
    assert b"<b>ses</b>" not in response.content
    assert 'href="tel:+33639981247"' in page
    assert reverse("referral_tell_refusal", args=[referral.uid]) in page
    assert reverse("referral_case", args=[referral.uid]) in page


def test_once_the_person_knows_the_line_leaves_and_the_case_has_ended(as_adviser, adviser, pilot):
    referral = journey.refused(adviser, pilot)
    page = text_of(as_adviser.post(reverse("referral_tell_refusal", args=[referral.uid]), follow=True))
    assert "C’est noté : Nadia Benali sait que l’éligibilité est refusée." in page
    assert "Rien ne vous attend" in page
    assert "Terminés ces 7 derniers jours" in page
    assert "Non éligible" in page


def test_a_second_click_is_told_and_does_nothing_twice(as_adviser, adviser, pilot):
    address = reverse("referral_tell_refusal", args=[journey.refused(adviser, pilot).uid])
    as_adviser.post(address)
    assert "Déjà fait : refus annoncé à la personne" in text_of(as_adviser.post(address, follow=True))


@pytest.mark.parametrize(("who", "status"), [("other_adviser", 404), ("pilot", 403), ("workshop", 404)])
def test_only_the_senders_side_tells_the_person(client, adviser, pilot, member, who, status):
    address = reverse("referral_tell_refusal", args=[journey.refused(adviser, pilot).uid])
    assert sign_in(client, member(who)).post(address).status_code == status


def test_the_case_of_a_refusal_offers_to_tell_it_and_to_reopen(as_adviser, adviser, pilot):
    referral = journey.refused(adviser, pilot)
    case = reverse("referral_case", args=[referral.uid])
    address = reverse("referral_tell_refusal", args=[referral.uid])
    page = text_of(as_adviser.get(case))
    assert address in page
    assert "Rouvrir le dossier" in page
    transitions.tell_refusal(referral, by=actor(adviser))
    assert address not in text_of(as_adviser.get(case))


def test_a_refusal_that_can_no_longer_be_reopened_leaves_the_desk(as_adviser, adviser, pilot):
    with journey.days_ago(31):
        journey.refused(adviser, pilot)
    assert "Benali" not in text_of(as_adviser.get(DESK))


# --- what has just ended ----------------------------------------------------------------------------------
def test_what_ended_in_the_last_seven_days_is_listed_with_how(as_adviser, adviser, workshop, roomy):
    with journey.days_ago(3):
        journey.completed(adviser, workshop, last_name="Réparé")
    with journey.days_ago(20):
        journey.completed(adviser, workshop, last_name="Ancien")
    closed = journey.draft(adviser, last_name="Fermé")
    transitions.close(closed, outcome=Outcome.UNREACHABLE, reason="Trois appels", by=actor(adviser))
    page = text_of(as_adviser.get(DESK))
    assert "Terminés ces 7 derniers jours" in page
    assert page.index("Nadia Fermé") < page.index("Personne injoignable") < page.index("Nadia Réparé")
    assert "Nadia Ancien" not in page


# --- whose cases ------------------------------------------------------------------------------------------
@pytest.fixture
def colleague(structure):
    user = UserFactory(first_name="Rose", last_name="Petit")
    return MembershipFactory(user=user, organisation=structure.organisation)


def test_the_cases_of_colleagues_are_a_tab_away_and_say_who_follows_them(as_adviser, adviser, colleague):
    journey.draft(adviser, last_name="Mien")
    journey.draft(colleague, last_name="Sien")
    own, theirs = text_of(as_adviser.get(DESK)), text_of(as_adviser.get(DESK, {"qui": "collegues"}))
    assert "Nadia Mien" in own
    assert "Nadia Sien" not in own
    assert "Nadia Sien" in theirs
    assert "Nadia Mien" not in theirs
    assert "suivi par Rose Petit" in theirs


@pytest.mark.parametrize("how", ["membership_ended", "account_closed"])
def test_the_cases_of_someone_who_left_are_everybodys(as_adviser, adviser, colleague, how):
    journey.draft(colleague, last_name="Orphelin")
    if how == "membership_ended":
        colleague.ended_on = clock.today()
        colleague.save()
    else:
        colleague.user.is_active = False
        colleague.user.save()
    for page in (text_of(as_adviser.get(DESK)), text_of(as_adviser.get(DESK, {"qui": "sans-suivi"}))):
        assert "Nadia Orphelin" in page
        assert "suivi auparavant par Rose Petit, qui ne travaille plus ici" in page


def test_without_colleagues_there_are_no_tabs(as_adviser, adviser):
    journey.draft(adviser)
    assert as_adviser.get(DESK).context["tabs"] == []


def test_an_empty_tab_leads_back_and_nonsense_is_ones_own(as_adviser, adviser):
    journey.draft(adviser)
    assert "Aucun dossier ici" in text_of(as_adviser.get(DESK, {"qui": "collegues"}))
    assert as_adviser.get(DESK, {"qui": "' or 1=1"}).context["whose"] == "moi"


def test_another_structure_sees_nothing_of_it(as_other_adviser, adviser):
    journey.draft(adviser)
    for whose in ("moi", "collegues", "sans-suivi"):
        assert "Benali" not in text_of(as_other_adviser.get(DESK, {"qui": whose}))


# --- a long desk ------------------------------------------------------------------------------------------
def test_a_long_group_shows_its_first_lines_and_the_way_to_the_others(as_adviser, adviser):
    for number in range(13):
        journey.draft(adviser, last_name=f"Brouillon{number:02}")
    short = text_of(as_adviser.get(DESK))
    assert short.count("Compléter le dossier") == 10
    assert "Voir les 3 autres" in short
    assert "À faire : 13 à avancer" in short
    whole = as_adviser.get(DESK, {"tout": "a-avancer"})
    assert text_of(whole).count("Compléter le dossier") == 13
    assert "autres" not in text_of(whole)


# --- a desk left open -------------------------------------------------------------------------------------
def news(browser, stamp):
    return browser.get("/bureau/nouvelles/", {"vu": stamp}, headers={"hx-request": "true"})


def test_a_desk_that_still_holds_is_told_nothing(as_adviser, adviser):
    journey.draft(adviser)
    answer = news(as_adviser, as_adviser.get(DESK).context["stamp"])
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_desk_that_changed_is_told_so_and_asks_no_more(as_adviser, adviser):
    stamp = as_adviser.get(DESK).context["stamp"]
    journey.draft(adviser)
    answer = news(as_adviser, stamp)
    assert answer.status_code == 286
    assert "Mettre à jour la page" in text_of(answer)


def test_a_desk_of_yesterday_is_told_so(as_adviser, adviser):
    stamp = as_adviser.get(DESK).context["stamp"]
    with in_days(1):
        sign_in(as_adviser, adviser)
        assert news(as_adviser, stamp).status_code == 286


@pytest.mark.parametrize(
    ("who", "most"),
    [("adviser", 4), ("workshop", 4), ("pilot", 5), ("volunteer", 4), ("administrator", 4), ("stranger", 4)],
)
def test_asking_costs_one_query_beyond_who_one_is_and_a_pilot_two(
    client, member, who, most, django_assert_max_num_queries
):
    sign_in(client, member(who))
    with django_assert_max_num_queries(most):
        news(client, "x")


def test_opened_by_hand_the_question_leads_to_the_desk(as_adviser):
    assert as_adviser.get("/bureau/nouvelles/").headers["Location"] == DESK
