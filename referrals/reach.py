"""How far a person is sent: no farther than they agreed to, and never across the sea. Pure."""

from __future__ import annotations

from decimal import Decimal

FARTHEST_AGREED_KM = 200  # nobody is asked to agree to more


def is_within(distance_km: Decimal | float, agreed_km: int) -> bool:
    """As the crow flies, and to a tenth of a kilometre: what is recorded is what is compared."""
    return round(Decimal(distance_km), 1) <= agreed_km


def least_word_km(distance_km: Decimal | float) -> int:
    """The whole kilometres that the person must agree to for a garage so far away."""
    tenth = round(Decimal(distance_km), 1)
    return int(tenth) + (tenth % 1 > 0)
