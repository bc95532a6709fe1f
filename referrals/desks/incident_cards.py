"""What stands on a case about what failed: each incident with its clock, the words, the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from mobiliz.accounts.actors import Actor
from referrals import permissions
from referrals.desks.incident_lines import Line, line_of
from referrals.forms.incidents import WordsForm
from referrals.models import Assignment, Incident, IncidentKind, Referral


@dataclass(frozen=True, slots=True)
class Card:
    """One incident on its case; `form` completes its words, where the reader's side reported it."""

    line: Line
    form: forms.Form | None = None


def incidents_of(referral: Referral, actor: Actor, tried: forms.Form | None = None) -> dict[str, Any]:
    """Those of this case, the newest first, and whether one more can be reported in one press; one query."""
    rows = list(Incident.objects.visible_to(actor).of_referral(referral).for_lines(actor).with_pilot().newest_first())
    is_senders = permissions.can_report_incident(actor, referral)
    is_reported = any(_is_said(one) and not one.is_said_by_garage for one in rows)
    return {
        "incidents": [
            Card(line_of(one), _form(one, tried) if permissions.can_change_incident(actor, one) else None)
            for one in rows
        ],
        "may_report": is_senders and not is_reported,
        "answers_incidents": actor.is_pilot,
    }


def said_by_garage(held: Assignment, actor: Actor) -> dict[str, Any]:
    """What this garage said of the case and what a pilot answered, the newest first; one query."""
    seen = Incident.objects.visible_to(actor).of_referral(held.referral).about(held.garage)
    rows = list(seen.for_lines(actor).with_pilot().newest_first())
    return {"incidents": [Card(line_of(one)) for one in rows], "is_reported": any(_is_said(one) for one in rows)}


def _is_said(incident: Incident) -> bool:
    return incident.is_open and incident.kind == IncidentKind.DID_NOT_WORK


def words_form(incident: Incident, data: Mapping[str, Any] | None = None) -> WordsForm:
    return WordsForm(data, initial={"words": incident.words or ""}, auto_id=f"incident_{incident.uid}_%s")


def _form(incident: Incident, tried: forms.Form | None) -> forms.Form | None:
    if not incident.is_open:
        return None
    own = words_form(incident)
    return tried if tried is not None and tried.auto_id == own.auto_id else own
