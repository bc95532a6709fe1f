"""What is filled in about whom to call at a garage."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from garages.actions import ContactFacts, contact_facts_of
from garages.models import Contact, ContactFunction
from mobiliz.lib.choices import in_sentence_case
from mobiliz.lib.forms import FreeTextField, PhoneFieldFr
from mobiliz.lib.seen import SeenForm, fingerprint


class ContactForm(SeenForm):
    first_name = FreeTextField(label=_("Prénom"), max_length=80)
    last_name = FreeTextField(label=_("Nom"), max_length=80)
    function = forms.ChoiceField(
        label=_("Fonction"), choices=in_sentence_case(ContactFunction), widget=forms.RadioSelect
    )
    phone = PhoneFieldFr(label=_("Ligne directe"), help_text=_("Les conseillers l’appelleront à ce numéro."))
    email = forms.EmailField(label=_("Adresse électronique"), required=False)
    is_publishable = forms.BooleanField(
        label=_("Cette personne accepte que sa ligne directe figure dans l’annuaire publié"),
        required=False,
        help_text=_("Sans son accord, seuls les membres du réseau la voient."),
    )

    @property
    def facts(self) -> ContactFacts:
        return ContactFacts(**{name: self.cleaned_data[name] for name in ContactFacts.__dataclass_fields__})

    @classmethod
    def of(cls, contact: Contact, data: Any = None) -> ContactForm:
        facts = contact_facts_of(contact)
        shown = {name: getattr(facts, name) for name in ContactFacts.__dataclass_fields__}
        return cls(data, initial=shown | {"seen": fingerprint(facts)})
