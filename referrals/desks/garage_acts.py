"""What a garage can do to an assignment from its page: one line an act, the form's fields are the verb's arguments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from referrals import permissions, transitions
from referrals.clock import moment_at
from referrals.forms import garage as typed
from referrals.models import Assignment, IncidentKind, LogEntry, QuoteVersion
from referrals.models.quotes import AnswerChannel
from referrals.states import Outcome, State, Verb


def _accept(assignment: Assignment, *, day: date | None, hour: time | None, by: Actor) -> None:
    """With the moment that was typed, by the garage's clock."""
    place = assignment.garage.commune.department_id
    moment = moment_at(day, hour, place) if day and hour is not None else None
    transitions.accept(assignment, slot=moment, by=by)


def _close_as_not_worth_repairing(assignment: Assignment, *, reason: str, by: Actor) -> None:
    outcome = Outcome.NOT_WORTH_REPAIRING
    transitions.close(assignment.referral, outcome=outcome, reason=reason, by=by, assignment=assignment)


def _accept_on_paper(assignment: Assignment, **given: Any) -> None:
    transitions.accept_quote(assignment, channel=AnswerChannel.PAPER.value, **given)


def _decline_on_paper(assignment: Assignment, **given: Any) -> None:
    transitions.decline_quote(assignment, channel=AnswerChannel.PAPER.value, **given)


def _report(assignment: Assignment, *, words: str, by: Actor) -> None:
    kind = IncidentKind.DID_NOT_WORK
    transitions.report_incident(assignment.referral, kind=kind, words=words, by=by, assignment=assignment)


@dataclass(frozen=True, slots=True)
class Act:
    """`title` opens it, `button` does it, `done` is said afterwards."""

    verb: Verb
    run: Callable[..., object]
    form: type[forms.Form]
    title: str | Promise
    button: str | Promise
    done: str | Promise
    hint: str | Promise = ""
    is_danger: bool = False


REPORT = "incident"
ACTS: dict[str, Act] = {
    "accepter": Act(
        Verb.ACCEPT,
        _accept,
        typed.AcceptForm,
        title=_("Accepter"),
        button=_("Accepter cette orientation"),
        done=_("Orientation acceptée. Appelez maintenant la personne pour fixer le rendez-vous."),
    ),
    "telephone": Act(
        Verb.SETTLE_BY_TELEPHONE,
        transitions.settle_by_telephone,
        typed.TelephoneForm,
        title=_("Déjà réglé par téléphone"),
        button=_("Noter l’accord"),
        done=_("Accord noté : l’orientation est acceptée."),
        hint=_("Vous vous êtes déjà mis d’accord de vive voix : l’orientation est acceptée."),
    ),
    "decliner": Act(
        Verb.DECLINE,
        transitions.decline,
        typed.DeclineForm,
        title=_("Décliner"),
        button=_("Décliner cette orientation"),
        done=_("C’est noté, merci d’avoir répondu. La structure choisit un autre garage."),
        hint=_("Dire non est permis, et vite dit. La structure cherche alors un autre garage."),
        is_danger=True,
    ),
    "devis-accepte": Act(
        Verb.ACCEPT_QUOTE,
        _accept_on_paper,
        typed.AcceptQuoteForm,
        title=_("La personne accepte"),
        button=_("Enregistrer l’accord"),
        done=_("Accord enregistré : vous pouvez réparer."),
        hint=_("Gardez le devis signé : il vaut ordre de réparation."),
    ),
    "devis-refuse": Act(
        Verb.DECLINE_QUOTE,
        _decline_on_paper,
        typed.DeclineQuoteForm,
        title=_("La personne refuse"),
        button=_("Enregistrer le refus"),
        done=_("Refus enregistré. Le devis était gratuit, la personne ne vous doit rien."),
        is_danger=True,
    ),
    "reparation": Act(
        Verb.RECORD_REPAIR,
        transitions.record_repair,
        typed.RepairForm,
        title=_("La réparation est faite"),
        button=_("Enregistrer la réparation"),
        done=_("Réparation enregistrée. Merci : une personne de plus peut rouler."),
    ),
    "absence": Act(
        Verb.NO_SHOW,
        transitions.no_show,
        typed.NoShowForm,
        title=_("La personne n’est pas venue"),
        button=_("Noter le rendez-vous manqué"),
        done=_("Rendez-vous manqué noté."),
        hint=_("À la deuxième absence, le dossier est clos : personne injoignable."),
    ),
    "rendre": Act(
        Verb.GIVE_BACK,
        transitions.give_back,
        typed.GiveBackForm,
        title=_("Rendre l’orientation"),
        button=_("Rendre cette orientation"),
        done=_("Orientation rendue. La structure choisit un autre garage."),
        hint=_("Vous ne pouvez plus vous en occuper : un devis en cours est retiré, la structure cherche ailleurs."),
        is_danger=True,
    ),
    "annuler": Act(
        Verb.CANCEL_REPAIR,
        transitions.cancel_repair,
        typed.CancelRepairForm,
        title=_("Annuler la réparation"),
        button=_("Annuler cette réparation"),
        done=_("Réparation annulée, le dossier est clos."),
        hint=_("La personne renonce, ou la réparation ne peut pas se faire."),
        is_danger=True,
    ),
    "clore": Act(
        Verb.CLOSE,
        _close_as_not_worth_repairing,
        typed.NotWorthRepairingForm,
        title=_("La réparation vaut plus que la voiture"),
        button=_("Clore pour cette raison"),
        done=_("Dossier clos. La structure peut proposer une autre offre à la personne."),
        hint=_("Le dossier est clos ; la structure regarde une autre solution, comme une voiture d’occasion."),
        is_danger=True,
    ),
    REPORT: Act(
        Verb.REPORT_INCIDENT,
        _report,
        typed.IncidentForm,
        title=_("Dire ce qui s’est passé"),
        button=_("Ajouter ces mots"),
        done=_("C’est signalé : un pilote s’en occupe et vous répond sur cette page."),
    ),
}

