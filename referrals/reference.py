"""The pages of docs/ that are made from the tables themselves: who may do what, and the life of a referral.

`manage generate_docs` writes them; a test and `dev.py check` fail while they say something else than the code.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from mobiliz.accounts.roles import PERMISSIONS, ROLE_DESCRIPTIONS, Permission, Role
from referrals import words
from referrals.states import CLOSE_OUTCOMES, TABLE, DeclineReason, Outcome, Party, State, Verb

DO_NOT_EDIT = "<!-- Made by `python3 dev.py manage generate_docs` from the code: change the code, not this page. -->"
ORDER = [state.value for state in State]
BEGIN = "begin"


def pages() -> dict[Path, str]:
    """Every generated page by its place in docs/."""
    return {Path("permissions.md"): permissions_page(), Path("workflow.md"): workflow_page()}


# --- who may do what --------------------------------------------------------------------------------------
def permissions_page() -> str:
    roles = list(Role)
    held = [[permission.value, *(_mark(permission, role) for role in roles)] for permission in Permission]
    verbs = [[verb.value, *(_yes(party in move.who) for party in Party)] for verb, move in TABLE.items()]
    return _page(
        "Who may do what",
        "Three questions, each answered in one place: what a role can do at all (`mobiliz/accounts/roles.py`), on which"
        " rows (`visible_to` in each `querysets`), and in which state of a referral (`referrals/states.py`, drawn in"
        " [workflow.md](workflow.md)).",
        "## Roles",
        _table(["role", "on screen", "does"], [[role.value, role.label, ROLE_DESCRIPTIONS[role]] for role in roles]),
        "## Role x permission",
        _table(["permission", *(role.value for role in roles)], held),
        "## Part played in one referral x verb",
        "Whoever acts plays a part in the referral: the adviser of the structure that sent it, a member of the garage"
        " that holds it (`workshop`: owner and workshop, who issue quotes), the pilot of its region, the person by"
        " link, the system by the clock.",
        _table(["verb", *(party.value for party in Party)], verbs),
    )


def _mark(permission: Permission, role: Role) -> str:
    return _yes(permission in PERMISSIONS[role])


def _yes(it_is_so: bool) -> str:
    return "yes" if it_is_so else ""


# --- the life of a referral -------------------------------------------------------------------------------
def workflow_page() -> str:
    return _page(
        "The life of a referral",
        "One state machine (`referrals/states.py`), one writer (`referrals/transitions/`), one append-only log.",
        diagram(),
        "## States",
        _table(["state", "on screen"], [[value, label] for value, label in words.STATES]),
        "## Verbs",
        _table(["verb", "what the log says", "from", "to", "who"], [_verb_row(verb) for verb in TABLE]),
        "## Why a referral is closed",
        _table(["outcome", "on screen", "chosen when closing by"], [_outcome_row(outcome) for outcome in Outcome]),
        "## Why a garage declines or gives back",
        _table(
            ["reason", "on screen"], [[reason.value, _word(words.DECLINE_REASONS, reason)] for reason in DeclineReason]
        ),
    )


def diagram() -> str:
    """Mermaid's state diagram: one arrow for each pair of states, with every verb that leads along it."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for verb, move in TABLE.items():
        for source in [state.value for state in move.sources] or [BEGIN]:
            for target in _targets(verb, source):
                arrows.setdefault((source, target), []).append(verb.value)
    lines = [
        f"    {_node(a)} --> {_node(b)}: {', '.join(verbs)}" for (a, b), verbs in sorted(arrows.items(), key=_place)
    ]
    ends = [f"    {state.value} --> [*]" for state in (State.COMPLETED, State.CLOSED)]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, *ends, "```"])


def _targets(verb: Verb, source: str) -> Iterable[str]:
    """A verb that keeps the state where it is allowed in several keeps each; else it leads to its targets."""
    move = TABLE[verb]
    if move.targets == move.sources:
        return [source]
    return _in_order(move.targets)


def _node(state: str) -> str:
    return "[*]" if state == BEGIN else state


def _place(arrow: tuple[tuple[str, str], list[str]]) -> tuple[int, int]:
    (source, target), _verbs = arrow
    return (ORDER.index(source) if source in ORDER else -1, ORDER.index(target))


def _verb_row(verb: Verb) -> list[str]:
    move = TABLE[verb]
    sources = ", ".join(_in_order(move.sources)) or "nothing yet"
    who = ", ".join(party.value for party in Party if party in move.who)
    return [verb.value, _word(words.VERBS, verb), sources, ", ".join(_in_order(move.targets)), who]


def _outcome_row(outcome: Outcome) -> list[str]:
    by = ", ".join(party.value for party, allowed in CLOSE_OUTCOMES.items() if outcome in allowed)
    return [outcome.value, _word(words.OUTCOMES, outcome), by]


def _in_order(states: Iterable[State]) -> list[str]:
    return sorted((state.value for state in states), key=ORDER.index)


def _word(choices: Sequence[tuple[str, object]], code: str) -> str:
    return str(dict(choices)[code])


# --- markdown ---------------------------------------------------------------------------------------------
def _page(title: str, *parts: str) -> str:
    return "\n\n".join([f"# {title}", DO_NOT_EDIT, *parts]) + "\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [list(head), ["---"] * len(head), *([str(cell) for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
