"""A person with several memberships works as one of them at a time."""

from datetime import date

import pytest

from mobiliz.accounts.roles import Role
from tests.cast import actor, sign_in
from tests.factories.accounts import MembershipFactory

URL = "/comptes/travailler-en-tant-que/"


@pytest.fixture
def also_volunteer(adviser):
    """The adviser is a volunteer too."""
    return MembershipFactory(user=adviser.user, role=Role.VOLUNTEER)


def test_one_works_as_the_oldest_until_one_chooses(adviser, also_volunteer):
    assert actor(adviser.user).membership == adviser


def test_choosing_another_leads_to_its_desk(client, adviser, also_volunteer):
    answer = sign_in(client, adviser).post(URL, {"membership": str(also_volunteer.uid)})
    adviser.user.refresh_from_db()
    assert answer.headers["Location"] == "/bureau/"
    assert actor(adviser.user).role == Role.VOLUNTEER


def test_the_menu_offers_the_others_only(client, adviser, also_volunteer):
    answer = sign_in(client, also_volunteer).get("/compte/")
    assert list(answer.context["other_capacities"]) == [adviser]
    assert str(adviser.uid) in answer.content.decode()


def test_an_ended_membership_is_no_longer_a_capacity(adviser, also_volunteer):
    adviser.user.works_as = also_volunteer
    adviser.user.save()
    also_volunteer.ended_on = date(2026, 1, 1)
    also_volunteer.save()
    assert actor(adviser.user).membership == adviser


def test_nobody_works_as_someone_else(client, adviser, pilot):
    answer = sign_in(client, adviser).post(URL, {"membership": str(pilot.uid)})
    adviser.user.refresh_from_db()
    assert answer.status_code == 404
    assert actor(adviser.user).membership == adviser


def test_nobody_works_in_a_place_they_left(client, adviser, also_volunteer):
    also_volunteer.ended_on = date(2026, 1, 1)
    also_volunteer.save()
    assert sign_in(client, adviser).post(URL, {"membership": str(also_volunteer.uid)}).status_code == 404


@pytest.mark.parametrize("membership", ["", "nonsense", "00000000-0000-4000-8000-000000000000"])
def test_what_is_no_membership_does_not_exist(client, adviser, membership):
    assert sign_in(client, adviser).post(URL, {"membership": membership}).status_code == 404


def test_an_administrator_may_not_work_as_others_either(client, administrator, adviser):
    assert sign_in(client, administrator).post(URL, {"membership": str(adviser.uid)}).status_code == 404


@pytest.mark.parametrize(("asked", "reached"), [("/garages/", "/garages/"), ("//evil.example", "/bureau/")])
def test_choosing_may_lead_back_to_a_page_of_ours(client, adviser, also_volunteer, asked, reached):
    answer = sign_in(client, adviser).post(URL, {"membership": str(also_volunteer.uid), "next": asked})
    assert answer.headers["Location"] == reached


# --- two tabs: what was filled in for one place is not done for another -----------------------------------
NEW = "/orientations/nouvelle/"


@pytest.fixture
def other_place(adviser, other_structure):
    """The adviser works at ADIE too."""
    return MembershipFactory(user=adviser.user, role=Role.ADVISER, organisation=other_structure.organisation)


@pytest.fixture
def stale(client, adviser, other_place):
    """A form was opened at Wimoov; in another tab the adviser changed to ADIE. What the form sends."""
    page = sign_in(client, adviser).get("/compte/").content.decode()
    assert f'name="working_as" value="{adviser.uid}"' in page
    sign_in(client, other_place)
    return {"working_as": str(adviser.uid), "first_name": "Zoé <b>"}


def place_of(user):
    user.refresh_from_db()
    return actor(user).membership


