"""The test database as migrations leave it, kept between runs as a template: copied in a moment, where building it from
its migrations takes ten seconds of each process in each run.

Its name holds a hash of every migration there is, third parties' too, and of the server's version: with another
migration it is another template. Django still runs `migrate` on the copy, so that nothing can be missing. Where the
server lets us make none, everything is built anew.
"""

import hashlib
from pathlib import Path

from django.apps import apps
from django.db import DatabaseError, connection

PREFIX = "mobiliz_template_"


def find_template() -> str | None:
    """Its name, where it stands."""
    with connection._nodb_cursor() as cursor:
        name = _name(cursor)
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return name if cursor.fetchone() else None


def keep_template() -> None:
    """Copy the database as it is now, and drop the templates of other migrations."""
    source = connection.settings_dict["NAME"]
    connection.close()  # a database in use is not copied
    with connection._nodb_cursor() as cursor:
        name = _name(cursor)
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
        others = [found for (found,) in cursor.fetchall() if found != name]
        for command in (f'CREATE DATABASE "{name}" TEMPLATE "{source}"', *(f'DROP DATABASE "{one}"' for one in others)):
            try:
                cursor.execute(command)
            except DatabaseError:  # another process was quicker or is copying, or it is not ours to do
                continue


def _name(cursor) -> str:
    cursor.execute("SHOW server_version_num")
    (version,) = cursor.fetchone()
    return PREFIX + fingerprint(version, {app.label: Path(app.path) for app in apps.get_app_configs()})


def fingerprint(version: str, folders: dict[str, Path]) -> str:
    """Another one for another server, or another word in any migration of any app."""
    found = hashlib.sha256(version.encode())
    for label, folder in sorted(folders.items()):
        for file in sorted((folder / "migrations").glob("*.py")):
            found.update(f"\0{label}/{file.name}\0".encode() + file.read_bytes())
    return found.hexdigest()[:20]
