"""What templates need to speak French and to show a sign beside a word: `{% load mobiliz %}`."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BaseForm, BaseFormSet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from heroicons.templatetags.heroicons import heroicon_outline

from mobiliz.lib import numbers, periods
from mobiliz.lib.clock import PARIS, day_of, today
from mobiliz.lib.paging import COUNTED, Page
from mobiliz.lib.text import of_name as elided
from mobiliz.lib.text import of_place as place_elided

register = template.Library()

NO_BREAK_SPACE = numbers.NO_BREAK_SPACE
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
SENSE_ICONS = {
    "good": "check-circle",
    "wait": "clock",
    "late": "exclamation-triangle",
    "info": "information-circle",
}


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str) -> SafeString:
    """One outline icon of the heroicons package, inlined; the word beside it is what is read aloud."""
    return SafeString(heroicon_outline(name, size=None, **{"class": "icon", "aria-hidden": "true"}))


@register.simple_tag
def sense_icon(sense: str) -> SafeString | str:
    """The sign of good, wait, late or info; nothing for "none"."""
    return icon(SENSE_ICONS[sense]) if sense in SENSE_ICONS else ""


@register.simple_tag
def pips(done: int, of: int) -> SafeString:
    """One pip per working day of the delay, filled as days pass, then one taller pip per day late."""
    states = ["on"] * min(done, of) + [""] * (of - done) + ["over"] * (done - of)
    marks = "".join(f"<i data-{state}></i>" if state else "<i></i>" for state in states)
    return format_html('<span class="pips" aria-hidden="true">{}</span>', SafeString(marks))


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: BaseForm | BaseFormSet | None) -> dict[str, Any]:
    """What is to be corrected in these forms and formsets, each with a link to its field; a page may lack one."""
    errors = [error for form in forms if form for error in _errors_of(form)]
    return {"errors": errors}


def _errors_of(form: BaseForm | BaseFormSet, row: str = "") -> Iterator[tuple[str, str, str]]:
    """(anchor, label, sentence) of each error, in the order of the fields."""
    if isinstance(form, BaseFormSet):
        yield from (("", "", error) for error in form.non_form_errors())
        for number, line in enumerate(form.forms, 1):
            yield from _errors_of(line, gettext("Ligne %(number)d, ") % {"number": number})
        return
    yield from (("", "", error) for error in form.non_field_errors())
    for field in form:
        anchor = getattr(field, "anchor", field.id_for_label)
        yield from ((anchor, f"{row}{_within(field.label) if row else field.label}", error) for error in field.errors)


def _within(label: object) -> str:
    """A label in the middle of a sentence: "prix public HT"."""
    return f"{str(label)[:1].lower()}{str(label)[1:]}"


@register.filter
def eur(amount: Decimal | None) -> str:
    """231.72 as "231,72 €"."""
    return "" if amount in (None, "") else numbers.format_eur(Decimal(amount))


@register.filter
def unit_eur(price: Decimal | None) -> str:
    """A unit price, to the cent or with the decimals that it carries: 35 as "35,00 €", 12.3456 as "12,3456 €"."""
    if price in (None, ""):
        return ""
    value = Decimal(price)
    if value == value.quantize(Decimal("0.01")):
        return numbers.format_eur(value)
    return f"{numbers.format_decimal_fr(value)}{NO_BREAK_SPACE}€"


@register.filter
def decimal_fr(value: Decimal | int | None, places: int | None = None) -> str:
    """1234.5 as "1 234,5", or to so many places: `{{ hours|decimal_fr:2 }}`."""
    return "" if value in (None, "") else numbers.format_decimal_fr(Decimal(str(value)), places)


@register.filter
def percent_fr(value: Decimal | float | None, places: int = 1) -> str:
    """36.8 as "36,8 %": the value is already in per cent."""
    return "" if value in (None, "") else numbers.format_percent_fr(Decimal(str(value)), places)


@register.filter
def phone_fr(e164: str | None) -> str:
    """The stored "+33612345678" as "06 12 34 56 78", in one piece at the end of a line."""
    return numbers.format_phone_fr(e164).replace(" ", NO_BREAK_SPACE) if e164 else ""


@register.filter
def day_fr(value: date | datetime | None, form: str = "year") -> str:
    """As "23 novembre 2026"; with "weekday" "lundi 23 novembre"; with "full" "lundi 23 novembre 2026";
    with "short" "23/11/2026", for tables."""
    if not value:
        return ""
    day = day_of(value) if isinstance(value, datetime) else value
    if form == "short":
        return f"{day:%d/%m/%Y}"
    words = [f"{day.day}er" if day.day == 1 else str(day.day), MONTHS[day.month - 1]]
    if form in ("weekday", "full"):
        words.insert(0, WEEKDAYS[day.weekday()])
    if form in ("year", "full"):
        words.append(str(day.year))
    return NO_BREAK_SPACE.join(words)


@register.filter
def age_fr(born: date | None) -> str:
    """The age today of someone born on this day: "41 ans"."""
    return periods.age_fr(born, today()) if born else ""


@register.filter
def month_fr(day: date | None) -> str:
    """As "mars 2024"."""
    return f"{MONTHS[day.month - 1]}{NO_BREAK_SPACE}{day.year}" if day else ""


@register.filter
def hour_fr(value: datetime | None) -> str:
    """As "10 h 42", in Paris."""
    if not value:
        return ""
    return NO_BREAK_SPACE.join(f"{value.astimezone(PARIS):%-H h %M}".split())


@register.filter
def moment_fr(value: datetime | None, form: str = "weekday") -> str:
    """As "lundi 23 novembre à 10 h 42", in Paris; forms as for day_fr."""
    return f"{day_fr(value, form)} à {hour_fr(value)}" if value else ""


@register.filter
def moment_short(value: datetime | None) -> str:
    """As "à 10 h 42" today, else "le lundi 23 novembre à 10 h 42", in Paris."""
    if not value:
        return ""
    return f"à {hour_fr(value)}" if day_of(value) == today() else f"le {moment_fr(value)}"


@register.filter
def in_groups(text: str, size: int = 4) -> str:
    """Signs in groups, to be copied by hand: "ABCDEFGH" as "ABCD EFGH"."""
    return " ".join(text[start : start + size] for start in range(0, len(text), size))


@register.filter
def plural_fr(count: int, forms: str) -> str:
    """`{{ 3|plural_fr:"orientation,orientations" }}`: in French zero and one are singular."""
    one, many = forms.split(",")
    return one if abs(count) < 2 else many


@register.filter
def count_fr(found: Page, forms: str) -> str:
    """How many rows a list has, in words: "52 garages", "plus de 1 000 garages" where nobody counted farther."""
    number = numbers.format_decimal_fr(Decimal(min(found.total, COUNTED)))
    said = f"{number}{NO_BREAK_SPACE}{plural_fr(found.total, forms)}"
    return gettext("plus de %(count)s") % {"count": said} if found.is_uncounted else said


@register.inclusion_tag("components/sort_head.html")
def sort_head(found: Page, name: str, css: str = "") -> dict[str, Any]:
    """The heading of a column by which a list can be sorted: `{% sort_head found "nom" %}`."""
    return {"head": found.heads[name], "css": css}


@register.filter
def of_place(name: object) -> str:
    """`{{ commune.name|of_place }}`: "de Guéret", "du Puy-en-Velay"."""
    return place_elided(str(name))


@register.filter
def of_name(name: object) -> str:
    """`{{ person|of_name }}`: "de Nadia Benali", "d’Inès Barbier"."""
    return elided(str(name))


@register.filter
def get(mapping: dict[Any, Any], key: Any) -> Any:
    """The value under a key that is itself a variable."""
    return mapping.get(key)
