"""Forms as people fill them in: label above, help under, error beside the field and in a summary that links to it.

`FORM_RENDERER = "mobiliz.lib.forms.MobilizRenderer"` makes every form of the house look so. The fields take what
people in France type; what was typed wrong is shown again exactly as typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import django.forms
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from stdnum.fr import siret

from mobiliz.lib import numbers
from mobiliz.lib.text import find_nir

# What people write after a number of this unit, and a number as one writes it.
_UNITS = {
    "€": (r"€|eur(os?)?", "1 234,50"),
    "km": (r"kms?|kilom[èe]tres?", "148 000"),
    "jours": (r"j(ours?)?", "3"),
    "CV": (r"c\.?v\.?|chevaux", "5"),
}

TYPED_HOUR = re.compile(r"([01]?\d|2[0-3])\s*(?:h|:|\.)?\s*([0-5]\d)?\s*(?:min)?", re.ASCII | re.IGNORECASE)
DIGITS_ONLY_DAY = re.compile(r"(\d{2})(\d{2})(\d{4})", re.ASCII)


def refuse_nir(text: str) -> None:
    if find_nir(text):
        raise ValidationError(
            _("Retirez le numéro de sécurité sociale : Mobiliz n’a pas le droit de le garder."), "nir"
        )


class MobilizBoundField(BoundField):
    """What the field template asks of a field beyond what Django knows."""

    @property
    def anchor(self) -> str:
        """The id that the summary of errors links to: the control itself, or the first of a group."""
        return str(self.id_for_label or f"{self.auto_id}_0")

    @property
    def is_optional(self) -> bool:
        depends = getattr(self.field, "depends_on_another", False)  # its help says when it is needed
        return not self.field.required and not self.field.disabled and not depends

    @property
    def is_single_checkbox(self) -> bool:
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def unit(self) -> str:
        return str(getattr(self.field, "unit", ""))

    def build_widget_attrs(self, attrs: dict[str, Any], widget: Any = None) -> dict[str, Any]:
        # a placeholder goes away as one types: help stands under the field instead
        built: dict[str, Any] = {"placeholder": False, **super().build_widget_attrs(attrs, widget)}
        if self.use_fieldset:
            # a radio button cannot be invalid by itself: the group is described by the error
            built.pop("aria-invalid", None)
        return built


class MobilizRenderer(DjangoTemplates):
    """Our form templates first, then Django's own widgets."""

    bound_field_class = MobilizBoundField

    @cached_property
    def engine(self) -> Any:
        folders = [settings.BASE_DIR / "templates", Path(django.forms.__file__).parent / "templates"]
        return self.backend({"APP_DIRS": True, "DIRS": folders, "NAME": "mobilizforms", "OPTIONS": {}})


class RadioCards(forms.RadioSelect):
    """Radio buttons as cards, each with a line of explanation: `RadioCards(hints={"reused": _("garantie 1 an")})`.

    `beside=True` puts them two by two where the screen is wide enough.
    """

    template_name = "django/forms/widgets/radio_cards.html"

    def __init__(self, *, hints: Mapping[str, Any] | None = None, beside: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.hints, self.beside = hints or {}, beside

    def get_context(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(*args, **kwargs)
        context["widget"]["beside"] = self.beside
        return context

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        option["hint"] = self.hints.get(str(option["value"]), "")
        return option


class _TypedField(forms.CharField):
    """A text field whose text is read by a parser that raises ValueError with a French sentence."""

    parse: Callable[[str], Any]
    input_attrs: dict[str, str] = {}

    def to_python(self, value: Any) -> Any:
        text = "" if value is None else str(value).strip()
        try:
            return self.read(text) if text else None
        except ValueError as refused:
            raise ValidationError(gettext(str(refused)), code="invalid") from refused

    def read(self, text: str) -> Any:
        return type(self).parse(text)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), **self.input_attrs}


class DecimalFieldFr(_TypedField):
    """An amount typed "1 234,50", "1234.5" or "1 234,50 €", as a Decimal; `unit` is written after the box."""

    default_error_messages = {"required": _("Indiquez un nombre.")}

    input_attrs = {"inputmode": "decimal", "autocomplete": "off"}
    usual_example = "1 234,50"

    def __init__(
        self,
        *,
        min_value: Decimal | int | None = None,
        max_value: Decimal | int | None = None,
        decimal_places: int = 2,
        unit: str = "",
        example: str = "",
        **kwargs: Any,
    ) -> None:
        self.min_value, self.max_value = min_value, max_value
        self.decimal_places, self.unit = decimal_places, unit
        self.spelt, of_unit = _UNITS.get(str(unit), (re.escape(str(unit)), self.usual_example))
        self.example = example or of_unit
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """The unit that stands beside the box may be typed as well."""
        typed = "" if value is None else str(value).strip()
        # a text that is no number is not searched either: a long one would keep a process busy
        if self.spelt and len(typed) <= numbers.MAX_TYPED:
            typed = re.sub(rf"(?<=[\d\s.,])\s*({self.spelt})\.?$", "", typed, flags=re.IGNORECASE)
        return super().to_python(typed)

    def read(self, text: str) -> Decimal:
        return numbers.parse_decimal_fr(text, self.example)

    def validate(self, value: Decimal | None) -> None:
        super().validate(value)
        if value is not None:
            self._check_bounds(value)
            self._check_places(value)

    def _check_bounds(self, value: Decimal) -> None:
        if self.min_value == 0 and value < 0:
            what = _("Le montant ne peut pas être négatif.") if self.unit == "€" else None
            raise ValidationError(what or _("Ce nombre ne peut pas être négatif."), "min_value")
        if self.min_value is not None and value < self.min_value:
            least = numbers.format_decimal_fr(Decimal(self.min_value))
            raise ValidationError(_("Indiquez un nombre d’au moins %(least)s."), "min_value", {"least": least})
        if self.max_value is not None and value > self.max_value:
            most = numbers.format_decimal_fr(Decimal(self.max_value))
            raise ValidationError(_("Indiquez un nombre d’au plus %(most)s."), "max_value", {"most": most})

    def _check_places(self, value: Decimal) -> None:
        exponent = value.normalize().as_tuple().exponent
        if isinstance(exponent, int) and -exponent > self.decimal_places:
            if self.decimal_places == 0:
                raise ValidationError(_("Indiquez un nombre entier, sans virgule."), "whole")
            raise ValidationError(
                _("Indiquez au plus %(places)d chiffres après la virgule."),
                "places",
                {"places": self.decimal_places},
            )

    def prepare_value(self, value: Any) -> Any:
        return f"{value:f}".replace(".", ",") if isinstance(value, Decimal) else value


