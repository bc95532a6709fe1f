"""What htmx leaves on a page is what the page would be without it.

The controls are found on the pages themselves. A control that changes the address is compared with a reload of the
page; a preview with what the first button of its form answers, which is what Enter does without script.
"""

from __future__ import annotations

import re
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from PIL import Image

from tests.browser.pages import name_of, once_each, visits

_drawn = BytesIO()
Image.new("RGB", (640, 480), "gray").save(_drawn, "JPEG")
PICTURE = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": _drawn.getvalue()}

# The page as a person has it before them: what is typed and chosen counts, tokens and moments do not.
READ = """
const read = (root) => {
  if (!root) return null;
  const copy = root.cloneNode(true);
  const live = root.querySelectorAll("*"), dead = copy.querySelectorAll("*");
  live.forEach((one, place) => {
    const twin = dead[place];
    for (const name of [...twin.getAttributeNames()])
      if (name.startsWith("hx-") || ["aria-busy", "aria-disabled", "data-sent", "autofocus"].includes(name))
        twin.removeAttribute(name);
    twin.classList.remove("htmx-request", "htmx-settling", "htmx-swapping", "htmx-added");
    if (!twin.classList.length) twin.removeAttribute("class");
    if (one.matches("input, textarea, select")) {
      twin.removeAttribute("checked");
      twin.removeAttribute("value");
      twin.setAttribute("value", one.matches("[type=checkbox], [type=radio]") ? one.value + one.checked : one.value);
      if (one.tagName === "TEXTAREA") twin.textContent = "";
    }
    if (one.tagName === "OPTION") twin.removeAttribute("selected");
  });
  copy.querySelectorAll("[name=csrfmiddlewaretoken], [name=key]").forEach(one => one.remove());
  // what is said once, and that nothing was found: on the page the error beside the field says so
  const once = "[role=status].vh, [role=status].saved, .suggestions .soft, li.soft:only-child, noscript";
  copy.querySelectorAll(once).forEach(one => one.remove());
  return copy.innerHTML.replace(/\\d{1,2}\\sh\\s\\d{2}/g, "").replace(/(vu|apres|avant)=[^&"]*/g, "")
    .replace(/>\\s+/g, ">").replace(/\\s+</g, "<").replace(/\\s+/g, " ").replace(/></g, ">\\n<").trim();
};
"""

CONTROL = "[hx-get], [hx-post], [hx-boost=true] a[href]"
CONTROLS = """() => [...document.querySelectorAll(CONTROL)].map((one, place) => {
  const inherited = one.closest("[hx-target]"), target = inherited?.getAttribute("hx-target") || "this";
  const url = one.getAttribute("hx-get") || one.getAttribute("hx-post") || "";
  return {
    place, url: url.split("?")[0],
    trigger: one.getAttribute("hx-trigger") || "",
    target: target === "this" ? (inherited || one).id : target.replace("#", ""),
    name: one.getAttribute("name") || one.id || one.rel || "",
    // a link goes where it would go without htmx
    href: one.matches("a[href]") ? one.href : "",
    polls: one.matches("[hx-trigger*=every]"),
    isNews: one.matches("[hx-trigger*=every]") && new URL(url, location.href).pathname !== location.pathname,
    keeps: /from:closest form/.test(one.getAttribute("hx-trigger") || ""),
    file: one.type === "file",
    presses: one.matches("button"),
  };
})""".replace("CONTROL", repr(CONTROL))

# A person at this control: every choice moved on by one, letters in what is free text, digits in what is a figure.
USE = """(place) => {
  const one = document.querySelectorAll(CONTROL)[place];
  window.settled = 0; window.quietSince = 0;
  document.addEventListener("htmx:afterSettle", () => { settled += 1; quietSince = performance.now(); });
  document.addEventListener("htmx:beforeRequest", () => { quietSince = Infinity; });
  if (one.matches("[hx-trigger*=every]")) {
    const url = one.getAttribute("hx-get").replace(/vu=[^&]*/, "vu=0");
    htmx.ajax("GET", url, {source: one, target: one, select: one.getAttribute("hx-select"),
      swap: one.getAttribute("hx-swap")});
    return;
  }
  const from = /from:(#[\\w-]+|closest form)/.exec(one.getAttribute("hx-trigger") || "")?.[1];
  const other = from === "closest form" ? one.closest("form") : from ? document.querySelector(from) : one;
  const root = one.matches("form, input, select, textarea") ? one : other;
  const fields = root.matches("form, fieldset") ? [...root.elements] : [root];
  const say = (field, kind) => field.dispatchEvent(new Event(kind, {bubbles: true}));
  const shown = fields.filter(field => field.checkVisibility() && !field.disabled && !field.readOnly);
  let used = 0;
  // but a suggestion: where text was typed and kept a moment ago, choosing one would change that text
  for (const field of shown.length ? (shown[0].form || shown[0]).querySelectorAll("input[type=radio]") : [])
    if (!field.form.elements[field.name].value && !field.closest(".suggestions"))
      { field.checked = true; say(field, "change"); }
  for (const field of shown) {
    if (field.matches("select") && field.options.length > 1 && used < 3) {
      field.selectedIndex = Math.min(field.selectedIndex + 1, field.options.length - 1);
      used += 1; say(field, "input"); say(field, "change");
    } else if (field.matches("input:not([type]), input[type=text], input[type=search]")
      && (!field.value || field === one) && used < 3) {
      field.value = field.inputMode === "decimal" || field.inputMode === "numeric" ? "12" : "sa";
      used += 1; say(field, "input");
    }
  }
  if (used && one.matches("form") && !/input|change/.test(one.getAttribute("hx-trigger") || "")) one.requestSubmit();
  if (!used && one.type !== "file") one.matches("button, a") ? one.click() : say(shown[0] || one, "input");
}""".replace("CONTROL", repr(CONTROL))

