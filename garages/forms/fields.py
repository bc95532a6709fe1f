"""Fields of the directory of garages: a day that has come, and opening hours as people type them."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from garages import hours
from mobiliz.lib import clock
from mobiliz.lib.forms import DateFieldFr, _TypedField


class PastDayField(DateFieldFr):
    """A day that has come."""

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value is not None and value > clock.today():
            raise ValidationError(
                _("Ce jour n’est pas encore venu : choisissez aujourd’hui ou un jour passé."), "future"
            )


class HoursField(_TypedField):
    """The hours of a day, typed "8h-12h, 14h-18h"; None where nothing is typed, () where it is closed."""

    parse = staticmethod(hours.parse_day)
    input_attrs = {"autocomplete": "off"}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=100, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return hours.as_typed(value) if isinstance(value, tuple) else value


def _of_day(label: Any, help_text: Any = "") -> HoursField:
    return HoursField(label=label, help_text=help_text)


class HoursForm(forms.Form):
    """A week: the same from Monday to Friday unless a day says otherwise."""

    hours = _of_day(_("Du lundi au vendredi"), _("Comme « 8h-12h, 14h-18h », ou « fermé »."))
    hours_0 = _of_day(_("Lundi"))
    hours_1 = _of_day(_("Mardi"))
    hours_2 = _of_day(_("Mercredi"))
    hours_3 = _of_day(_("Jeudi"))
    hours_4 = _of_day(_("Vendredi"))
    hours_5 = _of_day(_("Samedi"))
    hours_6 = _of_day(_("Dimanche"))

    OWN_DAYS = tuple(f"hours_{day}" for day in range(5))

    @property
    def week(self) -> dict[str, list[list[str]]]:
        """As it is kept."""
        typed = self.cleaned_data
        days: dict[int, Any] = {}
        for day in range(7):
            own = typed.get(f"hours_{day}")
            days[day] = own if own is not None else (typed.get("hours") or ()) if day < 5 else ()
        return hours.keep(days)

    @property
    def has_own_days(self) -> bool:
        """Whether a working day differs from the others, or what was typed for one is to be corrected."""
        return any(self[name].value() or self[name].errors for name in self.OWN_DAYS)


def hours_as_typed(kept: hours.Kept) -> dict[str, Any]:
    """What the form shows of a week; nothing of one that is unknown."""
    week = hours.unkeep(kept)
    if not week:
        return {}
    working = [week.get(day, ()) for day in range(5)]
    usual = Counter(working).most_common(1)[0][0]
    shown: dict[str, Any] = {"hours": usual, "hours_5": week.get(5, ()), "hours_6": week.get(6, ())}
    return shown | {f"hours_{day}": own for day, own in enumerate(working) if own != usual}
