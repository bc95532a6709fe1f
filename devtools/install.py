"""Bring .venv to what the locks say, then go on inside it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from devtools import filelock, processes, uv
from devtools.console import Trouble, say
from devtools.lockfiles import WHAT_TO_DO, lock_file, read_pins
from devtools.places import LOCAL, ROOT, VENV, venv_python
from devtools.python import OLDEST, Python, examine, find_python

STAMP = VENV / ".mobiliz-stamp"
LOG = LOCAL / "install.log"
PATIENCE = 1800  # a slow line and a cold cache

NO_PYTHON = (
    "No Python 3.12 or later was found and none could be fetched: install one"
    " (https://www.python.org/downloads/, or pyenv install 3.13), then start again."
)


def go_inside(names: Sequence[str]) -> None:
    """Install what these locks ask for, if need be, and continue in .venv's Python."""
    if not is_installed(names):
        with filelock.held(LOCAL / "install.lock", "installing", PATIENCE):
            if not is_installed(names):
                install(names)
    if not inside():
        os.execv(venv_python(), [str(venv_python()), str(ROOT / "dev.py"), *sys.argv[1:]])


def inside() -> bool:
    """Does this very process run in .venv?"""
    return os.path.isdir(VENV) and os.path.samefile(sys.prefix, VENV)


def is_installed(names: Iterable[str]) -> bool:
    """Do the stamp and the locks agree? Quick: this stands before every command."""
    stamped = read_stamp().get("locks", {})
    return os.access(venv_python(), os.X_OK) and all(stamped.get(name) == digest(name) for name in names)


def digest(name: str) -> str:
    try:
        return hashlib.sha256(lock_file(name).read_bytes()).hexdigest()
    except OSError:
        return "missing"


def read_stamp() -> dict[str, Any]:
    """What was installed last: the digest of each lock, and the pins."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(names: Sequence[str], pins: dict[str, str], before: dict[str, Any]) -> None:
    """Note what is installed now, beside what an earlier call for other locks left."""
    stamp = {
        "locks": {**before.get("locks", {}), **{name: digest(name) for name in names}},
        "pins": {**before.get("pins", {}), **pins},
    }
    fresh = STAMP.with_suffix(".new")
    fresh.write_text(json.dumps(stamp), encoding="utf-8")
    fresh.replace(STAMP)


def install(names: Sequence[str]) -> None:
    """Make .venv if it will not do, and install the locked packages with their hashes checked."""
    pins = read_pins(names)
    LOG.write_text("", encoding="utf-8")
    python = usable_venv()
    tool = uv.find(python)
    if not python:
        make_venv(tool)
    before = read_stamp()
    install_packages(names, tool, changed(pins, before.get("pins", {})))
    write_stamp(names, pins, before)


def usable_venv() -> Python | None:
    """The interpreter of .venv, if it runs and is recent enough."""
    found = examine(str(venv_python()))
    return found if found and found.version >= OLDEST else None


def changed(pins: dict[str, str], installed: dict[str, str]) -> list[str]:
    """Packages whose lock says something else than when they were installed: hashes are checked anew."""
    return [name for name, pin in pins.items() if installed.get(name, pin) != pin]


def make_venv(tool: str | None) -> None:
    """Create .venv with the best Python found, or one fetched by uv."""
    python = find_python() or (uv.fetch_python(tool, LOG) if tool else None)
    if not python:
        raise Trouble(NO_PYTHON)
    say(f"Using Python {'.'.join(map(str, python.version))} ({python.path}).")
    shutil.rmtree(VENV, ignore_errors=True)
    by_uv = [tool, "venv", "--quiet", "--python", python.path, str(VENV)] if tool else None
    by_itself = [python.path, "-m", "venv", str(VENV)]
    if not any(command and succeeds(command) for command in (by_uv, by_itself)):
        raise Trouble(
            f"{python.path} could not make a virtual environment (see {LOG});"
            " on Debian or Ubuntu install its venv package, such as python3-venv."
        )


def install_packages(names: Sequence[str], tool: str | None, again: Sequence[str]) -> None:
    """Install with uv; where it fails (it does not read pip's own settings) with plain pip."""
    say(f"Installing the locked packages ({', '.join(names)})...")
    files = [part for name in names for part in ("-r", str(lock_file(name)))]
    if tool and succeeds(with_uv(tool, files, again)):
        return
    refuse_broken_lock()
    if not (has_pip() and succeeds(with_pip(files, again))):
        refuse_broken_lock()
        raise Trouble(
            f"The packages could not be installed: {reason()}."
            f" Check the network, then that nobody changed the locks (git checkout requirements); details: {LOG}"
        )


def with_uv(tool: str, files: list[str], again: Iterable[str]) -> list[str]:
    once_more = [part for name in again for part in ("--reinstall-package", name)]
    return [
        tool,
        "pip",
        "install",
        "--quiet",
        "--python",
        str(venv_python()),
        "--require-hashes",
        *once_more,
        *files,
    ]


def with_pip(files: list[str], again: Sequence[str]) -> list[str]:
    once_more = ["--force-reinstall"] if again else []
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    return [str(venv_python()), "-m", "pip", "install", *quiet, "--require-hashes", *once_more, *files]


def has_pip() -> bool:
    """A venv made by uv has no pip of its own; Python brings one."""
    python = str(venv_python())
    return succeeds([python, "-m", "pip", "--version"]) or succeeds([python, "-m", "ensurepip", "--upgrade"])


def succeeds(command: Sequence[str]) -> bool:
    """Run a step of the installation, its words kept in the log."""
    with LOG.open("a", encoding="utf-8") as log:
        log.write("$ " + " ".join(command) + "\n")
        log.flush()
        return processes.succeeds(command, log, uv.environment(), PATIENCE)


def refuse_broken_lock() -> None:
    """A lock that contradicts the index is never worked around."""
    said = "\n".join(telling_lines())
    if re.search(r"hash mismatch|do not match the hashes|must have a hash|must be pinned", said, re.IGNORECASE):
        package = re.search(r"hash mismatch for `?([^\s`]+)|(\S+==\S+) from", said, re.IGNORECASE)
        about = f" for {package[1] or package[2]}" if package else ""
        raise Trouble(f"The locked hashes{about} do not match what the package index offers: {WHAT_TO_DO}.")


def telling_lines() -> list[str]:
    """What the installers said, without our own commands and their ornaments."""
    lines = LOG.read_text(encoding="utf-8", errors="replace").splitlines()
    plain = [re.sub(r"^\W*(error: |ERROR: )?", "", line) for line in lines if not line.startswith("$ ")]
    return [line for line in plain if line]


def reason() -> str:
    """Their last words, for a sentence."""
    return (telling_lines() or ["the installer said nothing"])[-1][:200].rstrip(".")


def become(command: Sequence[str], environment: dict[str, str]) -> NoReturn:
    """Let the command take our place: it gets every signal itself and its exit code is ours."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(command[0], list(command), environment)
