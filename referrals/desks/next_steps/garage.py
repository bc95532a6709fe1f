"""What waits for a garage: an answer, a quote, a repair."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from eligibility.assess import is_usable
from mobiliz.lib import clock
from mobiliz.lib.templatetags.mobiliz import day_fr
from referrals.clock import (
    ANSWER_WORKING_DAYS,
    QUOTE_WORKING_DAYS,
    REPAIR_WORKING_DAYS,
    due_on,
    quote_due_on,
    working_days_between,
)
from referrals.desks.next_steps.sender import expired_while_accepted
from referrals.desks.next_steps.step import NextStep, Urgency, case_url, days_late, held_by, place_of
from referrals.models import Assignment, Referral
from referrals.words import moment_at_garage


def unanswered(referral: Referral, held: Assignment) -> NextStep:
    place, today = place_of(held), clock.today()
    due = held.answer_due_on
    late = working_days_between(due, today, place)
    label, url, whom = _call(held, referral)
    return NextStep(
        urgency=Urgency.NOW if due < today else Urgency.UNDER_WAY,
        sense="late" if due < today else "wait",
        title=days_late(late) if due < today else _("Réponse due ce soir") if due == today else _("Attend le garage"),
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


def accepted(referral: Referral) -> NextStep:
    held = held_by(referral)
    assert held is not None
    if not is_usable(referral.assessment, clock.today()):
        return expired_while_accepted(referral, held)
    seen_at = getattr(held, "appointment_at", None)
    due = quote_due_on(held.accepted_at or held.put_at, seen_at, place_of(held))
    if due < clock.today():
        return _quote_overdue(referral, held, due)
    label, url, whom = _call(held, referral)
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
    late = working_days_between(due, clock.today(), place_of(held))
    label, url, whom = _call(held, referral)
    return NextStep(
        urgency=Urgency.NOW,
        sense="late",
        title=days_late(late),
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


def agreed(referral: Referral) -> NextStep:
    held = held_by(referral)
    assert held is not None
    due = due_on(referral.state_since, REPAIR_WORKING_DAYS, place_of(held))
    is_long = due < clock.today()
    sentence = (
        _("%(garage)s n’a pas encore enregistré la réparation : demandez-lui où en est la voiture.")
        if is_long
        else _("%(garage)s répare la voiture, puis l’enregistre ici.")
    )
    label, url, whom = _call(held, referral)
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


def _call(held: Assignment, referral: Referral) -> tuple[str, str, str]:
    """Label, address and who answers: the direct line of the first contact, else the garage's number, else the case."""
    contact = next(iter(held.contacts), None)
    phone = contact.phone if contact else held.garage.phone
    if not phone:
        return _("Voir le dossier"), case_url(referral), ""
    return _("Appeler le garage"), f"tel:{phone}", str(contact or "")
