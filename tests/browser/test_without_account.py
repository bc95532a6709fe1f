"""A garage that has no account, with its telephone: from the mail to an answer."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"])
def test_a_no_goes_on_to_the_next_garage_and_a_yes_from_there_opens_the_telephone(person, has_script):
    workshop, other = (person(has_script=has_script, width=360).page for _ in range(2))
    for _ in range(4):  # where no garage is left within reach, the case is a pilot's
        number = _open_the_newest(workshop)
        assert _fits(workshop)
        workshop.locator("#decliner > summary").click()
        workshop.get_by_role("button", name=re.compile("Pas de place en ce moment")).click()
        expect(workshop.locator("main")).to_contain_text("Vous n’avez plus rien à faire")
        if _opens_again(other, number):
            break
    other.get_by_role("button", name="Accepter cette orientation").first.click()
    expect(other.locator("main")).to_contain_text("Vous avez accepté")
    assert _fits(other)
    other.go_back()
    other.reload()
    expect(other.locator("main")).to_contain_text("Vous avez accepté")


def test_a_forged_address_says_nothing_and_an_ended_one_is_polite(person):
    someone = person(width=360)
    answer = someone.page.goto("/s/abcdef.ghijkl/")
    someone.faults.clear()  # a page that is not there is an error of the console too
    assert answer is not None
    assert answer.status == 404
    assert "orientation" not in someone.page.inner_text("main").lower()


def _open_the_newest(page: Page) -> str:
    """Of the mails that ask a garage, the newest that still waits for an answer; the case number that it names."""
    page.goto("/courriers/")
    mails = page.get_by_role("link", name=re.compile("Une voiture à réparer"))
    for place in range(mails.count()):
        page.goto("/courriers/")
        said = mails.nth(place).inner_text()
        mails.nth(place).click()
        page.get_by_role("link", name="Voir et répondre").click()
        if page.get_by_role("heading", name="Votre réponse").count():
            return re.search(r"Dossier (\d+\s\d+)", said)[1]
    raise AssertionError("No garage of the demonstration is asked anything.")


def _opens_again(page: Page, number: str) -> bool:
    """Whether the newest mail about this case asks another garage, and its page."""
    page.goto("/courriers/")
    page.get_by_role("link", name=re.compile("Une voiture à réparer")).filter(has_text=number).first.click()
    page.get_by_role("link", name="Voir et répondre").click()
    return bool(page.get_by_role("heading", name="Votre réponse").count())


def _fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