# What stands first on the page in each state, and what stands below it. What the table allows and a page does not
# offer has a better way there: before the car was seen, "not worth repairing" is a reason to decline.
FIRST: dict[State, tuple[str, ...]] = {
    State.WAITING: ("accepter", "telephone", "decliner"),
    State.QUOTED: ("devis-accepte", "devis-refuse"),
    State.AGREED: ("reparation",),
}
BELOW: dict[State, tuple[str, ...]] = {
    State.ACCEPTED: ("absence", "rendre", "clore"),
    State.QUOTED: ("rendre", "clore"),
    State.AGREED: ("annuler",),
}


@dataclass(frozen=True, slots=True)
class Offered:
    """An act as it stands on the page, with its form; open when something in it is to be corrected, or when one came
    for it (`is_asked`)."""

    name: str
    act: Act
    form: forms.Form
    is_asked: bool = False

    @property
    def is_open(self) -> bool:
        return bool(self.form.errors) if self.form.is_bound else self.is_asked


def offered(
    names: tuple[str, ...], assignment: Assignment, actor: Actor, bound: dict[str, forms.Form], asked: str = ""
) -> list[Offered]:
    """Those of these acts that this member may do now, as the table of moves says."""
    may = permissions.possible_verbs(actor, assignment.referral, assignment)
    possible = [(name, ACTS[name]) for name in names if ACTS[name].verb in may]
    initial = _initial(assignment, {act.verb for _name, act in possible})
    return [Offered(name, act, bound.get(name) or act.form(initial=initial), name == asked) for name, act in possible]


def in_force(assignment: Assignment) -> QuoteVersion:
    """The last version issued; expects `with_versions`."""
    return assignment.quote.versions.all()[0]


def agreed_version(assignment: Assignment) -> QuoteVersion | None:
    """The last that the person accepted; expects `with_versions`."""
    answered = (one for one in assignment.quote.versions.all() if hasattr(one, "answer"))
    return next((one for one in answered if one.answer.is_accepted), None)


def _initial(assignment: Assignment, may: set[Verb]) -> dict[str, Any]:
    """What is usually typed, and which version and how many absences the page shows."""
    today = clock.today()
    known: dict[str, Any] = {"on": today, "answered_on": today, "done_on": today}
    if Verb.NO_SHOW in may:
        known["already"] = LogEntry.objects.of_assignment(assignment).of_verb(Verb.NO_SHOW).count()
    if Verb.ACCEPT_QUOTE in may:
        known["version"] = in_force(assignment).number
    if Verb.RECORD_REPAIR in may and (agreed := agreed_version(assignment)):
        known["final_total_incl_tax"] = agreed.total_incl_tax
    return known
