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
    assert "Rien à faire en ce moment" in html
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


@pytest.mark.parametrize("step", ["declined", "completed"])
def test_what_is_done_is_not_on_the_desk(client, adviser, workshop, step):
    getattr(journey, step)(adviser, workshop)
    assert "Rien à faire en ce moment" in _page(client, workshop)


def test_the_most_urgent_stands_first_and_lateness_is_said(adviser, workshop, garage):
    journey.agreed(adviser, workshop, first_name="Quatre")
    journey.quoted(adviser, workshop, first_name="Trois")
    journey.sent(adviser, garage, first_name="Deux")
    with journey.days_ago(10):
        journey.sent(adviser, garage, first_name="Un")
    rows = Assignment.objects.visible_to(actor(workshop)).current().for_garage().with_offer()
    tasks = tasks_of(rows, actor(workshop))
    assert [task.assignment.referral.beneficiary.first_name for task in tasks] == ["Un", "Deux", "Trois", "Quatre"]
    assert tasks[0].sense == "late"
    assert tasks[0].title.startswith("En retard de")


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


def test_reception_is_not_sent_to_the_quote_editor(client, adviser, workshop, reception):
    journey.accepted(adviser, workshop)
    html = _page(client, reception)
    assert "devis/nouveau" not in html
    assert "Ouvrir le dossier" in html


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
