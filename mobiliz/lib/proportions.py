"""Shares of a whole as reports may show them: never without enough cases, always with their uncertainty."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

MIN_DENOMINATOR = 5
"""Below it no percentage is shown: "trop peu"."""

_PLACES = Decimal("0.0001")
_Z_95 = Decimal("1.959963984540054")  # the normal quantile that leaves 2.5 % on each side


def rate(successes: int, n: int) -> Decimal | None:
    """Successes / n with four places, or None when n is too small to say.

    More than one is possible: counted by event, repairs of a month may outnumber its quotes.
    """
    _check(successes, n)
    return _rounded(Decimal(successes) / n) if n >= MIN_DENOMINATOR else None


def too_small[Key](counts: Mapping[Key, int]) -> frozenset[Key]:
    """Which of these counts are hidden beside their total: one to four, and the next smallest where the total would
    give them away."""
    hidden = [key for key, count in counts.items() if 0 < count < MIN_DENOMINATOR]
    if hidden and (len(hidden) == 1 or sum(counts[key] for key in hidden) < MIN_DENOMINATOR):
        others = [key for key, count in counts.items() if count >= MIN_DENOMINATOR]
        hidden += sorted(others, key=lambda key: counts[key])[:1]
    return frozenset(hidden)


def wilson_interval(successes: int, n: int) -> tuple[Decimal, Decimal]:
    """Wilson's 95 % interval for a proportion, four places; 0 to 1 when nothing was counted.

    Source: E. B. Wilson, 1927, "Probable inference, the law of succession, and statistical inference".
    """
    _check(successes, n)
    if successes > n:
        raise ValueError("A proportion has at most as many successes as cases.")
    if n == 0:
        return _rounded(Decimal(0)), _rounded(Decimal(1))
    share, z2 = Decimal(successes) / n, _Z_95 * _Z_95
    centre = share + z2 / (2 * n)
    spread = _Z_95 * (share * (1 - share) / n + z2 / (4 * n * n)).sqrt()
    scale = 1 + z2 / n
    low, high = (centre - spread) / scale, (centre + spread) / scale
    return _rounded(max(low, Decimal(0))), _rounded(min(high, Decimal(1)))


def _check(successes: int, n: int) -> None:
    if successes < 0 or n < 0:
        raise ValueError("Counts are not negative.")


def _rounded(value: Decimal) -> Decimal:
    return abs(value.quantize(_PLACES, rounding=ROUND_HALF_UP))
