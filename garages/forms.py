"""What pilots fill in about a garage, and how lists are narrowed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from garages.actions import ContactFacts, GarageFacts
from garages.models import Contact, ContactFunction, Garage, JoinedHow, Level, Status
from garages.querysets import GarageQuerySet
from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from mobiliz.lib.choices import in_sentence_case
from mobiliz.lib.forms import (
    DateFieldFr,
    DecimalFieldFr,
    FreeTextField,
    PhoneFieldFr,
    RadioCards,
    SiretField,
    WholeFieldFr,
)
from mobiliz.lib.narrowing import NarrowingForm
from mobiliz.lib.paging import DAYS, NUMBERS, Order
from mobiliz.territory.forms import CommuneField, DepartmentChoice
from mobiliz.territory.querysets import TypedPlace

STATUS_HINTS = {
    Status.INVITED: _("Il n’a pas encore dit oui : les conseillers ne le voient pas."),
    Status.ACTIVE: _("Il reçoit des orientations."),
    Status.PAUSED: _("Il ne reçoit plus d’orientations, il garde celles qu’il a acceptées."),
    Status.CLOSED: _("Il quitte le réseau et n’est plus proposé aux conseillers."),
}


class PastDayField(DateFieldFr):
    """A day that has come."""

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value is not None and value > clock.today():
            raise ValidationError(
                _("Ce jour n’est pas encore venu : choisissez aujourd’hui ou un jour passé."), "future"
            )


class GarageForm(forms.Form):
    name = FreeTextField(label=_("Nom du garage"), max_length=160)
    level = forms.ChoiceField(label=_("Niveau"), choices=in_sentence_case(Level), widget=forms.RadioSelect)
    siret = SiretField(label=_("SIRET"), help_text=_("14 chiffres, avec ou sans espaces."))
    group = FreeTextField(
        label=_("Groupe de distribution"),
        max_length=120,
        required=False,
        help_text=_("Le nom du groupe à qui le garage appartient."),
        widget=forms.TextInput(attrs={"list": "groupes", "autocomplete": "off"}),
    )
    address = FreeTextField(label=_("Adresse"), max_length=200, help_text=_("Numéro et rue."))
    commune = CommuneField()
    postcode = forms.CharField(
        label=_("Code postal"),
        required=False,
        help_text=_("Seulement si la commune en a plusieurs."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "short"}),
    )
    phone = PhoneFieldFr(label=_("Téléphone du garage"), required=False)
    weekly_cap = WholeFieldFr(
        label=_("Réparations solidaires par semaine, au plus"),
        min_value=0,
        max_value=50,
        initial=2,
        help_text=_("Le garage n’en recevra pas davantage."),
        widget=forms.TextInput(attrs={"class": "short"}),
    )
    joined_how = forms.ChoiceField(
        label=_("Comment est-il entré dans le réseau ?"), choices=in_sentence_case(JoinedHow), widget=forms.RadioSelect
    )
    joined_on = PastDayField(label=_("Entré dans le réseau le"))
    charter_signed_on = PastDayField(label=_("Charte signée le"), required=False)
    is_vat_exempt = forms.BooleanField(
        label=_("Le garage est en franchise de TVA"),
        required=False,
        help_text=_("Ses devis sont alors sans TVA."),
    )
    latitude = DecimalFieldFr(
        label=_("Latitude"),
        required=False,
        min_value=-90,
        max_value=90,
        decimal_places=6,
        help_text=_("Laissez vide : le garage sera placé au centre de sa commune."),
    )
    longitude = DecimalFieldFr(label=_("Longitude"), required=False, min_value=-180, max_value=180, decimal_places=6)

    def clean_postcode(self) -> str:
        """One of the commune's own: as typed here, else as typed with the commune, else its first."""
        typed: str = self.cleaned_data["postcode"].replace(" ", "")
        commune = self.cleaned_data.get("commune")
        if commune is None:
            return typed
        known = commune.postcodes.split()
        if typed and typed not in known:
            message = gettext("%(commune)s n’a pas ce code postal, mais : %(postcodes)s.")
            raise ValidationError(message % {"commune": commune.name, "postcodes": ", ".join(known)}, "postcode")
        with_commune = TypedPlace.parse(self["commune"].data.text).number
        return typed or (with_commune if with_commune in known else "")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for one, other in (("latitude", "longitude"), ("longitude", "latitude")):
            if one not in self.errors and cleaned.get(one) is None and cleaned.get(other) is not None:
                self.add_error(one, _("Indiquez les deux, ou aucune."))
        return cleaned

    @property
    def facts(self) -> GarageFacts:
        typed = self.cleaned_data
        position = {name: None if typed[name] is None else float(typed[name]) for name in ("latitude", "longitude")}
        return GarageFacts(**{name: typed[name] for name in GarageForm.base_fields} | position)

    @classmethod
    def of(cls, garage: Garage, data: Any = None) -> GarageForm:
        return cls(data, initial=_as_shown(garage))


