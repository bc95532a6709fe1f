"""What every page must be: each check says what is wrong with the page in front of it, one line a fault."""

from __future__ import annotations

import gzip
from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

AXE = (files("axe_playwright_python") / "axe.min.js").read_text()
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
FIRST_LOAD_BYTES = 100_000
PHONE, ZOOMED, DESK = (320, 640), (640, 450), (1280, 900)  # a window of 1280 at 200 % is one of 640

# The addresses of the API are drawn by a ready-made page, for developers only; the schema says the same.
FOREIGN_FILES = "drf_spectacular_sidecar"

RUN_AXE = """async (run) => {
  document.querySelectorAll("#swagger-ui").forEach(one => one.replaceChildren());
  const found = await axe.run(document, {runOnly: run, resultTypes: ["violations"]});
  return found.violations.flatMap(rule => rule.nodes.slice(0, 4).map(node =>
    `${rule.id}: ${node.target.join(" ")} ${node.html.slice(0, 160)} `
    + node.any.concat(node.all, node.none).map(one => one.message).slice(0, 1).join("")));
}"""

# What sticks out of the page, but for what scrolls or is cut inside a box of its own.
STICKS_OUT = """() => {
  document.querySelectorAll("#swagger-ui").forEach(one => one.replaceChildren());
  const page = document.documentElement, width = page.clientWidth;
  if (page.scrollWidth <= width) return [];
  const held = one => { for (let box = one.parentElement; box && box !== document.body; box = box.parentElement)
    if (getComputedStyle(box).overflowX !== "visible") return true; };
  const wide = [...document.body.querySelectorAll("*")].filter(
    one => one.getBoundingClientRect().right > width + 1 && !held(one));
  return [`${page.scrollWidth} px of ${width}: `
    + wide.slice(-3).map(one => one.outerHTML.slice(0, 100)).join(" | ")];
}"""

# The stops of the Tab key in the order of the document; of a group of radio buttons there is one.
EXPECT_STOPS = """() => {
  document.querySelectorAll("main details").forEach(one => one.open = true);
  document.querySelectorAll("#swagger-ui").forEach(one => one.inert = true);
  const kinds = "a[href], button, input, select, textarea, summary, [tabindex], audio[controls], video[controls]";
  const seen = new Set(), stops = [];
  for (const one of document.querySelectorAll(kinds)) {
    const isSeen = one.checkVisibility({visibilityProperty: true}) && one.getClientRects().length;
    if (!isSeen || one.disabled || one.type === "hidden" || one.matches("[tabindex='-1']")) continue;
    if (one.matches("fieldset:disabled *, [inert] *")) continue;
    if (one.type === "radio") {
      const group = [...(one.form || document).querySelectorAll("input[type=radio]")].filter(
        other => other.name === one.name && other.form === one.form);
      const stop = group.find(other => other.checked) || group.find(other => !other.disabled);
      if (one !== stop) continue;
    }
    stops.push(one);
  }
  const say = one => `${one.outerHTML.slice(0, 120)}`;
  const isShown = style => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  window.walked = {stops: stops.map(say), at: [], bare: [], positive: [], ended: 0};
  walked.positive = stops.filter(one => one.tabIndex > 0).map(say);
  document.addEventListener("focusin", event => {
    const place = stops.indexOf(event.target);
    if (place >= 0 && walked.at.at(-1) !== place) walked.at.push(place);
    if (place < 0) return;
    let box = event.target, shown = false;
    for (let level = 0; box && level < 3 && !shown; level += 1, box = box.parentElement)
      shown = isShown(getComputedStyle(box));
    if (!shown) walked.bare.push(say(event.target));
  });
  window.scrollTo(0, 0);
  return stops.length;
}"""

# What a person finds on a page, with script or without.
FACTS = """() => {
  const main = document.querySelector("main") || document.body;
  document.querySelectorAll("#swagger-ui").forEach(one => one.replaceChildren());
  // what stands in its place without script is no more than there is with it
  main.querySelectorAll("noscript").forEach(one => one.remove());
  const count = what => main.querySelectorAll(what).length;
  return {
    title: document.title,
    h1: [...document.querySelectorAll("h1")].map(one => one.textContent.trim().replace(/\\s+/g, " ")).join(" / "),
    rows: count("tr"), items: count("li"), forms: count("form"), buttons: count("button:not([type=button])"),
    fields: count("input:not([type=hidden]), select, textarea"), links: count("a[href]"),
  };
}"""

