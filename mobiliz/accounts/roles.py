"""Who may do what: the one readable table of role x permission.

A permission says what a role can do at all; on which rows is `visible_to`, in which state is `referrals/states.py`.
"""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """Called by the work, not by the person who does it: no word for men and another for women."""

    ADVISER = "adviser", _("accompagnement social")
    OWNER = "garage_owner", _("direction du garage")
    WORKSHOP = "garage_workshop", _("atelier")
    RECEPTION = "garage_reception", _("réception du garage")
    PILOT = "pilot", _("pilotage national")
    REGIONAL_PILOT = "regional_pilot", _("pilotage régional")
    VOLUNTEER = "volunteer", _("bénévolat")
    ADMINISTRATOR = "administrator", _("administration")


ROLE_DESCRIPTIONS = {
    Role.ADVISER: _("Oriente des personnes et suit leurs dossiers, dans sa structure ou son agence."),
    Role.OWNER: _("Répond aux orientations, établit les devis et enregistre les réparations."),
    Role.WORKSHOP: _("Répond aux orientations, établit les devis et enregistre les réparations."),
    Role.RECEPTION: _("Répond aux orientations, fixe les rendez-vous et enregistre les réparations."),
    Role.PILOT: _("Anime tout le réseau : garages, structures, règles, tableaux de bord."),
    Role.REGIONAL_PILOT: _("Anime le réseau de sa région."),
    Role.VOLUNTEER: _("Vérifie les demandes déposées directement par les personnes."),
    Role.ADMINISTRATOR: _("Gère les comptes et les réglages ; ne voit aucun dossier."),
}


class Permission(StrEnum):
    SEE_REFERRALS = "see referrals"
    CREATE_REFERRALS = "create and send referrals"
    ANSWER_ASSIGNMENTS = "accept or decline what is put to the garage"
    ISSUE_QUOTES = "issue quotes"
    RECORD_REPAIRS = "record the person's answer and the repair"
    DECIDE_REVIEWS = "decide eligibility reviews"
    ANSWER_INCIDENTS = "answer incidents"
    SEE_DIRECTORY = "see garages and structures"
    EDIT_DIRECTORY = "edit garages and structures"
    SEE_DASHBOARD = "see the dashboard"
    SEE_SETTINGS = "see the programme's delays and limits"
    EDIT_SETTINGS = "change the programme's delays and limits"
    DRAFT_RULES = "draft rule sets and approve those of others"
    APPROVE_FROZEN_RULES = "draft and approve where the rules are frozen"
    MANAGE_ACCOUNTS = "manage accounts"


_ANSWERING = {Permission.SEE_REFERRALS, Permission.ANSWER_ASSIGNMENTS, Permission.RECORD_REPAIRS}
_QUOTING = {*_ANSWERING, Permission.ISSUE_QUOTES}
_PILOTING = {
    Permission.SEE_REFERRALS,
    Permission.DECIDE_REVIEWS,
    Permission.ANSWER_INCIDENTS,
    Permission.SEE_DIRECTORY,
    Permission.EDIT_DIRECTORY,
    Permission.SEE_DASHBOARD,
    Permission.SEE_SETTINGS,
    Permission.DRAFT_RULES,
}

PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.ADVISER: frozenset({Permission.SEE_REFERRALS, Permission.CREATE_REFERRALS, Permission.SEE_DIRECTORY}),
    Role.OWNER: frozenset({*_QUOTING, Permission.SEE_DIRECTORY}),
    Role.WORKSHOP: frozenset({*_QUOTING, Permission.SEE_DIRECTORY}),
    Role.RECEPTION: frozenset({*_ANSWERING, Permission.SEE_DIRECTORY}),
    Role.PILOT: frozenset({*_PILOTING, Permission.EDIT_SETTINGS, Permission.APPROVE_FROZEN_RULES}),
    Role.REGIONAL_PILOT: frozenset(_PILOTING),
    Role.VOLUNTEER: frozenset({Permission.SEE_DIRECTORY}),
    Role.ADMINISTRATOR: frozenset({Permission.MANAGE_ACCOUNTS}),
}

# What kind of organisation a role is held in; the roles that are not here are the network's own.
ORGANISATION_KINDS: dict[str, tuple[str, ...]] = {
    Role.ADVISER: ("structure", "agency"),
    Role.OWNER: ("garage",),
    Role.WORKSHOP: ("garage",),
    Role.RECEPTION: ("garage",),
}

GARAGE_ROLES = frozenset({Role.OWNER, Role.WORKSHOP, Role.RECEPTION})
PILOT_ROLES = frozenset({Role.PILOT, Role.REGIONAL_PILOT})

# Who holds the keys of the network signs in with a code of the telephone too.
SECOND_FACTOR_ROLES = frozenset({*PILOT_ROLES, Role.ADMINISTRATOR})
