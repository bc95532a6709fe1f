"""What is agreed with a garage: a line for each thing, dated, that stands until another replaces it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from garages.actions.core import locked, refuse_closed, refuse_day_ahead, write
from garages.models import Garage, Term, TermAnswer, TermKind
from mobiliz.accounts.actors import Actor
from mobiliz.accounts.history import recorded
from mobiliz.lib.refusals import Refused
from mobiliz.lib.seen import refuse_overtaken
from mobiliz.lib.templatetags.mobiliz import day_fr

ANSWERED = (TermKind.INSTALMENTS, TermKind.REUSED_PARTS, TermKind.COURTESY_CAR)
Line = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsFacts:
    """Everything agreed, as one form asks it; an empty answer means that nobody spoke of it."""

    instalments: str = ""
    instalments_max: int | None = None
    instalments_words: str = ""
    reused_parts: str = ""
    reused_parts_words: str = ""
    courtesy_car: str = ""
    courtesy_car_words: str = ""
    other: str = ""


def terms_of(garage: Garage) -> TermsFacts:
    """What is agreed now."""
    answers: dict[str, Any] = {}
    for term in garage.terms.in_force():
        if term.kind == TermKind.OTHER:
            answers["other"] = term.words
        else:
            answers |= {term.kind: term.answer, f"{term.kind}_words": term.words}
            answers |= {"instalments_max": term.instalments} if term.kind == TermKind.INSTALMENTS else {}
    return TermsFacts(**answers)


@recorded
def agree_terms(
    garage: Garage, facts: TermsFacts, *, on: date, agreed_with: str = "", seen: str = "", by: Actor
) -> list[Term]:
    """From this day this is agreed; what did not change keeps the day on which it was. Returns the new lines."""
    row = locked(garage)
    refuse_closed(row)
    refuse_day_ahead(on)
    refuse_overtaken(seen, terms_of(row))
    wanted = {line["kind"]: line for line in _lines(facts)}
    for term in row.terms.in_force():
        if wanted.get(term.kind) == _line_of(term):
            del wanted[term.kind]
        else:
            _end(term, on)
    common = {"agreed_on": on, "agreed_with": agreed_with, "noted_by": by.membership}
    made = [Term.objects.create(garage=row, **line, **common) for line in wanted.values()]
    write(row)
    return made


def _lines(facts: TermsFacts) -> Iterator[Line]:
    for kind in ANSWERED:
        answer, words = getattr(facts, kind), getattr(facts, f"{kind}_words")
        if answer:
            has_number = kind == TermKind.INSTALMENTS and answer != TermAnswer.NO
            yield _line(kind, answer, words, facts.instalments_max if has_number else None)
    if facts.other:
        yield _line(TermKind.OTHER, TermAnswer.YES, facts.other)


def _line(kind: str, answer: str, words: str, instalments: int | None = None) -> Line:
    return {"kind": str(kind), "answer": str(answer), "words": words, "instalments": instalments}


def _line_of(term: Term) -> Line:
    return _line(term.kind, term.answer, term.words, term.instalments)


def _end(term: Term, on: date) -> None:
    if on < term.agreed_on:
        message = _("Le dernier accord date du %(on)s : choisissez ce jour ou un jour plus tardif.")
        raise Refused(message % {"on": day_fr(term.agreed_on)}, field="on")
    term.ended_on = on
    term.save(update_fields=["ended_on"])
