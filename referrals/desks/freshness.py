"""Whether a desk that was left open still says how things are: a stamp that changes with the day and with the cases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from referrals.models import Assignment, Incident, Referral


def stamp(actor: Actor) -> str:
    """One query, for pilots two; the same as long as the desk would read the same."""
    return dated(_cases(actor))


def _cases(actor: Actor) -> str:
    if actor.is_adviser:
        return adviser_mark(Referral.objects.visible_to(actor).last_change_for(actor.membership))
    if actor.is_garage:
        return _moment(Assignment.objects.visible_to(actor).last_change())
    if actor.is_pilot:
        return pilot_mark(
            Referral.objects.visible_to(actor).counts_for_pilot(), Incident.objects.visible_to(actor).counts()
        )
    return ""


def adviser_mark(last_change: datetime | None) -> str:
    return _moment(last_change)


def pilot_mark(counts: dict[str, Any], incidents: dict[str, Any]) -> str:
    """What changes when an incident, a review or a referral without garage comes, goes or grows late."""
    mark = f"{counts['reviews']}-{counts['unheld']}-{_moment(counts['last'])}"
    return f"{mark}-{incidents['open']}-{incidents['late']}-{_moment(incidents['last'])}"


def dated(mark: str) -> str:
    return f"{clock.today():%Y%m%d}-{mark}"


def _moment(at: object) -> str:
    return f"{at:%Y%m%d%H%M%S%f}" if at else ""
