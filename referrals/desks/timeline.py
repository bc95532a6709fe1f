"""The log of a referral told in words: what happened, with whom, why, how long it took, who did it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mobiliz.lib.clock import day_of
from mobiliz.lib.numbers import format_eur
from mobiliz.lib.templatetags.mobiliz import day_fr
from referrals import words
from referrals.clock import working_days_between
from referrals.models import Assignment, IncidentKind, LogEntry, Resolution
from referrals.states import End, Verb


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the timeline, as its component takes it."""

    at: datetime
    sense: str
    icon: str
    title: str
    text: str = ""


class Look(NamedTuple):
    sense: str
    icon: str
    title: Any


# What each verb says; after a colon, the same verb when it came to something else.
LOOKS: dict[str, Look] = {
    Verb.OPEN: Look("info", "document-text", gettext_lazy("Dossier ouvert")),
    Verb.SEND: Look("info", "paper-airplane", gettext_lazy("Orientation envoyée à %(garage)s")),
    Verb.SEND_FOR_REVIEW: Look("info", "magnifying-glass", gettext_lazy("Éligibilité à examiner : un pilote décide")),
    Verb.APPROVE_REVIEW: Look("good", "check", gettext_lazy("Éligibilité accordée par un pilote")),
    Verb.REFUSE_REVIEW: Look("late", "x-mark", gettext_lazy("Éligibilité refusée par un pilote")),
    Verb.TELL_REFUSAL: Look("info", "chat-bubble-left-right", gettext_lazy("La personne sait que c’est non")),
    Verb.UNSEND: Look("info", "arrow-left", gettext_lazy("Orientation reprise avant la réponse du garage")),
    Verb.ASSIGN: Look("info", "paper-airplane", gettext_lazy("Orientation proposée à %(garage)s")),
    "send:queue": Look("info", "paper-airplane", gettext_lazy("Orientation envoyée")),
    Verb.QUEUE: Look("wait", "clock", gettext_lazy("Les garages proches sont complets : le dossier attend une place")),
    "assign:place": Look("good", "arrow-right", gettext_lazy("Une place s’est libérée : %(garage)s")),
    "assign:next": Look("info", "arrow-right", gettext_lazy("Le dossier passe à %(garage)s")),
    Verb.ACCEPT: Look("good", "check", gettext_lazy("%(garage)s accepte")),
    Verb.DECLINE: Look("late", "x-mark", gettext_lazy("%(garage)s décline")),
    Verb.LAPSE: Look("late", "clock", gettext_lazy("%(garage)s n’a pas répondu")),
    "lapse:left": Look("late", "x-mark", gettext_lazy("%(garage)s ne prend plus d’orientation")),
    Verb.SETTLE_BY_TELEPHONE: Look("good", "phone", gettext_lazy("%(garage)s accepte par téléphone")),
    Verb.GIVE_BACK: Look("late", "arrow-left", gettext_lazy("%(garage)s rend le dossier")),
    Verb.PROPOSE_APPOINTMENT: Look("wait", "calendar", gettext_lazy("Rendez-vous proposé")),
    Verb.CONFIRM_APPOINTMENT: Look("good", "calendar", gettext_lazy("Rendez-vous confirmé")),
    Verb.MOVE_APPOINTMENT: Look("wait", "calendar", gettext_lazy("Rendez-vous déplacé")),
    Verb.CANCEL_APPOINTMENT: Look("late", "calendar", gettext_lazy("Rendez-vous annulé")),
    Verb.KEEP_APPOINTMENT: Look("good", "calendar", gettext_lazy("La personne est venue au rendez-vous")),
    Verb.REMIND_PERSON: Look("info", "bell", gettext_lazy("Rendez-vous rappelé à la personne")),
    Verb.WRITE_MESSAGE: Look("info", "chat-bubble-left-right", gettext_lazy("Message échangé avec le garage")),
    "give_back:left": Look("late", "x-mark", gettext_lazy("%(garage)s a quitté le réseau")),
    Verb.NO_SHOW: Look("late", "calendar", gettext_lazy("La personne n’est pas venue au rendez-vous")),
    "no_show:closed": Look("late", "x-mark", gettext_lazy("Deuxième rendez-vous manqué : le dossier est fermé")),
    Verb.ISSUE_QUOTE: Look("good", "document-text", gettext_lazy("Devis proposé")),
    Verb.SUPERSEDE_QUOTE: Look("info", "document-text", gettext_lazy("Devis remplacé")),
    Verb.ACCEPT_QUOTE: Look("good", "check", gettext_lazy("Devis accepté")),
    Verb.DECLINE_QUOTE: Look("late", "x-mark", gettext_lazy("Devis refusé")),
    "decline_quote:agreed": Look("late", "x-mark", gettext_lazy("Travaux supplémentaires refusés")),
    Verb.EXPIRE_QUOTE: Look("late", "clock", gettext_lazy("Devis expiré sans réponse")),
    "expire_quote:agreed": Look("late", "clock", gettext_lazy("Travaux supplémentaires restés sans réponse")),
    Verb.SUPPLEMENT: Look("wait", "document-text", gettext_lazy("Travaux supplémentaires proposés")),
    Verb.RECORD_REPAIR: Look("good", "wrench-screwdriver", gettext_lazy("Voiture réparée")),
    Verb.CANCEL_REPAIR: Look("late", "x-mark", gettext_lazy("Réparation annulée")),
    Verb.WITHDRAW: Look("late", "x-mark", gettext_lazy("La personne abandonne")),
    Verb.CLOSE: Look("late", "x-mark", gettext_lazy("Dossier fermé")),
    Verb.REOPEN: Look("info", "arrow-left", gettext_lazy("Dossier rouvert : il redevient un brouillon")),
    Verb.CORRECT_PERSON: Look("info", "pencil-square", gettext_lazy("Personne corrigée")),
    Verb.FALL_BACK: Look(
        "late", "arrow-left", gettext_lazy("L’éligibilité ne tient plus : le dossier redevient un brouillon")
    ),
    Verb.REMIND: Look("wait", "bell", gettext_lazy("Relance")),
    **{f"remind:{step.value}": Look("wait", "bell", title) for step, title in words.STEPS.items()},
    Verb.PAUSE_REMINDERS: Look("info", "pause", gettext_lazy("Relances suspendues")),
    Verb.RESUME_REMINDERS: Look("info", "play", gettext_lazy("Relances reprises")),
    Verb.TELL_OF_PHOTOS: Look("info", "camera", gettext_lazy("Photos ajoutées")),
    Verb.MERGE_PEOPLE: Look("info", "user", gettext_lazy("Deux fiches de la même personne réunies")),
    Verb.REPORT_INCIDENT: Look("late", "exclamation-triangle", gettext_lazy("Incident : %(incident)s")),
    Verb.WITHDRAW_INCIDENT: Look("info", "arrow-left", gettext_lazy("Incident retiré : %(incident)s")),
    Verb.TAKE_INCIDENT: Look("info", "user", gettext_lazy("Un pilote s’occupe de l’incident : %(incident)s")),
    Verb.ANSWER_INCIDENT: Look("good", "chat-bubble-left-right", gettext_lazy("Un pilote a répondu : %(resolution)s")),
    Verb.MOVE_TO_PERSON: Look(
        "info", "user", gettext_lazy("Dossier passé à une autre personne : il redevient un brouillon")
    ),
    Verb.HAND_TO_COLLEAGUE: Look("info", "user", gettext_lazy("Dossier confié à %(to)s")),
}
# What was corrected is named; neither the old nor the new value is kept in a log that is never changed
_FIELDS = {
    "first_name": gettext_lazy("prénom"),
    "last_name": gettext_lazy("nom"),
    "birth_date": gettext_lazy("date de naissance"),
    "commune": gettext_lazy("commune"),
    "phone": gettext_lazy("téléphone"),
    "email": gettext_lazy("adresse électronique"),
    "address": gettext_lazy("adresse"),
    "household": gettext_lazy("foyer"),
}
_REASONS = dict(words.DECLINE_REASONS)
_OUTCOMES = dict(words.OUTCOMES)
_INCIDENTS = dict(IncidentKind.choices)
_RESOLUTIONS = dict(Resolution.choices)
# These titles say everything about how it ended
_SAYS_ITS_OUTCOME = {
    Verb.CORRECT_PERSON, Verb.MERGE_PEOPLE,
    Verb.REPORT_INCIDENT, Verb.WITHDRAW_INCIDENT, Verb.TAKE_INCIDENT, Verb.ANSWER_INCIDENT,
    Verb.WITHDRAW, Verb.REFUSE_REVIEW, Verb.TELL_REFUSAL, Verb.DECLINE_QUOTE, Verb.EXPIRE_QUOTE, Verb.CANCEL_REPAIR,
    Verb.NO_SHOW,
}  # fmt: skip
_ANSWERS = {Verb.ACCEPT, Verb.DECLINE}
_PUTS = {Verb.SEND, Verb.ASSIGN}


