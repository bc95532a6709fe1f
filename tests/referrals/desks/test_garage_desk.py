"""The garage's desk and history: what needs doing now, most urgent first; the list keeps its filter."""

from datetime import timedelta

import pytest

from mobiliz.lib import clock
from referrals import transitions
from referrals.desks.garage_tasks import tasks_of
from referrals.models import Assignment
from tests.cast import actor, sign_in
from tests.factories import journey

pytestmark = pytest.mark.django_db

MOST_QUERIES = 12


@pytest.fixture
def garage(garage):
    """With room for all the orientations that a test needs."""
    garage.weekly_cap = 50
    garage.save()
    return garage


def _page(client, member, address="/bureau/"):
    answer = sign_in(client, member).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_desk_says_what_will_come(client, workshop):
    html = _page(client, workshop)
    assert "<h1>Rien à faire en ce moment</h1>" in html
    assert "Les orientations arriveront ici" in html
    assert "/affectations/" in html


@pytest.mark.parametrize(
    ("step", "sentence", "act"),
    [
        ("sent", "À répondre avant", "Répondre"),
        ("accepted", "Devis à proposer avant", "Écrire le devis"),
        ("quoted", "Devis valable jusqu’au", "Noter la réponse"),
        ("agreed", "Réparation en cours", "Réparation faite"),
    ],
)
def test_each_state_has_its_date_its_sentence_and_one_act(client, adviser, workshop, garage, step, sentence, act):
    garage_or_member = garage if step == "sent" else workshop
    getattr(journey, step)(adviser, garage_or_member)
    html = _page(client, workshop)
    assert sentence in html
    assert act in html


def test_what_was_declined_is_not_on_the_desk(client, adviser, workshop):
    journey.declined(adviser, workshop)
    assert "Rien à faire en ce moment" in _page(client, workshop)


def test_what_was_repaired_stays_in_sight_for_two_weeks(client, adviser, workshop):
    with journey.days_ago(14):
        journey.completed(adviser, workshop, last_name="Récente")
    with journey.days_ago(15):
        journey.completed(adviser, workshop, last_name="Ancienne")
    html = _page(client, workshop)
    assert "Réparées ces 14 derniers jours" in html
    assert "Nadia Récente" in html
    assert "Nadia Ancienne" not in html


def test_the_most_urgent_stands_first_and_lateness_is_said(client, adviser, workshop, garage):
    journey.agreed(adviser, workshop, first_name="Quatre")
    journey.quoted(adviser, workshop, first_name="Trois")
    journey.sent(adviser, garage, first_name="Deux")
    with journey.days_ago(10):
        journey.sent(adviser, garage, first_name="Un")
    html = _page(client, workshop)
    places = [html.index(f">{name}") for name in ("Un", "Deux", "Trois", "Quatre")]
    assert places == sorted(places)
    assert "En retard de" in html
    assert "<h1>À faire : 2 réponses à donner (dont 1 en retard)</h1>" in html
    assert "<title>À faire : 2 réponses à donner (dont 1 en retard)" in html


@pytest.mark.parametrize(
    ("steps", "title"),
    [
        (["sent"], "À faire : 1 réponse à donner"),
        (["accepted"], "À faire : 1 devis à écrire"),
        (["sent", "accepted", "accepted"], "À faire : 1 réponse à donner, 2 devis à écrire"),
        (["quoted"], "Rien ne presse aujourd’hui"),
        (["completed"], "Rien à faire en ce moment"),
    ],
)
def test_the_title_says_what_waits(client, adviser, workshop, garage, steps, title):
    for step in steps:
        getattr(journey, step)(adviser, garage if step == "sent" else workshop)
    assert f"<h1>{title}</h1>" in _page(client, workshop)


def test_one_answer_that_is_late_is_said_so(client, adviser, workshop, garage):
    with journey.days_ago(10):
        journey.sent(adviser, garage)
    assert "1 réponse à donner (en retard)" in _page(client, workshop)


def test_a_line_says_what_the_car_has_where_and_who_here_had_it(client, adviser, workshop, owner, garage):
    with journey.days_ago(1):
        journey.accepted(adviser, owner)
    html = _page(client, workshop)
    for said in (
        "Elle chauffe dans les montées.",
        "186\u202f400\u00a0km",
        "Saint-Étienne, tout près",
        "suivie chez vous par Marc Roux",
    ):
        assert said in html


def test_todays_rate_and_what_a_grs_is_unfold_in_one_line(client, adviser, workshop, garage):
    journey.sent(adviser, garage)
    html = _page(client, workshop)
    assert "L’heure : 35,00\u00a0€\u00a0HT, 42,00\u00a0€\u00a0TTC." in html
    assert "à prix coûtant" in html


def test_this_month_in_figures_comes_last(client, adviser, workshop):
    with journey.days_ago(40):
        journey.completed(adviser, workshop)
    journey.quoted(adviser, workshop)
    figures = sign_in(client, workshop).get("/bureau/").context["figures"]
    assert [figure["value"] for figure in figures] == [1, 1, 1, 0]


