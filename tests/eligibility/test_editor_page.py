"""Writing a draft on its page: by buttons, without script; nothing typed is lost, nothing hostile gets in."""

import re
from html import unescape
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from eligibility import actions, tree
from eligibility.models import RuleSet, Subject
from tests.cast import actor, sign_in
from tests.factories import ruling
from tests.factories.ruling import EITHER, INCOME, RSA

pytestmark = pytest.mark.django_db

HEAD = {"validity_days": "180", "why": "Le RSA suffit.", "source": "Comité", "in_force_from": "", "frozen_until": ""}
NEITHER = {"op": "any", "of": [{**RSA, "among": []}, {**INCOME, "level_percent": "soixante"}]}


@pytest.fixture
def browser(pilot):
    return sign_in(Client(), pilot)


@pytest.fixture
def draft(pilot):
    return ruling.draft(pilot)


def text_of(response):
    return unescape(response.content.decode())


def address(draft):
    return reverse("edit_rule_set", args=[draft.uid])


def send(browser, draft, definition, press=("relire", "1"), *, more=(), **head):
    """A press of a button, with all that stands in the form."""
    stored = RuleSet.objects.get(pk=draft.pk)
    typed = {**HEAD, "seen": stored.changed_at.isoformat(), **head}
    pairs = [*typed.items(), *tree.to_fields(definition), *more, press]
    return browser.post(address(draft), urlencode(pairs), content_type="application/x-www-form-urlencoded")


def written_on(response):
    """The definition that the page holds now: what the next press would send."""
    return tree.from_fields(_fields(response.content.decode()))


class _fields:
    """The fields of a page, as a browser reads them."""

    def __init__(self, html):
        self.pairs = []
        for tag in re.findall(r"<input[^>]*>", html):
            given = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
            if given.get("type") not in ("checkbox", "radio") or re.search(r"\schecked", tag):
                self.pairs.append((given.get("name", ""), unescape(given.get("value", ""))))
        for name, body in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', html, re.S):
            chosen = re.search(r'<option value="([^"]*)" selected', body)
            self.pairs += [(name, chosen[1])] if chosen else []

    def get(self, name, default=""):
        return next((value for one, value in self.pairs if one == name), default)

    def getlist(self, name):
        return [value for one, value in self.pairs if one == name]


