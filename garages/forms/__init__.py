"""What is filled in about garages, and how their list is narrowed."""

from garages.forms.contacts import ContactForm
from garages.forms.engagement import CharterForm, OwnerForm, TermsForm
from garages.forms.narrowing import ORDERS, GarageFilter
from garages.forms.page import GarageForm, NewGarageForm, StatusForm

__all__ = [
    "ORDERS",
    "CharterForm",
    "ContactForm",
    "GarageFilter",
    "GarageForm",
    "NewGarageForm",
    "OwnerForm",
    "StatusForm",
    "TermsForm",
]
