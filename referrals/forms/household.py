"""Who shares the income, how much there is, and where they live."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from mobiliz.lib.forms import DecimalFieldFr, RadioCards
from referrals.actions import INCOME_BASES, HouseholdInput
from referrals.forms.person import BirthDateField
from referrals.models import Household

MAX_OTHERS = 19
EMPTY_ROWS = 3
MOST_EUR = 9_999_999

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


MemberFormSet: type[BaseFormSet] = formset_factory(
    MemberForm, extra=EMPTY_ROWS, max_num=MAX_OTHERS, absolute_max=MAX_OTHERS + 10, validate_max=True
)


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
        asked = [self.fields[name] for name in ("income_basis", "income_eur")]
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


class HouseholdEntry:
    """The whole step: income and dwelling, and a row for each other person; the person's own date comes first."""

    def __init__(self, own_birth_date: date, form: HouseholdForm, members: BaseFormSet) -> None:
        self.own_birth_date, self.form, self.members = own_birth_date, form, members

    @classmethod
    def stored(cls, own_birth_date: date, kept: Household | None) -> HouseholdEntry:
        """As it was kept, or empty."""
        if kept is None:
            return cls(own_birth_date, HouseholdForm(), MemberFormSet())
        facts = kept.facts
        income = facts["income_eur"]
        known = {
            "income_basis": None if income is None else facts["income_basis"],
            "income_eur": None if income is None else Decimal(income),
            "income_unknown": income is None,
            "dwelling": facts["dwelling"],
        }
        rows = [{"birth_date": date.fromisoformat(born)} for born in facts["birth_dates"][1:]]
        return cls(own_birth_date, HouseholdForm(initial=known), MemberFormSet(initial=rows))

    @classmethod
    def posted(cls, own_birth_date: date, data: Mapping[str, Any]) -> HouseholdEntry:
        return cls(own_birth_date, HouseholdForm(data), MemberFormSet(data))

    @classmethod
    def with_more_rows(cls, own_birth_date: date, data: Mapping[str, Any]) -> HouseholdEntry:
        """What was typed so far, unjudged, and empty rows after it."""
        typed = {name: data.get(name) for name in HouseholdForm.base_fields}
        rows = [
            {"birth_date": data.get(f"form-{number}-birth_date")}
            for number in range(MAX_OTHERS)
            if data.get(f"form-{number}-birth_date")
        ]
        return cls(own_birth_date, HouseholdForm(initial=typed), MemberFormSet(initial=rows))

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), self.members.is_valid()])

    @property
    def household(self) -> HouseholdInput:
        others = [row.get("birth_date") for row in self.members.cleaned_data]
        entered = self.form.cleaned_data
        return HouseholdInput(
            birth_dates=(self.own_birth_date, *[born for born in others if born]),
            income_eur=entered["income_eur"],
            income_basis=entered["income_basis"] or INCOME_BASES[0],
            dwelling=entered["dwelling"],
        )
