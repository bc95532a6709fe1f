"""The pages of the directory of garages: the list, a garage, and what is done to it."""

from garages.views.contacts import add_contact, confirm_contact, edit_contact, end_contact, move_contact_up
from garages.views.engagement import charter, confirm, confirm_engagement, owner, terms
from garages.views.page import edit, garage, garages, history, mine, register, status

__all__ = [
    "add_contact",
    "charter",
    "confirm",
    "confirm_contact",
    "confirm_engagement",
    "edit",
    "edit_contact",
    "end_contact",
    "garage",
    "garages",
    "history",
    "mine",
    "move_contact_up",
    "owner",
    "register",
    "status",
    "terms",
]
