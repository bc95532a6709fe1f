"""What the page of a garage says: gathered here once, so that pages of other parts may say the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from garages import hours, words
from garages.models import Contact, Garage, Level, OwnerChange, Service, Term, Work
from garages.permissions import can_confirm, can_edit, can_see_follow_up, can_see_history, can_see_terms
from mobiliz.accounts import history
from mobiliz.accounts.actors import Actor
from mobiliz.accounts.confirmations import age_of
from mobiliz.lib import clock
from mobiliz.lib.freshness import Freshness


@dataclass(frozen=True, slots=True)
class Agreed:
    """One thing agreed, in force or once so."""

    term: Term
    sentence: str

    @property
    def sense(self) -> str:
        return "none" if self.term.answer == "no" else "good"


@dataclass(frozen=True, slots=True)
class Terms:
    """What is agreed, what was, and what nobody spoke of yet."""

    in_force: Sequence[Agreed]
    past: Sequence[Agreed]
    unspoken: Sequence[str]


def page_of(garage: Garage, actor: Actor) -> dict[str, Any]:
    """The garage was read `for_page()`."""
    sees_follow_up = can_see_follow_up(actor, garage)
    owner_changes = list(garage.owner_changes.latest_first())
    return {
        "garage": garage,
        "level": Level(garage.level),
        "contacts": _contacts(garage, actor, owner_changes),
        "terms": terms_of(garage) if can_see_terms(actor, garage) else None,
        "hours": hours.in_words(hours.unkeep(garage.opening_hours)),
        "open_now": _open_now(garage),
        "works": _labels(Work, garage.works),
        "services": _labels(Service, garage.services),
        "may_edit": can_edit(actor, garage),
        "may_confirm": can_confirm(actor, garage),
        "sees_follow_up": sees_follow_up,
        "engagement": engagement_of(garage),
        "owner_change": owner_changes[0] if owner_changes else None,
        "charters": list(garage.charters.latest_first()) if sees_follow_up else [],
        "statuses": garage.statuses.latest_first() if actor.is_pilot else [],
        "last_change": history.last_change_of(garage) if can_see_history(actor, garage) else None,
    }


def terms_of(garage: Garage) -> Terms:
    """What was agreed with it; one query."""
    told = [Agreed(term, term.in_words) for term in garage.terms.for_page()]
    in_force = [one for one in told if one.term.ended_on is None]
    spoken = {one.term.kind for one in in_force}
    unspoken = [str(label) for kind, label in words.UNSPOKEN.items() if kind not in spoken]
    return Terms(in_force, [one for one in told if one.term.ended_on is not None], unspoken)


def engagement_of(garage: Garage) -> Freshness:
    """Whether the garage is known to be in still, and since when that is known."""
    return age_of(garage.engaged_on)


def changes_of(garage: Garage) -> list[history.Change]:
    """Who changed what of the garage and of whom to call there, the newest first."""
    rows = [Garage.objects.with_past().get(pk=garage.pk), *Contact.objects.of_garage(garage).with_past()]
    said = {"opening_hours": _week_in_words}
    return history.changes_of(rows, words=said, silent=("confirmed_by", "engaged_by"))


def _week_in_words(kept: hours.Kept | None) -> str:
    return " ; ".join(f"{days} : {ranges}" for days, ranges in hours.in_words(hours.unkeep(kept or {}))) or "rien"


def _contacts(garage: Garage, actor: Actor, owner_changes: Sequence[OwnerChange]) -> list[Contact]:
    """Each with its `age`: a line confirmed under the owner before is to be asked again."""
    since = owner_changes[0].on if owner_changes else None
    contacts = list(garage.contacts.visible_to(actor).current().with_confirmation())
    for contact in contacts:
        contact.age = age_of(contact.confirmed_on, since)
    return contacts


def _open_now(garage: Garage) -> str:
    """By its usual hours, on the mainland, whose clock is that of Paris."""
    if garage.commune.department.zone != "metro":
        return ""
    return hours.now_in_words(hours.unkeep(garage.opening_hours), clock.now().astimezone(clock.PARIS))


def _labels(choices: Any, codes: Sequence[str]) -> list[str]:
    return [str(choice.label) for choice in choices if choice.value in codes]
