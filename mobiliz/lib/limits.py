"""So many attempts in so long a while, counted for all processes; while the cache is away nobody is limited.

The while is one of a fixed row of equal whiles, so that when it ends can be said to whoever must wait.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from django.core.cache import cache

from mobiliz.lib import clock


@dataclass(frozen=True, slots=True)
class Limit:
    """`amount` in every `seconds`, for each key by itself; keys are kept hashed."""

    name: str
    amount: int
    seconds: int

    def count(self, key: str) -> int:
        """One more; how many it is now."""
        place = self._place(key)
        cache.add(place, 0, self.seconds)
        try:
            return int(cache.incr(place) or 0)
        except ValueError:  # it ran out in between
            return 0

    def is_reached(self, key: str) -> bool:
        return int(cache.get(self._place(key)) or 0) >= self.amount

    def forget(self, key: str) -> None:
        cache.delete(self._place(key))

    @property
    def over_at(self) -> datetime:
        """When the present while ends, and one may try again."""
        return datetime.fromtimestamp((self._while() + 1) * self.seconds, UTC)

    @property
    def seconds_left(self) -> int:
        return max(1, round((self.over_at - clock.now()).total_seconds()))

    def _while(self) -> int:
        return int(clock.now().timestamp()) // self.seconds

    def _place(self, key: str) -> str:
        hashed = hashlib.sha256(key.encode()).hexdigest()
        return f"limit:{self.name}:{self._while()}:{hashed}"
