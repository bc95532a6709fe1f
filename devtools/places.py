"""Where things lie: the checkout, its .venv, and the state of the private servers."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

from devtools.console import Trouble

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCAL = ROOT / ".local"

# The address of a Unix socket holds this many bytes, its closing zero not counted.
SOCKET_LIMIT = 103 if sys.platform == "darwin" else 107
LONGEST_SOCKET = "pg/.s.PGSQL.5432"
# Anything else would need quoting in configuration files, shell lines and two kinds of URL.
PLAIN_PATH = re.compile(r"[A-Za-z0-9/._+-]+")


def venv_python(venv: Path = VENV) -> Path:
    """The interpreter of a virtual environment."""
    return venv / "bin" / "python"


def state_folder(root: Path = ROOT) -> Path:
    """The folder of the private servers, created for this user alone."""
    forced = os.environ.get("MOBILIZ_STATE")
    if forced:
        return private_folder(fitting(Path(forced).absolute()))
    inside = root / ".local"
    return private_folder(inside if suits(inside) else elsewhere(root))


def elsewhere(root: Path = ROOT) -> Path:
    """The state of this checkout and user when the checkout itself will not do."""
    tag = hashlib.sha256(str(root).encode()).hexdigest()[:8]
    return Path("/var/tmp") / f"mobiliz-{os.getuid()}-{tag}"


def suits(folder: Path) -> bool:
    """May sockets and a database live here?"""
    return fits(folder) and is_mine(folder) and reachable_by_database(folder)


def fits(folder: Path) -> bool:
    """Is a socket in this folder short enough, and its name plain?"""
    longest = os.fsencode(folder / LONGEST_SOCKET)
    return len(longest) <= SOCKET_LIMIT and bool(PLAIN_PATH.fullmatch(str(folder)))


def fitting(folder: Path) -> Path:
    if not fits(folder):
        raise Trouble(
            f"MOBILIZ_STATE={folder} is too long or has unusual characters for a Unix socket;"
            " choose a shorter, plain path."
        )
    return folder


def is_mine(folder: Path) -> bool:
    """Do I own this folder, or could I create it as my own?"""
    if os.path.lexists(folder):
        found = os.lstat(folder)
        return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    return os.access(folder.parent, os.W_OK | os.X_OK)


def private_folder(folder: Path) -> Path:
    """Create the folder; refuse one that somebody else laid in our way."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not is_mine(folder):
        raise Trouble(f"{folder} belongs to somebody else; set MOBILIZ_STATE to a folder of your own.")
    # As root the database runs as another user, who must pass through but need not look.
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    return folder


def database_user() -> dict[str, Any]:
    """How to start what PostgreSQL refuses to do as root: arguments for subprocess."""
    if os.geteuid() != 0:
        return {}
    uid, gid = nobody()

    def become_nobody() -> None:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)

    return {"preexec_fn": become_nobody}


def nobody() -> tuple[int, int]:
    """The user and group that run PostgreSQL when root starts it."""
    import pwd

    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        raise Trouble(
            "PostgreSQL refuses to run as root and there is no user 'nobody': start dev.py as an ordinary user."
        ) from None
    return entry.pw_uid, entry.pw_gid


def reachable_by_database(folder: Path) -> bool:
    """Can the database's user come to this folder? Tried, since modes alone do not tell."""
    existing = next(place for place in [folder, *folder.parents] if place.exists())
    if existing == folder:
        existing = folder.parent  # the folder itself is made passable when it is ours
    return may_enter(existing)


def may_enter(folder: Path) -> bool:
    """Try to enter a folder as the database's user."""
    user = database_user()
    if not user:
        return True
    attempt = subprocess.run(
        ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)], stderr=subprocess.DEVNULL, cwd="/", **user
    )
    return attempt.returncode == 0
