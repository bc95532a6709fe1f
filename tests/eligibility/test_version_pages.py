"""The pages of the versions: listed, proposed, sent back, approved, given up, read."""

from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from eligibility import actions, notifications
from eligibility.models import Acknowledgement, RuleSet, Status, Subject
from eligibility.waiting import rules_waiting_for
from mobiliz.accounts.roles import Role
from mobiliz.lib import clock
from mobiliz.programme.models import REPAIR, Offer
from tests.cast import actor, sign_in
from tests.factories import ruling
from tests.factories.accounts import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db

LIST, DESK = "/regles/versions/", "/bureau/"


@pytest.fixture
def second_pilot(db):
    return MembershipFactory(user=UserFactory(first_name="Aline", last_name="Second"), role=Role.PILOT)


@pytest.fixture
def as_pilot(pilot):
    return sign_in(Client(), pilot)


@pytest.fixture
def as_second(second_pilot):
    return sign_in(Client(), second_pilot)


def text_of(response):
    return unescape(response.content.decode())


def press(browser, name, rule_set, **typed):
    return browser.post(reverse(f"{name}_rule_set", args=[rule_set.uid]), typed)


def read(browser, rule_set):
    return text_of(browser.get(reverse("rule_set", args=[rule_set.uid])))


def status_of(rule_set):
    return RuleSet.objects.get(pk=rule_set.pk).status


# --- the list ---------------------------------------------------------------------------------------------
def test_the_list_tells_what_is_in_force_announced_written_and_over(as_pilot, as_second, pilot, second_pilot):
    ruling.approved(pilot, second_pilot)
    ruling.proposed(second_pilot, ruling.RSA, on=clock.today() + timedelta(days=40))
    actions.discard_draft(ruling.draft(pilot), by=actor(pilot))
    page = text_of(as_pilot.get(LIST))
    order = ["En vigueur", "Version 1", "Annoncées", "Version 2", "En cours d’écriture", "Version 3", "Version 4"]
    at = [page.index(one) for one in order]
    assert at == sorted(at)
    assert "à approuver : vous le pouvez" in page
    assert "à approuver par un autre pilote" in text_of(as_second.get(LIST))
    assert second_pilot.user.get_full_name() in page
    assert "2 versions plus anciennes" in page  # of the rules for cars


def test_a_long_list_costs_what_a_short_one_costs(as_pilot, pilot, django_assert_max_num_queries):
    with django_assert_max_num_queries(12) as few:
        as_pilot.get(LIST)
    for _each in range(5):
        ruling.draft(pilot)
        ruling.draft(pilot, Subject.VEHICLE)
    with django_assert_max_num_queries(12) as many:
        as_pilot.get(LIST)
    assert len(many) == len(few)


def test_a_new_version_is_a_copy_of_what_is_in_force(as_pilot):
    response = as_pilot.post(reverse("new_rule_set"), {"offer": REPAIR, "subject": "vehicle"})
    draft = RuleSet.objects.get(status=Status.DRAFT)
    assert response.url == reverse("edit_rule_set", args=[draft.uid])
    assert (draft.subject, draft.version) == ("vehicle", 4)
    assert draft.definition == RuleSet.objects.of_offer(REPAIR, "vehicle").get(version=3).definition


def test_a_version_that_was_asked_for_twice_is_opened_once_and_told(as_pilot):
    asked = {"offer": REPAIR, "subject": "vehicle"}
    first, second = (as_pilot.post(reverse("new_rule_set"), asked) for _twice in range(2))
    assert first.url == second.url
    assert "Vous venez d’ouvrir cette version" in text_of(as_pilot.get(second.url))
    with clock.moved_to(clock.now() + timedelta(minutes=2)):
        assert as_pilot.post(reverse("new_rule_set"), asked).url != first.url


@pytest.mark.parametrize("typed", [{"offer": "nothing", "subject": "household"}, {"offer": REPAIR, "subject": "x"}])
def test_a_version_of_nothing_is_told(as_pilot, typed):
    assert "Choisissez une règle de la liste." in text_of(as_pilot.post(reverse("new_rule_set"), typed, follow=True))
    assert not RuleSet.objects.filter(status=Status.DRAFT).exists()


