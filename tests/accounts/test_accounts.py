"""The administrator's desk: find an account, open one, give and end roles, close the door and open it again."""

import re
from datetime import date

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from mobiliz.accounts import actions
from mobiliz.accounts.actions import Place
from mobiliz.accounts.models import Membership, OrganisationKind, User
from mobiliz.accounts.roles import Role
from mobiliz.lib.refusals import Refused
from tests.cast import actor, sign_in
from tests.factories.accounts import PASSWORD, MembershipFactory, OrganisationFactory, UserFactory

NEW = {"first_name": "Zoé", "last_name": "Lefèvre", "email": "Zoe@Wimoov.example", "role": Role.PILOT}

ADVISER = {"role": Role.ADVISER, "engagement": "employee"}


def names(answer):
    return [account.get_full_name() for account in answer.context["found"].rows]


@pytest.fixture
def desk(client, administrator):
    """The administrator, signed in."""
    return sign_in(client, administrator)


# --- the list ---------------------------------------------------------------------------------------------
def test_the_list_begins_with_every_account(desk):
    assert names(desk.get("/comptes/")) == ["Iris Noël"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("dubois", ["Aline Dubois"]),
        ("DUBOIS aline", ["Aline Dubois"]),
        ("noel", ["Iris Noël"]),
        ("conseiller@adie", ["Luc Girard"]),
        ("wimoov", ["Aline Dubois"]),
        ("adie girard", ["Luc Girard"]),
        ("personne de ce nom", []),
        ("%", []),
        ("", ["Aline Dubois", "Luc Girard", "Iris Noël"]),
    ],
)
def test_an_account_is_found_by_name_address_or_organisation(desk, adviser, other_adviser, typed, found):
    assert names(desk.get("/comptes/", {"q": typed})) == found


def test_the_list_says_who_has_a_second_factor_and_who_may_sign_in(desk, adviser, stranger):
    Authenticator.objects.create(user=adviser.user, type="totp", data={})
    actions.deactivate(stranger, by=actor(adviser))
    rows = {account.email: account for account in desk.get("/comptes/").context["found"].rows}
    assert rows[adviser.user.email].has_second_factor
    assert not rows[stranger.email].has_second_factor
    assert not rows[stranger.email].is_active


def test_fifty_accounts_stand_on_a_page(desk):
    for number in range(51):
        UserFactory(last_name=f"Aaa{number:03}")
    first = desk.get("/comptes/", {"q": "aaa"})
    second = desk.get(first.context["found"].after_url)
    assert len(names(first)) == 50
    assert names(second) == ["Camille Aaa050"]
    assert second.context["found"].after_url == ""
    assert names(desk.get(second.context["found"].before_url)) == names(first)


@pytest.mark.parametrize("page", ["0", "-1", "x", "²", "9999999999999"])
def test_a_page_that_is_none_is_the_first(desk, page):
    assert names(desk.get("/comptes/", {"page": page})) == ["Iris Noël"]


@pytest.mark.parametrize("accounts", [1, 30])
def test_the_list_costs_the_same_with_one_account_and_many(desk, accounts, django_assert_num_queries):
    MembershipFactory.create_batch(accounts)
    with django_assert_num_queries(5):
        desk.get("/comptes/")


def test_htmx_gets_the_rows_alone(desk):
    answer = desk.get("/comptes/", headers={"HX-Request": "true"}).content.decode()
    assert "Iris Noël" in answer
    assert "<html" not in answer


# --- opening an account -----------------------------------------------------------------------------------
def test_the_form_to_open_an_account_opens_empty(desk):
    assert desk.get("/comptes/nouveau/").status_code == 200


@pytest.mark.parametrize(
    ("role", "place"),
    [
        (Role.ADVISER, {"organisation": "wimoov", "engagement": "employee"}),
        (Role.ADVISER, {"organisation": "Wimoov Loire", "engagement": "volunteer"}),
        (Role.WORKSHOP, {"organisation": "garage de la loire"}),
        (Role.REGIONAL_PILOT, {"region": "84"}),
        (Role.PILOT, {}),
        (Role.VOLUNTEER, {"organisation": "typed for nothing", "region": "84", "engagement": "employee"}),
        (Role.ADMINISTRATOR, {}),
    ],
)
def test_an_account_is_opened_in_each_kind_of_place(desk, structure, garage, role, place):
    answer = desk.post("/comptes/nouveau/", {**NEW, "role": role, "phone": "06 12 34 56 78", **place})
    user = User.objects.get(email="zoe@wimoov.example")
    assert answer.headers["Location"] == f"/comptes/{user.uid}/"
    membership = user.memberships.get()
    assert (membership.role, membership.phone) == (role, "+33612345678")
    assert membership.engagement == (place["engagement"] if role == Role.ADVISER else "")
    assert membership.region_id == (place["region"] if role == Role.REGIONAL_PILOT else None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "pas une adresse"}, "email"),
        ({"email": "ADMIN@mobiliz.example"}, "email"),
        ({"first_name": " "}, "first_name"),
        ({"role": "roi"}, "role"),
        ({"role": Role.REGIONAL_PILOT}, "region"),
        ({**ADVISER, "engagement": "", "organisation": "wimoov"}, "engagement"),
        ({**ADVISER, "organisation": ""}, "organisation"),
        ({**ADVISER, "organisation": "inconnue"}, "organisation"),
        ({**ADVISER, "organisation": "garage"}, "organisation"),
        ({**ADVISER, "organisation": "wim"}, "organisation"),
        ({"role": Role.WORKSHOP, "organisation": "wimoov"}, "organisation"),
        ({"phone": "12"}, "phone"),
    ],
)
def test_what_is_typed_wrong_is_told_beside_the_field_and_kept(desk, structure, garage, change, field):
    answer = desk.post("/comptes/nouveau/", {**NEW, **change})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert 'value="Lefèvre"' in answer.content.decode()
    assert not User.objects.filter(last_name="Lefèvre").exists()


