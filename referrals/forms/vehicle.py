"""The car and what is wrong with it, in questions that someone who is no mechanic can answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mobiliz.lib import clock
from mobiliz.lib.forms import NirFreeTextField, RadioCards, WholeFieldFr
from referrals.actions import FaultInput, VehicleInput
from referrals.models import Referral
from referrals.models.vehicle import FaultSince, Fuel
from referrals.vehicle_ids import Plate, Vin, parse_plate, parse_vin

MAKES = ("Renault", "Dacia", "Peugeot", "Citroën", "Ford", "Fiat", "Opel", "Volkswagen", "Toyota", "Nissan", "Seat")
FIRST_YEAR = 1900

Parsed = TypeVar("Parsed", Plate, Vin)


class VehicleForm(forms.Form):
    make = forms.CharField(
        label=_("Marque"),
        max_length=40,
        widget=forms.TextInput(attrs={"list": "marques", "autocomplete": "off"}),
        error_messages={"required": _("Indiquez la marque, par exemple Renault.")},
    )
    model = forms.CharField(
        label=_("Modèle"),
        max_length=60,
        help_text=_("Par exemple Clio, Kangoo."),
        error_messages={"required": _("Indiquez le modèle, par exemple Clio.")},
    )
    first_registered_year = WholeFieldFr(
        label=_("Année de mise en circulation"),
        help_text=_("Carte grise, case B. Quatre chiffres, comme 2015."),
        error_messages={"required": _("Indiquez l’année de mise en circulation, comme 2015.")},
    )
    mileage_km = WholeFieldFr(
        label=_("Compteur"), required=False, min_value=0, max_value=1_999_999, unit="km", help_text=_("À peu près.")
    )
    fuel = forms.ChoiceField(label=_("Énergie"), choices=Fuel.choices, initial=Fuel.UNKNOWN)
    fiscal_horsepower = WholeFieldFr(
        label=_("Puissance fiscale"),
        required=False,
        min_value=1,
        max_value=99,
        unit="CV",
        help_text=_("Carte grise, case P.6."),
    )
    plate = forms.CharField(
        label=_("Immatriculation"),
        required=False,
        max_length=30,
        help_text=_("Carte grise, case A, comme AB-123-CD."),
    )
    vin = forms.CharField(
        label=_("Numéro de série (VIN)"),
        required=False,
        max_length=40,
        help_text=_("Carte grise, case E : 17 caractères. Il aide le garage à trouver les pièces."),
    )
    complaint = NirFreeTextField(
        label=_("Qu’est-ce qui ne va pas ?"),
        max_length=2000,
        help_text=_("Avec les mots de la personne : ce qu’elle voit, entend, sent, et à quel moment."),
        error_messages={"required": _("Décrivez la panne, même en quelques mots.")},
    )
    is_drivable = forms.TypedChoiceField(
        label=_("Peut-on encore rouler avec ?"),
        choices=[("yes", _("Oui")), ("no", _("Non, elle ne roule pas ou ce serait dangereux"))],
        coerce=lambda answer: answer == "yes",
        widget=RadioCards(beside=True),
        error_messages={"required": _("Dites si la voiture roule : le garage prévoit ou non un remorquage.")},
    )
    since = forms.ChoiceField(
        label=_("Depuis quand ?"),
        choices=FaultSince.choices,
        initial=FaultSince.UNKNOWN,
        error_messages={"required": _("Choisissez depuis quand, ou « je ne sais pas ».")},
    )
    warning_lights = NirFreeTextField(
        label=_("Voyants allumés au tableau de bord"),
        required=False,
        max_length=200,
        widget=forms.TextInput,
        help_text=_("Leur couleur et ce qu’ils montrent : rouge, un thermomètre."),
    )
    noises = NirFreeTextField(
        label=_("Bruits"),
        required=False,
        max_length=200,
        widget=forms.TextInput,
        help_text=_("Claquement, sifflement, grincement : à l’arrêt, en freinant, en tournant ?"),
    )
    needs_accompaniment = forms.BooleanField(label=_("La personne souhaite être accompagnée au garage"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first_registered_year"].widget.attrs["class"] = "short"
        for name in ("model", "plate", "vin", "warning_lights", "noises"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        self.plate: Plate | None = None
        self.vin: Vin | None = None

    @classmethod
    def of(cls, referral: Referral) -> VehicleForm:
        """Filled in with what is known."""
        return cls(initial={**_known_vehicle(referral), **_known_fault(referral)})

    def clean_first_registered_year(self) -> int:
        year: int = self.cleaned_data["first_registered_year"]
        if not FIRST_YEAR <= year <= 2100:
            raise ValidationError(_("Écrivez l’année avec quatre chiffres, comme 2015."))
        if year > clock.today().year:
            raise ValidationError(_("Cette année est dans le futur. Vérifiez la case B de la carte grise."))
        return year

    def clean_plate(self) -> str:
        self.plate = _parsed(parse_plate, self.cleaned_data["plate"])
        return self.plate.text if self.plate else ""

    def clean_vin(self) -> str:
        self.vin = _parsed(parse_vin, self.cleaned_data["vin"])
        return self.vin.text if self.vin else ""

    @property
    def warnings(self) -> list[str]:
        """What was accepted but looks odd."""
        return [gettext(warning) for read in (self.plate, self.vin) if read for warning in read.warnings]

    @property
    def vehicle(self) -> VehicleInput:
        names = VehicleInput.__dataclass_fields__
        entered = {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}
        return VehicleInput(**entered, plate_format=self.plate.format.value if self.plate else "")

    @property
    def fault(self) -> FaultInput:
        return FaultInput(**{name: self.cleaned_data[name] for name in FaultInput.__dataclass_fields__})


def _parsed(parse: Callable[[str], Parsed], typed: str) -> Parsed | None:
    try:
        return parse(typed) if typed else None
    except ValueError as refused:
        raise ValidationError(gettext(str(refused))) from refused


def _known_vehicle(referral: Referral) -> dict[str, Any]:
    vehicle = referral.vehicle
    names = VehicleInput.__dataclass_fields__
    return {name: getattr(vehicle, name) for name in names} if vehicle else {}


def _known_fault(referral: Referral) -> dict[str, Any]:
    fault = getattr(referral, "prediagnosis", None)
    if fault is None:
        return {}
    said = {name: getattr(fault, name) for name in FaultInput.__dataclass_fields__}
    return {**said, "is_drivable": "yes" if fault.is_drivable else "no"}