# --- acts -------------------------------------------------------------------------------------------------
def test_from_the_draft_to_the_rule_by_its_pages(as_pilot, as_second, pilot):
    draft = ruling.written(pilot)
    response = press(as_pilot, "propose", draft)
    assert response.status_code == 409
    assert "Essayez d’abord ce brouillon" in text_of(response)
    assert "Il faut l’essayer" in text_of(response)
    ruling.tried(draft, pilot)
    assert "Il faut l’essayer" not in read(as_pilot, draft)
    assert press(as_pilot, "propose", draft).status_code == 302
    page = read(as_second, draft)
    assert "À vous de décider" in page
    assert pilot.user.get_full_name() in page
    assert "Nouvelle condition\xa0: la personne reçoit le RSA." in page
    assert "Aucun cas n’a été évalué depuis ce jour" in page
    assert press(as_second, "approve", draft).status_code == 302
    assert status_of(draft) == Status.APPROVED


def test_the_page_of_a_draft_asks_the_database_little(as_pilot, pilot, django_assert_max_num_queries):
    draft = ruling.proposed(pilot)
    with django_assert_max_num_queries(12):
        read(as_pilot, draft)


def test_nobody_is_offered_to_approve_their_own_and_nobody_can(as_pilot, pilot):
    draft = ruling.proposed(pilot)
    assert reverse("approve_rule_set", args=[draft.uid]) not in read(as_pilot, draft)
    response = press(as_pilot, "approve", draft)
    assert response.status_code == 409
    assert "s’approuve à deux" in text_of(response)
    assert status_of(draft) == Status.PROPOSED


@pytest.mark.parametrize("act", ["propose", "approve", "send_back", "discard"])
def test_a_second_press_is_told(as_second, pilot, act):
    draft = ruling.written(pilot)
    ruling.tried(draft, pilot)
    if act != "propose":
        actions.propose(draft, by=actor(pilot))
    first, second = (press(as_second, act, draft, because="Et l’ASS ?") for _twice in range(2))
    assert (first.status_code, second.status_code) == (302, 409)
    assert "Cela n’a pas été fait" in text_of(second)
    assert 'role="alert"' in text_of(second)


def test_sent_back_with_a_reason_or_not_at_all(as_second, as_pilot, pilot):
    draft = ruling.proposed(pilot)
    for nothing in ({}, {"because": "  "}, {"because": "2 85 05 78 006 084 36"}):
        response = press(as_second, "send_back", draft, **nothing)
        assert response.status_code == 422
        assert 'id="id_because_error"' in text_of(response)
        assert 'id="erreurs"' in text_of(response)
    press(as_second, "send_back", draft, because="Et l’ASS ?")
    assert "Et l’ASS ?" in read(as_pilot, draft)
    assert "Et l’ASS ?" in text_of(as_pilot.get(reverse("edit_rule_set", args=[draft.uid])))


def test_a_frozen_rule_says_who_may_change_it(as_second, pilot, second_pilot, regional_pilot):
    until = clock.today() + timedelta(days=300)
    ruling.approved(pilot, second_pilot, on=clock.today(), frozen_until=until)
    draft = ruling.proposed(regional_pilot, ruling.RSA)
    assert "il faut deux pilotes nationaux" in read(as_second, draft)
    response = press(as_second, "approve", draft)
    assert response.status_code == 409
    assert "stabilisée" in text_of(response)


@pytest.mark.parametrize("who", ["adviser", "workshop"])
def test_nobody_else_sees_acts_or_readers(request, pilot, second_pilot, who):
    rule_set = ruling.approved(pilot, second_pilot)
    page = read(sign_in(Client(), request.getfixturevalue(who)), rule_set)
    assert "Qui l’a lue" not in page
    assert "Abandonner" not in page


# --- the desk ---------------------------------------------------------------------------------------------
def test_a_proposal_waits_on_the_desk_of_the_other_pilots(as_pilot, as_second, pilot, second_pilot):
    draft = ruling.proposed(pilot)
    url = reverse("rule_set", args=[draft.uid])
    page = text_of(as_second.get(DESK))
    assert "À approuver" in page
    assert url in page
    assert url not in text_of(as_pilot.get(DESK))
    actions.approve(draft, by=actor(second_pilot))
    assert url not in text_of(as_second.get(DESK))


