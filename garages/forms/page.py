"""What pilots fill in about a garage itself, and its status."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from garages.actions import GarageFacts, facts_of
from garages.forms.fields import HoursForm, PastDayField, hours_as_typed
from garages.hours import in_words, unkeep
from garages.models import Brands, Garage, JoinedHow, Level, Service, Status, Work
from mobiliz.lib import clock
from mobiliz.lib.choices import in_sentence_case
from mobiliz.lib.forms import DecimalFieldFr, FreeTextField, PhoneFieldFr, RadioCards, SiretField, WholeFieldFr
from mobiliz.lib.seen import SeenForm, fingerprint
from mobiliz.territory.forms import CommuneField
from mobiliz.territory.querysets import TypedPlace

STATUS_HINTS = {
    Status.INVITED: _("Il n’a pas encore dit oui : les conseillers ne le voient pas."),
    Status.ACTIVE: _("Il reçoit des orientations."),
    Status.PAUSED: _("Il ne reçoit plus d’orientations, il garde celles qu’il a acceptées."),
    Status.CLOSED: _("Il quitte le réseau et n’est plus proposé aux conseillers."),
}


class GarageForm(HoursForm, SeenForm):
    """Everything that is recorded of a garage itself."""

    FIELDS_OF = {"opening_hours": "hours"}

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
    is_vat_exempt = forms.BooleanField(
        label=_("Le garage est en franchise de TVA"),
        required=False,
        help_text=_("Ses devis sont alors sans TVA."),
    )
    works = forms.MultipleChoiceField(
        label=_("Ce qu’il répare"),
        choices=in_sentence_case(Work),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    brands = forms.ChoiceField(
        label=_("Quelles marques ?"),
        choices=[("", _("Je ne sais pas encore")), *in_sentence_case(Brands)],
        required=False,
        widget=forms.RadioSelect,
    )
    services = forms.MultipleChoiceField(
        label=_("Services"),
        choices=in_sentence_case(Service),
        required=False,
        widget=forms.CheckboxSelectMultiple,
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
        several = {name: tuple(typed[name]) for name in ("works", "services")}
        same = {name: typed[name] for name in GarageFacts.__dataclass_fields__ if name in typed}
        return GarageFacts(**same | position | several | {"opening_hours": self.week})

    @classmethod
    def of(cls, garage: Garage, data: Any = None) -> GarageForm:
        facts = facts_of(garage)
        return cls(data, initial=_as_shown(facts) | {"seen": fingerprint(facts)})

    def recorded_in_words(self, name: str, value: Any) -> str:
        if name == "opening_hours":
            return "; ".join(f"{days} : {ranges}" for days, ranges in in_words(unkeep(value or {}))) or _("rien")
        return super().recorded_in_words(name, value)


class NewGarageForm(GarageForm):
    """Also says whether the garage is in already, or only invited."""

    status = forms.ChoiceField(
        label=_("Statut"),
        choices=in_sentence_case((Status.ACTIVE, Status.INVITED)),
        initial=Status.ACTIVE,
        widget=RadioCards(hints=STATUS_HINTS, beside=True),
    )

    seen = None  # nothing is recorded yet

    @property
    def new(self) -> dict[str, Any]:
        return {"facts": self.facts, "status": Status(self.cleaned_data["status"])}


def _as_shown(facts: GarageFacts) -> dict[str, Any]:
    """What the form shows of what is recorded, as people type it."""
    shown = {name: getattr(facts, name) for name in GarageFacts.__dataclass_fields__ if name != "opening_hours"}
    position = {name: _degrees(getattr(facts, name)) for name in ("latitude", "longitude")}
    return shown | position | hours_as_typed(facts.opening_hours or {})


def _degrees(value: float | None) -> str | None:
    return None if value is None else f"{value:f}".replace(".", ",")


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
