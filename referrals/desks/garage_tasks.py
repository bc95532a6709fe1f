"""The lines of the garage's desk: for each referral that it holds, a clock, what the car has, and the one act."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mobiliz.accounts.actors import Actor
from mobiliz.accounts.roles import Permission
from mobiliz.lib import clock
from mobiliz.lib.numbers import format_decimal_fr, format_eur
from mobiliz.lib.templatetags.mobiliz import day_fr
from referrals.clock import (
    ANSWER_WORKING_DAYS,
    LAST_CALL_DAYS,
    REPAIR_WORKING_DAYS,
    due_on,
    quote_due_on,
    working_days_between,
)
from referrals.models import Assignment
from referrals.states import State
from referrals.words import moment_at_garage

SOON_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One line: `due` orders the lines of a part, the earliest first; `is_due` fills its button."""

    assignment: Assignment
    kind: State
    sense: str
    title: str
    detail: str
    sentence: str
    label: str
    url: str
    due: date | None = None
    is_due: bool = False
    icon: str = ""
    done: int = 0
    of: int = 0

    @property
    def who(self) -> str:
        return who_and_what(self.assignment)

    @property
    def phone(self) -> str:
        """The number that the one act calls, for whoever dials it on another telephone."""
        return self.url.removeprefix("tel:") if self.url.startswith("tel:") else ""

    @property
    def no_url(self) -> str:
        """Where one says no, from the desk in two presses."""
        return f"{_page(self.assignment)}?ouvrir=decliner#decliner" if self.kind == State.WAITING else ""

    @property
    def facts(self) -> list[str]:
        """What the workshop asks first, in a few words."""
        return [*_car(self.assignment), _where(self.assignment), *_from(self.assignment)]


@dataclass(frozen=True, slots=True)
class Part:
    """The lines that ask for the same act."""

    name: str
    label: str | Promise
    tasks: list[Task] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.tasks)


PARTS: dict[State, tuple[str, str | Promise]] = {
    State.WAITING: ("a-repondre", gettext_lazy("À répondre")),
    State.ACCEPTED: ("devis", gettext_lazy("Devis à écrire")),
    State.QUOTED: ("reponses", gettext_lazy("Réponse de la personne attendue")),
    State.AGREED: ("reparations", gettext_lazy("Réparations en cours")),
    State.COMPLETED: ("recentes", gettext_lazy("Réparées ces 14 derniers jours")),
}


def tasks_of(assignments: Iterable[Assignment], actor: Actor) -> list[Task]:
    """The desk, the most urgent first."""
    tasks = [_MADE_BY[State(one.referral.state)](one, actor) for one in assignments]
    return sorted(tasks, key=lambda task: (task.due or date.max, task.assignment.put_at))


def parts_of(tasks: list[Task]) -> list[Part]:
    """By what is to be done, those without a line left out; what is done stands last, the latest first."""
    parts = [Part(*PARTS[kind], [task for task in tasks if task.kind == kind]) for kind in PARTS]
    parts[-1].tasks.reverse()
    return [part for part in parts if part.tasks]


def title_of(tasks: list[Task]) -> str:
    """What waits for this garage, in a sentence: answers, those late among them, and quotes."""
    asked = [task for task in tasks if task.kind == State.WAITING]
    late = sum(task.sense == "late" for task in asked)
    quotes = sum(task.kind == State.ACCEPTED for task in tasks)
    said = []
    if asked:
        said.append(ngettext("%(n)d réponse à donner", "%(n)d réponses à donner", len(asked)) % {"n": len(asked)})
    if late:
        said[-1] += _(" (en retard)") if late == len(asked) == 1 else _(" (dont %(n)d en retard)") % {"n": late}
    if quotes:
        said.append(ngettext("%(n)d devis à écrire", "%(n)d devis à écrire", quotes) % {"n": quotes})
    if said:
        return _("À faire : %(what)s") % {"what": ", ".join(said)}
    under_way = any(task.kind != State.COMPLETED for task in tasks)
    return _("Rien ne presse aujourd’hui") if under_way else _("Rien à faire en ce moment")


