"""What the look promises: readable colours, nothing inline that the content policy would refuse, a small weight."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string

from mobiliz.lib.templatetags.mobiliz import SENSE_ICONS, icon

ROOT = Path(settings.BASE_DIR)
# Letters go to programs that read no stylesheet and know no content policy.
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.html") if "emails" not in path.parts)
STYLESHEETS = sorted((ROOT / "static" / "css").rglob("*.css"))
TOKENS = (ROOT / "static" / "css" / "tokens.css").read_text()

SENSES = ("good", "wait", "late")
TEXT_ON_GROUND = [
    *((text, ground) for text in ("ink", "ink-soft", "accent", *SENSES) for ground in ("paper", "surface")),
    *((sense, f"{sense}-soft") for sense in (*SENSES, "accent")),
    ("ink-soft", "sunken"),
    ("ink-soft", "accent-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-deep"),
]
SHAPE_ON_GROUND = [("line-strong", "surface"), ("line-strong", "paper"), ("fig-3", "surface"), ("fig-4", "fig-1")]


def colours(scheme):
    light, dark = TOKENS.split("@media (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]+);", light))
    if scheme == "dark":
        found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]+);", dark.split("@media")[0]))
    return found


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(2 * one for one in colour[1:])
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT_ON_GROUND, 4.5), (SHAPE_ON_GROUND, 3)], ids=["text", "shapes"])
def test_colours_stand_out_enough(scheme, pairs, least):
    palette = colours(scheme)
    weak = {pair: contrast(palette[pair[0]], palette[pair[1]]) for pair in pairs}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < least} == {}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_holds_inline_style_or_script(template):
    source = template.read_text()
    assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=|javascript:|hx-on|<script(?![^>]*\bsrc=)", source)


def test_every_icon_named_in_a_template_exists():
    named = {name for path in TEMPLATES for name in re.findall(r'{% icon "([^"]+)"', path.read_text())}
    for name in named | set(SENSE_ICONS.values()):
        assert icon(name)


def test_every_stylesheet_is_linked_and_light():
    linking = "".join(path.read_text() for path in TEMPLATES)
    assert [path for path in STYLESHEETS if str(path.relative_to(ROOT / "static")) not in linking] == []
    # as they travel; the whole first load may weigh 100,000 bytes, and the browser tests weigh it
    assert sum(len(gzip.compress(path.read_bytes(), 6)) for path in STYLESHEETS) < 20_000


@pytest.mark.parametrize("template", ["400.html", "500.html"])
def test_pages_for_a_broken_house_need_nothing_from_it(template):
    page = render_to_string(template)
    assert '<html lang="fr">' in page
    assert "Revenir à l’accueil" in page
