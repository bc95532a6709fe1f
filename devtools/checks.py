"""What `dev.py check` looks at: everything that is not a test, one verdict a line."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator

from devtools.console import say
from devtools.places import ROOT, VENV, venv_python


def run_all(environment: dict[str, str]) -> int:
    """Run every check, whatever the others said; 1 if one failed."""
    verdicts = [run_one(name, command, environment) for name, command in commands()]
    return 0 if all(verdicts) else 1


def run_one(name: str, command: list[str], environment: dict[str, str]) -> bool:
    """One check; its words are shown only when it fails."""
    began = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    print(f"{'ok  ' if done.returncode == 0 else 'FAIL'}  {name} ({time.monotonic() - began:.1f} s)", flush=True)
    if done.returncode:
        say(done.stdout.rstrip())
    return done.returncode == 0


def commands() -> Iterator[tuple[str, list[str]]]:
    """Name and command of each check that has something to look at."""
    python = str(venv_python())
    yield "formatting", [python, "-m", "ruff", "format", "--check", "."]
    yield "lint", [python, "-m", "ruff", "check", "."]
    if templates():
        yield "templates", [str(VENV / "bin" / "djade"), "--check", "--target-version", "6.1", *templates()]
    yield "types", [python, "-m", "mypy", "."]
    # Through its script, as the package has no module to start; with our Python, wherever the checkout lies.
    yield "import contracts", [python, str(VENV / "bin" / "lint-imports")]
    yield "migrations", [python, "manage.py", "makemigrations", "--check", "--dry-run"]
    if generates_docs():
        yield "generated docs", [python, "manage.py", "generate_docs", "--check"]


def templates() -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for path in (ROOT / "templates").rglob("*.html"))


def generates_docs() -> bool:
    return any(ROOT.glob("*/management/commands/generate_docs.py")) or any(
        ROOT.glob("mobiliz/*/management/commands/generate_docs.py")
    )
