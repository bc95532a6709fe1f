"""A garage answers from its mail, without an account; nobody else learns or does anything by the same address."""

from datetime import timedelta

import pytest
from django.urls import reverse

from garages.models import Contact
from mobiliz.lib import clock
from mobiliz.outbox.models import Message
from referrals import links, transitions
from referrals.desks import by_link
from referrals.models import LinkUse, LogEntry, PersonalLink
from tests.cast import actor
from tests.factories import journey
from tests.factories.garages import ContactFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(adviser, garage):
    ContactFactory(garage=garage, email="chef@garage.example")
    return journey.sent(adviser, garage)


@pytest.fixture
def token(asked):
    return links.token_of(PersonalLink.objects.get(assignment=asked))


def url(address, token, **more):
    return reverse(address, kwargs={"token": token, **more})


def press(client, token, name, **data):
    return client.post(url("personal_link_act", token, name=name), data)


# --- opening ----------------------------------------------------------------------------------------------
def test_the_message_brings_a_link_that_opens_without_signing_in(client, asked, garage):
    message = Message.objects.get(template="referrals/garage_asked")
    path = message.context["url"].partition("//")[2].partition("/")[2]
    page = client.get(f"/{path}")
    assert page.status_code == 200
    said = page.content.decode()
    assert "Pouvez-vous réparer cette voiture" in said
    assert asked.referral.beneficiary.first_name in said


def test_opening_it_changes_nothing_however_often_a_scanner_does(client, asked, token):
    before = LogEntry.objects.count()
    for _ in range(3):
        client.get(url("personal_link", token))
        client.head(url("personal_link", token))
    fresh = journey.fresh(asked)
    assert (LogEntry.objects.count(), LinkUse.objects.count()) == (before, 0)
    assert (fresh.seen_at, fresh.accepted_at, fresh.is_open) == (None, None, True)


@pytest.mark.parametrize("name", ["personal_link_act", "personal_link_fresh"])
def test_acts_are_posts(client, token, name):
    more = {"name": "accepter"} if name.endswith("act") else {}
    assert client.get(url(name, token, **more)).status_code == 405


def test_the_page_says_neither_family_name_nor_telephone_nor_income_before_a_yes(client, asked, token):
    said = client.get(url("personal_link", token)).content.decode()
    person = asked.referral.beneficiary
    assert person.last_name not in said
    assert person.phone[-4:] not in said.replace("\u00a0", "")
    assert "14 400" not in said.replace("\u202f", " ")


# --- acting -----------------------------------------------------------------------------------------------
def test_yes_by_link_opens_name_and_telephone_to_whoever_said_it(client, asked, token):
    assert press(client, token, "accepter").status_code == 302
    fresh = journey.fresh(asked)
    assert fresh.referral.state == "accepted"
    assert fresh.seen_at is not None
    said = client.get(url("personal_link", token)).content.decode()
    assert fresh.referral.beneficiary.last_name in said


def test_the_log_says_who_answered_by_which_link(client, asked, token, adviser):
    press(client, token, "accepter")
    entry = LogEntry.objects.of_referral(asked.referral).with_actors().latest_first()[0]
    link = PersonalLink.objects.get(assignment=asked)
    assert (entry.actor_kind, entry.link) == ("link", link)
    assert entry.actor_in_words == f"{link.holder} ({asked.garage.name}), par lien personnel"


def test_another_link_to_the_same_case_does_not_show_the_person(client, asked, token):
    other = links.make(asked, links.holders_at(asked.garage)[0])
    press(client, token, "accepter")
    said = client.get(url("personal_link", links.token_of(other))).content.decode()
    assert asked.referral.beneficiary.last_name not in said
    assert "déjà une réponse" in said


def test_no_with_a_reason_goes_on_and_no_without_one_is_asked_again(client, asked, token):
    assert press(client, token, "decliner", comment="").status_code == 422
    assert journey.fresh(asked).is_open
    assert press(client, token, "decliner", reason="no_capacity", comment="Complet jusqu’à mardi").status_code == 302
    assert (journey.fresh(asked).end, journey.fresh(asked).end_comment) == ("declined", "Complet jusqu’à mardi")


def test_already_settled_by_telephone_is_an_answer(client, asked, token):
    today = clock.today().strftime("%d/%m/%Y")
    assert press(client, token, "telephone", spoke_with="Mme Dubois", on=today).status_code == 302
    assert journey.fresh(asked).referral.state == "accepted"


def test_a_double_click_does_it_once(client, asked, token):
    for _ in range(2):
        assert press(client, token, "accepter").status_code == 302
    assert LogEntry.objects.of_referral(asked.referral).of_verb("accept").count() == 1


def test_a_link_answers_and_does_nothing_else(client, asked, token):
    for name in ("reparation", "rendre", "clore", "devis-accepte", "absence"):
        assert press(client, token, name).status_code == 404
    press(client, token, "accepter")
    assert press(client, token, "decliner", reason="no_capacity").status_code == 302
    assert journey.fresh(asked).is_open