# --- the page ---------------------------------------------------------------------------------------------
def test_a_draft_is_opened_as_the_rule_in_force_and_read_aloud(browser, draft, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        response = browser.get(address(draft))
    page = text_of(response)
    assert written_on(response) == {"op": "all", "of": [INCOME]}
    assert "Le revenu du foyer est en dessous du seuil de pauvreté, à 60\xa0% du niveau de vie médian" in page.replace(
        "60 %", "60\xa0%"
    )
    assert "Ce qui change depuis la version 1" in page
    assert "Rien dans les conditions." in page


def test_a_vehicle_rule_offers_what_is_about_cars(browser, pilot):
    page = text_of(browser.get(address(ruling.draft(pilot, Subject.VEHICLE))))
    assert 'value="mileage_below"' in page
    assert 'value="minimum_benefit"' not in page
    assert 'name="validity_days"' not in page


def test_every_control_has_a_label(browser, draft):
    html = browser.get(address(draft)).content.decode()
    main = html[html.index("<main") : html.index("</main")]
    ids = re.findall(r'<(?:input|select)[^>]* id="([^"]+)"', main)
    hidden = re.findall(r'<input type="hidden"[^>]* id="([^"]+)"', main)
    assert {one for one in ids if f'for="{one}"' not in main} <= set(hidden)
    assert len(ids) == len(set(ids))


# --- buttons ----------------------------------------------------------------------------------------------
BUTTONS = [
    (
        ("ajouter", ""),
        [("n-new", "family_quotient_at_most")],
        lambda d: tree.added(d, (), "family_quotient_at_most")[0],
    ),
    (("groupe", ""), [], lambda d: tree.added(d, (), "group")[0]),
    (("retirer", "0"), [], lambda d: tree.removed(d, (0,))),
    (("monter", "1"), [], lambda d: tree.moved(d, (1,), -1)[0]),
    (("descendre", "0"), [], lambda d: tree.moved(d, (0,), 1)[0]),
]


@pytest.mark.parametrize(
    ("press", "more", "expected"), BUTTONS, ids=lambda one: one[0] if isinstance(one, tuple) else ""
)
def test_a_button_changes_one_part_keeps_the_rest_and_judges_nothing(browser, draft, press, more, expected):
    response = send(browser, draft, NEITHER, press, more=more, why="Parce que", in_force_from="demain")
    assert response.status_code == 200
    assert written_on(response) == expected(NEITHER)
    page = text_of(response)
    assert 'value="Parce que"' in page
    assert 'value="demain"' in page
    form = page[page.index('id="regle"') : page.index("<aside")]
    assert "Choisissez au moins" not in form
    assert "Écrivez la date" not in form
    assert RuleSet.objects.get(pk=draft.pk).changed_at == draft.changed_at


@pytest.mark.parametrize(
    ("button", "leads_to"),
    [
        (("ajouter", ""), "n-3"),
        (("ajouter", "2"), "n-2-0"),
        (("groupe", ""), "n-3"),
        (("monter", "1"), "n-0"),
        (("descendre", "1"), "n-2"),
    ],
)
def test_a_button_leads_the_eye_to_what_it_made_or_moved(browser, draft, button, leads_to):
    definition = {"op": "any", "of": [INCOME, RSA, {"op": "all", "of": []}]}
    pressed = re.search(
        rf'name="{button[0]}" value="{button[1]}" formaction="[^"#]*#([^"]+)"',
        send(browser, draft, definition).content.decode(),
    )
    assert pressed[1] == leads_to
    after = send(
        browser, draft, definition, button, more=[("n-new", "minimum_benefit"), ("n.2-new", "minimum_benefit")]
    )
    assert f'id="{leads_to}" tabindex="-1"' in after.content.decode()


def test_a_group_in_a_group_is_filled(browser, draft):
    nested = {"op": "any", "of": [INCOME, {"op": "all", "of": []}]}
    response = send(browser, draft, nested, ("ajouter", "1"), more=[("n.1-new", "minimum_benefit")])
    assert [one["leaf"] for one in written_on(response)["of"][1]["of"]] == ["minimum_benefit"]


@pytest.mark.parametrize(
    "press",
    [
        ("retirer", ""),
        ("retirer", "9"),
        ("monter", "0.0.0"),
        ("descendre", "<script>"),
        ("groupe", "7.7"),
        ("monter", "-1"),
    ],
)
def test_a_button_about_nothing_changes_nothing(browser, draft, press):
    response = send(browser, draft, EITHER, press)
    assert response.status_code == 200
    assert written_on(response) == EITHER


@pytest.mark.parametrize("code", ["mileage_below", "nothing", ""])
def test_only_what_the_list_offers_is_added(browser, draft, code):
    response = send(browser, draft, EITHER, ("ajouter", ""), more=[("n-new", code)])
    assert response.status_code == 422
    assert written_on(response) == EITHER
    assert "Choisissez dans la liste la condition à ajouter." in text_of(response)


# --- reading over -----------------------------------------------------------------------------------------
def test_reading_over_says_beside_each_field_what_is_to_be_mended(browser, draft):
    page = text_of(send(browser, draft, NEITHER))
    for place, message in (("n-0-among", "Choisissez au moins"), ("n-1-level_percent", "Indiquez un nombre entier")):
        slot = page[page.index(f'id="faute-{place}"') :]
        assert message in slot[: slot.index("</p>")]
        assert f'href="#{place}"' in page
    assert "La règle n’est pas encore complète" in page


def test_the_difference_with_the_rule_in_force_is_told(browser, draft):
    page = text_of(send(browser, draft, EITHER, validity_days="90"))
    assert "Nouvelle condition\xa0: la personne reçoit le RSA." in page
    assert "Une évaluation vaut 90 jours, au lieu de 180." in page


def test_a_large_rule_costs_what_a_small_one_costs(browser, draft, django_assert_max_num_queries):
    with django_assert_max_num_queries(12) as few:
        send(browser, draft, EITHER)
    with django_assert_max_num_queries(12) as many:
        assert send(browser, draft, {"op": "any", "of": [INCOME, RSA] * 29}).status_code == 200
    assert len(many) == len(few)


def test_what_is_swapped_in_is_what_the_page_shows(browser, draft):
    for definition in (EITHER, NEITHER):
        stored = RuleSet.objects.get(pk=draft.pk)
        pairs = [*HEAD.items(), ("seen", stored.changed_at.isoformat()), *tree.to_fields(definition)]
        ask = {"data": urlencode(pairs), "content_type": "application/x-www-form-urlencoded"}
        fragment = text_of(browser.post(address(draft), headers={"HX-Request": "true"}, **ask))
        whole = text_of(browser.post(address(draft), **ask))
        out_of_band = re.findall(r'<p [^>]*hx-swap-oob="true">.*?</p>', fragment)
        assert len(out_of_band) > 5
        assert all(one.replace(' hx-swap-oob="true"', "") in whole for one in out_of_band)
        start = fragment.index("<h2>Comme elle se lira")
        assert "".join(fragment[start:].split()) in "".join(whole.split())


# --- saving -----------------------------------------------------------------------------------------------
def test_a_draft_is_saved_whole_or_not(browser, draft):
    for definition, said in ((EITHER, "Brouillon enregistré."), (NEITHER, "Il reste 2 points à compléter")):
        response = send(browser, draft, definition, ("enregistrer", "1"), in_force_from="12/03/2027")
        assert response.url == address(draft)
        assert said in text_of(browser.get(response.url))
        kept = RuleSet.objects.get(pk=draft.pk)
        assert (kept.definition, kept.why, f"{kept.in_force_from}") == (definition, "Le RSA suffit.", "2027-03-12")
        assert written_on(browser.get(response.url)) == definition


@pytest.mark.parametrize(("definition", "then"), [(EITHER, "rule_set"), (NEITHER, "edit_rule_set")])
def test_what_is_whole_goes_on_to_be_tried_and_proposed(browser, draft, definition, then):
    response = send(browser, draft, definition, ("enregistrer", "suite"))
    assert response.url == reverse(then, args=[draft.uid])


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("in_force_from", "demain"),
        ("validity_days", "181"),
        ("validity_days", ""),
        ("why", "2 85 05 78 006 084 36"),
        ("source", "x" * 301),
        ("frozen_until", "01/01/1901x"),
    ],
)
def test_what_cannot_be_kept_is_told_beside_its_field_and_nothing_is_lost(browser, draft, name, typed):
    response = send(browser, draft, EITHER, ("enregistrer", "1"), **{name: typed})
    page = text_of(response)
    assert response.status_code == 422
    assert f'id="id_{name}_error"' in page
    assert f'value="{typed}"' in page
    assert written_on(response) == EITHER
    assert RuleSet.objects.get(pk=draft.pk).changed_at == draft.changed_at


