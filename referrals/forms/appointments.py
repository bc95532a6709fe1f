"""When the car is seen: a moment typed or a slot chosen, and a week of slots."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from garages.hours import DAYS
from mobiliz.lib import clock
from mobiliz.lib.forms import DateFieldFr, FreeTextField, HourFieldFr, NirFreeTextField, RadioCards, WholeFieldFr
from referrals.clock import moment_at
from referrals.models import Slot
from referrals.models.appointments import MAX_MINUTES, MIN_MINUTES, USUAL_MINUTES
from referrals.words import moment_at_garage

OTHER = "autre"
_TIME = re.compile(r"(\d{1,2})\s*[hH:]\s*([0-5]\d)?(?!\d)", re.ASCII)
_BETWEEN = re.compile(r"[\s,;/]|\bet\b")


class MomentForm(forms.Form):
    """A published slot, or a day and an hour as the garage's clock shows them; `starts_at` is the moment."""

    slot = forms.ChoiceField(
        label=_("Quand ?"),
        required=False,
        widget=RadioCards(beside=True),
        error_messages={"invalid_choice": _("Ce créneau n’est plus libre : choisissez-en un autre.")},
    )
    day = DateFieldFr(label=_("Quel jour ?"), required=False)
    hour = HourFieldFr(label=_("À quelle heure ?"), required=False, help_text=_("Par exemple : 9 h 30."))

    def __init__(
        self, *args: Any, slots: Sequence[Slot] = (), department: str, is_needed: bool = True, **kwargs: Any
    ) -> None:
        """`is_needed`: whether nothing at all may be said."""
        super().__init__(*args, **kwargs)
        self.department, self.is_needed = department, is_needed
        self.slots = {str(one.uid): one for one in slots}
        if self.slots:
            offered = [(uid, slot_in_words(one)) for uid, one in self.slots.items()]
            self.fields["slot"].choices = [*offered, (OTHER, gettext("Un autre moment"))]
            self.fields["slot"].depends_on_another = is_needed
        else:
            del self.fields["slot"]
        self.fields["day"].years = _years
        for name in ("day", "hour"):
            self.fields[name].depends_on_another = is_needed  # unless a slot is chosen

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            cleaned["starts_at"] = self._moment(cleaned)
        return cleaned

    def _moment(self, cleaned: dict[str, Any]) -> datetime | None:
        chosen = self.slots.get(cleaned.get("slot") or "")
        if chosen:
            return chosen.starts_at
        day, hour = cleaned.get("day"), cleaned.get("hour")
        if day and hour is not None:
            return moment_at(day, hour, self.department)
        if day or hour is not None or self.is_needed:
            self.add_error("day" if not day else "hour", gettext("Indiquez le jour et l’heure."))
        return None


class ProposeForm(MomentForm):
    """A moment for the other side, or one that both have agreed upon by telephone."""

    is_agreed = forms.BooleanField(label=_("C’est déjà convenu par téléphone"), required=False)
    needs_accompaniment = forms.BooleanField(label=_("La personne vient accompagnée"), required=False)

    def clean_needs_accompaniment(self) -> bool | None:
        """Nothing ticked says nothing where the dossier already says that someone comes along."""
        return self.cleaned_data["needs_accompaniment"] or None


class MoveForm(MomentForm):
    is_agreed = forms.BooleanField(label=_("C’est déjà convenu par téléphone"), required=False)
    why = NirFreeTextField(label=_("Un mot pour l’autre côté"), required=False, max_length=200)


class ConfirmForm(forms.Form):
    needs_accompaniment = forms.BooleanField(label=_("La personne vient accompagnée"), required=False)


class CancelForm(forms.Form):
    why = NirFreeTextField(
        label=_("Pourquoi ?"),
        max_length=200,
        error_messages={"required": _("Dites pourquoi en quelques mots : l’autre côté le lit.")},
    )


class WeekForm(forms.Form):
    """Slots to open in one week: hours typed day by day, how long each lasts, and what they are for."""

    minutes = WholeFieldFr(
        label=_("Durée de chacun"),
        min_value=MIN_MINUTES,
        max_value=MAX_MINUTES,
        unit=_("minutes"),
        initial=USUAL_MINUTES,
    )
    note = FreeTextField(
        label=_("Pour quoi"), required=False, max_length=80, help_text=_("Par exemple : diagnostic, petits travaux.")
    )

    def __init__(self, *args: Any, days: Sequence[date], department: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.days, self.department = days, department
        for day in days:
            self.fields[_name(day)] = TimesField(label=DAYS[day.weekday()].capitalize(), required=False)
        self.order_fields([*map(_name, days), "minutes", "note"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            cleaned["moments"] = [
                moment_at(day, at, self.department) for day in self.days for at in cleaned.get(_name(day)) or ()
            ]
            if not cleaned["moments"]:
                self.add_error(None, gettext("Écrivez au moins une heure, à côté d’un jour."))
        return cleaned

    def of(self, day: date) -> forms.BoundField:
        return self[_name(day)]


class TimesField(forms.CharField):
    """Hours of one day: "9h, 10h30, 14:00"."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 100)
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off", "placeholder": "9h, 10h30, 14h"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> list[time]:
        typed = super().clean(value)
        found = [(int(hour), int(minute or 0)) for hour, minute in _TIME.findall(typed)]
        if _BETWEEN.sub("", _TIME.sub("", typed)) or any(hour > 23 for hour, _minute in found):
            raise forms.ValidationError(gettext("Écrivez les heures comme : 9h, 10h30, 14h."))
        return sorted({time(*pair) for pair in found})


def _name(day: date) -> str:
    return f"day_{day:%Y%m%d}"


def _years() -> range:
    """An appointment is soon: a day without its year is the next one so called."""
    this = clock.today().year
    return range(this, this + 2)


def slot_in_words(slot: Slot) -> str:
    when = moment_at_garage(slot.starts_at, slot.garage)
    return f"{when}, {slot.note}" if slot.note else when


def week_of(day: date) -> list[date]:
    """Monday to Saturday of the week of this day: no garage works on Sundays."""
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=ahead) for ahead in range(6)]
