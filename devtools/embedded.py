"""The private servers together; those that the environment names are used as they are."""

from __future__ import annotations

import os
from pathlib import Path

from devtools import filelock
from devtools.places import state_folder
from devtools.postgres import Postgres
from devtools.valkey import Valkey

PATIENCE = 120

# Left by another project, these would send our processes astray.
FOREIGN = ("DJANGO_SETTINGS_MODULE", "PYTHONPATH", "PYTHONHOME", "PYTHONSAFEPATH", "GUNICORN_CMD_ARGS")


def start(state: Path | None = None) -> dict[str, str]:
    """Start what DATABASE_URL and CELERY_BROKER_URL do not name; return both."""
    addresses = {key: os.environ.get(key, "") for key in ("DATABASE_URL", "CELERY_BROKER_URL")}
    if all(addresses.values()):
        return addresses
    state = state or state_folder()
    with filelock.held(state / "servers.lock", "starting the private servers", PATIENCE):
        if not addresses["DATABASE_URL"]:
            Postgres(state).start()
        if not addresses["CELERY_BROKER_URL"]:
            Valkey(state).start()
    return {
        "DATABASE_URL": addresses["DATABASE_URL"] or Postgres(state).url(),
        "CELERY_BROKER_URL": addresses["CELERY_BROKER_URL"] or Valkey(state).url(),
    }


def stop(state: Path) -> list[str]:
    """Stop the private servers; the names of those that ran."""
    with filelock.held(state / "servers.lock", "starting the private servers", PATIENCE):
        stopped = {"Valkey": Valkey(state).stop(), "PostgreSQL": Postgres(state).stop()}
    return [name for name, ran in stopped.items() if ran]


def environment(mode: str, addresses: dict[str, str]) -> dict[str, str]:
    """What a process of Mobiliz needs around it, and nothing of other projects."""
    own = not os.environ.get("DATABASE_URL")
    # libpq would follow PGPORT and the like to another server than the private one.
    kept = {
        key: value for key, value in os.environ.items() if key not in FOREIGN and not (own and key.startswith("PG"))
    }
    files = {} if "MEDIA_ROOT" in kept else {"MEDIA_ROOT": str(files_folder(state_folder()))}
    return {**kept, **addresses, **files, "MOBILIZ_MODE": mode, "PYTHONUNBUFFERED": "1"}


def files_folder(state: Path) -> Path:
    """Where the files that people send are kept, beside the database that knows of them."""
    return state / "media"