def test_a_form_of_the_other_place_does_nothing_and_says_so(client, stale, other_place):
    answer = client.post(NEW, stale)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Vous travaillez maintenant en tant que : <strong>accompagnement social, ADIE</strong>" in page
    assert "Revenir à Wimoov et renvoyer ma saisie" in page
    assert 'name="first_name" value="Zoé &lt;b&gt;"' in page
    assert place_of(other_place.user) == other_place


def test_one_click_goes_back_and_sends_it(client, stale, adviser):
    answer = client.post(NEW, {**stale, "return_to": stale["working_as"]})
    assert answer.status_code == 422  # the form itself answers
    assert answer.wsgi_request.actor.membership == adviser
    assert "Aline Dubois, Wimoov" in answer.content.decode()
    assert place_of(adviser.user) == adviser


def test_going_back_to_a_place_one_left_is_not_offered(client, stale, adviser, other_place):
    adviser.ended_on = date(2026, 1, 1)
    adviser.save()
    answer = client.post(NEW, {**stale, "return_to": stale["working_as"]})
    assert answer.status_code == 409
    assert "n’est plus le vôtre" in answer.content.decode()
    assert place_of(other_place.user) == other_place


@pytest.mark.parametrize("claim", ["nonsense", "00000000-0000-4000-8000-000000000000"])
def test_a_claim_to_what_is_nobodys_does_nothing(client, stale, claim):
    for extra in ({}, {"return_to": claim}):
        assert client.post(NEW, {"working_as": claim, **extra}).status_code == 409


def test_nobody_returns_to_the_place_of_another(client, stale, pilot, other_place):
    claim = str(pilot.uid)
    assert client.post(NEW, {"working_as": claim, "return_to": claim}).status_code == 409
    assert place_of(other_place.user) == other_place


def test_htmx_says_it_on_the_page_where_everything_still_stands(client, stale, adviser):
    answer = client.post(NEW, {}, headers={"HX-Request": "true", "X-Working-As": str(adviser.uid)})
    assert answer.status_code == 409
    assert answer.headers["HX-Retarget"] == "#messages"
    assert "<html" not in answer.content.decode()


def test_what_concerns_oneself_is_done_from_any_tab(client, stale, adviser):
    assert client.post(URL, {"working_as": stale["working_as"], "membership": stale["working_as"]}).status_code == 302
    assert client.post("/deconnexion/", {"working_as": "nonsense"}).status_code == 302


def test_reading_is_not_stopped_and_a_missing_page_offers_the_other_place(client, stale, adviser):
    page = client.get("/orientations/00000000-0000-4000-8000-000000000000/")
    assert page.status_code == 404
    assert str(adviser.uid) in page.content.decode().split("<main")[1]


def test_the_masthead_shows_as_what_one_works(client, adviser, pilot):
    assert "Aline Dubois, Wimoov" in sign_in(client, adviser).get("/compte/").content.decode()
    assert "Hélène Caron, pilotage national" in sign_in(client, pilot).get("/compte/").content.decode()


# --- what one says of oneself there -----------------------------------------------------------------------
def test_one_edits_ones_own_line_and_title(client, adviser):
    url = f"/compte/lieux/{adviser.uid}/"
    assert sign_in(client, adviser).get(url).context["form"].initial["phone"] == adviser.phone
    client.post(url, {"phone": "01 42 00 00 01", "job_title": " Conseillère mobilité "})
    adviser.refresh_from_db()
    assert (adviser.phone, adviser.job_title) == ("+33142000001", "Conseillère mobilité")


def test_a_wrong_number_is_told_and_kept(client, adviser):
    answer = sign_in(client, adviser).post(f"/compte/lieux/{adviser.uid}/", {"phone": "12", "job_title": "X"})
    assert answer.status_code == 422
    assert 'value="12"' in answer.content.decode()


def test_a_colleagues_line_is_not_ones_own(client, adviser):
    colleague = MembershipFactory(organisation=adviser.organisation)
    assert sign_in(client, adviser).get(f"/compte/lieux/{colleague.uid}/").status_code == 404