def events(log: Iterable[LogEntry], asked: Sequence[Assignment] | None = None) -> list[Event]:
    """Expects `with_actors`. `asked`: the garages asked, the last first, with what was noted of each; a garage is
    told nothing of the others, nor why it was chosen."""
    return [event_of(entry, asked) for entry in log]


def event_of(entry: LogEntry, asked: Sequence[Assignment] | None = None) -> Event:
    before = _before(entry, asked or ())
    look = LOOKS[_variant(entry, before)]
    said = [*_told(entry), *(_from_assignment(entry, before) if asked is not None else [])]
    text = " ".join([*said, _("Par %(who)s.") % {"who": entry.actor_in_words}])
    return Event(entry.at, look.sense, look.icon, _title(entry, look), text)


def _before(entry: LogEntry, asked: Sequence[Assignment]) -> Assignment | None:
    """The garage that had it before this one was asked."""
    if entry.verb != Verb.ASSIGN:
        return None
    later = [one.pk for one in asked]
    place = later.index(entry.assignment_id) if entry.assignment_id in later else len(later)
    return asked[place + 1] if place + 1 < len(asked) else None


def _variant(entry: LogEntry, before: Assignment | None) -> str:
    if entry.verb == Verb.SEND and entry.assignment_id is None:
        return "send:queue"
    if entry.verb == Verb.ASSIGN and entry.detail.get("after") == "queue":
        return "assign:place"
    if entry.verb == Verb.ASSIGN and before:
        return "assign:next"
    if entry.detail.get("end") == End.GARAGE_LEFT:
        return f"{entry.verb}:left"
    if entry.verb == Verb.REMIND:
        return f"remind:{entry.detail['step']}"
    other = f"{entry.verb}:{entry.to_state}"
    return other if other in LOOKS else entry.verb


