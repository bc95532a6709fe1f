"""What a referral waits for, said in one line: how urgent, since when, what happened, and the one act that moves it.

Desks and case pages say the same thing because they ask here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from eligibility.assess import is_usable
from garages.models import Garage
from mobiliz.lib import clock
from mobiliz.lib.numbers import format_eur
from mobiliz.lib.templatetags.mobiliz import day_fr
from referrals.clock import (
    ANSWER_WORKING_DAYS,
    CALL_AGAIN_DAYS,
    LAST_CALL_DAYS,
    PARIS,
    QUEUE_WORKING_DAYS,
    QUOTE_WORKING_DAYS,
    REPAIR_WORKING_DAYS,
    REVIEW_WORKING_DAYS,
    due_on,
    quote_due_on,
    working_days_between,
)
from referrals.models import Assignment, QuoteVersion, Referral
from referrals.readiness import Missing, missing_for_sending
from referrals.states import REOPEN_WITHIN_DAYS, DeclineReason, End, State
from referrals.words import moment_at_garage


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


def next_step(referral: Referral) -> NextStep:
    """Expects what `for_desk` or `for_case` load."""
    return _STEPS[State(referral.state)](referral)


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


# --- before a garage is asked -----------------------------------------------------------------------------
def _draft(referral: Referral) -> NextStep:
    missing = missing_for_sending(referral, clock.today())
    unsure = [one for one in missing if one.code == "assessment_not_usable"]
    if len(missing) > len(unsure):
        return _incomplete(referral, missing)
    return _undecided(referral) if unsure else _ready(referral)


def _incomplete(referral: Referral, missing: list[Missing]) -> NextStep:
    """Resumed at the first step that lacks something; what the calculation cannot answer is for the last one."""
    first = next(one for one in missing if one.code != "assessment_not_usable")
    return _draft_line(
        referral,
        title=_("Brouillon"),
        sentence=" ".join(one.message for one in missing),
        label=_("Compléter le dossier"),
        url=step_url(referral, first.step),
    )


def _ready(referral: Referral) -> NextStep:
    return _draft_line(
        referral,
        title=_("Prêt à envoyer"),
        sentence=_("Le dossier est complet : il ne reste qu’à choisir le garage."),
        label=_("Choisir le garage"),
        url=step_url(referral, "garage"),
    )


def _undecided(referral: Referral) -> NextStep:
    assessment = referral.assessment
    assert assessment is not None
    if assessment.is_eligible:
        return _draft_line(
            referral,
            title=_("Éligibilité expirée"),
            sentence=_("L’évaluation n’est plus valable : refaites-la avant d’envoyer l’orientation."),
            label=_("Refaire l’évaluation"),
            url=step_url(referral, "household"),
        )
    if assessment.outcome == "needs_review":
        return _draft_line(
            referral,
            title=_("À faire examiner"),
            sentence=_("Le calcul ne peut pas répondre : envoyez le dossier à un pilote, qui décide."),
            label=_("Relire et envoyer"),
            url=step_url(referral, "send"),
        )
    return _draft_line(
        referral,
        title=_("Non éligible"),
        sentence=_("Le foyer n’est pas en dessous du seuil : corrigez un chiffre, ou fermez le dossier."),
        label=_("Voir la réponse"),
        url=step_url(referral, "send"),
    )


def _draft_line(referral: Referral, *, title: str, sentence: str, label: str, url: str) -> NextStep:
    return NextStep(
        urgency=Urgency.SOON,
        sense="info",
        title=title,
        detail=_("ouvert le %(day)s") % {"day": day_fr(referral.created_at)},
        sentence=sentence,
        label=label,
        url=url,
        icon="document-text",
    )


def _review(referral: Referral) -> NextStep:
    due = due_on(referral.state_since, REVIEW_WORKING_DAYS, _home(referral))
    if due < clock.today():
        return _review_overdue(referral, due)
    return NextStep(
        urgency=Urgency.UNDER_WAY,
        sense="info",
        title=_("Examen par un pilote"),
        detail=_("décision attendue le %(day)s") % {"day": day_fr(due, "weekday")},
        sentence=_(
            "Un pilote décide de l’éligibilité. Sa réponse s’affichera ici ; aucun garage n’est encore prévenu."
        ),
        label=_("Voir le dossier"),
        url=case_url(referral),
        due=due,
    )


def _review_overdue(referral: Referral, due: date) -> NextStep:
    who: dict[str, Any] = getattr(referral, "pilot", None) or {}
    late = working_days_between(due, clock.today(), _home(referral))
    label, url, icon = _reach(who, referral)
    sentence = _("Un pilote devait décider de l’éligibilité ; aucun garage n’est encore prévenu.")
    if who:
        sentence += " " + _("Demandez où il en est à %(who)s.") % {"who": _pilot_in_words(who)}
    return NextStep(
        urgency=Urgency.NOW,
        sense="late",
        title=_("Examen en retard"),
        detail=_("décision attendue le %(day)s") % {"day": day_fr(due, "weekday")},
        sentence=sentence,
        label=label,
        url=url,
        icon=icon,
        done=REVIEW_WORKING_DAYS + late,
        of=REVIEW_WORKING_DAYS,
        due=due,
    )


def _home(referral: Referral) -> str:
    """The department whose working days a pilot's decision follows."""
    return referral.department_id or PARIS


