"""Which period and region the dashboard shows: asked in its address, with a default that is never empty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Self

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from mobiliz.lib import clock
from mobiliz.lib.periods import Month
from mobiliz.territory.models import Region

DEFAULT_MONTHS = 12
EVERYWHERE = "france"


@dataclass(frozen=True, slots=True)
class Period:
    """Months, both included."""

    first: Month
    last: Month

    @classmethod
    def last_year(cls) -> Self:
        this_month = Month.of_day(clock.today())
        return cls(this_month.shift(1 - DEFAULT_MONTHS), this_month)

    @classmethod
    def of_year(cls, year: int) -> Self:
        """The calendar year, as far as it has come."""
        return cls(Month(year, 1), min(Month(year, 12), Month.of_day(clock.today())))

    @property
    def from_on(self) -> date:
        return self.first.first_day

    @property
    def to_on(self) -> date:
        return self.last.last_day

    @property
    def query(self) -> dict[str, str]:
        """As the address says it."""
        return {"du": str(self.first), "au": str(self.last)}

    def __len__(self) -> int:
        return self.last.ordinal - self.first.ordinal + 1


class PeriodForm(forms.Form):
    region = forms.ChoiceField(label=_("Région"))
    du = forms.ChoiceField(label=_("Envoyées de"))
    au = forms.ChoiceField(label=_("jusqu’à"))

    def __init__(self, asked: QueryDict, *, regions: Sequence[Region], months: Sequence[Month], **options: Any) -> None:
        answers = {**Period.last_year().query, **asked.dict(), "region": asked.get("region") or EVERYWHERE}
        super().__init__(answers, **options)
        choices = [
            (year, [(str(month), month.label_fr) for month in of_year])
            for year, of_year in groupby(sorted(months, reverse=True), key=lambda month: str(month.year))
        ]
        for name in ("du", "au"):
            self.fields[name].choices = choices
            self.fields[name].error_messages["invalid_choice"] = _("Choisissez un mois de la liste.")
        self.fields["region"].choices = [
            (EVERYWHERE, _("Toutes les régions")),
            *((region.code, region.name) for region in regions),
        ]
        if not regions:
            del self.fields["region"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("du"), cleaned.get("au")
        if first and last and Month.parse(first) > Month.parse(last):
            self.add_error("au", _("La période doit finir après son début : choisissez un mois plus tardif."))
        return cleaned

    @property
    def period(self) -> Period:
        """The one asked for, or the last twelve months where what was asked makes no sense."""
        if not self.is_valid():
            return Period.last_year()
        return Period(Month.parse(self.cleaned_data["du"]), Month.parse(self.cleaned_data["au"]))
