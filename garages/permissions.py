"""Who may do what with the directory of garages."""

from __future__ import annotations

from garages.models import Garage
from mobiliz.accounts.actors import Actor
from mobiliz.accounts.roles import Permission


def can_see_directory(actor: Actor) -> bool:
    return actor.can(Permission.SEE_DIRECTORY)


def can_register(actor: Actor) -> bool:
    return actor.can(Permission.EDIT_DIRECTORY)


def can_edit(actor: Actor, garage: Garage) -> bool:
    """National pilots everywhere, regional pilots in their region."""
    return actor.can(Permission.EDIT_DIRECTORY) and is_within_reach(actor, garage.commune.department.region_id)


def is_within_reach(actor: Actor, region_code: str) -> bool:
    """A regional pilot is held to the own region; nobody else to any."""
    return actor.region_code in {None, region_code}


def can_see_follow_up(actor: Actor, garage: Garage) -> bool:
    """How it joined, its charter and its SIRET: the pilots' business and its own."""
    return actor.is_pilot or actor.organisation_id == garage.organisation_id
