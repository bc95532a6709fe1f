"""The generated pages of docs/ say what the code says, and say all of it."""

import re

import pytest
from django.core.management import CommandError, call_command

from mobiliz.accounts.roles import PERMISSIONS, Permission, Role
from referrals.management.commands import generate_docs
from referrals.reference import diagram, pages, permissions_page, workflow_page
from referrals.states import TABLE, Outcome, State, Verb


def test_what_is_written_in_docs_is_what_the_code_says():
    written = {name: (generate_docs.DOCS / name).read_text(encoding="utf-8") for name in pages()}
    assert written == pages()


def test_a_stale_page_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(generate_docs, "DOCS", tmp_path)
    (tmp_path / "workflow.md").write_text("once upon a time", encoding="utf-8")
    with pytest.raises(CommandError, match=r"permissions\.md, workflow\.md.*generate_docs"):
        call_command("generate_docs", check=True)


def test_writing_makes_them_fresh(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(generate_docs, "DOCS", tmp_path)
    call_command("generate_docs")
    call_command("generate_docs", check=True)
    assert "docs/permissions.md" in capsys.readouterr().out


def test_each_permission_is_marked_for_just_the_roles_that_hold_it():
    rows = {cells[0]: cells[1:] for cells in _rows(permissions_page()) if cells[0] in list(Permission)}
    for permission in Permission:
        marked = [role for role, mark in zip(Role, rows[permission.value], strict=True) if mark == "yes"]
        assert marked == [role for role in Role if permission in PERMISSIONS[role]], permission


def test_no_verb_state_or_outcome_is_left_out():
    page = workflow_page()
    named = {cells[0] for cells in _rows(page)}
    assert {*Verb, *State, *Outcome} <= named


def test_every_move_of_the_table_is_an_arrow():
    drawn = set()
    for source, target, verbs in re.findall(r"^    (\S+) --> (\S+): (.+)$", diagram(), re.MULTILINE):
        drawn |= {(verb, source, target) for verb in verbs.split(", ")}
    for verb, move in TABLE.items():
        for source in move.sources:
            leads_to = {target for name, came_from, target in drawn if (name, came_from) == (verb, source)}
            assert leads_to, f"{verb} from {source} is not drawn"
            assert leads_to <= set(move.targets)


def _rows(page):
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line.startswith("|")]