def _place(held: Assignment) -> str:
    """The department whose working days a garage's acts follow."""
    return held.garage.commune.department_id


def _pilot_in_words(who: dict[str, Any]) -> str:
    """ "Hugo Lemaire (pilotage, Île-de-France)"."""
    place = _("pilotage, %(region)s") % who if who.get("region") else _("pilotage national")
    return f"{who['first_name']} {who['last_name']} ({place})"


def _reach(who: dict[str, Any], referral: Referral) -> tuple[str, str, str]:
    """Label, address and icon to reach a pilot: the direct line, else a mail, else the case."""
    if who.get("phone"):
        return _("Appeler %(first_name)s") % who, f"tel:{who['phone']}", "phone"
    if who.get("email"):
        return _("Écrire à %(first_name)s") % who, f"mailto:{who['email']}", "envelope"
    return _("Voir le dossier"), case_url(referral), ""


# --- with a garage ----------------------------------------------------------------------------------------
def _waiting(referral: Referral) -> NextStep:
    held = held_by(referral)
    return _unanswered(referral, held) if held else _unheld(referral)


def _unheld(referral: Referral) -> NextStep:
    return _queued(referral) if referral.queued_at else _to_be_chosen(referral)


def _queued(referral: Referral) -> NextStep:
    """Nothing is asked of the adviser, who may still choose a garage that is farther."""
    sentence = _(
        "Les garages à moins de %(km)d km sont complets. La première place qui se libère est pour ce dossier, "
        "selon l’ancienneté de l’attente."
    )
    return NextStep(
        urgency=Urgency.UNDER_WAY,
        sense="wait",
        title=_("Attend une place"),
        detail=_("depuis le %(day)s") % {"day": day_fr(referral.queued_at, "weekday")},
        sentence=sentence % {"km": referral.distance_agreed_km},
        label=_("Voir les garages"),
        url=step_url(referral, "garage"),
        icon="wrench",
        due=due_on(referral.queued_at, QUEUE_WORKING_DAYS, _home(referral)) if referral.queued_at else None,
    )


def _to_be_chosen(referral: Referral) -> NextStep:
    return NextStep(
        urgency=Urgency.NOW,
        sense="late",
        title=_("Sans garage"),
        detail=_("depuis le %(day)s") % {"day": day_fr(_unheld_since(referral), "weekday")},
        sentence=f"{_why_unheld(last_asked(referral))} {_what_then(referral)}",
        label=_("Choisir le garage"),
        url=step_url(referral, "garage"),
        icon="wrench",
        due=clock.day_of(_unheld_since(referral)),
    )


def _unheld_since(referral: Referral):
    last = last_asked(referral)
    return last.ended_at if last and last.ended_at else referral.state_since


