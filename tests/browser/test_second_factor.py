"""The pages of the second factor, in the order in which somebody meets them; in the end it is off again."""

from __future__ import annotations

import pytest

from tests.accounts.telephone import ACTIVATE, CODES, OFF, REVERIFY, VERIFY, code_for
from tests.browser import checks
from tests.browser.conftest import PASSWORD
from tests.browser.pages import ONLY_WITH_A_SECOND_FACTOR, name_of

# Of the demonstration's logins, one that no other test signs in with.
LOGIN = "atelier-paris@garage.example"
NEW_CODES = "/compte/deuxieme-facteur/codes/nouveaux/"


def secret_on(page):
    return page.locator("main code").inner_text().replace(" ", "").replace("\u00a0", "")


def send(page, code=""):
    if code:
        page.fill("main input[name=code]", code)
    with page.expect_navigation():
        page.locator("main form button:not([form])").first.click()


@pytest.fixture
def looked_at():
    """The names of the pages that were looked at, with what is wrong with them."""
    return {}


@pytest.fixture
def look(looked_at, chromium, address):
    def at(someone):
        page = someone.page
        faults = checks.axe(page) + checks.dark(page) + checks.targets(page) + checks.narrow(page)
        faults += checks.keyboard(page)
        plain = chromium.new_context(
            base_url=address, java_script_enabled=False, storage_state=someone.context.storage_state()
        )
        faults += checks.without_script(page, plain.new_page(), page.url)
        plain.close()
        looked_at[name_of(page.url.removeprefix(address))] = faults

    return at


def test_each_page_of_the_second_factor_is_good(person, look, looked_at):
    someone = person(LOGIN)
    page = someone.page
    page.goto(ACTIVATE)
    secret = secret_on(page)
    send(page, code_for(secret, -1))
    assert page.url.endswith(CODES)
    for path in (CODES, NEW_CODES, REVERIFY, OFF):
        page.goto(path)
        look(someone)
    someone.context.clear_cookies()
    page.goto("/connexion/")
    page.fill("input[name=login]", LOGIN)
    page.fill("input[type=password]", PASSWORD)
    page.press("input[type=password]", "Enter")
    page.wait_for_url(lambda url: VERIFY in url)
    look(someone)
    send(page, code_for(secret, 0))
    assert "/bureau/" in page.url
    page.goto(OFF)
    send(page)
    assert set(looked_at) == ONLY_WITH_A_SECOND_FACTOR
    assert {name: faults for name, faults in looked_at.items() if faults} == {}
