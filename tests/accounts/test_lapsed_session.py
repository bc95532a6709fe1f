"""A session that ended while someone was typing: nothing typed is lost, and nobody else's form is taken for it."""

import re
from html import unescape

import pytest
from django.test import Client

from mobiliz.accounts.models import User
from mobiliz.accounts.roles import Role
from tests.cast import sign_in
from tests.factories.accounts import PASSWORD

URL = "/comptes/nouveau/"
OURS = {"Sec-Fetch-Site": "same-origin"}
HTMX = {**OURS, "HX-Request": "true"}
TYPED = {"first_name": "Zoé", "last_name": "L’Été \"<b>\" & 'fils'", "email": "zoe@ete.example", "role": Role.PILOT}


def hidden_fields(answer):
    """What the page would send again, as a browser reads it."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', answer.content.decode())
    return {name: unescape(value) for name, value in found}


@pytest.fixture
def browser(administrator):
    """A browser that checks the tokens of forms, signed in as the administrator, with the form open."""
    browser = Client(enforce_csrf_checks=True)
    sign_in(browser, administrator)
    browser.token = hidden_fields(browser.get(URL))["csrfmiddlewaretoken"]
    return browser


@pytest.fixture
def lapsed(browser):
    """The same a night later: the session is over, the form still open."""
    del browser.cookies["sessionid"]
    return browser


def post(browser, data, url=URL, **headers):
    return browser.post(url, data, headers=headers or OURS)


def sign_in_by_hand(browser):
    """In another tab."""
    token = hidden_fields(browser.get("/connexion/"))["csrfmiddlewaretoken"]
    answer = browser.post(
        "/connexion/",
        {"login": "admin@mobiliz.example", "password": PASSWORD, "csrfmiddlewaretoken": token},
        headers=OURS,
    )
    assert answer.headers["Location"] == "/bureau/"


def test_the_whole_dance_loses_nothing(lapsed):
    stopped = post(lapsed, {**TYPED, "csrfmiddlewaretoken": lapsed.token})
    assert stopped.status_code == 401
    assert "Votre session a expiré" in stopped.content.decode()
    kept = hidden_fields(stopped)
    assert {name: kept[name] for name in TYPED} == TYPED

    sign_in_by_hand(lapsed)
    again = post(lapsed, kept)  # signing in renewed the token: once more, with the new one
    assert again.status_code == 401
    assert "Renvoyer ma saisie" in again.content.decode()
    assert not User.objects.filter(email=TYPED["email"]).exists()

    done = post(lapsed, hidden_fields(again))
    assert done.status_code == 302
    assert User.objects.get(email=TYPED["email"]).last_name == TYPED["last_name"]


def test_the_page_sends_back_to_the_same_address(lapsed):
    stopped = post(lapsed, {**TYPED, "csrfmiddlewaretoken": lapsed.token}, url=f"{URL}?de=ici&a=1")
    assert 'action="/comptes/nouveau/?de=ici&amp;a=1"' in stopped.content.decode()


def test_a_field_given_several_times_is_kept_several_times(lapsed):
    answer = post(lapsed, {"symptom": ["bruit", "fumée"], "csrfmiddlewaretoken": lapsed.token}).content.decode()
    assert answer.count('name="symptom"') == 2


def test_passwords_are_never_written_into_a_page(lapsed):
    typed = {"oldpassword": "le secret de toujours", "password1": PASSWORD, "csrfmiddlewaretoken": lapsed.token}
    answer = post(lapsed, typed, url="/compte/mot-de-passe/").content.decode()
    assert "le secret de toujours" not in answer
    assert PASSWORD not in answer


def test_what_was_typed_is_not_kept_by_caches(lapsed):
    answer = post(lapsed, {**TYPED, "csrfmiddlewaretoken": lapsed.token})
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, False),
        ({"Origin": "http://testserver"}, True),
        ({"Origin": "https://testserver"}, False),
        ({"Origin": "http://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Accept": "text/html"}, False),
    ],
)
def test_only_what_our_own_page_sent_is_offered_again(client, db, headers, is_ours):
    answer = client.post(URL, TYPED, headers=headers)
    if is_ours:
        assert hidden_fields(answer)["email"] == TYPED["email"]
    else:
        assert answer.headers["Location"] == "/connexion/?next=/comptes/nouveau/"


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}, {"Accept": "*"}]
)
def test_a_form_of_another_site_is_refused_and_not_offered_again(browser, headers):
    answer = post(browser, {**TYPED, "csrfmiddlewaretoken": "x" * 32}, **headers)
    assert answer.status_code == 403
    assert TYPED["email"] not in answer.content.decode()
    assert not User.objects.filter(email=TYPED["email"]).exists()


def test_a_page_that_was_only_looked_at_leads_to_the_sign_in_page(lapsed):
    assert lapsed.get(URL, headers=OURS).headers["Location"] == "/connexion/?next=/comptes/nouveau/"


def test_an_address_that_does_not_exist_says_so_to_everyone(client, db):
    assert client.post("/nulle-part/", TYPED, headers=OURS).status_code == 404


# --- htmx: the page with everything typed is still there --------------------------------------------------
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_fragment_asked_for_too_late_becomes_a_message_on_the_page(lapsed, method):
    answer = getattr(lapsed, method)(URL, {"csrfmiddlewaretoken": lapsed.token}, headers=HTMX)
    assert answer.status_code == 401
    assert answer.headers["HX-Retarget"] == "#messages"
    assert 'target="_blank"' in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert "<form" not in answer.content.decode()


def test_htmx_with_the_token_of_before_is_asked_to_begin_again(lapsed):
    sign_in_by_hand(lapsed)
    answer = lapsed.post(URL, TYPED, headers={**HTMX, "X-CSRFToken": lapsed.token})
    assert answer.status_code == 401
    assert "recommencez" in answer.content.decode()


def test_the_token_in_the_cookie_is_the_one_in_force(lapsed):
    """What static/js/site.js sends instead of the one in the form."""
    sign_in_by_hand(lapsed)
    token = lapsed.cookies["csrftoken"].value
    assert post(lapsed, {**TYPED, "csrfmiddlewaretoken": token}).status_code == 302
