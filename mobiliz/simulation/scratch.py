"""A database of its own for a simulation: made, used in the place of the usual one, and dropped whatever happens."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.db import connection

PREFIX = "mobiliz_annee_"


class NotHere(Exception):
    """Simulations are not for this place."""


@contextmanager
def scratch_database(*, like: str = "", purpose: str = "") -> Iterator[str]:
    """Everything inside reads and writes this database and no other. `like`: a database whose tables and reference
    rows are copied, which is quicker than migrating. `purpose`: tells apart those that one process has at a time."""
    if settings.IS_PRODUCTION:
        raise NotHere("Une simulation ne tourne pas en production.")
    if connection.in_atomic_block:
        raise NotHere("Une simulation ne tourne pas dans une transaction : elle change de base de données.")
    usual, name = connection.settings_dict["NAME"], f"{PREFIX}{os.getpid()}{purpose}"
    connection.close()  # a database is copied only while nobody uses it
    _administer(f"DROP DATABASE IF EXISTS {_quoted(name)} WITH (FORCE)", _creation(name, like))
    # a crash of the machine may lose what nobody keeps; short questions, asked a million times, are not worth compiling
    for setting in ("synchronous_commit", "jit"):
        _administer(f"ALTER DATABASE {_quoted(name)} SET {setting} = off")
    try:
        connection.settings_dict["NAME"] = name
        if not like:
            call_command("migrate", verbosity=0, interactive=False)
        yield name
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual
        _administer(f"DROP DATABASE IF EXISTS {_quoted(name)} WITH (FORCE)")


def _creation(name: str, like: str) -> str:
    return f"CREATE DATABASE {_quoted(name)}" + (f" TEMPLATE {_quoted(like)}" if like else "")


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _administer(*statements: str) -> None:
    with connection._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
