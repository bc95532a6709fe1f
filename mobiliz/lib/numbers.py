"""Numbers, days and telephone numbers as people in France type and read them.

Every `parse_` takes what was typed and raises ValueError with a French sentence that says what to write.
"""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from mobiliz.lib.money import to_cents
from mobiliz.lib.text import normalise

NO_BREAK_SPACE = "\u00a0"
NARROW_NO_BREAK_SPACE = "\u202f"
MINUS = "\u2212"

MAX_DIGITS = 15
MAX_TYPED = 40  # with spaces and points; nothing longer is read at all
FIRST_YEAR, LAST_YEAR = 1900, 2199

_GROUPED = re.compile(r"\d{1,3}(?: \d{3})+")
_DOTTED_GROUPS = re.compile(r"\d{1,3}(?:\.\d{3})+")
_FIGURES = re.compile(r"[0-9., ]+")
_PLAIN = re.compile(r"\d+")
_DAY_MONTH_YEAR = re.compile(r"(\d{1,2}) ?([/\-. ]) ?(\d{1,2}) ?\2 ?(\d{4}|\d{2})", re.ASCII)
_DAY_IN_WORDS = re.compile(r"(\d{1,2}) ?(?:er )?([a-z]{3,9})\.? ?(\d{4}|\d{2})", re.ASCII)
_MONTHS = (
    "janvier", "fevrier", "mars", "avril", "mai", "juin",
    "juillet", "aout", "septembre", "octobre", "novembre", "decembre",
)  # fmt: skip
_YEAR_MONTH_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)

# The numbering plan gives these prefixes of national numbers to countries of their own (ARCEP; ITU codes).
_OVERSEAS_PREFIXES = {
    "590": ("590", "690", "691", "7090"),  # Guadeloupe, Saint-Barthélemy, Saint-Martin
    "594": ("594", "694", "70930", "70931", "70932", "70933"),  # Guyane
    "596": ("596", "696", "697", "7091"),  # Martinique
    "262": ("262", "263", "268", "269", "639", "692", "693", "7092", "70935", "70936", "70937"),
}
# ARCEP keeps this mainland block for invented numbers, though Mayotte has the rest of 0639.
_MAINLAND_ALL_THE_SAME = ("63998",)


def parse_decimal_fr(text: str, example: str = "1 234,50") -> Decimal:
    """ "1 234,50", "1234.5", "1.234,50" or "1 234,50 €" as a Decimal, with the decimals that were typed.

    The example is what a refusal says to write; none, and it only says that figures are wanted.
    A lone point is a decimal point ("1.234" is one and a bit): unit prices may carry four decimals.
    """
    typed = _single_spaces(text).removesuffix("€").rstrip()
    is_negative = typed.startswith(("-", MINUS))
    unsigned = typed[1:].lstrip() if typed.startswith(("-", "+", MINUS)) else typed
    if not unsigned:
        raise ValueError("Indiquez un nombre.")
    if len(unsigned) > MAX_TYPED:
        raise ValueError("Ce nombre est trop long. Vérifiez-le.")
    if not _FIGURES.fullmatch(unsigned) or not any(sign.isdigit() for sign in unsigned):
        raise ValueError(f"Écrivez seulement des chiffres{f', comme {example}' if example else ''}.")
    whole, decimals = _whole_and_decimals(unsigned, example)
    if len(whole) + len(decimals) > MAX_DIGITS:
        raise ValueError("Ce nombre est trop long. Vérifiez-le.")
    number = Decimal(f"{whole or '0'}.{decimals}" if decimals else whole or "0")
    return -number if is_negative and number else number


def _whole_and_decimals(unsigned: str, example: str) -> tuple[str, str]:
    """The digits on both sides of the decimal mark; refuses groups that are not of three."""
    mark = "," if "," in unsigned else "."
    whole, _, decimals = unsigned.partition(mark)
    fits = not decimals or _PLAIN.fullmatch(decimals)
    if mark == "," and _DOTTED_GROUPS.fullmatch(whole):
        whole = whole.replace(".", "")
    if not fits or (whole and not _PLAIN.fullmatch(whole) and not _GROUPED.fullmatch(whole)):
        how = f"comme {example}" if example else "sans espace ni virgule"
        raise ValueError(f"Ce nombre peut se lire de plusieurs façons. Écrivez-le {how}.")
    return whole.replace(" ", "").lstrip("0"), decimals


def parse_date_fr(text: str, years: range | None = None) -> date:
    """ "12/03/1985", with - . or a space as well, "12 mars 1985", "1er mai 1986" or "1985-03-12".

    A year has four digits. Two will do where `years` has only one that ends so: of a birth, "85" is 1985.
    """
    typed = _single_spaces(text)
    if not typed:
        raise ValueError("Indiquez une date, comme 12/03/1985.")
    if found := _DAY_MONTH_YEAR.fullmatch(typed):
        day, _, month, year = found.groups()
    elif found := _YEAR_MONTH_DAY.fullmatch(typed):
        year, month, day = found.groups()
    elif found := _DAY_IN_WORDS.fullmatch(normalise(typed)):
        day, month, year = found[1], _month_named(found[2]), found[3]
    else:
        raise ValueError("Écrivez la date comme 12/03/1985.")
    return _existing_day(_whole_year(year, years), int(month), int(day))


