"""Who shares the income, how much there is, and where they live."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from eligibility.assess import Asked
from mobiliz.lib import clock
from mobiliz.lib.forms import DecimalFieldFr, RadioCards
from mobiliz.lib.periods import age_fr
from referrals.actions import INCOME_BASES, HouseholdInput, SituationInput
from referrals.forms.person import BirthDateField
from referrals.forms.situation import SituationForm, initial_of, typed_in
from referrals.models import Household

MAX_OTHERS = 19
EMPTY_ROWS = 2
MOST_EUR = 9_999_999
INCOME_FIELDS = ("income_basis", "income_eur", "income_unknown", "dwelling")

BASES = [
    ("last_12_months", _("Le total des 12 derniers mois")),
    ("last_month", _("Le dernier mois")),
]
DWELLINGS = [
    ("ordinary", _("Un logement ordinaire")),
    ("institution", _("Un foyer d’hébergement, une résidence, un hébergement collectif")),
    ("student_alone", _("Étudiant ou étudiante, seul dans son logement")),
]


class MemberForm(forms.Form):
    """One other person of the household; an empty row is nobody."""

    birth_date = BirthDateField(label=_("date de naissance"), required=False, help_text="")

    @property
    def age(self) -> str:
        """As soon as the day can be read."""
        try:
            born = self.fields["birth_date"].clean(self["birth_date"].value())
        except ValidationError:
            return ""
        return age_fr(born, clock.today()) if born else ""


@cache
def _member_forms(empty_rows: int) -> type[BaseFormSet]:
    return formset_factory(
        MemberForm, extra=empty_rows, max_num=MAX_OTHERS, absolute_max=MAX_OTHERS + 10, validate_max=True
    )


class IncomeLinesForm(forms.Form):
    """What is added up to the household's income. Only the total is kept."""

    prefix = "ligne"
    wages = DecimalFieldFr(label=_("Salaires nets"), required=False, min_value=0, max_value=MOST_EUR, unit="€")
    benefits = DecimalFieldFr(
        label=_("CAF ou MSA : logement, famille, RSA, prime d’activité, AAH"),
        required=False,
        min_value=0,
        max_value=MOST_EUR,
        unit="€",
    )
    unemployment = DecimalFieldFr(
        label=_("Chômage, indemnités journalières"), required=False, min_value=0, max_value=MOST_EUR, unit="€"
    )
    pensions = DecimalFieldFr(
        label=_("Retraites, pensions, pensions alimentaires reçues"),
        required=False,
        min_value=0,
        max_value=MOST_EUR,
        unit="€",
    )
    others = DecimalFieldFr(label=_("Autres revenus"), required=False, min_value=0, max_value=MOST_EUR, unit="€")
    paid_out = DecimalFieldFr(
        label=_("À retirer : impôts directs, pensions alimentaires versées"),
        required=False,
        min_value=0,
        max_value=MOST_EUR,
        unit="€",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.depends_on_another = True

    @property
    def total(self) -> Decimal | None:
        """In euros; None while nothing was typed, or something that is no amount."""
        if not self.is_bound or not self.is_valid() or all(value is None for value in self.cleaned_data.values()):
            return None
        paid_out = self.cleaned_data["paid_out"] or Decimal(0)
        received = [value for name, value in self.cleaned_data.items() if value and name != "paid_out"]
        return sum(received, Decimal(0)) - paid_out


class HouseholdForm(forms.Form):
    income_basis = forms.ChoiceField(
        label=_("De quelle période avez-vous le revenu ?"),
        choices=BASES,
        widget=RadioCards(
            hints={
                "last_12_months": _("le plus sûr quand le revenu varie"),
                "last_month": _("il compte 12 fois : seulement si le revenu est stable"),
            },
            beside=True,
        ),
        error_messages={"required": _("Dites si le montant est celui de l’année ou du mois.")},
    )
    income_eur = DecimalFieldFr(
        label=_("Revenu disponible du foyer sur cette période"),
        min_value=0,
        max_value=MOST_EUR,
        unit="€",
        error_messages={"required": _("Indiquez le revenu du foyer, même s’il est de 0 €.")},
    )
    income_unknown = forms.BooleanField(
        label=_("Le revenu n’est pas connu : un pilote examinera la situation"), required=False
    )
    dwelling = forms.ChoiceField(
        label=_("Où vit le foyer ?"),
        choices=DWELLINGS,
        initial="ordinary",
        widget=RadioCards(
            hints={
                "ordinary": _("maison ou appartement, loué ou non, hébergement chez des proches compris"),
                "institution": _("le seuil de l’INSEE ne s’y applique pas : un pilote examine"),
                "student_alone": _("le seuil de l’INSEE ne s’y applique pas : un pilote examine"),
            }
        ),
        error_messages={"required": _("Choisissez le logement.")},
    )

    def full_clean(self) -> None:
        # asked for, unless it is said to be unknown: the labels do not call them optional
        asked = [self.fields[name] for name in ("income_basis", "income_eur") if name in self.fields]
        for field in asked:
            field.required = not self.data.get("income_unknown")
        super().full_clean()
        for field in asked:
            field.required = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("income_unknown") and cleaned.get("income_eur") is not None:
            self.add_error("income_unknown", _("Vous avez aussi indiqué un montant : gardez l’un ou l’autre."))
        return cleaned


@dataclass(frozen=True, slots=True)
class Asking:
    """Of whom the step is, and what the rule in force needs to know."""

    own_birth_date: date
    asked: Asked


class HouseholdEntry:
    """The whole step: income and dwelling, a row for each other person, what else the rule in force asks; the person's
    own date comes first."""

    def __init__(
        self,
        asking: Asking,
        form: HouseholdForm,
        members: BaseFormSet,
        situation: SituationForm,
        lines: IncomeLinesForm | None = None,
    ) -> None:
        self.asking, self.own_birth_date = asking, asking.own_birth_date
        self.form, self.members, self.situation = form, members, situation
        self.lines = lines or IncomeLinesForm()
        self.asks_income = asking.asked.needs("annual_disposable_income_eur", "birth_dates")
        if not self.asks_income:
            for name in INCOME_FIELDS:
                del form.fields[name]

    @classmethod
    def stored(cls, asking: Asking, kept: Household | None) -> HouseholdEntry:
        """As it was kept, or empty."""
        rows = [{"birth_date": born} for born in _others_of(kept)]
        members = _member_forms(0 if rows else EMPTY_ROWS)(initial=rows)
        situation = SituationForm(asked=asking.asked, initial=_situation_of(kept))
        return cls(asking, HouseholdForm(initial=income_of(kept)), members, situation)

    @classmethod
    def posted(cls, asking: Asking, data: Mapping[str, Any], kept: Household | None = None) -> HouseholdEntry:
        form = HouseholdForm(data, initial=income_of(kept))
        situation = SituationForm(data, asked=asking.asked, initial=_situation_of(kept))
        entry = cls(asking, form, _member_forms(EMPTY_ROWS)(data), situation, IncomeLinesForm(data))
        if not entry.asks_income:  # what was known of the household before stays known
            entry.members = _member_forms(0)(initial=[{"birth_date": born} for born in _others_of(kept)])
        return entry

    @classmethod
    def typed(
        cls, asking: Asking, data: Mapping[str, Any], *, more_rows: int = 0, without: int | None = None
    ) -> HouseholdEntry:
        """What was typed so far, unjudged: with rows added at the end, or without one of them."""
        rows = _rows_of(data)
        if without is not None and without < len(rows):
            del rows[without]
        filled = [{"birth_date": born} for born in rows if born]
        empty = min(len(rows) - len(filled) + more_rows, MAX_OTHERS - len(filled))
        members = _member_forms(max(empty, 0))(initial=filled)
        if more_rows and members.forms:
            members.forms[-1].fields["birth_date"].widget.attrs["autofocus"] = True
        form = HouseholdForm(initial={name: data.get(name) for name in INCOME_FIELDS})
        lines = {name: data.get(f"{IncomeLinesForm.prefix}-{name}") for name in IncomeLinesForm.base_fields}
        situation = SituationForm(asked=asking.asked, initial=typed_in(data, asking.asked))
        return cls(asking, form, members, situation, IncomeLinesForm(initial=lines))

    @classmethod
    def added_up(cls, asking: Asking, data: Mapping[str, Any]) -> HouseholdEntry:
        """The income is the total of the lines, if they are amounts; else the lines say what is wrong."""
        entry, lines = cls.typed(asking, data), IncomeLinesForm(data)
        entry.lines = lines
        if lines.total is not None:
            entry.form.initial = {**entry.form.initial, "income_eur": lines.total, "income_unknown": False}
            entry.form.fields["income_eur"].widget.attrs["autofocus"] = True
        return entry

    def is_valid(self) -> bool:
        members_are = not self.asks_income or self.members.is_valid()
        return all([self.form.is_valid(), members_are, self.situation.is_valid()])

    @property
    def household(self) -> HouseholdInput:
        entered = self.form.cleaned_data
        return HouseholdInput(
            birth_dates=(self.own_birth_date, *self.others),
            income_eur=entered.get("income_eur"),
            income_basis=entered.get("income_basis") or INCOME_BASES[0],
            dwelling=entered.get("dwelling") or "ordinary",
            situation=self.situation.situation,
        )

    @property
    def others(self) -> list[date]:
        """Of a valid step."""
        if not self.asks_income:
            return [row["birth_date"] for row in self.members.initial or ()]
        return [row["birth_date"] for row in self.members.cleaned_data if row.get("birth_date")]


def income_of(kept: Household | None) -> dict[str, Any]:
    """The fields of HouseholdForm, as they were kept."""
    if kept is None:
        return {}
    income = kept.facts["income_eur"]
    return {
        "income_basis": None if income is None else kept.facts["income_basis"],
        "income_eur": None if income is None else Decimal(income),
        "income_unknown": income is None,
        "dwelling": kept.facts["dwelling"],
    }


def _situation_of(kept: Household | None) -> dict[str, Any]:
    return initial_of(SituationInput.from_stored(kept.facts.get("situation", {}))) if kept else {}


def _others_of(kept: Household | None) -> list[date]:
    return [date.fromisoformat(born) for born in kept.facts["birth_dates"][1:]] if kept else []


def _rows_of(data: Mapping[str, Any]) -> list[str]:
    """Every row that stands in the form, empty ones included."""
    total = str(data.get("form-TOTAL_FORMS", ""))
    count = min(int(total[:4]), MAX_OTHERS) if total.isascii() and total.isdigit() else EMPTY_ROWS
    return [(data.get(f"form-{number}-birth_date") or "").strip() for number in range(count)]
