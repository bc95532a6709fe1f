"""Who may do what with the directory of garages."""

from __future__ import annotations

from garages.models import Garage
from mobiliz.accounts.actors import Actor
from mobiliz.accounts.roles import Permission, Role


def can_see_directory(actor: Actor) -> bool:
    return actor.can(Permission.SEE_DIRECTORY)


def can_register(actor: Actor) -> bool:
    return actor.can(Permission.EDIT_DIRECTORY)


def can_edit(actor: Actor, garage: Garage) -> bool:
    """National pilots everywhere, regional pilots in their region."""
    return actor.can(Permission.EDIT_DIRECTORY) and is_within_reach(actor, garage.commune.department.region_id)


def can_confirm(actor: Actor, garage: Garage) -> bool:
    """That what is recorded is still right: its pilots, after a call, and its own owner."""
    return can_edit(actor, garage) or is_its_owner(actor, garage)


def is_its_owner(actor: Actor, garage: Garage) -> bool:
    return actor.role == Role.OWNER and actor.organisation_id == garage.organisation_id


def can_see_terms(actor: Actor, garage: Garage) -> bool:
    """What was agreed: who sends people there, the pilots, and the garage; other garages negotiate their own."""
    return actor.is_pilot or actor.is_adviser or actor.organisation_id == garage.organisation_id


def can_see_history(actor: Actor, garage: Garage) -> bool:
    """Who changed what: the pilots' business."""
    return actor.is_pilot


def is_within_reach(actor: Actor, region_code: str) -> bool:
    """A regional pilot is held to the own region; nobody else to any."""
    return actor.region_code in {None, region_code}


def can_see_follow_up(actor: Actor, garage: Garage) -> bool:
    """How it joined, its charter and its SIRET: the pilots' business and its own."""
    return actor.is_pilot or actor.organisation_id == garage.organisation_id
