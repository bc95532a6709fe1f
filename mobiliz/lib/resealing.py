"""Whatever is sealed, sealed anew under the first of FIELD_ENCRYPTION_KEYS, while the site works.

Batch by batch, each with its progress in one transaction. A value that somebody changed meanwhile is left alone: what
is written now is under the first key already. Immutable rows let a session through that says that it reseals, and then
only another ciphertext. What the value says never changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction

from mobiliz.lib import clock, storage
from mobiliz.lib.models import KeyRotation
from mobiliz.lib.sealed import SealedJSONField

SEALED_FILE = ".sealed"


@dataclass
class Resealed:
    seen: int = 0
    changed: int = 0
    unreadable: int = 0


class Keys:
    """All of them open, the first one seals."""

    def __init__(self) -> None:
        keys = [key.strip().encode() for key in settings.FIELD_ENCRYPTION_KEYS]
        self.first, self.all = Fernet(keys[0]), MultiFernet([Fernet(key) for key in keys])
        self.fingerprint = hashlib.sha256(b"mobiliz fingerprint of a key:" + keys[0]).hexdigest()[:16]

    def renewed(self, token: bytes) -> bytes | None:
        """None where the first key opens it; raises InvalidToken where none does."""
        try:
            self.first.decrypt(token)
        except InvalidToken:
            return self.all.rotate(token)
        return None


def sealed_models() -> list[tuple[type[models.Model], list[str]]]:
    """Every table that has such columns, with their names."""
    found = []
    for model in apps.get_models():
        if model._meta.managed and not model._meta.proxy:
            columns = [str(one.column) for one in model._meta.local_fields if isinstance(one, SealedJSONField)]
            if columns:
                found.append((model, columns))
    return found


def reseal_table(model: type[models.Model], columns: list[str], keys: Keys, batch: int) -> Resealed:
    """From where the last run under this key stopped; a table that is done is not begun anew."""
    table, result = model._meta.db_table, Resealed()
    progress, _is_new = KeyRotation.objects.get_or_create(key=keys.fingerprint, table=table)
    if progress.is_done:
        return result
    pk = model._meta.pk
    reached = pk.to_python(progress.reached) if progress.reached else None
    while rows := _rows(model, columns, reached, batch):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('mobiliz.resealing', 'yes', true)")
            for key, *tokens in rows:
                _reseal_row(cursor, model, key, dict(zip(columns, tokens, strict=True)), keys, result)
            reached = rows[-1][0]
            progress.reached, progress.changed_at = str(reached), clock.now()
            progress.save(update_fields=["reached", "changed_at"])
            # only here may this transaction reseal
            cursor.execute("SELECT set_config('mobiliz.resealing', '', true)")
    progress.is_done, progress.changed_at = True, clock.now()
    progress.save(update_fields=["is_done", "changed_at"])
    return result


def begin_anew(keys: Keys) -> None:
    """Forget how far it came: the next run looks at every row again."""
    KeyRotation.objects.filter(key=keys.fingerprint).delete()


def _rows(model: type[models.Model], columns: list[str], reached: Any, batch: int) -> list[tuple[Any, ...]]:
    quoted = ", ".join(_name(one) for one in (model._meta.pk.column, *columns))
    key, where = _name(model._meta.pk.column), ""
    if reached is not None:
        where = f"WHERE {key} > %s"
    with connection.cursor() as cursor:
        # names of our own models, quoted; values are parameters
        statement = f"SELECT {quoted} FROM {_name(model._meta.db_table)} {where} ORDER BY {key} LIMIT {int(batch)}"  # noqa: S608
        cursor.execute(statement, [] if reached is None else [reached])
        return list(cursor.fetchall())


def _reseal_row(
    cursor: Any, model: type[models.Model], key: Any, tokens: dict[str, Any], keys: Keys, result: Resealed
) -> None:
    for column, token in tokens.items():
        if token is None:
            continue
        result.seen += 1
        old = bytes(token)
        try:
            new = keys.renewed(old)
        except InvalidToken:
            result.unreadable += 1
            continue
        if new is not None:
            table, pk, name = _name(model._meta.db_table), _name(model._meta.pk.column), _name(column)
            statement = f"UPDATE {table} SET {name} = %s WHERE {pk} = %s AND {name} = %s"  # noqa: S608
            cursor.execute(statement, [new, key, old])
            result.changed += cursor.rowcount


def reseal_files(keys: Keys) -> Resealed:
    """The sealed files of private storage; each is replaced at once, or stays as it was."""
    result, private = Resealed(), storage.private()
    for name in _sealed_files(""):
        result.seen += 1
        try:
            with private.open(name) as kept:
                new = keys.renewed(kept.read())
        except FileNotFoundError:
            continue  # taken away meanwhile
        except InvalidToken:
            result.unreadable += 1
            continue
        if new is not None:
            private.replace(name, new)  # type: ignore[attr-defined]
            result.changed += 1
    return result


def _sealed_files(folder: str) -> Iterator[str]:
    folders, names = storage.private().listdir(folder)
    yield from (f"{folder}{name}" for name in sorted(names) if name.endswith(SEALED_FILE))
    for inner in sorted(folders):
        yield from _sealed_files(f"{folder}{inner}/")


def _name(identifier: str | None) -> str:
    assert identifier is not None
    return connection.ops.quote_name(identifier)
