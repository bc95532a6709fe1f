"""Only referrals/transitions moves a referral: nobody else writes its state or its outcome."""

import ast
from pathlib import Path

import pytest

from tests.architecture.layers import ROOT

PACKAGES = ("mobiliz", "eligibility", "garages", "partners", "referrals", "reporting")
# An assessment has an outcome of its own, and eligibility cannot reach referrals: they stand above it.
LEFT_OUT = ("referrals/transitions/", "eligibility/")
GUARDED = {"state", "outcome"}
# Methods that write rows; what they are called on is not known to a reader of the text, so the names decide.
WRITING = {"update", "create", "bulk_create", "update_or_create", "get_or_create"}


def sources():
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if "/migrations/" not in name and not name.startswith(LEFT_OUT):
                yield pytest.param(path, id=name)


def _assigned(node: ast.AST) -> list[ast.expr]:
    """What a statement assigns to, tuples taken apart."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [part for target in targets if target is not None for part in ast.walk(target)]


def _words(node: ast.AST) -> set[str]:
    return {part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)}


def _assigns_state(node: ast.AST) -> bool:
    if not isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        return False
    return any(isinstance(part, ast.Attribute) and part.attr in GUARDED for part in _assigned(node))


def _passes_state(node: ast.AST) -> bool:
    """`.update(state=...)`, `Referral(state=...)`, `setattr(x, "state", ...)`, `bulk_update(rows, ["state"])`."""
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    named = {keyword.arg for keyword in node.keywords}
    if name in WRITING | {"Referral"}:
        unpacked = [keyword.value for keyword in node.keywords if keyword.arg in {None, "defaults"}]
        return bool(named & GUARDED) or any(_words(value) & GUARDED for value in unpacked)
    if name in {"setattr", "bulk_update", "save"}:
        return any(_words(argument) & GUARDED for argument in [*node.args, *(k.value for k in node.keywords)])
    return False


def _is_sql_on_referrals(node: ast.AST) -> bool:
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return False
    text = " ".join(node.value.upper().split())
    return "UPDATE REFERRALS_REFERRAL " in text or "INSERT INTO REFERRALS_REFERRAL " in text


def writes(text: str) -> list[int]:
    """The lines that write a state or an outcome."""
    tree = ast.parse(text)
    guards = (_assigns_state, _passes_state, _is_sql_on_referrals)
    return sorted({node.lineno for node in ast.walk(tree) if any(guard(node) for guard in guards)})


@pytest.mark.parametrize("path", list(sources()))
def test_nobody_else_writes_the_state_of_a_referral(path: Path):
    assert writes(path.read_text()) == []


@pytest.mark.parametrize(
    "line",
    [
        'referral.state = "closed"',
        "referral.state, other = a, b",
        'self.referral.outcome = ""',
        'referral.state: str = "closed"',
        'Referral.objects.filter(pk=1).update(state="closed")',
        'Referral.objects.create(state="closed")',
        'Referral.objects.create(**{"state": "closed"})',
        'Referral.objects.bulk_create([Referral(state="closed")])',
        'Referral.objects.update_or_create(pk=1, defaults={"outcome": "x"})',
        'Referral.objects.bulk_update(rows, ["state"])',
        'setattr(referral, "state", "closed")',
        'referral.save(update_fields=["state"])',
        "cursor.execute(\"UPDATE referrals_referral SET state = 'closed'\")",
    ],
)
def test_the_test_itself_sees_a_writer(line):
    assert writes(line) == [1]


@pytest.mark.parametrize(
    "line",
    [
        'if referral.state == "closed": pass',
        'state = "closed"',
        'Referral.objects.filter(state="closed")',
        "Cell.objects.update(count=1)",
        'render(request, "page.html", {"state": "closed"})',
    ],
)
def test_the_test_itself_lets_a_reader_pass(line):
    assert writes(line) == []
