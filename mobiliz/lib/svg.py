"""SVG text made in Python: coordinates, labels, and the string that templates put in as it is. Pure."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from html import escape


class Svg(str):
    """SVG text that templates put in as it is: every label in it was escaped where it was made."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


def coordinate(value: float | Decimal) -> str:
    """A coordinate: one decimal, no more."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def clean(text: str) -> str:
    """Without control characters, which XML does not allow."""
    return "".join(char for char in text if not unicodedata.category(char).startswith("C"))


def words(text: str) -> str:
    """A label, safe between tags and between quotes."""
    return escape(clean(text))