# What stands in the fields of the form around a control, or of all forms.
TYPED = """(place) => [...(place === null ? document.querySelectorAll("main form")
    : [document.querySelectorAll(CONTROL)[place].closest("form")])].flatMap(form => [...form.elements])
  .filter(one => one.name && !["hidden", "submit", "file"].includes(one.type) && !one.closest(".suggestions"))
  .map(one => `${one.name}=${one.matches("[type=checkbox], [type=radio]") ? `${one.value} ${one.checked}` : one.value}`)
""".replace("CONTROL", repr(CONTROL))

SETTLED = "() => window.settled > 0 && performance.now() - window.quietSince > 700"

# Enter in the form of this control: its first button is pressed.
PRESS_ENTER = """(place) => {
  const one = document.querySelectorAll(CONTROL)[place];
  const from = /from:(#[\\w-]+)/.exec(one.getAttribute("hx-trigger") || "");
  const form = one.matches("form") ? one : from ? document.querySelector(from[1]) : one.form;
  form.noValidate = true;
  form.requestSubmit([...form.elements].find(field => field.type === "submit"));
}""".replace("CONTROL", repr(CONTROL))

# A button of a form, pressed in a browser that knows no htmx.
PRESS_IT = """(place) => {
  const one = document.querySelectorAll(CONTROL)[place], form = one.form;
  const said = Object.assign(document.createElement("input"), {type: "hidden", name: one.name, value: one.value});
  form.append(said);
  form.action = one.formAction;
  form.submit();
}""".replace("CONTROL", repr(CONTROL))

seen: set[tuple[str, str, str]] = set()


@pytest.mark.parametrize(("role", "name"), once_each(visits()))
def test_a_swap_leaves_what_the_whole_page_would_show(visitors, role, name):
    page, path = visitors(role).page, visitors(role).find(name)
    page.goto(path)
    for control in page.evaluate(CONTROLS):
        kind = (name, control["url"] or control["trigger"], re.sub(r"[\d-]+", "", control["name"]))
        # what tells that there is news leads to the page, which has them once it is loaded again
        if kind in seen or control["isNews"]:
            continue
        seen.add(kind)
        _compare(page, path, control)


def _compare(page, path, control):
    page.goto(path)
    if page.locator(CONTROL).count() <= control["place"]:
        return  # the control before took it away
    if control["keeps"]:
        _what_is_kept_comes_back(page, path, control)
        return
    came_from = page.url
    page.evaluate(USE, control["place"])
    if control["file"]:
        page.locator(CONTROL).nth(control["place"]).set_input_files(PICTURE)
    page.wait_for_function(SETTLED, timeout=20_000)
    is_page = control["polls"] or page.url != came_from
    what = "main" if is_page else f"[id='{control['target']}']"
    swapped = _read(page, what)
    whole = [_read(page, what) for _way in _without_htmx(page, path, control, is_page)]
    assert swapped in whole or swapped.splitlines() == whole[-1].splitlines(), f"{path}: {control}"


def _without_htmx(page, path, control, is_page):
    """The whole page in each way in which it may come to show the same."""
    if is_page:
        yield page.reload()
    elif control["href"]:
        yield page.goto(control["href"])
    elif control["presses"]:
        yield page.goto(path)  # what it did is done
        with page.expect_navigation():
            page.evaluate(PRESS_IT, control["place"])
        yield
    else:
        with page.expect_navigation():
            page.evaluate(PRESS_ENTER, control["place"])
        yield


def _what_is_kept_comes_back(page, path, control):
    """A form that is kept as one types is offered again as it was left."""
    with page.expect_response(lambda answer: _same_address(answer.url, control["url"])):
        page.evaluate(USE, control["place"])
    typed = page.evaluate(TYPED, control["place"])
    page.reload()
    assert set(typed) - set(page.evaluate(TYPED, None)) == set(), path


def _same_address(one, other):
    """Of one name; the dossier in it may be another one, not yet begun."""
    return name_of(urlsplit(one).path) == name_of(other)


def _read(page, what):
    return page.evaluate(f"() => {{ {READ} return read(document.querySelector({what!r})); }}") or ""


def test_controls_were_found():
    """A list that filters, a preview and a search as one types, at least; else the pages were not understood."""
    assert len(seen) >= 5, seen