def figures_of(counts: dict[str, int]) -> list[dict[str, Any]]:
    """This month's, in the order in which a referral goes."""
    received, accepted, quoted, repaired = (counts[name] for name in ("received", "accepted", "quoted", "repaired"))
    return [
        {"label": ngettext("orientation reçue", "orientations reçues", received), "value": received},
        {"label": ngettext("acceptée", "acceptées", accepted), "value": accepted},
        {"label": ngettext("devis écrit", "devis écrits", quoted), "value": quoted},
        {"label": ngettext("voiture réparée", "voitures réparées", repaired), "value": repaired},
    ]


def who_and_what(assignment: Assignment) -> str:
    """ "Nadia, Renault Clio 2015", with the family name once the garage has accepted."""
    person = assignment.referral.beneficiary
    name = str(person) if assignment.shows_person else person.first_name
    vehicle = assignment.referral.vehicle
    return f"{name}, {vehicle}" if vehicle else name


def fault_of(assignment: Assignment) -> str:
    """What the car has, in short."""
    return assignment.referral.prediagnosis.in_short if hasattr(assignment.referral, "prediagnosis") else ""


# --- one line of each kind ----------------------------------------------------------------------------------
def _to_answer(assignment: Assignment, actor: Actor) -> Task:
    today, place = clock.today(), _department(assignment)
    due = assignment.answer_due_on
    return Task(
        assignment=assignment,
        kind=State.WAITING,
        due=due,
        is_due=True,
        sense="late" if due < today else "wait",
        title=_due_in_words(due, place, _("À répondre avant %(day)s, 18 h"), _("À répondre aujourd’hui avant 18 h")),
        detail=_("Reçue le %(day)s") % {"day": day_fr(assignment.put_at, "weekday")},
        sentence=fault_of(assignment),
        label=_("Répondre"),
        url=_page(assignment),
        done=min(working_days_between(clock.day_of(assignment.put_at), today, place), 5),
        of=ANSWER_WORKING_DAYS,
    )


def _to_quote(assignment: Assignment, actor: Actor) -> Task:
    today, place = clock.today(), _department(assignment)
    seen_at = getattr(assignment, "appointment_at", None)
    due = quote_due_on(assignment.accepted_at or assignment.put_at, seen_at, place)
    assessment = assignment.referral.assessment
    eligible_until = assessment.valid_until if assessment else None
    has_expired = bool(eligible_until and eligible_until < today)
    due = min(due, eligible_until) if eligible_until else due
    label, url, icon = _next_act(assignment, actor, has_expired=has_expired)
    return Task(
        assignment=assignment,
        kind=State.ACCEPTED,
        due=due,
        is_due=due <= today,
        sense="late" if due < today else "wait",
        title=_due_in_words(due, place, _("Devis à proposer avant %(day)s"), _("Devis à proposer aujourd’hui")),
        detail=_("Acceptée le %(day)s") % {"day": day_fr(assignment.accepted_at, "weekday")},
        sentence=_before_the_quote(assignment, actor, has_expired=has_expired),
        label=label,
        url=url,
        icon=icon,
    )


def _before_the_quote(assignment: Assignment, actor: Actor, *, has_expired: bool) -> str:
    if has_expired:
        return _("L’éligibilité a expiré : demandez à la structure de la refaire avant le devis.")
    seen_at = getattr(assignment, "appointment_at", None)
    if seen_at is not None:
        when = moment_at_garage(seen_at, assignment.garage)
        return f"{_sentence(fault_of(assignment))} {_('Rendez-vous le %(when)s.') % {'when': when}}".strip()
    then = (
        _("Fixez le rendez-vous, examinez la voiture, puis écrivez le devis.")
        if actor.can(Permission.ISSUE_QUOTES)
        else _("Fixez le rendez-vous ; le patron ou l’atelier écrit ensuite le devis.")
    )
    return f"{_sentence(fault_of(assignment))} {then}".strip()


