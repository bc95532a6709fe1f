"""What pilots fill in about a structure and its agencies, and how the list is narrowed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from mobiliz.lib.choices import in_sentence_case
from mobiliz.lib.forms import DateFieldFr, FreeTextField, PhoneFieldFr, SiretField
from mobiliz.lib.narrowing import NarrowingForm
from mobiliz.lib.paging import DAYS, Order
from mobiliz.territory.forms import CommuneField, DepartmentChoice
from partners.actions import AgencyFacts, StructureFacts
from partners.models import Agency, Structure, StructureKind
from partners.querysets import StructureQuerySet


class StructureForm(forms.Form):
    name = FreeTextField(label=_("Nom de la structure"), max_length=160)
    kind = forms.ChoiceField(label=_("Nature"), choices=in_sentence_case(StructureKind), widget=forms.RadioSelect)
    siret = SiretField(label=_("SIRET"), required=False, help_text=_("14 chiffres, avec ou sans espaces."))
    address = FreeTextField(label=_("Adresse"), max_length=200, required=False, help_text=_("Numéro et rue."))
    commune = CommuneField()
    phone = PhoneFieldFr(label=_("Téléphone"), required=False)
    email = forms.EmailField(label=_("Adresse électronique"), required=False)
    agreement_from = DateFieldFr(label=_("Convention signée le"), required=False)
    agreement_until = DateFieldFr(label=_("Convention valable jusqu’au"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        begins, ends = cleaned.get("agreement_from"), cleaned.get("agreement_until")
        if ends and not begins and "agreement_from" not in self.errors:
            self.add_error("agreement_from", _("Indiquez aussi le jour de la signature."))
        if begins and ends and ends < begins:
            self.add_error(
                "agreement_until", _("La convention finirait avant d’avoir commencé : vérifiez les deux dates.")
            )
        return cleaned

    @property
    def facts(self) -> StructureFacts:
        return StructureFacts(**self.cleaned_data)

    @classmethod
    def of(cls, structure: Structure, data: Any = None) -> StructureForm:
        return cls(data, initial=_as_shown(structure, cls.base_fields))


class AgencyForm(forms.Form):
    name = FreeTextField(
        label=_("Nom de l’agence"), max_length=160, help_text=_("Avec celui de la structure : « Wimoov Loire ».")
    )
    address = FreeTextField(label=_("Adresse"), max_length=200, required=False, help_text=_("Numéro et rue."))
    commune = CommuneField()
    phone = PhoneFieldFr(label=_("Téléphone"), required=False)

    @property
    def facts(self) -> AgencyFacts:
        return AgencyFacts(**self.cleaned_data)

    @classmethod
    def of(cls, agency: Agency, data: Any = None) -> AgencyForm:
        return cls(data, initial=_as_shown(agency, cls.base_fields))


class EndForm(forms.Form):
    """The day on which a structure left, or an agency closed."""

    on = DateFieldFr(label=_("À partir du"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"on": clock.today()}, **kwargs)


def _as_shown(place: models.Model, names: Any) -> dict[str, Any]:
    return {name: getattr(place, name) for name in names}


ORDERS = (Order("nom", _("Structure"), "search_name"), Order("siege", _("Siège"), "commune__search_name"))
# what pilots follow up: an agreement without end, or none at all, asks for nothing soon; a page that nobody ever
# confirmed stands before one that was confirmed long ago
ORDERS_OF_PILOTS = (
    *ORDERS,
    Order("convention", _("Convention"), "agreement_until", DAYS, empty=date.max),
    Order("confirmation", _("Fiche confirmée"), "confirmed_on", DAYS, empty=date.min),
)


class StructureFilter(NarrowingForm):
    """Narrows the list of structures."""

    q = forms.CharField(label=_("Nom ou commune"), required=False, max_length=100)
    department = DepartmentChoice(label=_("Département"), required=False)
    kind = forms.ChoiceField(
        label=_("Nature"), required=False, choices=[("", _("Toutes")), *in_sentence_case(StructureKind)]
    )
    status = forms.ChoiceField(
        label=_("Statut"),
        required=False,
        choices=[("", _("Toutes")), ("current", _("Dans le réseau")), ("ended", _("Sorties du réseau"))],
    )

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data)
        self.fields["department"].within(actor.region_code)
        if not actor.is_pilot:
            del self.fields["status"]

    def narrow(self, structures: StructureQuerySet) -> StructureQuerySet:
        asked = self.asked
        structures = structures.matching(asked.get("q", ""))
        if asked.get("department"):
            structures = structures.present_in(asked["department"])
        if asked.get("kind"):
            structures = structures.of_kind(asked["kind"])
        if asked.get("status"):
            structures = structures.current() if asked["status"] == "current" else structures.ended()
        return structures