# A form that only script could send, and a control that does nothing without it.
DEAD_WITHOUT_SCRIPT = """() => {
  const faults = [], say = one => one.outerHTML.slice(0, 140);
  for (const form of document.querySelectorAll("form")) {
    if (![...form.elements].some(one => one.type === "submit" || one.type === "image"))
      faults.push(`a form without a button: ${say(form)}`);
    if (form.method === "post" && !form.elements.csrfmiddlewaretoken)
      faults.push(`a form without its token: ${say(form)}`);
  }
  for (const one of document.querySelectorAll("[hx-get], [hx-post]")) {
    const works = one.matches("a[href], form, [data-quiet]") || one.form || one.matches("[hx-trigger*='from:#']");
    if (!works) faults.push(`a control that needs script: ${say(one)}`);
  }
  for (const one of document.querySelectorAll("button[type=button]"))
    if (!one.closest("[data-comfort]")) faults.push(`a button that needs script: ${say(one)}`);
  return faults;
}"""


def axe(page: Page, run: dict[str, Any] | None = None) -> list[str]:
    """What axe finds: the rule, the element and what is asked."""
    page.evaluate(f"() => {{ if (!window.axe) {{ {AXE} }} }}")
    return [f"axe {fault}" for fault in page.evaluate(RUN_AXE, run or {"type": "tag", "values": STANDARDS})]


def dark(page: Page) -> list[str]:
    """The contrasts of the dark scheme."""
    page.emulate_media(color_scheme="dark")
    faults = axe(page, {"type": "rule", "values": ["color-contrast"]})
    page.emulate_media(color_scheme="light")
    return [f"in the dark, {fault}" for fault in faults]


def narrow(page: Page) -> list[str]:
    """No sideways scroll at 200 % and on a small telephone."""
    faults = []
    for width, height in (ZOOMED, PHONE, DESK):
        page.set_viewport_size({"width": width, "height": height})
        faults += [f"sideways scroll at {width} px: {fault}" for fault in page.evaluate(STICKS_OUT)]
    return faults


def targets(page: Page) -> list[str]:
    """What is to be pressed is large enough on a small telephone too."""
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    faults = axe(page, {"type": "rule", "values": ["target-size"]})
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    return [f"at 320 px, {fault}" for fault in faults]


def weight(page: Page, html: bytes) -> list[str]:
    """The first load, compressed as it travels in production."""
    parts = page.evaluate("() => [...new Set(performance.getEntriesByType('resource').map(one => one.name))]")
    sizes = {part: _size(page, part) for part in parts if part.startswith("http") and FOREIGN_FILES not in part}
    total = len(gzip.compress(html, 6)) + sum(sizes.values())
    if total <= FIRST_LOAD_BYTES:
        return []
    heaviest = sorted(sizes.items(), key=lambda part: -part[1])[:3]
    return [f"the first load weighs {total} bytes, of them {heaviest}"]


def _size(page: Page, url: str) -> int:
    """Of one part, fetched once; pictures are compressed already."""
    return _static_size(page, url) if "/static/" in url else _fetched_size(page, url)


_sizes: dict[str, int] = {}


def _static_size(page: Page, url: str) -> int:
    if url not in _sizes:
        _sizes[url] = _fetched_size(page, url)
    return _sizes[url]


def _fetched_size(page: Page, url: str) -> int:
    answer = page.request.get(url)
    body = answer.body()
    is_picture = answer.headers.get("content-type", "").startswith(("image/jpeg", "image/png", "image/webp"))
    return len(body) if is_picture else len(gzip.compress(body, 6))


def without_script(page: Page, plain: Page, path: str) -> list[str]:
    """The same page in a browser without script: as much on it, and every form can be sent."""
    plain.goto(path)
    here, there = plain.evaluate(FACTS), page.evaluate(FACTS)
    different = [f"{what} {here[what]!r}, with script {there[what]!r}" for what in here if here[what] != there[what]]
    faults = [*different, *plain.evaluate(DEAD_WITHOUT_SCRIPT)]
    return [f"without script: {fault}" for fault in faults + ([] if here["h1"] else ["no title"])]


def keyboard(page: Page) -> list[str]:
    """Tab comes to everything that can be pressed or filled in, in the order of the page, seen, and out again."""
    stops = page.evaluate(EXPECT_STOPS)
    for _round in range(3 + stops // 8):
        for _press in range(16):
            page.keyboard.press("Tab")
        if len(set(page.evaluate("() => walked.at"))) == stops:
            break
    walked = page.evaluate("() => walked")
    missed = [stop for place, stop in enumerate(walked["stops"]) if place not in walked["at"]]
    first = list(dict.fromkeys(walked["at"]))
    return [
        *(f"Tab does not come to {stop}" for stop in missed),
        *(f"focus is not seen on {stop}" for stop in dict.fromkeys(walked["bare"])),
        *(f"a tabindex jumps the queue: {stop}" for stop in walked["positive"]),
        *([f"Tab goes in another order than the page: {first}"] if first != sorted(first) and not missed else []),
    ]