def _title(entry: LogEntry, look: Look) -> str:
    garage = entry.assignment.garage.name if entry.assignment else _("un garage")
    named = {"garage": garage, "to": entry.detail.get("to", _("un collègue")), **_of_an_incident(entry.detail)}
    title = str(look.title) % named
    if "total_incl_tax" in entry.detail:
        return _("%(what)s : %(more)s") % {"what": title, "more": _eur(entry.detail["total_incl_tax"])}
    outcome = _OUTCOMES.get(entry.detail.get("outcome", "")) if entry.verb not in _SAYS_ITS_OUTCOME else None
    return _("%(what)s : %(more)s") % {"what": title, "more": outcome} if outcome else title


def _of_an_incident(detail: dict[str, Any]) -> dict[str, Any]:
    """Codes in the log, words on the page."""
    kind, resolution = detail.get("incident_kind", ""), detail.get("resolution", "")
    return {"incident": _INCIDENTS.get(kind, kind), "resolution": _RESOLUTIONS.get(resolution, resolution)}


def _told(entry: LogEntry) -> Iterator[str]:
    """What the log kept beside the act."""
    detail = entry.detail
    if "spoke_with" in detail:
        yield _("Accord donné par %(who)s le %(day)s.") % {"who": detail["spoke_with"], "day": _day(detail["on"])}
    if "quote" in detail:
        words = {"quote": detail["quote"], "day": _day(detail["valid_until"])}
        yield _("Devis %(quote)s, valable jusqu’au %(day)s.") % words
    if "done_on" in detail:
        words = {"day": _day(detail["done_on"]), "total": _eur(detail["final_total_incl_tax"])}
        yield _("Le %(day)s, pour %(total)s.") % words
    if "fields" in detail:
        listed = ", ".join(str(_FIELDS.get(name, _("autre"))) for name in detail["fields"])
        kind = _("erreur") if detail.get("kind") == "error" else _("changement")
        yield _("%(kind)s : %(fields)s.") % {"kind": kind.capitalize(), "fields": listed}
    yield from _of_an_appointment(entry)
    yield from _of_photos(detail)
    if "retired" in detail:
        yield from _of_a_merge(detail)
    if "before" in detail and entry.verb == Verb.HAND_TO_COLLEAGUE:
        yield _("Avant, %(who)s le suivait.") % {"who": detail["before"]}
    if detail.get("consent") == "withdrawn":
        yield _("La personne retire son accord : plus rien n’est partagé.")
    yield from _why(detail)


_SURE = {"proposed": gettext_lazy("à confirmer"), "booked": gettext_lazy("confirmé par les deux côtés")}