def _why_unheld(last: Assignment | None) -> str:
    if last is None or last.end == End.UNSENT:
        return _("L’éligibilité est accordée ; aucun garage n’est encore prévenu.")
    words = {"garage": last.garage.name, "reason": last.get_end_reason_display()}
    if last.end == End.LAPSED:
        return _("%(garage)s n’a pas répondu.") % words
    if last.end == End.GARAGE_LEFT:
        return _("%(garage)s ne prend plus d’orientation en ce moment.") % words
    if last.end == End.GIVEN_BACK:
        return _("%(garage)s a rendu le dossier : %(reason)s.") % words
    return _("%(garage)s a décliné : %(reason)s.") % words


def _what_then(referral: Referral) -> str:
    """Where the garage's reason leads: the same as it read when it chose it."""
    last = last_asked(referral)
    if getattr(referral, "is_without_hope", False):
        return _("Aucun autre garage n’est à moins de %(km)d km : un pilote est prévenu et cherche.") % {
            "km": referral.distance_agreed_km
        }
    reason = last.end_reason if last and last.end in (End.DECLINED, End.GIVEN_BACK) else ""
    return str(AFTER_A_NO.get(reason, _("Choisissez le garage suivant.")))


# What the adviser does after a garage's no that does not lead to the next garage by itself.
AFTER_A_NO: dict[str, str | Promise] = {
    DeclineReason.NOT_WORTH_REPAIRING: gettext_lazy(
        "Regardez une autre solution avec la personne, ou demandez l’avis d’un deuxième garage."
    ),
    DeclineReason.UNSAFE_VEHICLE: gettext_lazy(
        "Dites à la personne de ne pas rouler avec cette voiture, puis choisissez un autre garage ou fermez le dossier."
    ),
    DeclineReason.NO_SHOW: gettext_lazy("Appelez la personne, puis choisissez un garage."),
    DeclineReason.DUPLICATE: gettext_lazy(
        "Vérifiez si la personne a un autre dossier, et fermez celui qui est de trop."
    ),
    DeclineReason.OUT_OF_PROGRAMME: gettext_lazy(
        "Un pilote est prévenu et relit la demande ; vous pouvez aussi choisir un autre garage."
    ),
}


def _unanswered(referral: Referral, held: Assignment) -> NextStep:
    place, today = _place(held), clock.today()
    due = held.answer_due_on
    late = working_days_between(due, today, place)
    label, url, whom = _call(held.garage, referral)
    return NextStep(
        urgency=Urgency.NOW if due < today else Urgency.UNDER_WAY,
        sense="late" if due < today else "wait",
        title=_days_late(late) if due < today else _("Réponse due ce soir") if due == today else _("Attend le garage"),
        detail=_paused(referral) or _("réponse attendue le %(day)s") % {"day": day_fr(due, "weekday")},
        sentence=_silence(held) if due < today else _("Envoyée à %(garage)s.") % {"garage": held.garage.name},
        label=label,
        url=url,
        whom=whom,
        icon="phone",
        done=ANSWER_WORKING_DAYS + late
        if due < today
        else ANSWER_WORKING_DAYS - working_days_between(today, due, place),
        of=ANSWER_WORKING_DAYS,
        due=due,
    )


def _silence(held: Assignment) -> str:
    """The clock hands it over the next working morning; a call is quicker."""
    said = _("%(garage)s n’a pas répondu. Le dossier passe de lui-même à un autre garage ; un appel peut l’éviter.")
    return said % {"garage": held.garage.name}


def _paused(referral: Referral) -> str:
    until = referral.reminders_paused_until
    if until is None or until < clock.today():
        return ""
    return _("relances suspendues jusqu’au %(day)s") % {"day": day_fr(until, "weekday")}


def _days_late(days: int) -> str:
    return ngettext("En retard de %(days)d jour", "En retard de %(days)d jours", max(days, 1)) % {"days": max(days, 1)}


def _accepted(referral: Referral) -> NextStep:
    held = held_by(referral)
    assert held is not None
    if not is_usable(referral.assessment, clock.today()):
        return _expired_while_accepted(referral, held)
    seen_at = getattr(held, "appointment_at", None)
    due = quote_due_on(held.accepted_at or held.put_at, seen_at, _place(held))
    if due < clock.today():
        return _quote_overdue(referral, held, due)
    label, url, whom = _call(held.garage, referral)
    return NextStep(
        urgency=Urgency.UNDER_WAY,
        sense="good",
        title=_("Acceptée"),
        detail=_("le %(day)s") % {"day": day_fr(held.accepted_at, "weekday")},
        sentence=_until_seen(referral, held, seen_at),
        label=label,
        url=url,
        whom=whom,
        icon="phone",
        due=due,
    )