def _next_act(assignment: Assignment, actor: Actor, *, has_expired: bool) -> tuple[str, str, str]:
    """Who writes quotes writes it; reception calls the person; without a telephone, the dossier says what to do."""
    if not has_expired and actor.can(Permission.ISSUE_QUOTES):
        return _("Écrire le devis"), reverse("assignment_quote_new", args=[assignment.uid]), "document-text"
    phone = assignment.referral.beneficiary.phone
    if phone and not has_expired:
        name = assignment.referral.beneficiary.first_name
        return _("Appeler %(person)s") % {"person": name}, f"tel:{phone}", "phone"
    return _("Ouvrir le dossier"), _page(assignment), ""


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
        is_due=left <= LAST_CALL_DAYS,
        sense=sense,
        title=title,
        detail=_("La personne n’a pas encore répondu"),
        sentence=(
            _("Devis de %(total)s TTC. Proposez une nouvelle version, ou notez la réponse signée avant cette date.")
            if left < 0
            else _("Devis de %(total)s TTC. Notez ici la réponse signée au garage.")
        )
        % {"total": format_eur(assignment.offer_total)},
        label=_("Noter la réponse"),
        url=_page(assignment),
    )


def _to_repair(assignment: Assignment, actor: Actor) -> Task:
    since = assignment.referral.state_since
    due = due_on(since, REPAIR_WORKING_DAYS, _department(assignment))
    is_long = due < clock.today()
    return Task(
        assignment=assignment,
        kind=State.AGREED,
        due=due,
        is_due=is_long,
        sense="wait" if is_long else "good",
        title=_("Est-elle réparée ?") if is_long else _("Réparation en cours"),
        detail=_("Devis accepté le %(day)s") % {"day": day_fr(since, "weekday")},
        sentence=_("Devis accepté : %(total)s TTC au plus.") % {"total": format_eur(assignment.offer_total)},
        label=_("Réparation faite"),
        url=f"{_page(assignment)}?ouvrir=reparation#reparation",
        icon="wrench-screwdriver",
    )


def _done(assignment: Assignment, actor: Actor) -> Task:
    repair = assignment.repair
    return Task(
        assignment=assignment,
        kind=State.COMPLETED,
        due=repair.done_on,
        sense="good",
        title=_("Réparée"),
        detail=_("le %(day)s") % {"day": day_fr(repair.done_on, "weekday")},
        sentence=_("%(total)s TTC") % {"total": format_eur(repair.final_total_incl_tax)},
        label=_("Voir"),
        url=_page(assignment),
    )


_MADE_BY: dict[State, Callable[[Assignment, Actor], Task]] = {
    State.WAITING: _to_answer,
    State.ACCEPTED: _to_quote,
    State.QUOTED: _to_record,
    State.AGREED: _to_repair,
    State.COMPLETED: _done,
}


# --- words --------------------------------------------------------------------------------------------------
def _page(assignment: Assignment) -> str:
    return reverse("assignment", args=[assignment.uid])


def _department(assignment: Assignment) -> str:
    """Whose working days the clock follows: the garage's."""
    return assignment.garage.commune.department_id


def _sentence(text: str) -> str:
    return text if not text or text[-1] in ".!?…»" else f"{text}."


def _car(assignment: Assignment) -> list[str]:
    vehicle, said = assignment.referral.vehicle, []
    fault = getattr(assignment.referral, "prediagnosis", None)
    if fault and fault.is_drivable is False:
        said.append(_("ne roule pas"))
    if vehicle and vehicle.mileage_km:
        said.append(f"{format_decimal_fr(vehicle.mileage_km)}\u00a0km")
    return said


def _where(assignment: Assignment) -> str:
    commune, km = assignment.referral.beneficiary.commune.name, assignment.distance_km
    if km is None:
        return commune
    if km < 1:
        return _("%(commune)s, tout près") % {"commune": commune}
    return _("%(commune)s, à %(km)s km") % {"commune": commune, "km": format_decimal_fr(km, 0)}


def _from(assignment: Assignment) -> list[str]:
    """Who sent it, its number, and who of this garage had it in hands last."""
    referral, hand = assignment.referral, getattr(assignment, "hand", None)
    said = [
        _("envoyée par %(place)s") % {"place": referral.organisation.name},
        _("dossier %(number)s") % {"number": referral.spoken_number},
    ]
    return [*said, _("suivie chez vous par %(name)s") % {"name": hand}] if hand else said


def _due_in_words(due: date, place: str, before: str, on_the_day: str) -> str:
    today = clock.today()
    if due < today:
        late = max(working_days_between(due, today, place), 1)
        return ngettext("En retard d’un jour", "En retard de %(days)d jours", late) % {"days": late}
    return on_the_day if due == today else before % {"day": day_fr(due, "weekday")}
