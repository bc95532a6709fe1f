"""Every page for every role, in a real Chromium: read, seen, reached and used by everyone."""

from __future__ import annotations

from collections import defaultdict

import pytest

from tests.architecture.url_table import ROWS
from tests.browser import checks
from tests.browser.pages import (
    AFTER_A_PASSWORD,
    LOGINS,
    NOT_A_PAGE,
    NOT_HERE,
    ONLY_WITH_A_SECOND_FACTOR,
    Shape,
    once_each,
    refusals,
    visits,
)

looked_at: dict[str, set[str]] = defaultdict(set)


def is_new(name, html):
    """Whether this page is made of something that it was not when another role looked at it."""
    parts = Shape(html).parts
    has_new = not parts <= looked_at[name]
    looked_at[name] |= parts
    return has_new


def faults_of(someone, name, path):
    """What is wrong with a page; what costs time is looked at once for all who see it made of the same parts."""
    answer, faults = someone.open(path)
    html = answer.body()
    if is_new(name, html.decode()):
        faults += checks.axe(someone.page) + checks.dark(someone.page) + checks.targets(someone.page)
        faults += checks.without_script(someone.page, someone.plain_page, path)
    faults += checks.narrow(someone.page) + checks.weight(someone.page, html)
    return [f"{someone.role} {path} {fault}" for fault in faults + someone.faults]


@pytest.mark.parametrize(("role", "name"), visits())
def test_a_page_is_good_for_everyone(visitors, role, name):
    someone = visitors(role)
    found = faults_of(someone, name, someone.find(name))
    for path in someone.map.others(name):
        found += faults_of(someone, name, path)
    assert found == []


@pytest.mark.parametrize(("role", "name"), once_each(visits()))
def test_the_keyboard_reaches_all(visitors, role, name):
    someone = visitors(role)
    path = someone.find(name)
    someone.page.goto(path)
    assert checks.keyboard(someone.page) == [], f"{role} {path}"


SEND_NOTHING = """() => {
  const form = document.createElement("form");
  form.method = "post";
  const kept = "[name=csrfmiddlewaretoken], [name$=_FORMS]";  // what the page itself puts into its forms
  document.querySelectorAll(kept).forEach(one => form.append(one.cloneNode()));
  document.body.append(form);
  form.submit();
}"""


@pytest.mark.parametrize(("role", "name"), once_each(refusals()))
def test_a_form_sent_empty_says_what_is_missing(visitors, role, name):
    someone = visitors(role)
    path = someone.find(name)
    someone.page.goto(path)
    with someone.page.expect_navigation():
        someone.page.evaluate(SEND_NOTHING)
    said = someone.page.locator("#erreurs")
    assert said.count() == 1, f"{role} {path}: no summary of errors"
    assert checks.axe(someone.page) + checks.narrow(someone.page) == [], f"{role} {path}, sent empty"


@pytest.mark.parametrize("role", LOGINS)
def test_a_page_that_is_not_there_leads_on(visitors, role):
    someone = visitors(role)
    someone.page.goto("/nulle-part/")
    assert checks.axe(someone.page) + checks.narrow(someone.page) == []
    assert someone.page.locator("main a[href]").count() >= 1


def test_no_page_is_left_out():
    """A page that nobody is answered by the table is visited elsewhere, or is not a page."""
    visited = {name for _role, name in visits()}
    answered = {row.name for row in ROWS if 200 in row.get.values()}
    assert answered - visited - set(NOT_A_PAGE) == set()
    known = {row.name for row in ROWS}
    assert set(NOT_A_PAGE) | ONLY_WITH_A_SECOND_FACTOR <= known
    assert {name for _role, name in (*NOT_HERE, *AFTER_A_PASSWORD)} <= known
