"""What can be done to a case now: each act with its words, its small form and its address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from referrals import permissions
from referrals.desks.next_steps import held_by, latest_quote
from referrals.forms.sending import CloseForm, ConfirmForm, DeclineQuoteForm, PauseForm, SettleForm, WithdrawForm
from referrals.models import Referral
from referrals.states import CLOSE_OUTCOMES, Outcome, Verb


@dataclass(frozen=True, slots=True)
class Act:
    """`label` opens it in place, `hint` says what it does, `confirm` does it; `is_near`: stands by what is next."""

    verb: Verb
    address: str
    label: str | Promise
    hint: str | Promise
    confirm: str | Promise
    form: type[forms.Form] = ConfirmForm
    is_final: bool = False
    is_near: bool = True


ACTS = (
    Act(
        Verb.SETTLE_BY_TELEPHONE,
        "referral_settle",
        _("Le garage a accepté par téléphone"),
        _("Notez avec qui vous avez parlé : l’orientation passe à « acceptée »."),
        _("Enregistrer l’accord"),
        SettleForm,
    ),
    Act(
        Verb.UNSEND,
        "referral_unsend",
        _("Reprendre l’orientation"),
        _("Elle redevient un brouillon. Le garage est libéré et vous pouvez en choisir un autre."),
        _("Reprendre l’orientation"),
    ),
    Act(
        Verb.DECLINE_QUOTE,
        "referral_decline_quote",
        _("La personne refuse le devis"),
        _("Le dossier se ferme ; le garage voit la raison. Un accord se donne au garage, pas ici."),
        _("Enregistrer le refus"),
        DeclineQuoteForm,
        is_final=True,
    ),
    Act(
        Verb.TELL_REFUSAL,
        "referral_tell_refusal",
        _("La personne sait que c’est non"),
        _("Vous le lui avez dit : le dossier reste fermé et quitte votre bureau."),
        _("C’est fait"),
    ),
    Act(
        Verb.PAUSE_REMINDERS,
        "referral_pause",
        _("Suspendre les relances"),
        _("Jusqu’à ce jour, personne n’est relancé et le dossier reste au garage. Vos collègues voient la pause."),
        _("Suspendre"),
        PauseForm,
        is_near=False,
    ),
    Act(
        Verb.RESUME_REMINDERS,
        "referral_resume",
        _("Reprendre les relances"),
        _("Elles repartent le prochain jour ouvré."),
        _("Reprendre les relances"),
    ),
    Act(
        Verb.WITHDRAW,
        "referral_withdraw",
        _("La personne abandonne"),
        _("Le dossier se ferme. Il peut être rouvert pendant 30 jours."),
        _("Enregistrer l’abandon"),
        WithdrawForm,
        is_final=True,
        is_near=False,
    ),
    Act(
        Verb.CLOSE,
        "referral_close",
        _("Fermer le dossier"),
        _("Le dossier se ferme sans réparation. Il peut être rouvert pendant 30 jours."),
        _("Fermer le dossier"),
        CloseForm,
        is_final=True,
        is_near=False,
    ),
    Act(
        Verb.REOPEN,
        "referral_reopen",
        _("Rouvrir le dossier"),
        _("Il redevient un brouillon ; une évaluation expirée est à refaire."),
        _("Rouvrir le dossier"),
    ),
)
BY_VERB = {act.verb: act for act in ACTS}
ON_AN_ASSIGNMENT = {Verb.SETTLE_BY_TELEPHONE, Verb.DECLINE_QUOTE}


def possible_acts(actor: Actor, referral: Referral, tried: forms.Form | None = None) -> list[dict[str, Any]]:
    """Those allowed now, each with its form; `tried` is the one that was refused, shown as it was typed."""
    allowed = permissions.possible_verbs(actor, referral)
    return [
        {"act": act, "url": reverse(act.address, args=[referral.uid]), "form": _form(act, actor, referral, tried)}
        for act in ACTS
        if act.verb in allowed and _makes_sense(act.verb, referral)
    ]


def _makes_sense(verb: Verb, referral: Referral) -> bool:
    """What the table allows, and what there is something to do it to."""
    if verb == Verb.TELL_REFUSAL:
        return bool(referral.refusal)
    is_paused = referral.reminders_paused_until is not None and referral.reminders_paused_until >= clock.today()
    if verb in (Verb.PAUSE_REMINDERS, Verb.RESUME_REMINDERS):
        return is_paused == (verb == Verb.RESUME_REMINDERS)
    return verb not in ON_AN_ASSIGNMENT or held_by(referral) is not None


def form_of(verb: Verb, actor: Actor, referral: Referral, data: Mapping[str, Any] | None = None) -> forms.Form:
    """The act's form; ids begin with the verb, since several stand on one page."""
    more: dict[str, Any] = {"outcomes": _outcomes(actor, referral)} if verb == Verb.CLOSE else {}
    if data is None and verb in ON_AN_ASSIGNMENT:
        more["initial"] = _known(referral)
    return BY_VERB[verb].form(data, auto_id=f"{verb.value}_%s", **more)


def _form(act: Act, actor: Actor, referral: Referral, tried: forms.Form | None) -> forms.Form:
    is_this = tried is not None and tried.auto_id == f"{act.verb.value}_%s"
    return tried if tried is not None and is_this else form_of(act.verb, actor, referral)


def _known(referral: Referral) -> dict[str, Any]:
    held = held_by(referral)
    version = latest_quote(held)
    return {"assignment": held.uid if held else None, "version": version.number if version else None}


def _outcomes(actor: Actor, referral: Referral) -> list[Outcome]:
    """In the order in which people meet them."""
    playing = permissions.parties(actor, referral)
    allowed = frozenset().union(*(CLOSE_OUTCOMES.get(party, frozenset()) for party in playing))
    return [outcome for outcome in Outcome if outcome in allowed]
