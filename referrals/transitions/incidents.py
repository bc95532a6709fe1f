"""What failed someone is said, taken by a pilot and answered; the case itself stays where it is."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from garages.models import Garage
from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from mobiliz.territory.models import Department
from referrals import clock as working_days
from referrals import permissions
from referrals.delays import delays_on
from referrals.models import Assignment, Incident, IncidentKind, Referral, Resolution
from referrals.models.incidents import PILOTS_RESOLUTIONS
from referrals.states import Outcome, State, Verb
from referrals.transitions.closing import close
from referrals.transitions.core import Overtaken, Refused, begin, finish, locked, open_assignment
from referrals.words import moment_in_words


@transaction.atomic
def report_incident(
    referral: Referral,
    *,
    kind: IncidentKind,
    by: Actor,
    words: str = "",
    garage: Garage | None = None,
    assignment: Assignment | None = None,
) -> Incident:
    """The open one of this kind if there is one: said twice, it is one incident, and words said later are added.

    A garage says it of what it holds, and apart from what the sender's side says: each reads its own words.
    `assignment`: the one that its page showed. Inside another verb, call it after that verb's `finish`: the log's
    lines then follow each other.
    """
    held = (assignment or open_assignment(referral)) if by.is_garage else None
    referral, held = begin(referral, Verb.REPORT_INCIDENT, by=by, assignment=held)
    garage = held.garage if held else garage
    same = Incident.objects.of_referral(referral).of_kind(kind).about(garage)
    if known := same.open().select_for_update(of=("self",)).first():
        _complete(known, words)
        return known
    department = department_of(referral)
    incident = Incident.objects.create(
        referral=referral,
        kind=kind.value,
        words=words.strip() or None,
        garage=garage,
        region_id=department.region_id,
        reported_by=by.membership,
        reported_at=clock.now(),
        due_at=_due_at(department),
    )
    log_incident(referral, Verb.REPORT_INCIDENT, incident, by, held)
    return incident


@transaction.atomic
def complete_incident(incident: Incident, *, words: str, by: Actor) -> Incident:
    """The sender's side says more, or says it better, until a pilot has answered."""
    _referral, incident = _begin_as_sender(incident, Verb.REPORT_INCIDENT, by)
    if not words.strip():
        raise Refused(_("Dites en quelques mots ce qui n’a pas marché."), field="words")
    incident.words = words.strip()
    incident.save(update_fields=["words"])
    return incident


@transaction.atomic
def withdraw_incident(incident: Incident, *, by: Actor) -> None:
    """Reported by mistake, or settled meanwhile: the sender's side takes it back before a pilot answers."""
    referral, incident = _begin_as_sender(incident, Verb.WITHDRAW_INCIDENT, by)
    incident.answered_at = incident.acknowledged_at = clock.now()
    incident.answered_by, incident.resolution = by.membership, Resolution.WITHDRAWN.value
    incident.save(update_fields=["answered_at", "answered_by", "resolution", "acknowledged_at"])
    log_incident(referral, Verb.WITHDRAW_INCIDENT, incident, by)


@transaction.atomic
def take_incident(incident: Incident, *, by: Actor) -> None:
    """A pilot sees to it, and the others know; another may take it over."""
    referral, incident = begin_as_pilot(incident, by)
    if incident.taken_by_id == (by.membership.pk if by.membership else None):
        return
    incident.taken_by, incident.taken_at = by.membership, clock.now()
    incident.save(update_fields=["taken_by", "taken_at"])
    log_incident(referral, Verb.TAKE_INCIDENT, incident, by)


@transaction.atomic
def answer_incident(incident: Incident, *, words: str, resolution: Resolution, by: Actor) -> None:
    """By a pilot of the region: what was done; the adviser reads the words, and the garage that reported it."""
    referral, incident = begin_as_pilot(incident, by)
    if resolution not in PILOTS_RESOLUTIONS:
        raise PermissionDenied
    if not words.strip():
        raise Refused(_("Répondez en quelques mots : la structure les lira."), field="words")
    incident.answer, incident.resolution = words.strip(), resolution.value
    incident.answered_at, incident.answered_by = clock.now(), by.membership
    incident.save(update_fields=["answer", "resolution", "answered_at", "answered_by"])
    log_incident(referral, Verb.ANSWER_INCIDENT, incident, by, _held_by_its_garage(referral, incident))