def _month_named(word: str) -> int:
    """ "mars" is 3, and so is "mar": the first letters do where they leave no doubt."""
    meant = [number for number, name in enumerate(_MONTHS, 1) if name.startswith(word)]
    if len(meant) != 1:
        raise ValueError("Écrivez la date comme 12/03/1985.")
    return meant[0]


def _whole_year(typed: str, years: range | None) -> int:
    if len(typed) == 4:
        return int(typed)
    meant = [year for year in years or () if year % 100 == int(typed)]
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise ValueError(f"Écrivez l’année avec quatre chiffres : {' ou '.join(map(str, meant))} ?")
    raise ValueError("Écrivez l’année avec quatre chiffres, comme 12/03/1985.")


def _existing_day(year: int, month: int, day: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"Vérifiez l’année : {year}.")
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"Le {day:02}/{month:02}/{year} n’existe pas. Vérifiez la date.") from None


def parse_phone_fr(text: str) -> str:
    """A French number, overseas included, or a foreign one with its country code, as E.164."""
    typed = _single_spaces(text)
    if not typed:
        raise ValueError("Indiquez un numéro de téléphone, comme 06 12 34 56 78.")
    if not re.fullmatch(r"\+?[0-9 ./()\-\u2010-\u2013]+", typed):
        raise ValueError("Écrivez seulement des chiffres, comme 06 12 34 56 78.")
    digits = re.sub(r"[^0-9+]", "", typed.replace("(0)", ""))
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    return _international(digits) if digits.startswith("+") else _from_national(digits)


def _from_national(digits: str) -> str:
    if not re.fullmatch(r"0[1-9][0-9]{8}", digits):
        raise ValueError("Un numéro français compte dix chiffres, comme 06 12 34 56 78.")
    number = digits[1:]
    if number.startswith(_MAINLAND_ALL_THE_SAME):
        return f"+33{number}"
    for country, prefixes in _OVERSEAS_PREFIXES.items():
        if number.startswith(prefixes):
            return f"+{country}{number}"
    return f"+33{number}"


def _international(digits: str) -> str:
    if digits.startswith("+33"):
        # people keep the national zero after the country code
        return _from_national("0" + digits[3:].removeprefix("0"))
    if digits[1:4] in _OVERSEAS_PREFIXES:
        return _overseas(digits[1:4], digits[4:].removeprefix("0"))
    if not re.fullmatch(r"\+[1-9][0-9]{8,14}", digits):
        raise ValueError("Ce numéro étranger n’est pas complet. Écrivez-le comme +32 470 12 34 56.")
    return digits


def _overseas(country: str, number: str) -> str:
    if not re.fullmatch(r"[1-9][0-9]{8}", number):
        raise ValueError(f"Ce numéro n’est pas complet. Écrivez-le comme +{country} {country} 12 34 56.")
    return f"+{country}{number}"


def format_phone_fr(e164: str) -> str:
    """ "+33612345678" as "06 12 34 56 78", "+262692123456" as "0692 12 34 56"; a foreign one as it is."""
    if found := re.fullmatch(r"\+33([1-9][0-9]{8})", e164):
        return _in_pairs("0" + found[1])
    if found := re.fullmatch(rf"\+(?:{'|'.join(_OVERSEAS_PREFIXES)})([1-9][0-9]{{8}})", e164):
        return f"0{found[1][:3]} {_in_pairs(found[1][3:])}"
    return e164


def _in_pairs(digits: str) -> str:
    return " ".join(digits[at : at + 2] for at in range(0, len(digits), 2))


def format_decimal_fr(value: Decimal | int, places: int | None = None) -> str:
    """ "1 234,5": rounded half up to so many places, or with the decimals that matter."""
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError("Not a finite number.")
    if places is not None:
        number = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    plain = f"{abs(number):,f}"
    if places is None and "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    sign = MINUS if number < 0 else ""
    return sign + plain.replace(",", NARROW_NO_BREAK_SPACE).replace(".", ",")


def format_eur(amount: Decimal) -> str:
    """ "1 234,50 €", to the cent."""
    return f"{format_decimal_fr(to_cents(amount), 2)}{NO_BREAK_SPACE}€"


def format_percent_fr(value: Decimal, places: int = 1) -> str:
    """ "36,8 %" from 36.8: the value is already in per cent."""
    return f"{format_decimal_fr(value, places)}{NO_BREAK_SPACE}%"


def _single_spaces(text: str) -> str:
    """Trimmed, with every kind of space (no-break, narrow, tab) as one plain space."""
    return " ".join(text.split())
