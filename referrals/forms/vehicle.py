"""The step of the vehicle: the car as its papers say, and with it the fault and the coming to the garage."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mobiliz.lib import clock
from mobiliz.lib.choices import in_sentence_case
from mobiliz.lib.forms import DateFieldFr, FreeTextField, WholeFieldFr
from referrals.actions import FaultInput, VehicleInput, VisitInput
from referrals.forms.fault import FaultForm, VisitForm
from referrals.models import PreDiagnosis, Referral, Vehicle
from referrals.models.fault import Papers
from referrals.models.vehicle import Fuel
from referrals.vehicle_ids import Plate, Vin, parse_plate, parse_vin

MAKES = ("Renault", "Dacia", "Peugeot", "Citroën", "Ford", "Fiat", "Opel", "Volkswagen", "Toyota", "Nissan", "Seat")
MODELS = (
    *("Clio", "Twingo", "Mégane", "Scénic", "Captur", "Kangoo", "Modus", "Laguna", "Espace", "Trafic", "Zoe"),
    *("Sandero", "Duster", "Logan", "Lodgy", "Dokker", "206", "207", "208", "307", "308", "C3", "C4", "Berlingo"),
    *("Fiesta", "Focus", "Punto", "Panda", "Corsa", "Polo", "Golf", "Yaris", "Micra", "Ibiza"),
)
FIRST_YEAR = 1900
MONTH_ONLY = re.compile(r"(\d{1,2})\s*[/.\- ]\s*(\d{4})|(\d{2})(\d{4})", re.ASCII)

Parsed = TypeVar("Parsed", Plate, Vin)


class MonthFieldFr(DateFieldFr):
    """A month as people remember it, 03/2024 or mars 2024, kept as its first day; a whole date is taken as well."""

    def read(self, text: str) -> date:
        if text[0].isalpha():
            return super().read(f"1 {text}")
        found = MONTH_ONLY.fullmatch(text)
        if not found:
            return super().read(text)
        month, year = found[1] or found[3], found[2] or found[4]
        return super().read(f"01/{int(month):02}/{year}")

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%m/%Y}" if isinstance(value, date) and value.day == 1 else super().prepare_value(value)


class VehicleForm(forms.Form):
    make = FreeTextField(
        label=_("Marque"),
        max_length=40,
        widget=forms.TextInput(attrs={"list": "marques", "autocomplete": "off"}),
        help_text=_("Case D.1 de la carte grise."),
        error_messages={"required": _("Indiquez la marque, par exemple Renault.")},
    )
    model = FreeTextField(
        label=_("Modèle"),
        max_length=60,
        widget=forms.TextInput(attrs={"list": "modeles", "autocomplete": "off"}),
        help_text=_("Écrit à l’arrière de la voiture, ou case D.3 de la carte grise."),
        error_messages={"required": _("Indiquez le modèle, par exemple Clio.")},
    )
    first_registered_year = WholeFieldFr(
        label=_("Année de mise en circulation"),
        help_text=_("Case B de la carte grise. Quatre chiffres, comme 2015."),
        error_messages={"required": _("Indiquez l’année de mise en circulation, comme 2015.")},
    )
    mileage_km = WholeFieldFr(
        label=_("Compteur"),
        required=False,
        min_value=0,
        max_value=1_999_999,
        unit="km",
        help_text=_("À peu près. Au tableau de bord, contact mis."),
    )
    fuel = forms.ChoiceField(
        label=_("Carburant"),
        choices=in_sentence_case(Fuel),
        initial=Fuel.UNKNOWN,
        required=False,
        help_text=_("Sur la trappe du réservoir, ou case P.3 : ES essence, GO gazole."),
    )
    fiscal_horsepower = WholeFieldFr(
        label=_("Puissance fiscale"),
        required=False,
        min_value=1,
        max_value=99,
        unit="CV",
        help_text=_("Case P.6 de la carte grise."),
    )
    plate = forms.CharField(
        label=_("Immatriculation"),
        required=False,
        max_length=30,
        help_text=_("Sur la plaque, ou case A de la carte grise, comme AB-123-CD."),
    )
    vin = forms.CharField(
        label=_("Numéro de série (VIN)"),
        required=False,
        max_length=40,
        help_text=_("Case E de la carte grise : 17 caractères. Il aide le garage à trouver les pièces."),
    )
    inspected_on = MonthFieldFr(
        label=_("Dernier contrôle technique"),
        required=False,
        help_text=_("Le mois suffit, comme 03/2024. Sur la carte grise, le dernier timbre ; ou le procès-verbal."),
    )
    papers = forms.ChoiceField(
        label=_("L’avez-vous ?"), choices=in_sentence_case(Papers), initial=Papers.UNKNOWN, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first_registered_year"].widget.attrs["class"] = "short"
        for name in ("plate", "vin"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        self.plate: Plate | None = None
        self.vin: Vin | None = None

    @staticmethod
    def known(referral: Referral, fault: PreDiagnosis | None) -> dict[str, Any]:
        """What was said before, as the form asks it."""
        vehicle = referral.vehicle
        facts = {name: getattr(vehicle, name) for name in VehicleInput.__dataclass_fields__} if vehicle else {}
        return {**facts, "papers": fault.papers} if fault else facts

    def clean_first_registered_year(self) -> int:
        year: int = self.cleaned_data["first_registered_year"]
        if not FIRST_YEAR <= year <= 2100:
            raise ValidationError(_("Écrivez l’année avec quatre chiffres, comme 2015."))
        if year > clock.today().year:
            raise ValidationError(_("Cette année est dans le futur. Vérifiez la case B de la carte grise."))
        return year

    def clean_inspected_on(self) -> date | None:
        day: date | None = self.cleaned_data["inspected_on"]
        if day and day > clock.today():
            raise ValidationError(_("Cette date est dans le futur : indiquez le dernier contrôle, pas le prochain."))
        return day

    def clean_fuel(self) -> str:
        return self.cleaned_data["fuel"] or Fuel.UNKNOWN.value

    def clean_papers(self) -> str:
        return self.cleaned_data["papers"] or Papers.UNKNOWN.value

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


class VehicleEntry:
    """The whole step but for the photos: the car, the fault, the visit to the garage."""

    def __init__(self, car: VehicleForm, fault: FaultForm, visit: VisitForm) -> None:
        self.car, self.fault_form, self.visit_form = car, fault, visit

    @classmethod
    def stored(cls, referral: Referral) -> VehicleEntry:
        """As it was kept, or empty."""
        fault = getattr(referral, "prediagnosis", None)
        return cls(
            VehicleForm(initial=VehicleForm.known(referral, fault)),
            FaultForm(initial=FaultForm.known(fault)),
            VisitForm(initial=VisitForm.known(fault)),
        )

    @classmethod
    def again(cls, vehicle: Vehicle) -> VehicleEntry:
        """The car of an earlier need, but for what has changed since: the mileage, the papers."""
        facts = {name: getattr(vehicle, name) for name in VehicleInput.__dataclass_fields__ if name != "mileage_km"}
        return cls(VehicleForm(initial=facts), FaultForm(), VisitForm())

    @classmethod
    def posted(cls, data: Mapping[str, Any], stored: VehicleEntry) -> VehicleEntry:
        return cls(
            VehicleForm(data, initial=stored.car.initial),
            FaultForm(data, initial=stored.fault_form.initial),
            VisitForm(data, initial=stored.visit_form.initial),
        )

    @classmethod
    def typed(cls, data: Mapping[str, Any]) -> VehicleEntry:
        """What was typed so far, unjudged: a photo was added or taken away without script."""
        return cls(*(form(initial=_typed(form, data)) for form in (VehicleForm, FaultForm, VisitForm)))

    @property
    def initial(self) -> dict[str, Any]:
        """What each of the three shows before anything is typed."""
        return {"car": self.car.initial, "fault": self.fault_form.initial, "visit": self.visit_form.initial}

    def is_valid(self) -> bool:
        # each says what is wrong with it
        return all([self.car.is_valid(), self.fault_form.is_valid(), self.visit_form.is_valid()])

    @property
    def vehicle(self) -> VehicleInput:
        return self.car.vehicle

    @property
    def fault(self) -> FaultInput:
        return self.fault_form.fault

    @property
    def visit(self) -> VisitInput:
        said = {name: value for name, value in self.visit_form.cleaned_data.items() if name != "worries"}
        worries = tuple(self.visit_form.cleaned_data["worries"])
        return VisitInput(**said, worries=worries, papers=self.car.cleaned_data["papers"])


def _typed(form: type[forms.Form], data: Mapping[str, Any]) -> dict[str, Any]:
    fields = form.base_fields
    return {name: field.widget.value_from_datadict(data, {}, name) for name, field in fields.items()}


def _parsed(parse: Callable[[str], Parsed], typed: str) -> Parsed | None:
    try:
        return parse(typed) if typed else None
    except ValueError as refused:
        raise ValidationError(gettext(str(refused))) from refused
