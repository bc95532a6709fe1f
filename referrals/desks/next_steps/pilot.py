"""What waits for a pilot, and a pilot’s no that the person must hear of."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from mobiliz.lib import clock
from mobiliz.lib.templatetags.mobiliz import day_fr
from referrals.clock import (
    REVIEW_WORKING_DAYS,
    due_on,
    working_days_between,
)
from referrals.desks.next_steps.step import NextStep, Urgency, case_url, home_of
from referrals.models import Referral


def review(referral: Referral) -> NextStep:
    due = due_on(referral.state_since, REVIEW_WORKING_DAYS, home_of(referral))
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
    late = working_days_between(due, clock.today(), home_of(referral))
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


def refused(referral: Referral, refusal: dict[str, Any]) -> NextStep:
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
