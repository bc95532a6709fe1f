"""What the documents name exists: a link that leads nowhere is a document that drifted."""

import re

import pytest
from django.conf import settings

ROOT = settings.BASE_DIR
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
# `referrals/states.py`, `docs/decisions/0004-*`, `static/css/tokens.css`: a path in our own tree
PATH = re.compile(r"`((?:[a-z_]+/)+[\w.*-]*)`")
LINK = re.compile(r"\]\(([^)#:]+)\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_that_a_page_names_is_there(page):
    text = page.read_text(encoding="utf-8")
    named = {ROOT / path for path in PATH.findall(text) if _is_ours(path)} | {
        page.parent / link for link in LINK.findall(text)
    }
    assert {str(path) for path in named if not _exists(path)} == set()


def _is_ours(path):
    return (ROOT / path.split("/")[0]).is_dir()


def _exists(path):
    return any(path.parent.glob(path.name)) if "*" in path.name else path.exists()
