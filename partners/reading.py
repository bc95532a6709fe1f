"""What the page of a structure says, gathered once: its places, who works in each, its agreement, its systems."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mobiliz.accounts import history
from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from partners.models import Adviser, Agency, ApiClient, Public, Structure
from partners.permissions import (
    can_add_agency,
    can_confirm,
    can_confirm_adviser,
    can_edit,
    can_see_follow_up,
    can_see_history,
)


@dataclass(frozen=True, slots=True)
class Person:
    """An adviser, and whether the reader may say that the line is right."""

    adviser: Adviser
    may_confirm: bool


@dataclass(frozen=True, slots=True)
class Place:
    """The seat (without agency) or an agency, with who works there."""

    agency: Agency | None
    people: Sequence[Person]
    may_edit: bool


def page_of(structure: Structure, actor: Actor) -> dict[str, Any]:
    """The structure was read `for_page()`."""
    sees_follow_up = can_see_follow_up(actor, structure)
    return {
        "structure": structure,
        "places": _places(structure, actor, sees_follow_up=sees_follow_up),
        "publics": [str(public.label) for public in Public if public.value in structure.publics],
        "regions": list(structure.regions.order_by("name")),
        "clients": list(ApiClient.objects.visible_to(actor).of_organisation(structure.organisation_id)),
        "may_edit": can_edit(actor, structure),
        "may_confirm": can_confirm(actor, structure),
        "may_add_agency": can_add_agency(actor, structure),
        "sees_follow_up": sees_follow_up,
        "last_change": history.last_change_of(structure) if can_see_history(actor, structure) else None,
        "today": clock.today(),
    }


def _places(structure: Structure, actor: Actor, *, sees_follow_up: bool) -> list[Place]:
    """The seat first, where anybody works there, then the agencies."""
    people: dict[int | None, list[Person]] = defaultdict(list)
    for adviser in _advisers(structure, actor) if sees_follow_up else ():
        people[adviser.organisation_id].append(Person(adviser, can_confirm_adviser(actor, adviser)))
    agencies = Agency.objects.visible_to(actor).of_structure(structure).for_list()
    seat = Place(None, people[structure.organisation_id], False)
    return [seat, *(Place(agency, people[agency.organisation_id], can_edit(actor, agency)) for agency in agencies)]


def _advisers(structure: Structure, actor: Actor) -> Sequence[Adviser]:
    return Adviser.objects.visible_to(actor).of_structure(structure).current().for_list()


def changes_of(structure: Structure) -> list[history.Change]:
    """Who changed what of the structure and of its agencies, the newest first."""
    rows = [Structure.objects.with_past().get(pk=structure.pk), *Agency.objects.of_structure(structure).with_past()]
    return history.changes_of(rows, silent=("confirmed_by",))
