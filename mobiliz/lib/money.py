"""Euros as Decimals: rounding half up, VAT on a base, equal shares. A float never comes near money."""

from collections.abc import Iterable
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
NOTHING = Decimal("0.00")


def to_cents(amount: Decimal) -> Decimal:
    """Rounded half up to the cent; never a negative zero."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP) or NOTHING


def add_up(amounts: Iterable[Decimal]) -> Decimal:
    """The sum, "0.00" when there is none."""
    return sum(amounts, NOTHING)


def vat_on(base: Decimal, vat_percent: Decimal) -> Decimal:
    """VAT on the summed base of one rate, rounded once (EN 16931, BR-CO-17)."""
    return to_cents(base * vat_percent / 100)


def percent(part: Decimal, whole: Decimal) -> Decimal | None:
    """What part of the whole, in per cent with one decimal; None when the whole is nothing."""
    if not whole:
        return None
    return (part * 100 / whole).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def split_equally(amount: Decimal, shares: int) -> tuple[Decimal, ...]:
    """Equal cents with the remainder on the first, so that the shares sum to the amount."""
    share = (amount / shares).quantize(CENT, rounding=ROUND_DOWN)
    return (amount - share * (shares - 1), *[share] * (shares - 1))
