"""The page of a trial: asked for once however often, followed without script, read in French."""

from datetime import timedelta

import pytest

from eligibility import tasks
from eligibility.models import Trial
from mobiliz.lib import clock
from tests.cast import sign_in
from tests.eligibility.test_trials import POOR_NEVER_ASKED, RICH_ON_RSA, assessed
from tests.factories import ruling
from tests.factories.journey import threshold

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(pilot, structure):
    threshold()
    assessed(RICH_ON_RSA, structure)
    assessed(POOR_NEVER_ASKED, structure)
    return ruling.written(pilot, ruling.RSA)


@pytest.fixture
def address(client, pilot, draft):
    sign_in(client, pilot)
    return f"/regles/{draft.uid}/essai/"


def typed(day):
    return {"since": f"{day:%d/%m/%Y}"}


def text(response):
    """With every kind of space as a simple one."""
    return " ".join(response.content.decode().split())


def test_asked_for_twice_is_one_trial_that_the_page_follows_by_itself_and_by_a_link(client, address):
    for _twice in range(2):
        answer = client.post(address, typed(clock.today() - timedelta(days=30)))
        assert (answer.status_code, answer.headers["Location"]) == (302, address)
    assert Trial.objects.count() == 1
    waiting = text(client.get(address))
    assert "L’essai va commencer." in waiting
    assert f'hx-get="{address}"' in waiting
    assert f'<a href="{address}">Actualiser</a>' in waiting
    Trial.objects.update(status="running", total=12000, done=3000)
    running = text(client.get(address))
    assert "Essai en cours : 3 000 cas sur 12 000." in running
    assert '<progress max="12000" value="3000"' in running


def test_the_report_says_in_french_what_changes_and_what_was_never_asked(client, address, structure):
    client.post(address, typed(clock.today() - timedelta(days=30)))
    tasks.run_trials()
    shown = text(client.get(address))
    assert "2 réponses changent sur 2" in shown
    assert "hx-get" not in shown.split('id="essai"')[1]
    assert "La personne reçoit un minimum social." in shown
    assert "Vous pouvez envoyer" not in shown
    assert f'value="{clock.today() - timedelta(days=30):%d/%m/%Y}"' in shown
    assert "Les minima sociaux reçus : 1 cas" in shown
    assert structure.name in shown
    assert structure.commune.department.region.name in shown
    assert "30000" not in shown
    assert "1986" not in shown


def test_a_draft_changed_since_says_that_it_is_to_be_tried_again(client, address, pilot, draft):
    client.post(address, typed(clock.today() - timedelta(days=30)))
    tasks.run_trials()
    assert "a changé depuis" not in text(client.get(address))
    Trial.objects.update(digest="other")
    assert "Le brouillon a changé depuis cet essai" in text(client.get(address))


def test_where_there_was_nothing_to_try_it_says_so(client, address, draft, pilot):
    client.post(address, typed(clock.today()))
    tasks.run_trials()
    assert "Aucun cas n’a été évalué depuis ce jour" in text(client.get(address))
    ruling.tried(draft, pilot)  # of a whole year
    assert "2 réponses changent sur 2" in text(client.get(address))


@pytest.mark.parametrize(
    ("since", "says"),
    [("", "Indiquez le premier jour"), ("hier", "date"), ("01/01/2099", "Ce jour n’est pas encore passé")],
)
def test_a_day_that_is_none_is_refused_beside_the_field(client, address, since, says):
    answer = client.post(address, {"since": since})
    assert answer.status_code == 422
    assert says in text(answer)
    assert not Trial.objects.exists()


def test_a_rule_that_is_not_whole_is_not_tried_and_the_page_says_why(client, pilot):
    draft = ruling.written(pilot, {"op": "any", "of": []})
    sign_in(client, pilot)
    answer = client.post(f"/regles/{draft.uid}/essai/", typed(clock.today()))
    assert answer.status_code == 422
    assert "La règle n’est pas complète" in text(answer)


def test_the_questions_of_the_page_are_pinned(client, address, django_assert_num_queries):
    client.post(address, typed(clock.today() - timedelta(days=30)))
    tasks.run_trials()
    client.get(address)
    with django_assert_num_queries(4):
        client.get(address)
