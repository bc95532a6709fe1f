"""One line of a desk: what it says, and what the lines of every party are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from django.urls import reverse
from django.utils.translation import ngettext

from referrals.clock import (
    PARIS,
)
from referrals.models import Assignment, QuoteVersion, Referral


class Urgency(IntEnum):
    NOW = 0
    SOON = 1
    UNDER_WAY = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """`sense`, `title`, `detail`, `done`, `of` are those of the clock component; `url` may be a telephone number;
    `whom` is then who answers. `due` is the day by which someone should have acted, and orders the lines of a desk."""

    urgency: Urgency
    sense: str
    title: str
    detail: str
    sentence: str
    label: str
    url: str
    icon: str = ""
    done: int = 0
    of: int = 0
    due: date | None = None
    whom: str = ""

    @property
    def is_due(self) -> bool:
        """Whether something is asked of the reader now: its button is the filled one."""
        return self.urgency == Urgency.NOW

    @property
    def phone(self) -> str:
        """The number that the one act calls; empty where it is not a call."""
        return self.url.removeprefix("tel:") if self.url.startswith("tel:") else ""


def held_by(referral: Referral) -> Assignment | None:
    """The assignment of the garage that holds it now."""
    return next((one for one in referral.assignments.all() if one.is_open), None)


def last_asked(referral: Referral) -> Assignment | None:
    return next(iter(referral.assignments.all()), None)


def latest_quote(assignment: Assignment | None) -> QuoteVersion | None:
    """The version in force of its quote, if it has one."""
    quote = getattr(assignment, "quote", None)
    return next(iter(quote.versions.all()), None) if quote else None


def case_url(referral: Referral) -> str:
    return reverse("referral_case", args=[referral.uid])


def step_url(referral: Referral, step: str) -> str:
    return reverse(f"referral_{step}", args=[referral.uid])


def home_of(referral: Referral) -> str:
    """The department whose working days a pilot's decision follows."""
    return referral.department_id or PARIS


def place_of(held: Assignment) -> str:
    """The department whose working days a garage's acts follow."""
    return held.garage.commune.department_id


def days_late(days: int) -> str:
    return ngettext("En retard de %(days)d jour", "En retard de %(days)d jours", max(days, 1)) % {"days": max(days, 1)}