class WholeFieldFr(DecimalFieldFr):
    """A whole number, with or without spaces: 186 400."""

    input_attrs = {"inputmode": "numeric", "autocomplete": "off"}
    usual_example = ""  # a year and a count are not written alike

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(decimal_places=0, **kwargs)

    def clean(self, value: Any) -> int | None:
        cleaned = super().clean(value)
        return None if cleaned is None else int(cleaned)


class HourFieldFr(_TypedField):
    """An hour typed "16 h 05", "16:05", "16h" or "1605", as a time."""

    default_error_messages = {"required": _("Indiquez une heure, comme 16 h 05.")}
    input_attrs = {"autocomplete": "off", "class": "short"}

    @staticmethod
    def parse(text: str) -> time:
        found = TYPED_HOUR.fullmatch(text.strip())
        if found is None:
            raise ValueError("Écrivez l’heure comme 16 h 05.")
        return time(int(found[1]), int(found[2] or 0))

    def prepare_value(self, value: Any) -> Any:
        return f"{value.hour} h {value.minute:02d}" if isinstance(value, time) else value


class DateFieldFr(_TypedField):
    """A day typed 12/03/1985, with points, dashes, spaces or nothing between, or "12 mars 1985".

    A numeric keypad has no slash. `years()`, where a field has it, says which ones two figures may mean.
    """

    default_error_messages = {"required": _("Indiquez une date, comme 12/03/1985.")}
    input_attrs = {"inputmode": "numeric", "autocomplete": "off", "class": "short"}

    def years(self) -> range | None:
        return None

    def read(self, text: str) -> date:
        digits = DIGITS_ONLY_DAY.fullmatch(text)
        return numbers.parse_date_fr("/".join(digits.groups()) if digits else text, self.years())

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("jj/mm/aaaa, par exemple 12/03/1985"))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%d/%m/%Y}" if isinstance(value, date) else value


class PhoneFieldFr(_TypedField):
    """A French number, overseas included, or a foreign one with its country code, kept as E.164."""

    default_error_messages = {"required": _("Indiquez un numéro de téléphone, comme 06 12 34 56 78.")}
    widget = forms.TextInput(attrs={"type": "tel"})
    parse = staticmethod(numbers.parse_phone_fr)
    input_attrs = {"autocomplete": "off", "class": "short"}

    def to_python(self, value: Any) -> str:
        return super().to_python(value) or ""

    def prepare_value(self, value: Any) -> Any:
        is_stored = isinstance(value, str) and re.fullmatch(r"\+\d{8,15}", value)
        return numbers.format_phone_fr(value) if is_stored else value


def parse_siret(text: str) -> str:
    """Fourteen digits with a right key, as SIRENE writes them; spaces, points and dashes are left out."""
    typed = re.sub(r"[\s.\-]", "", text)
    if not re.fullmatch(r"[0-9]+", typed):
        raise ValueError("Écrivez seulement les 14 chiffres du SIRET.")
    if len(typed) != 14:
        raise ValueError(f"Un SIRET compte 14 chiffres, vous en avez écrit {len(typed)}.")
    if not siret.is_valid(typed):
        raise ValueError("Ce SIRET n’existe pas : un chiffre est faux. Vérifiez-le sur un papier de l’entreprise.")
    return typed


class SiretField(_TypedField):
    default_error_messages = {"required": _("Indiquez les 14 chiffres du SIRET.")}
    parse = staticmethod(parse_siret)
    input_attrs = {"inputmode": "numeric", "autocomplete": "off", "class": "short"}

    def to_python(self, value: Any) -> str:
        return super().to_python(value) or ""

    def prepare_value(self, value: Any) -> Any:
        is_stored = isinstance(value, str) and re.fullmatch(r"\d{14}", value)
        return f"{value[:3]} {value[3:6]} {value[6:9]} {value[9:]}" if is_stored else value


class FreeTextField(forms.CharField):
    """Whatever people may write in their own words, on one line, in which no social security number may stand.

    Mobiliz has no right to keep one: every free text of the house is of this kind or of the one below.
    """

    default_validators = [refuse_nir]


class NirFreeTextField(FreeTextField):
    """The same on several lines."""

    widget = forms.Textarea(attrs={"rows": 4})


def posted_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """What a refused form held, to be offered again: nothing typed is lost when a session lapses. No passwords."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken" and "password" not in name
        for value in values
    ]
