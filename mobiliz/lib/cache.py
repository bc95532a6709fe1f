"""The cache that all processes share, and what it answers while its server is away."""

from __future__ import annotations

from typing import Any

from django_redis.cache import RedisCache


class SharedCache(RedisCache):
    """Away, it is as an empty cache: nothing is found, everything may be added.

    Without the last, the lock that allauth takes before it counts an attempt would never be had, and nobody
    could sign in until the server is back.
    """

    def add(self, *args: Any, **kwargs: Any) -> bool:
        added = super().add(*args, **kwargs)
        return True if added is None else bool(added)
