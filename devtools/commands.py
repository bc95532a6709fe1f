"""What can be asked of dev.py."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from types import FrameType
from typing import NamedTuple

from devtools import browser, checks, embedded, lock
from devtools.console import Trouble, say
from devtools.demo import demo, running_demo, stop_demo
from devtools.install import become, go_inside
from devtools.lockfiles import DEVELOP, RUN
from devtools.places import ROOT, state_folder, venv_python

NOT_YET = 2


class Command(NamedTuple):
    run: Callable[[Sequence[str]], int]
    arguments: str
    does: str


def test(arguments: Sequence[str]) -> int:
    """The quick suite."""
    go_inside(DEVELOP)
    # Quicker, and no danger for the demonstration beside it: only these sessions do not wait for the disk.
    hasten = {"PGOPTIONS": "-c synchronous_commit=off"}
    apart = [f"--ignore={ROOT / 'tests' / folder}" for folder in ("browser", "faults")]
    return run_pytest([*apart, *on_all_cores(), *arguments], **hasten)


def run_pytest(arguments: Sequence[str], **more: str) -> int:
    environment = {**embedded.environment("test", embedded.start()), **more}
    os.chdir(ROOT)
    become([str(venv_python()), "-m", "pytest", *arguments], environment)


def on_all_cores() -> list[str]:
    """Two halves of the suite where there are two cores."""
    return ["-n", "2"] if (os.cpu_count() or 1) > 1 else []


def run_browser(arguments: Sequence[str]) -> int:
    """The tests in a real Chromium."""
    go_inside(DEVELOP)
    os.environ["MOBILIZ_CHROMIUM"] = browser.require_chromium()
    return run_pytest([str(ROOT / "tests" / "browser"), *arguments])


def check(arguments: Sequence[str]) -> int:
    """Everything that is not a test."""
    go_inside(DEVELOP)
    return checks.run_all(embedded.environment("test", embedded.start()))


def bench(arguments: Sequence[str]) -> int:
    """The benchmarks, with the private servers up."""
    require("benchmarks/__main__.py", "The benchmarks do not exist yet.")
    go_inside(DEVELOP)
    environment = embedded.environment(os.environ.get("MOBILIZ_MODE") or "demo", embedded.start())
    os.chdir(ROOT)
    become([str(venv_python()), "-m", "benchmarks", *arguments], environment)


def prove(arguments: Sequence[str]) -> int:
    """The long proofs: only those that exist."""
    kind, rest = (arguments[0], arguments[1:]) if arguments else ("", ())
    if kind not in PROOFS:
        known = ", ".join(PROOFS)
        raise Trouble(
            f"There is no proof '{kind}' yet; today there is: {known}." if kind else f"Say which proof: {known}.",
            NOT_YET,
        )
    return PROOFS[kind](rest)


def run_faults(arguments: Sequence[str]) -> int:
    """On servers of their own: these tests stop, kill and empty what they run on."""
    go_inside(DEVELOP)
    state = state_folder() / "faults"
    state.mkdir(parents=True, exist_ok=True)
    for name in ("DATABASE_URL", "CELERY_BROKER_URL"):
        os.environ.pop(name, None)
    environment = {**embedded.environment("test", embedded.start(state)), "MOBILIZ_FAULTS_STATE": str(state)}
    pytest = [str(venv_python()), "-m", "pytest", str(ROOT / "tests" / "faults"), *arguments]
    try:
        return subprocess.run(pytest, cwd=ROOT, env=environment, check=False).returncode
    finally:
        embedded.stop(state)


def prove_year(arguments: Sequence[str]) -> int:
    """A year of the network under faults, on a database of its own: nothing lost, nothing done twice."""
    go_inside(RUN)
    environment = embedded.environment(os.environ.get("MOBILIZ_MODE") or "demo", embedded.start())
    os.chdir(ROOT)
    become([str(venv_python()), str(ROOT / "manage.py"), "simulate_year", *arguments], environment)


PROOFS = {"faults": run_faults, "year": prove_year}


def require(path: str, otherwise: str) -> None:
    if not (ROOT / path).exists():
        raise Trouble(otherwise, NOT_YET)


def manage(arguments: Sequence[str]) -> int:
    """manage.py with the private servers up, in the folder where you are."""
    go_inside(RUN)
    environment = embedded.environment(os.environ.get("MOBILIZ_MODE") or "demo", embedded.start())
    become([str(venv_python()), str(ROOT / "manage.py"), *arguments], environment)


def pictures(arguments: Sequence[str]) -> int:
    """The README's pictures, taken from the demonstration that runs now."""
    go_inside(DEVELOP)
    running = running_demo(state_folder())
    if not running:
        raise Trouble("Start the demonstration first, in another window: python3 dev.py demo")
    environment = {**os.environ, "MOBILIZ_CHROMIUM": browser.require_chromium()}
    become([str(venv_python()), str(ROOT / "docs" / "pictures.py"), str(running["address"])], environment)


def stop(arguments: Sequence[str]) -> int:
    """End the demonstration and the private servers."""
    state = state_folder()
    stopped = (["demonstration"] if stop_demo(state) else []) + embedded.stop(state)
    say(f"Stopped: {', '.join(stopped)}." if stopped else "Nothing was running.")
    return 0


COMMANDS = {
    "demo": Command(
        demo,
        "[--port N] [--fresh]",
        "install, start everything with demonstration data, print address and logins",
    ),
    "test": Command(test, "[pytest arguments]", "the quick test suite"),
    "browser": Command(run_browser, "[pytest arguments]", "the tests in a real Chromium"),
    "check": Command(check, "", "formatting, lint, types, import contracts, migrations, generated docs"),
    "bench": Command(bench, "[NAME] [--referrals N]", "the benchmarks; writes bench.json"),
    "pictures": Command(pictures, "", "take the README's pictures from the running demonstration"),
    "prove": Command(prove, "faults|year [options]", "the long proofs"),
    "manage": Command(manage, "ARGS", "manage.py with the private servers up"),
    "stop": Command(stop, "", "end the demonstration, the private PostgreSQL and Valkey"),
    "lock": Command(lock.lock, "[--upgrade]", "recompile requirements/*.txt from pyproject.toml"),
}


def main(arguments: Sequence[str]) -> int:
    """Run one command; trouble is one sentence, never a traceback."""
    signal.signal(signal.SIGTERM, end_at_once)
    try:
        return dispatch(arguments)
    except Trouble as trouble:
        say(str(trouble))
        return trouble.code
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def end_at_once(number: int, frame: FrameType | None) -> None:
    """As Ctrl-C: whatever subprocess runs at the moment is ended with us."""
    sys.exit(128 + number)


def dispatch(arguments: Sequence[str]) -> int:
    if os.name != "posix":
        raise Trouble("dev.py needs Linux or macOS; on Windows run it inside WSL.")
    name, rest = (arguments[0], arguments[1:]) if arguments else ("help", ())
    if name in ("help", "-h", "--help"):
        print(help_text())
        return 0
    if name not in COMMANDS:
        raise Trouble(f"dev.py does not know '{name}'; it knows: {', '.join(COMMANDS)}.", 2)
    return COMMANDS[name].run(rest)


def help_text() -> str:
    """The commands, one line each."""
    lines = [f"  {name + ' ' + command.arguments:32} {command.does}" for name, command in COMMANDS.items()]
    return "\n".join(["Usage: python3 dev.py COMMAND", "", *lines, "", "Start with: python3 dev.py demo"])