def _of_an_appointment(entry: LogEntry) -> Iterator[str]:
    """When, how sure, and what it was before."""
    if "slot" in entry.detail:
        yield _("Créneau demandé : %(when)s.") % {"when": _moment(entry, "slot")}
    if "starts_at" not in entry.detail:
        return
    sure = _SURE.get(entry.detail["appointment"])
    when = _moment(entry, "starts_at")
    yield _("Rendez-vous le %(when)s, %(sure)s.") % {"when": when, "sure": sure} if sure else f"{when.capitalize()}."
    if "how" in entry.detail:
        yield _("Par téléphone.") if entry.detail["how"] == "telephone" else _("Par courrier électronique.")
    if entry.verb == Verb.MOVE_APPOINTMENT and "before" in entry.detail:
        yield _("Il était prévu le %(when)s.") % {"when": _moment(entry, "before")}


def _moment(entry: LogEntry, name: str) -> str:
    """A moment of the log, as the clock of the garage shows it."""
    assert entry.assignment is not None
    return words.moment_at_garage(datetime.fromisoformat(entry.detail[name]), entry.assignment.garage)


def _of_photos(detail: dict[str, Any]) -> Iterator[str]:
    if count := len(detail.get("photos", ())):
        yield ngettext("Une de plus.", "%(count)d de plus.", count) % {"count": count}


def _of_a_merge(detail: dict[str, Any]) -> Iterator[str]:
    """Two records of one person: where this case was, and what of the record that ended is kept."""
    if detail["moved"]:
        yield _("Ce dossier était rangé sous l’autre fiche.")
    if detail["taken"]:
        listed = ", ".join(str(_FIELDS.get(name, _("autre"))) for name in detail["taken"])
        yield _("Gardé de l’autre fiche : %(fields)s.") % {"fields": listed}


def _why(detail: dict[str, Any]) -> Iterator[str]:
    """A reason chosen from the list, or the words that were noted; and until when."""
    if "until" in detail:
        yield _("Jusqu’au %(day)s inclus.") % {"day": _day(detail["until"])}
    chosen = _REASONS.get(detail.get("reason", ""))
    if chosen:
        yield _("Motif : %(reason)s.") % {"reason": chosen}
    for said in (detail.get("why"), None if chosen else detail.get("reason")):
        if said:
            yield _("« %(said)s »") % {"said": said}


def _from_assignment(entry: LogEntry, before: Assignment | None) -> Iterator[str]:
    """What the assignment tells to those who see them all."""
    held = entry.assignment
    if held is None:
        return
    if before:
        yield _after(before)
    if entry.verb in _PUTS and held.choice_reason:
        yield _("Choisi : « %(why)s ».") % {"why": held.choice_reason}
    if "agreed_before_km" in entry.detail:
        words = {"km": entry.detail["agreed_km"], "before": entry.detail["agreed_before_km"]}
        yield _("La personne accepte d’aller jusqu’à %(km)d km (%(before)d km auparavant).") % words
    if entry.verb in {Verb.DECLINE, Verb.GIVE_BACK} and held.end_comment:
        yield _("« %(said)s »") % {"said": held.end_comment}
    if entry.verb in _ANSWERS:
        yield _answered_in(_days(held, entry))
    if entry.verb == Verb.LAPSE and entry.detail.get("end") != End.GARAGE_LEFT:
        yield _silent_for(held, _days(held, entry))


_AFTER = {
    End.DECLINED: gettext_lazy("%(garage)s a décliné."),
    End.LAPSED: gettext_lazy("%(garage)s n’a pas répondu."),
    End.GIVEN_BACK: gettext_lazy("%(garage)s a rendu le dossier."),
    End.GARAGE_LEFT: gettext_lazy("%(garage)s ne prend plus d’orientation."),
}


def _after(before: Assignment) -> str:
    """Why it did not stay with the garage before."""
    sentence = _AFTER.get(End(before.end)) if before.end else None
    return str(sentence or _("Avant, %(garage)s.")) % {"garage": before.garage.name}


def _days(held: Assignment, entry: LogEntry) -> int:
    return working_days_between(day_of(held.put_at), day_of(entry.at))


def _answered_in(days: int) -> str:
    if days == 0:
        return _("Réponse le jour même.")
    return ngettext("Réponse en %(days)d jour ouvré.", "Réponse en %(days)d jours ouvrés.", days) % {"days": days}


def _silent_for(held: Assignment, days: int) -> str:
    return ngettext(
        "Proposée le %(day)s, sans réponse après %(days)d jour ouvré.",
        "Proposée le %(day)s, sans réponse après %(days)d jours ouvrés.",
        days,
    ) % {"day": day_fr(held.put_at), "days": days}


def _day(iso: str) -> str:
    return day_fr(date.fromisoformat(iso))


def _eur(amount: str) -> str:
    return format_eur(Decimal(amount))
