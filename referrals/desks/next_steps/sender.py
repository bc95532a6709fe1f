"""What waits for the sender’s side: a draft, a garage to be chosen, an eligibility to be done again."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mobiliz.lib import clock
from mobiliz.lib.templatetags.mobiliz import day_fr
from referrals.clock import (
    QUEUE_WORKING_DAYS,
    due_on,
)
from referrals.desks.next_steps.step import NextStep, Urgency, home_of, last_asked, step_url
from referrals.models import Assignment, Referral
from referrals.readiness import Missing, missing_for_sending, wants_review
from referrals.states import DeclineReason, End

# What is missing and no step can give: a pilot's decision, or a new answer
TO_DECIDE = {"assessment_not_usable", "vehicle_not_covered"}


def draft(referral: Referral) -> NextStep:
    missing = missing_for_sending(referral, clock.today())
    unsure = [one for one in missing if one.code in TO_DECIDE]
    if len(missing) > len(unsure):
        return _incomplete(referral, missing)
    return _undecided(referral) if unsure else _ready(referral)


def _incomplete(referral: Referral, missing: list[Missing]) -> NextStep:
    """Resumed at the first step that lacks something; what the calculation cannot answer is for the last one."""
    first = next(one for one in missing if one.code not in TO_DECIDE)
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
    if wants_review(referral) and assessment.is_eligible:
        return _draft_line(
            referral,
            title=_("Voiture à faire examiner"),
            sentence=_("La voiture n’entre pas sûrement dans la règle : envoyez le dossier à un pilote, qui décide."),
            label=_("Relire et envoyer"),
            url=step_url(referral, "send"),
        )
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
        sentence=_("La règle n’est pas remplie : corrigez un chiffre, ou fermez le dossier."),
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


def unheld(referral: Referral) -> NextStep:
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
        due=due_on(referral.queued_at, QUEUE_WORKING_DAYS, home_of(referral)) if referral.queued_at else None,
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


def expired_while_accepted(referral: Referral, held: Assignment) -> NextStep:
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
