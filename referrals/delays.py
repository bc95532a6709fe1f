"""The delays and circles that the programme has set itself, as they are in force on a day."""

from __future__ import annotations

from datetime import date

from mobiliz.programme.models import Key, Setting
from referrals.clock import Delays

CIRCLES_KM = (30, 60, 100)


def delays_on(day: date) -> Delays:
    """Those of `referrals.clock`, but for what the programme has set otherwise from a day on."""
    values = Setting.objects.values_on(day)
    return Delays(**{name: values[name] for name in Delays.__dataclass_fields__ if name in values})


def circles_on(day: date) -> tuple[int, int, int]:
    """How far around the person's commune garages are looked for, step by step, in km."""
    values = Setting.objects.values_on(day)
    keys = (Key.CIRCLE_NEAR, Key.CIRCLE_WIDER, Key.CIRCLE_WIDEST)
    near, wider, widest = (values.get(key.value, usual) for key, usual in zip(keys, CIRCLES_KM, strict=True))
    return near, wider, widest
