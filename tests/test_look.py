"""What the look promises: readable colours, nothing inline that the content policy would refuse, a small weight."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string

from mobiliz.lib.templatetags.mobiliz import SENSE_ICONS, icon
from tests.cast import sign_in

ROOT = Path(settings.BASE_DIR)
# Letters go to programs that read no stylesheet and know no content policy.
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.html") if "emails" not in path.parts)
STYLESHEETS = sorted((ROOT / "static" / "css").rglob("*.css"))
TOKENS = (ROOT / "static" / "css" / "tokens.css").read_text()
OTHER_STYLESHEETS = [path for path in STYLESHEETS if path.name != "tokens.css"]

SENSES = ("good", "wait", "late")
GROUNDS = ("paper", "surface")  # where whatever says nothing of its ground may stand
SHAPE_ON_GROUND = [
    ("line-strong", "surface"),
    ("line-strong", "paper"),
    ("fig-3", "surface"),
    ("fig-4", "fig-1"),
    *((f"dashboard-{light}", "dashboard") for light in ("red", "orange")),
]
# Colours of shapes in which nothing is written, and of the page that shows every colour by its name.
NO_TEXT_IN = r"\.icon$|\.pips|\.swatch|data-swatch|\.saving|\.drawing|svg rect|::before|::after|\.light|progress"


def rules(path):
    """(selector, {property: value}) of each innermost block of a stylesheet."""
    css = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    for selector, block in re.findall(r"([^{}]+)\{([^{}]*)\}", css):
        told = (one.split(":", 1) for one in block.split(";") if ":" in one)
        yield selector.strip(), {name.strip(): value.strip() for name, value in told}


def token_in(value):
    """The token of a value that is one colour: "var(--ink)" is "ink"."""
    found = re.fullmatch(r"var\(--([\w-]+)(?:, var\(--[\w-]+\))?\)", value or "")
    return found.group(1) if found else ""


def worn():
    """(stylesheet and selector, text, ground): every colour in which something is written, on all it may stand on."""
    for path in OTHER_STYLESHEETS:
        for selector, told in rules(path):
            where = f"{path.name}: {selector}"
            is_drawn_text = "text" in selector and "fill" in told
            text = token_in(told.get("fill") if is_drawn_text else told.get("color"))
            ground = token_in(told.get("background"))
            if re.search(NO_TEXT_IN, selector):
                continue
            if text and ground:
                yield where, text, ground
            elif text and text not in ("on-accent",):
                yield from ((where, text, one) for one in GROUNDS)
            elif ground and ground not in ("accent", "accent-deep"):
                yield from ((where, one, ground) for one in ("ink", "ink-soft"))


def spelt_out(text, ground):
    """What stands for every sense stands for each of them, and for the plain accent."""
    if "sense" not in text + ground:
        return [(text, ground)]
    return [(text.replace("sense", one), ground.replace("sense", one)) for one in (*SENSES, "accent")]


def colours(scheme):
    light, dark = TOKENS.split("@media (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]+);", light))
    if scheme == "dark":
        found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]+);", dark.split("@media")[0]))
    if scheme == "paper":
        found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]+);", TOKENS.split("@media print")[1]))
    return found | {"ground": found["surface"]}


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(2 * one for one in colour[1:])
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark", "paper"])
def test_whatever_is_written_stands_out_from_its_ground(scheme):
    palette = colours(scheme)
    weak = {
        f"{where} ({text} on {ground})": round(contrast(palette[text], palette[ground]), 2)
        for where, *pair in worn()
        for text, ground in spelt_out(*pair)
        if contrast(palette[text], palette[ground]) < 4.5
    }
    assert weak == {}


def test_the_colours_worn_are_understood():
    """Else the test above would pass on nothing."""
    pairs = {tuple(pair) for _where, *pair in worn()}
    assert {("on-accent", "accent"), ("ink-soft", "sunken"), ("sense", "sense-soft"), ("late", "paper")} <= pairs
    known = set(colours("light"))
    assert {name for pair in pairs for name in (spelt for two in spelt_out(*pair) for spelt in two)} <= known


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_shapes_stand_out_enough(scheme):
    palette = colours(scheme)
    weak = {pair: contrast(palette[pair[0]], palette[pair[1]]) for pair in SHAPE_ON_GROUND}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 3} == {}


@pytest.mark.parametrize("path", OTHER_STYLESHEETS, ids=lambda path: path.name)
def test_a_colour_is_a_number_in_the_tokens_only(path):
    told = [value for _selector, block in rules(path) for value in block.values()]
    assert [one for one in told if re.search(r"#[0-9a-f]{3}|\b(rgb|hsl|oklch|lab|color)\(|\bwhite\b(?!-)", one)] == []


@pytest.mark.parametrize("path", STYLESHEETS, ids=lambda path: path.name)
def test_every_token_that_is_asked_for_exists(path):
    """A misspelt one would leave the property unset without a word."""
    everything = "".join(one.read_text() for one in STYLESHEETS)
    asked = set(re.findall(r"var\(--([\w-]+)", path.read_text()))
    assert asked - set(re.findall(r"--([\w-]+):", everything)) == set()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_holds_inline_style_or_script(template):
    source = template.read_text()
    assert not re.search(r"\sstyle\s*=|<style|\son(?!e=)[a-z]+\s*=|javascript:|hx-on|<script(?![^>]*\bsrc=)", source)


def test_every_component_is_shown_on_the_page_of_components(client, adviser, settings):
    """Or stands around it, as on every page."""
    settings.MOBILIZ_MODE = "demo"
    sign_in(client, adviser)
    used = {template.name.split("#")[0] for template in client.get("/composants/").templates if template.name}
    components = {f"components/{path.name}" for path in (ROOT / "templates" / "components").glob("*.html")}
    assert components - used == set()


def test_every_icon_named_in_a_template_exists():
    named = {name for path in TEMPLATES for name in re.findall(r'{% icon "([^"]+)"', path.read_text())}
    for name in named | set(SENSE_ICONS.values()):
        assert icon(name)


def test_every_stylesheet_is_linked_and_light():
    linking = "".join(path.read_text() for path in TEMPLATES)
    assert [path for path in STYLESHEETS if str(path.relative_to(ROOT / "static")) not in linking] == []
    # as they travel; the whole first load may weigh 100,000 bytes, and the browser tests weigh it
    assert sum(len(gzip.compress(path.read_bytes(), 6)) for path in STYLESHEETS) < 24_000


@pytest.mark.parametrize("template", ["400.html", "500.html"])
def test_pages_for_a_broken_house_need_nothing_from_it(template):
    page = render_to_string(template)
    assert '<html lang="fr">' in page
    assert "Revenir à l’accueil" in page
