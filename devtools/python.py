"""Find a Python that can run Mobiliz; each candidate is run before it is believed."""

from __future__ import annotations

import glob
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from devtools.places import LOCAL

OLDEST = (3, 12)
# Those the locked wheels were tried with, best first; any later one comes last.
PREFERRED = ("3.13", "3.14", "3.12")
FETCHED = LOCAL / "python"

# A build without these modules, without its lock or of another kind cannot take the locked wheels.
PROBE = """
import ctypes, json, ssl, sys, sysconfig, venv, zlib
print(json.dumps([list(sys.version_info[:3]), sys.version_info.releaselevel == "final",
                  sys.implementation.name == "cpython" and not sysconfig.get_config_var("Py_GIL_DISABLED")]))
"""


class Python(NamedTuple):
    path: str
    version: tuple[int, ...]


def find_python(candidates: Iterable[str] | None = None) -> Python | None:
    """The first candidate that runs and is recent enough."""
    for path in all_candidates() if candidates is None else candidates:
        found = examine(path)
        if found and found.version >= OLDEST:
            return found
    return None


def examine(path: str) -> Python | None:
    """Run an interpreter and read what it is; None for one that fails (a pyenv shim may)."""
    try:
        answer = subprocess.run([path, "-I", "-c", PROBE], capture_output=True, text=True, timeout=20, cwd="/")
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return read_probe(path, answer.stdout) if answer.returncode == 0 else None


def read_probe(path: str, answer: str) -> Python | None:
    """Understand the probe's answer; pre-releases and other kinds of Python do not count."""
    try:
        version, is_final, is_usual = json.loads(answer)
        return Python(path, tuple(version)) if is_final and is_usual else None
    except (ValueError, TypeError):
        return None


def all_candidates() -> Iterator[str]:
    """Every place where an interpreter may be, the one that runs dev.py first, none twice."""
    seen: set[str] = set()
    for path in (sys.executable, *on_path(), *in_folders()):
        if path and path not in seen:
            seen.add(path)
            yield path


def on_path() -> Iterator[str]:
    for name in (*(f"python{version}" for version in PREFERRED), "python3", "python"):
        yield shutil.which(name) or ""


def in_folders() -> Iterator[str]:
    """Interpreters of pyenv, uv, Homebrew and the usual prefixes, preferred versions first."""
    yield from sorted({path for pattern in patterns() for path in glob.glob(pattern)}, key=preference)


def patterns() -> list[str]:
    home = Path.home()
    pyenv = os.environ.get("PYENV_ROOT") or home / ".pyenv"
    data = os.environ.get("XDG_DATA_HOME") or home / ".local" / "share"
    uv = os.environ.get("UV_PYTHON_INSTALL_DIR") or f"{data}/uv/python"
    trees = [f"{pyenv}/versions/*", f"{home}/.pyenv/versions/*", f"{uv}/*", f"{FETCHED}/*", "/opt/python/*"]
    flat = ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin", f"{home}/.local/bin", "/opt/local/bin"]
    return [f"{tree}/bin/python3" for tree in trees] + [f"{folder}/python3.[0-9][0-9]" for folder in flat]


def preference(path: str) -> tuple[int, list[int], str]:
    """Sort key: the preferred versions, then the latest; a path tells its version by its name."""
    numbers = version_in(path)
    name = ".".join(map(str, numbers[:2]))
    rank = PREFERRED.index(name) if name in PREFERRED else len(PREFERRED)
    return rank, [-number for number in numbers], path


def version_in(path: str) -> list[int]:
    """`.../versions/3.12.1/bin/python3` -> [3, 12, 1]; [] where the name does not tell."""
    found = re.findall(r"(3\.\d+(?:\.\d+)?)", path)
    return [int(part) for part in found[-1].split(".")] if found else []
