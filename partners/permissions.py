"""Who may do what with the directory of structures."""

from __future__ import annotations

from mobiliz.accounts.actors import Actor
from mobiliz.accounts.roles import Permission
from partners.models import Adviser, Agency, Structure


def can_see_directory(actor: Actor) -> bool:
    return actor.can(Permission.SEE_DIRECTORY)


def can_register(actor: Actor) -> bool:
    return actor.can(Permission.EDIT_DIRECTORY)


def can_edit(actor: Actor, place: Structure | Agency) -> bool:
    """National pilots everywhere; regional pilots what is in their region: not the head office elsewhere of an agency
    that is there."""
    return actor.can(Permission.EDIT_DIRECTORY) and is_within_reach(actor, place.commune.department.region_id)


def can_add_agency(actor: Actor, structure: Structure) -> bool:
    """To any structure that a pilot sees, in a commune within reach."""
    return actor.can(Permission.EDIT_DIRECTORY)


def can_confirm(actor: Actor, structure: Structure) -> bool:
    """That the page is still right: its pilots, after a call, and the person whom they ask first."""
    is_reference = actor.membership is not None and actor.membership.pk == structure.reference_id
    return can_edit(actor, structure) or is_reference


def can_confirm_adviser(actor: Actor, adviser: Adviser) -> bool:
    """The pilots who see them, and they themselves."""
    is_self = actor.membership is not None and actor.membership.pk == adviser.pk
    return is_self or actor.can(Permission.EDIT_DIRECTORY)


def can_see_history(actor: Actor, structure: Structure) -> bool:
    """Who changed what: the pilots' business."""
    return actor.is_pilot


def is_within_reach(actor: Actor, region_code: str) -> bool:
    """A regional pilot is held to the own region; nobody else to any."""
    return actor.region_code in {None, region_code}


def can_see_follow_up(actor: Actor, structure: Structure) -> bool:
    """Its agreement, SIRET and people: the pilots' business and its own; its agencies were read with it."""
    own = {structure.organisation_id, *(agency.organisation_id for agency in structure.agencies.all())}
    return actor.is_pilot or actor.organisation_id in own
