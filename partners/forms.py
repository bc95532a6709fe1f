"""What pilots fill in about a structure and its agencies, and how the list is narrowed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from mobiliz.lib.choices import in_sentence_case
from mobiliz.lib.forms import DateFieldFr, FreeTextField, PhoneFieldFr, SiretField
from mobiliz.lib.narrowing import NarrowingForm
from mobiliz.lib.paging import DAYS, Order
from mobiliz.lib.seen import SeenForm, fingerprint
from mobiliz.territory.forms import CommuneField, DepartmentChoice
from mobiliz.territory.models import Region
from partners.actions import AgencyFacts, StructureFacts, agency_facts_of, facts_of
from partners.models import Adviser, Agency, Public, Structure, StructureKind
from partners.querysets import StructureQuerySet


class StructureForm(SeenForm):
    """Everything that is recorded of a structure; whom pilots ask first is chosen among its own advisers."""

    name = FreeTextField(label=_("Nom de la structure"), max_length=160)
    kind = forms.ChoiceField(label=_("Nature"), choices=in_sentence_case(StructureKind), widget=forms.RadioSelect)
    siret = SiretField(label=_("SIRET"), required=False, help_text=_("14 chiffres, avec ou sans espaces."))
    address = FreeTextField(label=_("Adresse"), max_length=200, required=False, help_text=_("Numéro et rue."))
    commune = CommuneField()
    phone = PhoneFieldFr(label=_("Téléphone"), required=False)
    email = forms.EmailField(label=_("Adresse électronique"), required=False)
    network = FreeTextField(
        label=_("Réseau"),
        max_length=120,
        required=False,
        help_text=_("À quel réseau ou à quelle enseigne elle appartient."),
    )
    publics = forms.MultipleChoiceField(
        label=_("Qui elle accompagne"),
        choices=in_sentence_case(Public),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    regions = forms.ModelMultipleChoiceField(
        label=_("Où elle oriente des personnes"),
        queryset=Region.objects.order_by("name"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Laissez vide : autour de son siège et de ses agences."),
    )
    reference = forms.ModelChoiceField(
        label=_("Personne référente"),
        queryset=Adviser.objects.none(),
        required=False,
        empty_label=_("Personne encore"),
        help_text=_("Celle que les pilotes appellent d’abord ; elle peut confirmer la fiche."),
    )
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
        typed = {name: self.cleaned_data.get(name) for name in StructureFacts.__dataclass_fields__}
        several = {name: tuple(typed[name] or ()) for name in ("publics", "regions")}
        return StructureFacts(**typed | several)

    @classmethod
    def of(cls, structure: Structure, data: Any = None) -> StructureForm:
        facts = facts_of(structure)
        form = cls(data, initial=_as_shown(facts) | {"seen": fingerprint(facts)})
        form.fields["reference"].queryset = Adviser.objects.of_structure(structure).current().for_list()
        return form

    def recorded_in_words(self, name: str, value: Any) -> str:
        if name in {"regions", "reference", "commune"}:
            return ", ".join(str(one) for one in (value if isinstance(value, tuple) else [value]) if one) or _("rien")
        return super().recorded_in_words(name, value)


class AgencyForm(SeenForm):
    name = FreeTextField(
        label=_("Nom de l’agence"), max_length=160, help_text=_("Avec celui de la structure : « Wimoov Loire ».")
    )
    address = FreeTextField(label=_("Adresse"), max_length=200, required=False, help_text=_("Numéro et rue."))
    commune = CommuneField()
    phone = PhoneFieldFr(label=_("Téléphone"), required=False)
    email = forms.EmailField(label=_("Adresse électronique"), required=False)

    @property
    def facts(self) -> AgencyFacts:
        return AgencyFacts(**{name: self.cleaned_data[name] for name in AgencyFacts.__dataclass_fields__})

    @classmethod
    def of(cls, agency: Agency, data: Any = None) -> AgencyForm:
        facts = agency_facts_of(agency)
        return cls(data, initial=_as_shown(facts) | {"seen": fingerprint(facts)})


class EndForm(forms.Form):
    """The day on which a structure left, or an agency closed."""

    on = DateFieldFr(label=_("À partir du"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"on": clock.today()}, **kwargs)


def _as_shown(facts: Any) -> dict[str, Any]:
    return {name: getattr(facts, name) for name in type(facts).__dataclass_fields__}


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

    FIRST = ("q", "department", "kind")

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
    agreement = forms.BooleanField(label=_("Convention échue ou qui finit"), required=False)
    stale = forms.BooleanField(label=_("Fiche à confirmer"), required=False)
    unstaffed = forms.BooleanField(label=_("Sans personne qui oriente"), required=False)

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data)
        self.fields["department"].within(actor.region_code)
        if not actor.is_pilot:
            for name in ("status", "agreement", "stale", "unstaffed"):
                del self.fields[name]

    def narrow(self, structures: StructureQuerySet) -> StructureQuerySet:
        asked = self.asked
        structures = structures.matching(asked.get("q", ""))
        if asked.get("department"):
            structures = structures.present_in(asked["department"])
        if asked.get("kind"):
            structures = structures.of_kind(asked["kind"])
        if asked.get("status"):
            structures = structures.current() if asked["status"] == "current" else structures.ended()
        structures = structures.whose_agreement_ends() if "agreement" in asked else structures
        structures = structures.without_adviser() if "unstaffed" in asked else structures
        return structures.to_be_confirmed() if "stale" in asked else structures
