"""What is done to the directory of garages, each in one transaction under a lock on the garage."""

from garages.actions.contacts import (
    ContactFacts,
    add_contact,
    confirm_contact,
    contact_facts_of,
    end_contact,
    move_contact_up,
    update_contact,
)
from garages.actions.engagement import (
    CharterFacts,
    confirm_engagement,
    confirm_garage,
    note_owner_change,
    sign_charter,
)
from garages.actions.page import GarageFacts, change_status, facts_of, register_garage, update_garage
from garages.actions.terms import TermsFacts, agree_terms, terms_of

__all__ = [
    "CharterFacts",
    "ContactFacts",
    "GarageFacts",
    "TermsFacts",
    "add_contact",
    "agree_terms",
    "change_status",
    "confirm_contact",
    "confirm_engagement",
    "confirm_garage",
    "contact_facts_of",
    "end_contact",
    "facts_of",
    "move_contact_up",
    "note_owner_change",
    "register_garage",
    "sign_charter",
    "terms_of",
    "update_contact",
    "update_garage",
]