def test_organisations_of_the_same_beginning_are_offered_and_one_is_chosen(desk, structure, agency):
    typed = {**NEW, **ADVISER, "organisation": "wim"}
    offered = desk.post("/comptes/nouveau/", typed).content.decode()
    assert offered.count('name="organisation_uid"') == 2
    desk.post("/comptes/nouveau/", {**typed, "organisation_uid": str(agency.organisation.uid)})
    assert User.objects.get(last_name="Lefèvre").memberships.get().organisation == agency.organisation


def test_the_chosen_organisation_stays_chosen_when_something_else_is_wrong(desk, structure, agency):
    chosen = {**ADVISER, "organisation": "wim", "organisation_uid": str(agency.organisation.uid)}
    answer = desk.post("/comptes/nouveau/", {**NEW, **chosen, "email": "x"}).content.decode()
    assert f'value="{agency.organisation.uid}" checked' in answer
    assert '" checked' not in desk.get("/comptes/nouveau/").content.decode()


@pytest.mark.parametrize("uid", ["nonsense", "00000000-0000-0000-0000-000000000000"])
def test_a_choice_that_is_no_organisation_is_refused(desk, structure, uid):
    typed = {**NEW, **ADVISER, "organisation": "wim", "organisation_uid": uid}
    assert desk.post("/comptes/nouveau/", typed).status_code == 422


def test_a_choice_is_dropped_when_another_name_was_typed_since(desk, structure, other_structure):
    typed = {**ADVISER, "organisation": "adie", "organisation_uid": str(structure.organisation.uid)}
    desk.post("/comptes/nouveau/", {**NEW, **typed})
    assert User.objects.get(last_name="Lefèvre").memberships.get().organisation == other_structure.organisation


def test_while_one_types_only_organisations_of_the_role_are_offered(desk, structure, garage):
    OrganisationFactory(name="Wimoov Garages", kind=OrganisationKind.GARAGE)
    answer = desk.get("/comptes/organisations/", {"role": Role.ADVISER, "organisation": "wimoov"})
    assert [place.name for place in answer.context["organisations"]] == ["Wimoov", "Wimoov Loire"]
    assert not desk.get("/comptes/organisations/", {"organisation": "wimoov"}).context["organisations"]


# --- the first password -----------------------------------------------------------------------------------
def link_on(answer):
    return re.search(r'value="http://127.0.0.1:8000(/compte/mot-de-passe/nouveau/[^"]+)"', answer.content.decode())


def test_the_link_handed_over_sets_the_first_password_once(desk):
    answer = desk.post("/comptes/nouveau/", NEW, follow=True)
    link, newcomer = link_on(answer)[1], Client()
    form = newcomer.get(link, follow=True)
    password = {"password1": PASSWORD, "password2": PASSWORD}
    newcomer.post(form.redirect_chain[-1][0], password, follow=True)
    assert "Ce lien ne sert plus" in Client().get(link, follow=True).content.decode()
    newcomer.post("/connexion/", {"login": "zoe@wimoov.example", "password": PASSWORD})
    assert newcomer.get("/compte/").status_code == 200


def test_a_weak_first_password_is_refused(desk):
    link, newcomer = link_on(desk.post("/comptes/nouveau/", NEW, follow=True))[1], Client()
    form = newcomer.get(link, follow=True)
    answer = newcomer.post(form.redirect_chain[-1][0], {"password1": "mobiliz-demo", "password2": "mobiliz-demo"})
    assert answer.context["form"].errors
    assert not User.objects.get(last_name="Lefèvre").has_usable_password()


def test_no_link_is_made_into_an_account_that_has_a_password(desk, adviser):
    assert link_on(desk.get(f"/comptes/{adviser.user.uid}/")) is None


