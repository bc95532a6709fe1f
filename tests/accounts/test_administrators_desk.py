"""The administrator's desk: with which accounts something is to be done, and nothing of any dossier."""

from datetime import timedelta
from html import unescape

import pytest
from allauth.mfa.models import Authenticator

from mobiliz.accounts import actions
from mobiliz.accounts.actions import Place
from mobiliz.accounts.models import User
from mobiliz.accounts.roles import Role
from mobiliz.lib import clock
from tests.cast import actor, sign_in
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

DESK = "/bureau/"


@pytest.fixture
def desk(client, administrator):
    Authenticator.objects.create(user=administrator.user, type="totp", data={})
    return sign_in(client, administrator)


def found(browser):
    """Who is named in which part."""
    parts = browser.get(DESK).context["parts"]
    return {one.part.name: [line["name"] for line in one.lines] for one in parts}


def text_of(response):
    return " ".join(unescape(response.content.decode()).split())


def test_with_nothing_to_do_the_desk_says_what_will_come(desk, adviser):
    page = text_of(desk.get(DESK))
    assert "<h1>Rien ne vous attend</h1>" in page
    assert "Tous les comptes sont en ordre" in page
    assert 'href="/comptes/"' in page


def test_someone_who_left_and_keeps_a_role_comes_first(desk, adviser, stranger):
    adviser.user.is_active = False
    adviser.user.save()
    assert found(desk) == {"encore-un-role": ["Aline Dubois"], "sans-role": ["Alex Leroy"]}
    page = text_of(desk.get(DESK))
    assert "<h1>À faire : 2 comptes à revoir</h1>" in page
    assert page.index("Aline Dubois") < page.index("Alex Leroy")
    assert f'href="/comptes/{adviser.user.uid}/"' in page


@pytest.mark.parametrize("who", ["pilot", "regional_pilot"])
def test_a_role_that_asks_for_a_second_factor_and_has_none(desk, member, who):
    user = member(who).user
    assert found(desk) == {}  # never came yet
    User.objects.filter(pk=user.pk).update(last_login=clock.now())
    assert found(desk) == {"double-authentification": [user.get_full_name()]}
    Authenticator.objects.create(user=user, type="totp", data={})
    assert found(desk) == {}


def test_a_link_that_expired_before_it_served(desk, administrator, structure, settings):
    place = Place(Role.ADVISER, structure.organisation, engagement="employee")
    by = actor(administrator)
    user = actions.open_account(email="a@wimoov.example", first_name="Zoé", last_name="Petit", place=place, by=by)
    assert found(desk) == {}
    opened = clock.now() - timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT + 60)
    User.objects.filter(pk=user.pk).update(joined_at=opened)
    assert found(desk) == {"jamais-venus": ["Zoé Petit"]}
    assert "Donner un nouveau lien" in text_of(desk.get(DESK))


def test_a_name_is_shown_as_text(desk):
    UserFactory(first_name="<b>Zoé</b>", last_name="Petit")
    assert b"<b>Zo" not in desk.get(DESK).content


def test_the_first_eight_are_named_and_all_are_counted_at_the_same_cost(desk, django_assert_max_num_queries):
    UserFactory()
    with django_assert_max_num_queries(5) as few:
        desk.get(DESK)
    for _number in range(10):
        UserFactory()
    with django_assert_max_num_queries(5) as many:
        page = text_of(desk.get(DESK))
    assert len(few) == len(many)
    assert "À faire : 11 comptes à revoir" in page
    assert "Et 3 autres" in page