def _until_seen(referral: Referral, held: Assignment, seen_at: datetime | None) -> str:
    said = {"garage": held.garage.name, "person": referral.beneficiary.first_name}
    if seen_at is None:
        return _("%(garage)s a accepté : il fixe le rendez-vous avec %(person)s, puis établit le devis.") % said
    when = moment_at_garage(seen_at, held.garage)
    if seen_at > clock.now():
        return _("%(garage)s attend %(person)s le %(when)s, puis établit le devis.") % {**said, "when": when}
    return _("%(garage)s avait rendez-vous avec %(person)s le %(when)s : le devis vient.") % {**said, "when": when}


def _quote_overdue(referral: Referral, held: Assignment, due: date) -> NextStep:
    late = working_days_between(due, clock.today(), _place(held))
    label, url, whom = _call(held.garage, referral)
    return NextStep(
        urgency=Urgency.NOW,
        sense="late",
        title=_days_late(late),
        detail=_("devis attendu le %(day)s") % {"day": day_fr(due, "weekday")},
        sentence=_no_quote_yet(held),
        label=label,
        url=url,
        whom=whom,
        icon="phone",
        done=QUOTE_WORKING_DAYS + max(late, 1),
        of=QUOTE_WORKING_DAYS,
        due=due,
    )


def _no_quote_yet(held: Assignment) -> str:
    seen_at = getattr(held, "appointment_at", None)
    if seen_at is None:
        said = _("%(garage)s a accepté le %(day)s, mais aucun devis n’est proposé. Un rendez-vous est-il pris ?")
        return said % {"garage": held.garage.name, "day": day_fr(held.accepted_at)}
    said = _("Rendez-vous à %(garage)s le %(when)s, et pas encore de devis. La personne est-elle venue ?")
    return said % {"garage": held.garage.name, "when": moment_at_garage(seen_at, held.garage)}


def _expired_while_accepted(referral: Referral, held: Assignment) -> NextStep:
    return NextStep(
        urgency=Urgency.NOW,
        sense="late",
        title=_("Éligibilité expirée"),
        detail=_("acceptée par le garage le %(day)s") % {"day": day_fr(held.accepted_at, "weekday")},
        sentence=_("Refaites l’évaluation : sans elle, %(garage)s ne peut pas établir de devis.")
        % {"garage": held.garage.name},
        label=_("Refaire l’évaluation"),
        url=step_url(referral, "household"),
        icon="document-text",
        due=clock.day_of(held.accepted_at or held.put_at),
    )


def _quoted(referral: Referral) -> NextStep:
    held = held_by(referral)
    version = latest_quote(held)
    assert held is not None
    assert version is not None
    left = (version.valid_until - clock.today()).days
    person = referral.beneficiary
    words = {"person": person.first_name, "total": format_eur(version.total_incl_tax), "garage": held.garage.name}
    urgency = _urgency_of_quote(left)
    return NextStep(
        urgency=urgency,
        sense="late" if left < 0 else "info" if urgency == Urgency.UNDER_WAY else "wait",
        title=_days_left(left),
        detail=_("valable jusqu’au %(day)s") % {"day": day_fr(version.valid_until, "weekday")},
        sentence=_("%(person)s n’a pas encore répondu au devis de %(total)s (%(garage)s).") % words,
        due=version.valid_until,
        label=_("Appeler %(person)s") % words if person.phone else _("Voir le devis"),
        url=f"tel:{person.phone}" if person.phone else case_url(referral),
        icon="phone" if person.phone else "document-text",
    )


def _urgency_of_quote(left: int) -> Urgency:
    """The person has time to think; they are called seven days before the end, and again two days before."""
    if left <= LAST_CALL_DAYS:
        return Urgency.NOW
    return Urgency.SOON if left <= CALL_AGAIN_DAYS else Urgency.UNDER_WAY


