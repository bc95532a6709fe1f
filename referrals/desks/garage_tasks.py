"""The lines of the garage's desk: for each referral that it holds, a clock, a sentence and the one act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mobiliz.accounts.actors import Actor
from mobiliz.accounts.roles import Permission
from mobiliz.lib import clock
from mobiliz.lib.numbers import format_eur
from mobiliz.lib.templatetags.mobiliz import day_fr
from referrals.clock import ANSWER_WORKING_DAYS, QUOTE_WORKING_DAYS, due_on, working_days_between
from referrals.models import Assignment
from referrals.states import State

SOON_DAYS = 7


@dataclass(frozen=True, slots=True)
class Task:
    """One line: `due` orders the desk, the earliest first; None when nothing presses."""

    assignment: Assignment
    kind: str
    due: date | None
    sense: str
    title: str
    detail: str
    who: str
    sentence: str
    label: str
    url: str
    done: int = 0
    of: int = 0


def tasks_of(assignments: Iterable[Assignment], actor: Actor) -> list[Task]:
    """The desk, the most urgent first."""
    tasks = [_MADE_BY[State(one.referral.state)](one, actor) for one in assignments]
    return sorted(tasks, key=lambda task: (task.due or date.max, task.assignment.put_at))


def counts_of(tasks: list[Task]) -> list[dict[str, Any]]:
    labels = {
        State.WAITING: _("à répondre"),
        State.ACCEPTED: _("devis à écrire"),
        State.QUOTED: _("réponses attendues"),
        State.AGREED: _("réparations en cours"),
    }
    return [{"label": label, "value": sum(task.kind == kind for task in tasks)} for kind, label in labels.items()]


def who_and_what(assignment: Assignment) -> str:
    """ "Nadia, Renault Clio 2015", with the family name once the garage has accepted."""
    person = assignment.referral.beneficiary
    name = str(person) if assignment.shows_person else person.first_name
    vehicle = assignment.referral.vehicle
    return f"{name}, {vehicle}" if vehicle else name


def _to_answer(assignment: Assignment, actor: Actor) -> Task:
    referral, today = assignment.referral, clock.today()
    due = due_on(assignment.put_at, ANSWER_WORKING_DAYS)
    fault = referral.prediagnosis.in_short if hasattr(referral, "prediagnosis") else ""
    return Task(
        assignment=assignment,
        kind=State.WAITING,
        due=due,
        sense="late" if due < today else "wait",
        title=_due_in_words(due, today, _("À répondre avant %(day)s, 18 h"), _("À répondre aujourd’hui avant 18 h")),
        detail=_("Reçue le %(day)s") % {"day": day_fr(assignment.put_at, "weekday")},
        who=who_and_what(assignment),
        sentence=fault,
        label=_("Répondre"),
        url=_page(assignment),
        done=min(working_days_between(clock.day_of(assignment.put_at), today), 5),
        of=ANSWER_WORKING_DAYS,
    )


def _to_quote(assignment: Assignment, actor: Actor) -> Task:
    referral, today = assignment.referral, clock.today()
    due = due_on(assignment.accepted_at or assignment.put_at, QUOTE_WORKING_DAYS)
    eligible_until = referral.assessment.valid_until if referral.assessment else None
    may_write = actor.can(Permission.ISSUE_QUOTES)
    if eligible_until and eligible_until < due:
        due = eligible_until
    if eligible_until and eligible_until < today:
        sentence = _("L’éligibilité a expiré : demandez à la structure de la refaire avant le devis.")
    else:
        sentence = _("Éligible jusqu’au %(day)s. Appelez la personne pour fixer le rendez-vous.") % {
            "day": day_fr(eligible_until)
        }
    return Task(
        assignment=assignment,
        kind=State.ACCEPTED,
        due=due,
        sense="late" if due < today else "wait",
        title=_due_in_words(due, today, _("Devis à proposer avant %(day)s"), _("Devis à proposer aujourd’hui")),
        detail=_("Acceptée le %(day)s") % {"day": day_fr(assignment.accepted_at, "weekday")},
        who=who_and_what(assignment),
        sentence=sentence,
        label=_("Écrire le devis") if may_write else _("Ouvrir le dossier"),
        url=reverse("assignment_quote_new", args=[assignment.uid]) if may_write else _page(assignment),
    )


def _to_record(assignment: Assignment, actor: Actor) -> Task:
    today, until = clock.today(), assignment.offer_valid_until
    left = (until - today).days
    if left < 0:
        sense, title = "late", _("Devis expiré le %(day)s") % {"day": day_fr(until, "weekday")}
    elif left == 0:
        sense, title = "wait", _("Devis valable jusqu’à ce soir")
    elif left <= SOON_DAYS:
        days = ngettext("plus que %(days)d jour", "plus que %(days)d jours", left) % {"days": left}
        sense, title = "wait", _("Devis valable %(days)s") % {"days": days}
    else:
        sense, title = "info", _("Devis valable jusqu’au %(day)s") % {"day": day_fr(until)}
    return Task(
        assignment=assignment,
        kind=State.QUOTED,
        due=until,
        sense=sense,
        title=title,
        detail=_("La personne n’a pas encore répondu"),
        who=who_and_what(assignment),
        sentence=(
            _("Devis de %(total)s TTC. Proposez une nouvelle version, ou notez la réponse signée avant cette date.")
            if left < 0
            else _("Devis de %(total)s TTC. Notez ici la réponse signée au garage.")
        )
        % {"total": format_eur(assignment.offer_total)},
        label=_("Noter la réponse"),
        url=_page(assignment),
    )


def _to_repair(assignment: Assignment, actor: Actor) -> Task:
    return Task(
        assignment=assignment,
        kind=State.AGREED,
        due=None,
        sense="good",
        title=_("Réparation en cours"),
        detail=_("Devis accepté le %(day)s") % {"day": day_fr(assignment.referral.state_since, "weekday")},
        who=who_and_what(assignment),
        sentence=_("Devis accepté : %(total)s TTC au plus.") % {"total": format_eur(assignment.offer_total)},
        label=_("Réparation faite"),
        url=_page(assignment),
    )


_MADE_BY = {
    State.WAITING: _to_answer,
    State.ACCEPTED: _to_quote,
    State.QUOTED: _to_record,
    State.AGREED: _to_repair,
}


def _page(assignment: Assignment) -> str:
    return reverse("assignment", args=[assignment.uid])


def _due_in_words(due: date, today: date, before: str, on_the_day: str) -> str:
    late = working_days_between(due, today)
    if due < today:
        return ngettext("En retard d’un jour", "En retard de %(days)d jours", max(late, 1)) % {"days": max(late, 1)}
    return on_the_day if due == today else before % {"day": day_fr(due, "weekday")}
