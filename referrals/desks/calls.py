"""Telephone calls in words: "Dernier appel à Nadia Benali : hier à 16 h 05, pas de réponse."."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from mobiliz.lib import clock
from mobiliz.lib.templatetags.mobiliz import day_fr, hour_fr
from mobiliz.lib.text import of_name
from referrals.models import Called, Note, Referral


def call_title(note: Note, person: str) -> str:
    """Who called whom, and whether they spoke."""
    whom = note.contact or note.garage or note.who or person
    who = _with_garage(str(whom), note)
    title = (
        _("Appel %(of_name)s") % {"of_name": of_name(who)}
        if note.is_incoming
        else _("Appel à %(whom)s") % {"whom": who}
    )
    return title if note.is_reached else _("%(call)s : pas de réponse") % {"call": title}


def _with_garage(name: str, note: Note) -> str:
    return f"{name} ({note.garage})" if note.contact and note.garage else name


def last_call_of(referral: Referral) -> str:
    """The last call as `with_last_call` read it; empty where none was noted."""
    call: dict[str, Any] | None = referral.__dict__.get("last_call")
    if not call:
        return ""
    words = {"whom": _whom(call, referral), "when": when_in_words(datetime.fromisoformat(call["at"]))}
    if not call["is_reached"]:
        return _("Dernier appel, %(when)s : %(whom)s, pas de réponse.") % words
    if call["is_incoming"]:
        return _("Dernier appel, %(when)s : %(whom)s a appelé.") % words
    return _("Dernier appel, %(when)s : vous avez parlé avec %(whom)s.") % words


def _whom(call: dict[str, Any], referral: Referral) -> str:
    if call["called"] == Called.PERSON:
        return str(referral.beneficiary)
    named = f"{call['first_name']} {call['last_name']}" if call["last_name"] else call["garage"]
    return str(call["who"] or named)


def when_in_words(moment: datetime) -> str:
    """ "aujourd’hui à 16 h 05", "hier à 16 h 05", "le 12 novembre à 16 h 05"."""
    day, today = clock.day_of(moment), clock.today()
    words = {"hour": hour_fr(moment), "day": day_fr(day, "year")}
    if day == today:
        return _("aujourd’hui à %(hour)s") % words
    if day == today - timedelta(days=1):
        return _("hier à %(hour)s") % words
    return _("le %(day)s à %(hour)s") % words
