"""The rules of the offer as everyone may read them: in force, announced, and every version that there was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from eligibility.assess import Asked, asked_for, compared, income_levels, reading_of
from eligibility.models import RuleSet, Subject
from eligibility.wording import Reading
from mobiliz.accounts.actors import Actor
from mobiliz.programme.models import REPAIR
from mobiliz.public.figures import Limit, limits_of


class Version(NamedTuple):
    """One approved version, and what it changed of the one before it; `is_first` where none is known before."""

    rule_set: RuleSet
    changes: list[str]
    is_first: bool


class Book(NamedTuple):
    """All about one rule: of the household, or of the car. None and empty where nothing is in force."""

    subject: str
    in_force: Version | None
    reading: Reading | None
    coming: list[Version]
    history: list[Version]


class Rulebook(NamedTuple):
    household: Book
    vehicle: Book
    limits: list[Limit]
    asked: Asked | None

    @property
    def is_known(self) -> bool:
        return self.household.reading is not None

    @property
    def asks_income(self) -> bool:
        return bool(self.household.in_force and income_levels(self.household.in_force.rule_set))

    @property
    def asks_only_income(self) -> bool:
        return self.asks_income and self.household.reading is not None and not self.household.reading.is_group


def rulebook_on(day: date, actor: Actor) -> Rulebook:
    """Two queries at most, whatever the number of versions."""
    approved = list(RuleSet.objects.visible_to(actor).approved_for(REPAIR))
    household, vehicle = (_book(approved, subject, day) for subject in (Subject.HOUSEHOLD, Subject.VEHICLE))
    now = household.in_force.rule_set if household.in_force else None
    limits = limits_of(now, day) if now else []
    return Rulebook(household, vehicle, limits, asked_for(now) if now and household.reading else None)


def _book(approved: Sequence[RuleSet], subject: Subject, day: date) -> Book:
    versions = _versions([one for one in approved if one.subject == subject])
    now = next((one for one in versions if _is_in_force(one.rule_set, day)), None)
    coming = [one for one in reversed(versions) if _first_day(one.rule_set) > day]
    return Book(subject, now, reading_of(now.rule_set) if now else None, coming, versions)


def _versions(newest_first: Sequence[RuleSet]) -> list[Version]:
    told = [Version(after, compared(before, after), is_first=False) for after, before in pairwise(newest_first)]
    return told + [Version(first, [], is_first=True) for first in newest_first[-1:]]


def _is_in_force(rule_set: RuleSet, day: date) -> bool:
    until = rule_set.in_force_until
    return _first_day(rule_set) <= day and (until is None or day < until)


def _first_day(rule_set: RuleSet) -> date:
    first = rule_set.in_force_from
    assert first is not None, "the database holds that an approved rule has its first day"
    return first
