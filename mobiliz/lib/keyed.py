"""What is compared and never read: a keyed hash of it, in a column of its own.

The keys come from FIELD_ENCRYPTION_KEYS, each for its purpose: the first writes, and one looks under all of them, so
that keys rotate without a stop. Without the key, nobody can try names against a copy of the database.
"""

import hashlib
import hmac
from functools import cache
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed
from django.db import models

LENGTH = 64


@cache
def _keys(purpose: str) -> tuple[bytes, ...]:
    return tuple(
        hmac.digest(key.strip().encode(), f"mobiliz keyed hash: {purpose}".encode(), hashlib.sha256)
        for key in settings.FIELD_ENCRYPTION_KEYS
    )


def _forget_keys(*, setting: str, **kwargs: Any) -> None:
    if setting == "FIELD_ENCRYPTION_KEYS":
        _keys.cache_clear()


setting_changed.connect(_forget_keys)


def keyed_hash(purpose: str, text: str) -> str:
    """As it is written today; nothing for nothing."""
    return _hash(_keys(purpose)[0], text) if text else ""


def keyed_hashes(purpose: str, text: str) -> list[str]:
    """As it may have been written, under each key that is still known; none for nothing."""
    return [_hash(key, text) for key in _keys(purpose)] if text else []


def _hash(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


class KeyedHashField(models.CharField):  # type: ignore[type-arg]
    """`KeyedHashField("phone", source="identity_by_phone")`: the hash of that property, at every save and bulk_create.

    A queryset's `update` writes what it is told.
    """

    def __init__(self, purpose: str, source: str, **kwargs: Any) -> None:
        self.purpose, self.source = purpose, source
        super().__init__(**{"max_length": LENGTH, "editable": False, "default": "", **kwargs})

    def deconstruct(self) -> Any:
        name, path, _, kwargs = super().deconstruct()
        return name, path, [self.purpose, self.source], kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        key = keyed_hash(self.purpose, getattr(model_instance, self.source))
        setattr(model_instance, self.attname, key)
        return key