def test_a_rule_is_stabilised_until_a_day_after_its_first(browser, draft):
    days = {"in_force_from": "12/03/2027", "frozen_until": "12/03/2027"}
    assert send(browser, draft, EITHER, ("enregistrer", "1"), **days).status_code == 422
    assert (
        send(browser, draft, EITHER, ("enregistrer", "1"), **days | {"frozen_until": "31/12/2027"}).status_code == 302
    )
    assert RuleSet.objects.get(pk=draft.pk).phase == "frozen"


def test_two_editors_nothing_is_lost_and_the_difference_is_told(browser, draft, regional_pilot):
    seen = draft.changed_at.isoformat()
    actions.save_draft(draft, given=ruling.given(EITHER), by=actor(regional_pilot))
    response = send(browser, draft, {"op": "all", "of": [INCOME]}, ("enregistrer", "1"), seen=seen, why="Le mien")
    page = text_of(response)
    assert response.status_code == 409
    assert "Quelqu’un d’autre y a touché" in page
    assert "Condition retirée\xa0: la personne reçoit le RSA." in page
    assert 'value="Le mien"' in page
    assert written_on(response) == {"op": "all", "of": [INCOME]}
    assert RuleSet.objects.get(pk=draft.pk).definition == EITHER
    again = _fields(response.content.decode()).get("seen")
    assert send(browser, draft, written_on(response), ("enregistrer", "1"), seen=again).status_code == 302


def test_a_form_that_does_not_say_what_it_saw_saves_nothing(browser, draft):
    assert send(browser, draft, EITHER, ("enregistrer", "1"), seen="").status_code == 409
    assert RuleSet.objects.get(pk=draft.pk).changed_at == draft.changed_at


def test_what_was_proposed_meanwhile_is_not_saved_and_not_lost(browser, pilot):
    draft = ruling.proposed(pilot)
    response = send(browser, draft, {"op": "all", "of": [RSA]}, ("enregistrer", "1"))
    assert response.status_code == 409
    assert "n’est plus un brouillon" in text_of(response)
    assert written_on(response) == {"op": "all", "of": [RSA]}
    assert browser.get(address(draft)).url == reverse("rule_set", args=[draft.uid])


# --- what nobody types ------------------------------------------------------------------------------------
HOSTILE = [
    [(f"n.{index}-is", "needs_vehicle_for_work") for index in range(70)],
    [(tree.name_of((0,) * count, "is"), "group") for count in range(1, 30)],
    [("n.0-is", "__import__('os')")],
    [("n.0-is", "\x00\x00group\x00")],
    [("n-op", "drop"), ("n.0-is", "minimum_benefit"), ("n.0-among", "'; --"), ("n.0-within_months", "9" * 200)],
    [("n.0-is", "mileage_below"), ("n.0-limit_km", "<script>alert(1)</script>")],
]


@pytest.mark.parametrize("pairs", HOSTILE)
@pytest.mark.parametrize("press", ["relire", "enregistrer", "ajouter"])
def test_hostile_forms_are_refused_politely(browser, draft, pairs, press):
    seen = draft.changed_at.isoformat()
    ask = urlencode([*HEAD.items(), ("seen", seen), *pairs, (press, "")])
    response = browser.post(address(draft), ask, content_type="application/x-www-form-urlencoded")
    assert response.status_code in (200, 302, 422)
    page = browser.get(address(draft)).content.decode()
    assert "<script>alert" not in page
    assert "<script>alert" not in response.content.decode()