def _days_left(left: int) -> str:
    if left < 0:
        return _("Le devis a expiré")
    if left == 0:
        return _("Le devis expire ce soir")
    return ngettext("Le devis expire demain", "Le devis expire dans %(days)d jours", left) % {"days": left}


def _agreed(referral: Referral) -> NextStep:
    held = held_by(referral)
    assert held is not None
    due = due_on(referral.state_since, REPAIR_WORKING_DAYS, _place(held))
    is_long = due < clock.today()
    sentence = (
        _("%(garage)s n’a pas encore enregistré la réparation : demandez-lui où en est la voiture.")
        if is_long
        else _("%(garage)s répare la voiture, puis l’enregistre ici.")
    )
    label, url, whom = _call(held.garage, referral)
    return NextStep(
        urgency=Urgency.SOON if is_long else Urgency.UNDER_WAY,
        sense="wait" if is_long else "good",
        title=_("Réparation attendue") if is_long else _("Devis accepté"),
        detail=_("accord donné le %(day)s") % {"day": day_fr(referral.state_since, "weekday")},
        sentence=sentence % {"garage": held.garage.name},
        label=label,
        url=url,
        whom=whom,
        icon="phone",
        due=due,
    )


def _call(garage: Garage, referral: Referral) -> tuple[str, str, str]:
    """Label, address and who answers: the direct line of the first contact, else the garage's number, else the case."""
    contact = next(iter(garage.contacts.all()), None)
    phone = contact.phone if contact else garage.phone
    if not phone:
        return _("Voir le dossier"), case_url(referral), ""
    return _("Appeler le garage"), f"tel:{phone}", str(contact or "")


# --- the end ----------------------------------------------------------------------------------------------
def _completed(referral: Referral) -> NextStep:
    return _ended(referral, "good", _("Réparée"), _("La voiture est réparée. Plus rien n’est à faire."))


def _closed(referral: Referral) -> NextStep:
    if getattr(referral, "refusal", None):
        return _refused(referral, referral.refusal)
    until = day_fr(referral.closed_at + timedelta(days=REOPEN_WITHIN_DAYS)) if referral.closed_at else ""
    sentence = _("Close : %(outcome)s. Elle peut être rouverte jusqu’au %(day)s.")
    words = {"outcome": referral.get_outcome_display(), "day": until}
    return _ended(referral, "info", _("Close sans suite"), sentence % words)


def _refused(referral: Referral, refusal: dict[str, Any]) -> NextStep:
    """A pilot said no: the adviser tells the person, or corrects the dossier."""
    person = referral.beneficiary
    words = {
        "who": _pilot_in_words(refusal) if refusal.get("last_name") else _("Un pilote"),
        "why": refusal["why"].rstrip(" ."),
        "person": person.first_name,
    }
    return NextStep(
        urgency=Urgency.NOW,
        sense="late",
        title=_("Éligibilité refusée"),
        detail=_("le %(day)s") % {"day": day_fr(referral.closed_at, "weekday")},
        sentence=_("%(who)s a refusé : « %(why)s ». Dites-le à %(person)s ; s’il y a une erreur, corrigez le dossier.")
        % words,
        label=_("Appeler %(person)s") % words if person.phone else _("Voir le dossier"),
        url=f"tel:{person.phone}" if person.phone else case_url(referral),
        icon="phone" if person.phone else "document-text",
        due=clock.day_of(referral.closed_at) if referral.closed_at else None,
    )


def _ended(referral: Referral, sense: str, title: str, sentence: str) -> NextStep:
    return NextStep(
        urgency=Urgency.UNDER_WAY,
        sense=sense,
        title=title,
        detail=_("le %(day)s") % {"day": day_fr(referral.state_since, "full")},
        sentence=sentence,
        label=_("Voir le dossier"),
        url=case_url(referral),
    )


_STEPS: dict[State, Callable[[Referral], NextStep]] = {
    State.DRAFT: _draft,
    State.REVIEW: _review,
    State.WAITING: _waiting,
    State.ACCEPTED: _accepted,
    State.QUOTED: _quoted,
    State.AGREED: _agreed,
    State.COMPLETED: _completed,
    State.CLOSED: _closed,
}