class NewGarageForm(GarageForm):
    """Also says whether the garage is in already, or only invited."""

    status = forms.ChoiceField(
        label=_("Statut"),
        choices=in_sentence_case((Status.ACTIVE, Status.INVITED)),
        initial=Status.ACTIVE,
        widget=RadioCards(hints=STATUS_HINTS, beside=True),
    )

    @property
    def new(self) -> dict[str, Any]:
        return {"facts": self.facts, "status": Status(self.cleaned_data["status"])}


def _as_shown(garage: Garage) -> dict[str, Any]:
    """What the form shows of a garage; the commune's own position is not shown as if it had been typed."""
    shown = {name: getattr(garage, name) for name in GarageForm.base_fields}
    stands_at_commune = (garage.latitude, garage.longitude) == (garage.commune.latitude, garage.commune.longitude)
    position = dict.fromkeys(("latitude", "longitude")) if stands_at_commune else _as_typed(garage)
    return shown | position | {"group": garage.group.name if garage.group else ""}


def _as_typed(garage: Garage) -> dict[str, str]:
    return {name: f"{getattr(garage, name):f}".replace(".", ",") for name in ("latitude", "longitude")}


class StatusForm(forms.Form):
    """The status from a day on, with a reason that colleagues will understand."""

    status = forms.ChoiceField(label=_("Nouveau statut"), widget=RadioCards(hints=STATUS_HINTS))
    on = PastDayField(label=_("À partir du"))
    reason = FreeTextField(
        label=_("Raison"),
        max_length=200,
        help_text=_("Seuls les pilotes la lisent."),
        error_messages={"required": _("Dites pourquoi, en quelques mots.")},
    )

    def __init__(self, *args: Any, current: Status | None, **kwargs: Any) -> None:
        super().__init__(*args, initial={"on": clock.today()}, **kwargs)
        possible = in_sentence_case(one for one in Status if one != Status.INVITED)
        self.fields["status"].choices = possible
        # not offered, but understood: a colleague may have been quicker, and the verb says so
        self.fields["status"].widget.choices = [one for one in possible if one[0] != current]

    @property
    def change(self) -> dict[str, Any]:
        typed = self.cleaned_data
        return {"status": Status(typed["status"]), "on": typed["on"], "reason": typed["reason"]}


class ContactForm(forms.Form):
    first_name = FreeTextField(label=_("Prénom"), max_length=80)
    last_name = FreeTextField(label=_("Nom"), max_length=80)
    function = forms.ChoiceField(
        label=_("Fonction"), choices=in_sentence_case(ContactFunction), widget=forms.RadioSelect
    )
    phone = PhoneFieldFr(label=_("Ligne directe"), help_text=_("Les conseillers l’appelleront à ce numéro."))
    email = forms.EmailField(label=_("Adresse électronique"), required=False)

    @property
    def facts(self) -> ContactFacts:
        return ContactFacts(**self.cleaned_data)

    @classmethod
    def of(cls, contact: Contact, data: Any = None) -> ContactForm:
        return cls(data, initial={name: getattr(contact, name) for name in cls.base_fields})


ORDERS = (
    Order("nom", _("Garage"), "search_name"),
    Order("commune", _("Commune"), "commune__search_name"),
    Order("plafond", _("Par semaine, au plus"), "weekly_cap", NUMBERS, is_down=True),
    # what nobody ever confirmed stands before what was confirmed long ago
    Order("confirmation", _("Fiche confirmée"), "confirmed_on", DAYS, empty=date.min),
)


NARROWED_BY = {"q": "matching", "department": "in_department", "level": "of_level", "status": "in_status"}


class GarageFilter(NarrowingForm):
    """Narrows the list of garages."""

    q = forms.CharField(label=_("Nom, commune ou code postal"), required=False, max_length=100)
    department = DepartmentChoice(label=_("Département"), required=False)
    level = forms.ChoiceField(label=_("Niveau"), required=False, choices=[("", _("Tous")), *in_sentence_case(Level)])
    status = forms.ChoiceField(label=_("Statut"), required=False)

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data)
        self.fields["department"].within(actor.region_code)
        shown = list(Status) if actor.is_pilot else [Status.ACTIVE, Status.PAUSED]
        self.fields["status"].choices = [("", _("Tous")), *in_sentence_case(shown)]

    def narrow(self, garages: GarageQuerySet) -> GarageQuerySet:
        for name, value in self.asked.items():
            garages = getattr(garages, NARROWED_BY[name])(value)
        return garages
