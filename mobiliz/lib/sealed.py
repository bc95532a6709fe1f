"""Fields and files encrypted at rest: income, household, notes, messages. Never searched, never compared in SQL.

The first key of FIELD_ENCRYPTION_KEYS encrypts, all of them decrypt, so that keys rotate without a stop.
"""

import json
from functools import cache
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.exceptions import FieldError
from django.core.signals import setting_changed
from django.db import models


@cache
def _box() -> MultiFernet:
    return MultiFernet([Fernet(key.strip().encode()) for key in settings.FIELD_ENCRYPTION_KEYS])


def _forget_keys(*, setting: str, **kwargs: Any) -> None:
    if setting == "FIELD_ENCRYPTION_KEYS":
        _box.cache_clear()


setting_changed.connect(_forget_keys)


def seal(value: Any) -> bytes:
    """A JSON-able value as an encrypted token."""
    return _box().encrypt(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def unseal(token: bytes) -> Any:
    """The value that `seal` was given; raises InvalidToken when no key fits."""
    return json.loads(_box().decrypt(bytes(token)))


def seal_bytes(data: bytes) -> bytes:
    """A file as an encrypted token, with the same keys."""
    return _box().encrypt(data)


def unseal_bytes(token: bytes) -> bytes:
    """The file that `seal_bytes` was given; raises InvalidToken when no key fits."""
    return _box().decrypt(token)


class SealedJSONField(models.BinaryField):
    """A JSON-able value, encrypted in the column and plain in Python."""

    description = "JSON value encrypted at rest"
    # for the type checker: any JSON-able value goes in and comes out
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("editable", True)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else unseal(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return None if value is None else connection.Database.Binary(seal(value))

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is encrypted and cannot be searched.")
        return super().get_lookup(lookup_name)

    def value_to_string(self, obj: models.Model) -> str:
        return json.dumps(self.value_from_object(obj))

    def to_python(self, value: Any) -> Any:
        return value

    def get_default(self) -> Any:
        return self._get_default()