def test_from_the_desk_no_is_two_presses_away(client, adviser, workshop, garage):
    row = journey.sent(adviser, garage)
    desk = _page(client, workshop)
    address = f"/affectations/{row.uid}/?ouvrir=decliner"
    assert f'href="{address}#decliner"' in desk
    page = client.get(address).content.decode()
    assert 'id="decliner" open' in page
    assert '<button class="button line" name="reason" value="no_capacity">' in page
    client.post(f"/affectations/{row.uid}/actes/decliner/", {"reason": "no_capacity", "comment": ""})
    assert journey.fresh(row).end_reason == "no_capacity"


@pytest.mark.parametrize(
    ("days", "title"),
    [
        (0, "Devis valable jusqu’au"),
        (25, "Devis valable plus que 5 jours"),
        (30, "Devis valable jusqu’à ce soir"),
        (31, "Devis expiré le"),
    ],
)
def test_a_quote_says_how_long_it_still_stands(adviser, workshop, days, title):
    journey.quoted(adviser, workshop)
    with clock.moved_to(clock.now() + timedelta(days=days)):
        rows = Assignment.objects.visible_to(actor(workshop)).current().for_garage().with_offer()
        assert tasks_of(rows, actor(workshop))[0].title.startswith(title)


def test_a_quote_is_due_before_the_eligibility_expires(adviser, workshop, garage):
    assignment = journey.sent(adviser, garage)
    expires = assignment.referral.assessment.valid_until
    with clock.moved_to(clock.now() + timedelta(days=(expires - clock.today()).days - 1)):
        transitions.accept(assignment, by=actor(workshop))
        rows = Assignment.objects.visible_to(actor(workshop)).current().for_garage().with_offer()
        assert tasks_of(rows, actor(workshop))[0].due == expires


def test_reception_calls_the_person_and_is_not_sent_to_the_quote_editor(client, adviser, workshop, reception):
    journey.accepted(adviser, workshop)
    html = _page(client, reception)
    assert "devis/nouveau" not in html
    assert 'href="tel:+33639981247"' in html
    assert "Appeler Nadia" in html


def test_without_a_telephone_reception_opens_the_dossier(client, adviser, workshop, reception):
    journey.accepted(adviser, workshop, phone="")
    assert "Ouvrir le dossier" in _page(client, reception)


def test_the_desk_shows_no_family_name_before_acceptance(client, adviser, workshop, garage):
    journey.sent(adviser, garage, first_name="Nadia", last_name="Benali")
    html = _page(client, workshop)
    assert "Nadia" in html
    assert "Benali" not in html


@pytest.mark.parametrize("address", ["/bureau/", "/affectations/"])
def test_the_number_of_queries_does_not_grow_with_the_rows(
    client, adviser, workshop, garage, address, django_assert_max_num_queries
):
    steps = [lambda: journey.sent(adviser, garage), *(_of(step, adviser, workshop) for step in _HELD)]
    for step in steps:
        step()
    sign_in(client, workshop)
    with django_assert_max_num_queries(MOST_QUERIES) as few:
        client.get(address)
    for _ in range(2):
        for step in steps:
            step()
    with django_assert_max_num_queries(MOST_QUERIES) as many:
        client.get(address)
    assert len(many) == len(few)


_HELD = ("declined", "accepted", "quoted", "agreed", "completed")


def _of(step, adviser, workshop):
    return lambda: getattr(journey, step)(adviser, workshop)


# --- history ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("chosen", "shown"),
    [
        ("", {"Attend", "Non", "Répare"}),
        ("a-repondre", {"Attend"}),
        ("reparees", {"Répare"}),
        ("terminees", {"Non"}),
        ("n-importe-quoi", {"Attend", "Non", "Répare"}),
    ],
)
def test_the_history_filters_by_state(client, adviser, workshop, garage, chosen, shown):
    found = {
        "Attend": journey.sent(adviser, garage),
        "Non": journey.declined(adviser, workshop),
        "Répare": journey.completed(adviser, workshop),
    }
    html = _page(client, workshop, f"/affectations/?etat={chosen}")
    assert {name for name, row in found.items() if str(row.uid) in html} == shown


def test_the_pager_keeps_the_filter(client, adviser, workshop, garage, monkeypatch):
    for _ in range(3):
        journey.sent(adviser, garage)
    monkeypatch.setattr("mobiliz.lib.paging.PAGE_LENGTH", 2)
    sign_in(client, workshop)
    first = client.get("/affectations/?etat=a-repondre").context
    assert first["found"].after_url.startswith("/affectations/?etat=a-repondre&apres=")
    second = client.get(first["found"].after_url).context
    assert [len(page["lines"]) for page in (first, second)] == [2, 1]


def test_an_empty_filter_says_what_will_come(client, workshop):
    assert "Aucune orientation ici" in _page(client, workshop, "/affectations/?etat=reparees")


def test_a_garage_does_not_find_what_was_put_to_another(client, adviser, garage, other_garage_workshop):
    row = journey.sent(adviser, garage)
    assert str(row.uid) not in _page(client, other_garage_workshop, "/affectations/")


@pytest.mark.parametrize("name", ["adviser", "pilot", "volunteer", "administrator", "stranger"])
def test_the_history_is_for_garages(client, member, name):
    assert sign_in(client, member(name)).get("/affectations/").status_code == 403