def _approved_vehicle(pilot, other):
    offer = Offer.objects.get(pk=REPAIR)
    draft = actions.draft_rule_set(offer, Subject.VEHICLE, by=actor(pilot))
    given = ruling.given({"op": "all", "of": [{"leaf": "mileage_below", "limit_km": 220000}]})
    draft = actions.save_draft(draft, given=given, by=actor(pilot))
    ruling.tried(draft, pilot)
    return actions.approve(actions.propose(draft, by=actor(pilot)), by=actor(other))


@pytest.mark.parametrize(
    ("who", "subjects"),
    [
        ("adviser", {"household", "vehicle"}),
        ("agency_adviser", {"household", "vehicle"}),
        ("regional_pilot", {"household", "vehicle"}),
        ("workshop", {"vehicle"}),
        ("reception", {"vehicle"}),
        ("volunteer", set()),
        ("administrator", set()),
        ("pilot", set()),  # who wrote them
        ("second_pilot", set()),  # who approved them
    ],
)
def test_who_has_to_read_what(request, pilot, second_pilot, who, subjects):
    member = request.getfixturevalue(who)
    rules = [ruling.approved(pilot, second_pilot), _approved_vehicle(pilot, second_pilot)]
    assert {one.subject for one in rules_waiting_for(actor(member)).to_read} == subjects
    asked = {one.subject for one in rules if notifications.who_reads(one).filter(pk=member.pk).exists()}
    assert asked == subjects


@pytest.mark.parametrize("who", ["adviser", "workshop", "regional_pilot"])
def test_a_rule_to_read_stands_on_the_desk_until_it_was_read(request, pilot, second_pilot, who):
    rule_set = _approved_vehicle(pilot, second_pilot)
    browser = sign_in(Client(), request.getfixturevalue(who))
    assert "La règle change le" in text_of(browser.get(DESK))
    assert "J’ai lu" in read(browser, rule_set)
    for _twice in range(2):
        assert press(browser, "acknowledge", rule_set).status_code == 302
    assert Acknowledgement.objects.count() == 1
    assert "La règle change le" not in text_of(browser.get(DESK))
    assert "Vous avez dit l’avoir lue" in read(browser, rule_set)


@pytest.mark.parametrize("who", ["pilot", "second_pilot"])
def test_whoever_wrote_or_approved_it_is_not_asked_whether_they_read_it(request, pilot, second_pilot, who):
    rule_set = ruling.approved(pilot, second_pilot)
    assert "J’ai lu" not in read(sign_in(Client(), request.getfixturevalue(who)), rule_set)


def test_what_is_over_or_was_so_before_one_came_is_not_to_be_read(adviser, pilot, second_pilot):
    ruling.approved(pilot, second_pilot, on=clock.today())
    assert len(rules_waiting_for(actor(adviser)).to_read) == 1
    adviser.began_on = clock.today() + timedelta(days=1)
    assert rules_waiting_for(actor(adviser)).to_read == []


def test_a_garage_says_nothing_about_households(pilot, second_pilot, workshop):
    rule_set = ruling.approved(pilot, second_pilot)
    browser = sign_in(Client(), workshop)
    assert "J’ai lu" not in read(browser, rule_set)
    assert press(browser, "acknowledge", rule_set).status_code == 403


def test_pilots_see_who_has_read_it_by_structure(as_pilot, pilot, second_pilot, adviser, other_adviser):
    rule_set = ruling.approved(pilot, second_pilot)
    actions.acknowledge(rule_set, by=actor(adviser))
    page = read(as_pilot, rule_set)
    assert "1 sur 2 personnes concernées l’ont lue." in page
    readers = page[page.index("Qui l’a lue") :]
    assert readers.index(str(other_adviser.organisation)) < readers.index(str(adviser.organisation))
    assert f"{other_adviser.user.get_full_name()} : <strong>pas encore" in readers


def test_many_readers_come_page_by_page_at_one_price(
    as_pilot, pilot, second_pilot, adviser, django_assert_max_num_queries
):
    rule_set = ruling.approved(pilot, second_pilot)
    url = reverse("rule_set", args=[rule_set.uid])
    with django_assert_max_num_queries(12) as few:
        as_pilot.get(url)
    MembershipFactory.create_batch(60, organisation=adviser.organisation, role=Role.ADVISER)
    with django_assert_max_num_queries(12) as many:
        page = text_of(as_pilot.get(url))
    assert len(many) <= len(few)
    assert "Structures suivantes" in page
    assert page.count("pas encore") == 50