@transaction.atomic
def close_without_garage(incident: Incident, *, words: str, by: Actor) -> None:
    """No garage can take the car: the case is closed so, and the same words answer the incident."""
    if not permissions.can_answer_incident(by, incident):
        raise PermissionDenied
    referral = locked(incident.referral)
    if open_assignment(referral):
        raise Refused(_("Un garage a ce dossier maintenant : relisez où il en est."), code="has_a_garage")
    close(referral, outcome=Outcome.NO_GARAGE, reason=words, by=by)
    answer_incident(incident, words=words, resolution=Resolution.NO_GARAGE_FOUND, by=by)


@transaction.atomic
def acknowledge_answer(incident: Incident, *, by: Actor) -> None:
    """The sender's side has read the answer: it leaves their desk and stays on the case."""
    incident = Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
    if not permissions.can_report_incident(by, incident.referral):
        raise PermissionDenied
    if incident.is_open:
        raise Refused(_("Cet incident n’a pas encore de réponse."), code="unanswered")
    if incident.acknowledged_at is None:
        incident.acknowledged_at = clock.now()
        incident.save(update_fields=["acknowledged_at"])


def _begin_as_sender(incident: Incident, verb: Verb, by: Actor) -> tuple[Referral, Incident]:
    if not permissions.can_change_incident(by, incident):
        raise PermissionDenied
    referral, _nothing = begin(incident.referral, verb, by=by)
    return referral, _still_open(incident)


def begin_as_pilot(incident: Incident, by: Actor) -> tuple[Referral, Incident]:
    """A draft is nothing that a pilot sees: who answers goes by the incident's own region."""
    if not permissions.can_answer_incident(by, incident):
        raise PermissionDenied
    referral = locked(incident.referral)
    return referral, _still_open(incident)


def _held_by_its_garage(referral: Referral, incident: Incident) -> Assignment | None:
    """What the garage that said it still has in hands: it is told of the answer."""
    held = open_assignment(referral) if incident.is_said_by_garage else None
    return held if held and held.garage_id == incident.garage_id else None


def _still_open(incident: Incident) -> Incident:
    """The caller has locked the case: nobody answers meanwhile."""
    fresh = Incident.objects.select_related("answered_by__user", "reported_by").get(pk=incident.pk)
    if fresh.is_open:
        return fresh
    assert fresh.answered_at is not None
    told = {
        "who": fresh.answered_by.user.get_full_name() if fresh.answered_by else _("la plateforme"),
        "when": moment_in_words(fresh.answered_at),
        "what": fresh.get_resolution_display(),
    }
    message = _("Déjà fait : %(who)s, %(when)s : %(what)s. Rien n’a été enregistré une deuxième fois.")
    raise Overtaken(message % told, code="already_done")


def _complete(incident: Incident, words: str) -> None:
    said = words.strip()
    if said and said not in (incident.words or ""):
        incident.words = "\n".join(filter(None, (incident.words, said)))
        incident.save(update_fields=["words"])


def department_of(referral: Referral) -> Department:
    """Where the person lived when it was sent; before that, where they live."""
    return referral.department or referral.beneficiary.commune.department


def _due_at(department: Department) -> datetime:
    """Working days and hours of the place where the person lives."""
    code, days = department.code, delays_on(clock.today()).incident
    return working_days.due_at(working_days.due_on(clock.now(), days, code), code)


def log_incident(referral: Referral, verb: Verb, incident: Incident, by: Actor, held: Assignment | None = None) -> None:
    detail = {"incident": str(incident.uid), "incident_kind": incident.kind}
    if incident.resolution:
        detail["resolution"] = incident.resolution
    outcome = Outcome(referral.outcome) if referral.outcome else None
    finish(referral, verb, State(referral.state), by=by, assignment=held, outcome=outcome, detail=detail)