def test_no_link_is_shown_for_a_closed_account(desk, administrator):
    user = UserFactory(password=None)
    assert link_on(desk.get(f"/comptes/{user.uid}/"))
    actions.deactivate(user, by=actor(administrator))
    assert link_on(desk.get(f"/comptes/{user.uid}/")) is None


# --- roles ------------------------------------------------------------------------------------------------
def test_a_person_is_given_one_more_role(desk, adviser, garage):
    url = f"/comptes/{adviser.user.uid}/appartenances/nouvelle/"
    assert desk.get(url).status_code == 200
    desk.post(url, {"role": Role.RECEPTION, "organisation": "Garage de la Loire"})
    assert set(adviser.user.memberships.values_list("role", flat=True)) == {Role.ADVISER, Role.RECEPTION}


def test_the_same_role_in_the_same_place_is_refused_in_words(desk, adviser):
    url = f"/comptes/{adviser.user.uid}/appartenances/nouvelle/"
    answer = desk.post(url, {**ADVISER, "organisation": "Wimoov"})
    assert answer.status_code == 422
    assert "déjà ce rôle" in answer.content.decode()


def test_a_role_that_ended_may_be_given_again(desk, adviser, administrator):
    actions.end_membership(adviser, by=actor(administrator))
    again = actions.add_membership(
        adviser.user, place=Place(Role.ADVISER, adviser.organisation), by=actor(administrator)
    )
    assert Membership.objects.current().get(user=adviser.user) == again


def test_ending_a_role_closes_its_desk_at_once(desk, adviser):
    at_work = sign_in(Client(), adviser)
    desk.post(f"/comptes/appartenances/{adviser.uid}/terminer/")
    adviser.refresh_from_db()
    assert adviser.ended_on is not None
    assert "rattaché" in at_work.get("/bureau/").content.decode()


def test_ending_twice_is_told_in_words(desk, adviser):
    url = f"/comptes/appartenances/{adviser.uid}/terminer/"
    desk.post(url)
    assert "déjà terminé" in desk.post(url, follow=True).content.decode()


def test_a_role_that_was_to_begin_later_ends_on_the_day_it_began(administrator):
    membership = MembershipFactory(began_on=date(2999, 1, 1))
    actions.end_membership(membership, by=actor(administrator))
    membership.refresh_from_db()
    assert membership.ended_on == date(2999, 1, 1)


# --- closing and opening the door -------------------------------------------------------------------------
def test_deactivating_ends_every_session_for_good(desk, adviser):
    at_work = sign_in(Client(), adviser)
    desk.post(f"/comptes/{adviser.user.uid}/desactiver/")
    assert at_work.get("/compte/").status_code == 302
    desk.post(f"/comptes/{adviser.user.uid}/reactiver/")
    assert at_work.get("/compte/").status_code == 302
    adviser.user.refresh_from_db()
    assert sign_in(Client(), adviser).get("/compte/").status_code == 200


def test_an_old_session_stays_ended_even_if_nobody_came_in_between(desk, adviser):
    at_work = sign_in(Client(), adviser)
    desk.post(f"/comptes/{adviser.user.uid}/desactiver/")
    desk.post(f"/comptes/{adviser.user.uid}/reactiver/")
    assert at_work.get("/compte/").status_code == 302


@pytest.mark.parametrize("verb", [actions.deactivate, actions.reactivate])
def test_doing_it_twice_is_told_in_words(stranger, administrator, verb):
    if verb is actions.deactivate:
        actions.deactivate(stranger, by=actor(administrator))
    with pytest.raises(Refused, match="déjà"):
        verb(stranger, by=actor(administrator))


def test_two_openings_at_one_address_make_one_account(administrator):
    person = {"email": "un@deux.example", "first_name": "Un", "last_name": "Deux", "place": Place(Role.PILOT)}
    actions.open_account(**person, by=actor(administrator))
    with pytest.raises(Refused, match="existe déjà"):
        actions.open_account(**{**person, "email": "UN@deux.example"}, by=actor(administrator))
    assert User.objects.filter(last_name="Deux").count() == 1


# --- limits -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("act", ["desactiver/", "reactiver/", "appartenances/nouvelle/"])
def test_administrators_do_not_change_their_own_account(desk, administrator, act):
    assert desk.post(f"/comptes/{administrator.user.uid}/{act}").status_code == 403


def test_administrators_do_not_end_their_own_role(desk, administrator):
    assert desk.post(f"/comptes/appartenances/{administrator.uid}/terminer/").status_code == 403


def test_a_script_in_a_name_is_only_text(desk):
    desk.post("/comptes/nouveau/", {**NEW, "last_name": "<script>alert(1)</script>"})
    assert "<script>alert" not in desk.get("/comptes/").content.decode()
