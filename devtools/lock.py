"""Recompile the locked requirements from pyproject.toml: hashes, no addresses, no path of a machine."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from devtools import uv
from devtools.console import Trouble, say
from devtools.lockfiles import lock_file, parse
from devtools.places import LOCAL, ROOT
from devtools.python import find_python

# Each lock, what goes into it, and the lock it must agree with.
LOCKS: dict[str, tuple[list[str], str | None]] = {
    "base": (["pyproject.toml"], None),
    "embedded": (["--group", "pyproject.toml:embedded"], "base"),
    "dev": (["--group", "pyproject.toml:dev"], "base"),
}
# What uv is fetched with, by any Python that can start dev.py.
BOOT = "uv>=0.9\n"
ALWAYS = ("--universal", "--generate-hashes", "--no-header", "--quiet")


def lock(arguments: Sequence[str]) -> int:
    """Recompile every lock; packages keep their version unless --upgrade is given."""
    LOCAL.mkdir(exist_ok=True)
    tool = uv.find(find_python())
    if not tool:
        raise Trouble("Locking needs uv, which could not be fetched: install it with pip install uv, then start again.")
    for name, (sources, agrees_with) in LOCKS.items():
        constraint = ["--constraint", f"requirements/{agrees_with}.txt"] if agrees_with else []
        compile_lock(tool, name, [*sources, *constraint, "--python-version", "3.12", *arguments])
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "boot.in"
        source.write_text(BOOT, encoding="utf-8")
        compile_lock(tool, "boot", [str(source), "--no-annotate", "--python-version", "3.8", *arguments])
    return 0


def compile_lock(tool: str, name: str, arguments: Sequence[str]) -> None:
    """Compile beside the lock, look at the result, and only then put it in its place."""
    target = lock_file(name)
    fresh = LOCAL / f"{name}.txt"
    fresh.write_bytes(target.read_bytes() if target.exists() else b"")
    done = subprocess.run(
        [tool, "pip", "compile", *ALWAYS, "--output-file", str(fresh), *arguments],
        cwd=ROOT,
        env=uv.environment(),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise Trouble(f"requirements/{name}.txt could not be locked: {done.stderr.strip()}")
    parse(fresh.read_text(encoding="utf-8"), f"requirements/{name}.txt")
    fresh.replace(target)
    say(f"Locked requirements/{name}.txt")
