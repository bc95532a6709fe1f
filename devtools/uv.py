"""Find uv, or fetch it by pip into a private folder; nothing outside the checkout changes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from devtools.console import say
from devtools.places import LOCAL, ROOT
from devtools.processes import succeeds
from devtools.python import FETCHED, Python, find_python

BOOT = LOCAL / "boot"
BOOT_LOCK = ROOT / "requirements" / "boot.txt"
OLDEST_UV = (0, 5)
FETCH_MINUTES = 10

# Settings of other projects that would lead the installation astray.
FOREIGN = (
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
    "PYTHONPATH",
    "PYTHONHOME",
    "PIP_TARGET",
    "PIP_USER",
    "PIP_REQUIRE_VIRTUALENV",
)


# Where systems keep the certificates they trust: a company's own proxy is known there, and not to uv.
BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")


def environment() -> dict[str, str]:
    """Our environment without what belongs to other projects; pip's index serves uv too."""
    kept = {key: value for key, value in os.environ.items() if key not in FOREIGN}
    kept["UV_PYTHON_INSTALL_DIR"] = str(FETCHED)
    kept["UV_PYTHON_INSTALL_BIN"] = "0"  # do not touch the person's own ~/.local/bin
    if any(os.path.exists(bundle) for bundle in BUNDLES):
        kept.setdefault("UV_SYSTEM_CERTS", "1")
        kept.setdefault("UV_NATIVE_TLS", "1")  # its name in older releases
    if "PIP_INDEX_URL" in kept:
        kept.setdefault("UV_DEFAULT_INDEX", kept["PIP_INDEX_URL"])
    return kept


def find(python: Python | None) -> str | None:
    """uv on PATH, uv fetched earlier, or uv fetched now; None where none can be had."""
    for known in (shutil.which("uv"), str(BOOT / "bin" / "uv")):
        if known and works(known):
            return known
    return boot(python)


def works(path: str) -> bool:
    """Run it before believing it; one of the first releases would not know our options."""
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and version(answer.stdout) >= OLDEST_UV


def version(answer: str) -> tuple[int, ...]:
    """`uv 0.9.1 (abc 2026-01-01)` -> (0, 9, 1)."""
    found = re.match(r"uv (\d+)\.(\d+)\.(\d+)", answer)
    return tuple(map(int, found.groups())) if found else ()


def boot(python: Python | None) -> str | None:
    """Fetch uv with the pip of any interpreter at hand, its hash checked too."""
    better = python or find_python()
    interpreters = dict.fromkeys([better.path] if better else [])
    interpreters[sys.executable] = None
    for interpreter in interpreters:
        if by_venv(interpreter) or by_target(interpreter):
            return str(BOOT / "bin" / "uv")
    say("uv could not be fetched; going on with plain pip.")
    return None


def by_venv(interpreter: str) -> bool:
    shutil.rmtree(BOOT, ignore_errors=True)
    return (
        quiet([interpreter, "-m", "venv", str(BOOT)])
        and quiet([*pip(BOOT / "bin" / "python"), "-r", str(BOOT_LOCK)])
        and arrived()
    )


def by_target(interpreter: str) -> bool:
    """Where venv is missing (a bare Debian) the pip of the system may still be there."""
    shutil.rmtree(BOOT, ignore_errors=True)
    return quiet([*pip(interpreter), "--target", str(BOOT), "-r", str(BOOT_LOCK)]) and arrived()


def pip(python: Path | str) -> list[str]:
    return [
        str(python),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
        "--require-hashes",
    ]


def arrived() -> bool:
    return works(str(BOOT / "bin" / "uv"))


def quiet(command: list[str]) -> bool:
    return succeeds(command, subprocess.DEVNULL, environment(), timeout=300)


def fetch_python(tool: str, log: Path) -> Python | None:
    """Let uv fetch a Python of its own into our folder."""
    say("No Python 3.12 or later here; fetching one...")
    with log.open("a", encoding="utf-8") as words:
        succeeds([tool, "python", "install", "3.13"], words, environment(), timeout=FETCH_MINUTES * 60)
    return find_python()
