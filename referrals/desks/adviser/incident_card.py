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
from referrals.models import Incident, IncidentKind, Referral


@dataclass(frozen=True, slots=True)
class Card:
    """One incident on its case; `form` completes its words, where the reader's side reported it."""

    line: Line
    form: forms.Form | None = None


def incidents_of(referral: Referral, actor: Actor, tried: forms.Form | None = None) -> dict[str, Any]:
    """Those of this case, the newest first, and whether one more can be reported in one press; one query."""
    rows = list(Incident.objects.visible_to(actor).of_referral(referral).for_lines(actor).with_pilot().newest_first())
    is_senders = permissions.can_report_incident(actor, referral)
    is_reported = any(one.is_open and one.kind == IncidentKind.DID_NOT_WORK for one in rows)
    return {
        "incidents": [Card(line_of(one), _form(one, tried) if is_senders else None) for one in rows],
        "may_report": is_senders and not is_reported,
        "answers_incidents": actor.is_pilot,
    }


def words_form(incident: Incident, data: Mapping[str, Any] | None = None) -> WordsForm:
    return WordsForm(data, initial={"words": incident.words or ""}, auto_id=f"incident_{incident.uid}_%s")


def _form(incident: Incident, tried: forms.Form | None) -> forms.Form | None:
    if not incident.is_open:
        return None
    own = words_form(incident)
    return tried if tried is not None and tried.auto_id == own.auto_id else own