def test_every_use_is_kept(client, token):
    press(client, token, "decliner")
    press(client, token, "accepter")
    assert list(LinkUse.objects.order_by("pk").values_list("act", "is_done")) == [
        ("decliner", False),
        ("accepter", True),
    ]


# --- old, foreign, forged ---------------------------------------------------------------------------------
def test_after_a_hand_over_the_link_says_that_it_is_over_and_shows_nothing(client, asked, token, adviser):
    transitions.unsend(asked.referral, by=actor(adviser))
    page = client.get(url("personal_link", token))
    assert page.status_code == 200
    assert asked.referral.beneficiary.first_name not in page.content.decode()
    assert press(client, token, "accepter").status_code == 302
    assert not LogEntry.objects.of_verb("accept").exists()


def test_an_old_link_offers_a_new_one_that_goes_to_the_same_address(client, asked, token, garage):
    PersonalLink.objects.update(expires_at=clock.now() - timedelta(days=28))
    page = client.get(url("personal_link", token))
    assert page.status_code == 200
    assert "Recevoir un nouveau lien" in page.content.decode()
    assert asked.referral.beneficiary.first_name not in page.content.decode()
    assert press(client, token, "accepter").status_code == 200
    assert client.post(url("personal_link_fresh", token)).status_code == 302
    fresh = PersonalLink.objects.latest("pk")
    assert Message.objects.latest("pk").recipient_email == fresh.email
    assert client.get(url("personal_link", links.token_of(fresh))).status_code == 200


def test_asking_for_a_new_link_once_it_is_answered_sends_none(client, asked, token, workshop):
    transitions.accept(asked, by=actor(workshop))
    PersonalLink.objects.update(expires_at=clock.now())
    before = Message.objects.count()
    assert client.post(url("personal_link_fresh", token)).status_code == 302
    assert Message.objects.count() == before


@pytest.mark.parametrize("change", [{"ended_on": "2026-01-01"}, {"email": "autre@garage.example"}])
def test_whoever_left_or_changed_address_holds_no_link_any_more(client, token, garage, change):
    Contact.objects.filter(garage=garage).update(**change)
    page = client.get(url("personal_link", token))
    assert page.status_code == 200
    assert "Recevoir un nouveau lien" not in page.content.decode()


def test_a_link_taken_back_opens_nothing(client, asked, token):
    links.revoke(PersonalLink.objects.get(assignment=asked))
    assert press(client, token, "accepter").status_code == 200
    assert journey.fresh(asked).accepted_at is None


@pytest.mark.parametrize("forge", [lambda token: "x" + token, lambda token: token[:-1], lambda token: "a.b", str.upper])
def test_a_forged_token_says_nothing(client, token, forge):
    page = client.get(url("personal_link", forge(token)))
    assert page.status_code == 404
    assert "orientation" not in page.content.decode().lower()


def test_whoever_tries_tokens_is_stopped(client, token):
    for _ in range(by_link.FORGED.amount):
        client.get(url("personal_link", "x" + token))
    assert client.get(url("personal_link", token)).status_code == 429


def test_fresh_links_are_not_sent_without_end(client, asked, token):
    before = Message.objects.count()
    for _ in range(by_link.FRESH.amount + 2):
        assert client.post(url("personal_link_fresh", token)).status_code == 302
    assert Message.objects.count() == before + by_link.FRESH.amount


def test_search_engines_and_caches_keep_nothing(client, token):
    page = client.get(url("personal_link", token))
    assert "noindex" in page["X-Robots-Tag"]
    assert "no-store" in page["Cache-Control"]


# --- photos -----------------------------------------------------------------------------------------------
def test_photos_are_seen_through_the_link_of_their_own_case_alone(client, asked, token, adviser, garage):
    shown = journey.add_photo(asked.referral, adviser)
    assert client.get(url("personal_link_photo", token, uid=shown.uid)).status_code == 200
    assert client.get(url("personal_link_thumbnail", token, uid=shown.uid)).status_code == 200
    other = links.token_of(PersonalLink.objects.get(assignment=journey.sent(adviser, garage, first_name="Aïcha")))
    assert client.get(url("personal_link_photo", other, uid=shown.uid)).status_code == 404


def test_whoever_is_signed_in_there_is_led_to_the_page_with_everything(client, asked, token, workshop):
    client.force_login(workshop.user)
    assert client.get(url("personal_link", token)).url == reverse("assignment", kwargs={"uid": asked.uid})


def test_opening_costs_few_queries(client, token, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        client.get(url("personal_link", token))


def test_a_day_may_be_proposed_with_the_yes(client, asked, token):
    soon = clock.today() + timedelta(days=10)
    day = soon + timedelta(days=(7 - soon.weekday()) % 7)
    assert press(client, token, "accepter", day=day.strftime("%d/%m/%Y"), hour="8 h 30").status_code == 302
    assert journey.fresh(asked).appointments.get().status == "proposed"


def test_a_day_without_an_hour_is_asked_again_and_keeps_what_was_typed(client, asked, token):
    page = press(client, token, "accepter", day="01/12/2026", hour="")
    assert page.status_code == 422
    assert "01/12/2026" in page.content.decode()
    assert journey.fresh(asked).accepted_at is None
