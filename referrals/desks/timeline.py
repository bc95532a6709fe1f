"""The log of a referral in words, the newest first, as the timeline component takes it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mobiliz.lib.numbers import format_eur
from mobiliz.lib.templatetags.mobiliz import day_fr
from referrals import words
from referrals.models import LogEntry
from referrals.states import Verb


class Look(NamedTuple):
    sense: str
    icon: str
    title: Any


PLAIN = Look("info", "information-circle", "")
LOOKS: dict[str, Look] = {
    Verb.OPEN: Look("info", "document-text", gettext_lazy("Dossier ouvert")),
    Verb.SEND: Look("info", "paper-airplane", gettext_lazy("Envoyée à %(garage)s")),
    Verb.SEND_FOR_REVIEW: Look("info", "magnifying-glass", gettext_lazy("Envoyée à un pilote pour examen")),
    Verb.APPROVE_REVIEW: Look("good", "check", gettext_lazy("Éligibilité accordée par un pilote")),
    Verb.REFUSE_REVIEW: Look("late", "x-mark", gettext_lazy("Éligibilité refusée par un pilote")),
    Verb.UNSEND: Look("info", "arrow-left", gettext_lazy("Reprise avant la réponse du garage")),
    Verb.ASSIGN: Look("info", "paper-airplane", gettext_lazy("Proposée à %(garage)s")),
    Verb.ACCEPT: Look("good", "check", gettext_lazy("%(garage)s accepte")),
    Verb.DECLINE: Look("late", "x-mark", gettext_lazy("%(garage)s décline")),
    Verb.LAPSE: Look("late", "clock", gettext_lazy("%(garage)s n’a pas répondu à temps")),
    Verb.SETTLE_BY_TELEPHONE: Look("good", "phone", gettext_lazy("%(garage)s accepte par téléphone")),
    Verb.GIVE_BACK: Look("late", "arrow-left", gettext_lazy("%(garage)s rend le dossier")),
    Verb.NO_SHOW: Look("late", "calendar", gettext_lazy("La personne n’est pas venue")),
    Verb.ISSUE_QUOTE: Look("good", "document-text", gettext_lazy("Devis proposé")),
    Verb.SUPERSEDE_QUOTE: Look("info", "document-text", gettext_lazy("Devis remplacé")),
    Verb.ACCEPT_QUOTE: Look("good", "check", gettext_lazy("Devis accepté")),
    Verb.DECLINE_QUOTE: Look("late", "x-mark", gettext_lazy("Devis refusé")),
    Verb.EXPIRE_QUOTE: Look("late", "clock", gettext_lazy("Devis expiré sans réponse")),
    Verb.SUPPLEMENT: Look("wait", "document-text", gettext_lazy("Travaux supplémentaires proposés")),
    Verb.RECORD_REPAIR: Look("good", "wrench-screwdriver", gettext_lazy("Voiture réparée")),
    Verb.CANCEL_REPAIR: Look("late", "x-mark", gettext_lazy("Réparation annulée")),
    Verb.WITHDRAW: Look("late", "x-mark", gettext_lazy("Abandon")),
    Verb.CLOSE: Look("late", "x-mark", gettext_lazy("Dossier fermé")),
    Verb.REOPEN: Look("info", "arrow-left", gettext_lazy("Dossier rouvert")),
}


def events(log: Iterable[LogEntry]) -> list[dict[str, Any]]:
    """Expects `with_actors`."""
    return [_event(entry) for entry in log]


def _event(entry: LogEntry) -> dict[str, Any]:
    look = LOOKS.get(entry.verb, PLAIN)
    garage = entry.assignment.garage.name if entry.assignment else ""
    title = str(look.title) % {"garage": garage} if look.title else entry.get_verb_display()
    return {"sense": look.sense, "icon": look.icon, "title": title, "text": _text(entry), "at": entry.at}


def _text(entry: LogEntry) -> str:
    """What the log kept beside the act, then who did it."""
    said = [*_details(entry), _("Par %(who)s.") % {"who": entry.actor_in_words}]
    return " ".join(said)


def _details(entry: LogEntry) -> list[str]:
    detail = entry.detail
    said = [sentence for key, sentence in _SENTENCES.items() if key in detail]
    return [str(sentence) % _readable(detail) for sentence in said]


_SENTENCES = {
    "spoke_with": gettext_lazy("Accord donné par %(spoke_with)s le %(on)s."),
    "total_incl_tax": gettext_lazy("%(total_incl_tax)s, devis %(quote)s, valable jusqu’au %(valid_until)s."),
    "done_on": gettext_lazy("Le %(done_on)s, pour %(final_total_incl_tax)s."),
    "reason": gettext_lazy("« %(reason)s »"),
    "why": gettext_lazy("« %(why)s »"),
}
_REASONS = dict(words.DECLINE_REASONS)


def _readable(detail: dict[str, Any]) -> dict[str, str]:
    return {key: _in_words(key, str(value)) for key, value in detail.items()}


def _in_words(key: str, value: str) -> str:
    if key in ("on", "valid_until", "done_on"):
        return day_fr(date.fromisoformat(value))
    if key in ("total_incl_tax", "final_total_incl_tax"):
        return format_eur(Decimal(value))
    return str(_REASONS.get(value, value)) if key == "reason" else value
