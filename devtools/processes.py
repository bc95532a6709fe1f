"""Start, watch and stop processes, so that none is left whatever way we end."""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import FrameType, TracebackType
from typing import IO, Any

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE = 10.0


class Interrupted(Exception):
    """We were asked to end."""


class Signals:
    """Signals as something to wait for: a handler only notes them, so nothing is cut in two."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self._reader, self._writer = os.pipe()
        for end in (self._reader, self._writer):
            os.set_blocking(end, False)

    def __enter__(self) -> Signals:
        signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        for number in ENDING:
            signal.signal(number, self._note)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)  # wakes wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.set_wakeup_fd(-1)
        for number in (*ENDING, signal.SIGCHLD):
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
        os.close(self._reader)
        os.close(self._writer)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.asked.append(number)

    def wait(self, seconds: float) -> None:
        """Sleep until a signal comes (a child's end is one) or the time is over."""
        if select.select([self._reader], [], [], seconds)[0]:
            os.read(self._reader, 4096)

    def check(self) -> None:
        """Raise if somebody asked us to end."""
        if self.asked:
            raise Interrupted


class Child:
    """One process in a group of its own, its words in a log."""

    def __init__(self, name: str, command: Sequence[str], log: Path, environment: dict[str, str], folder: Path) -> None:
        self.name, self.log = name, log
        with log.open("ab") as words:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=words,
                env=environment,
                cwd=folder,
                start_new_session=True,
                preexec_fn=die_with_parent(),  # noqa: PLW1509 - dev.py has one thread
            )

    def ended(self) -> int | None:
        """The exit code once it has ended."""
        return self.process.poll()

    def ask_to_end(self) -> None:
        """A polite word to the main process, which knows how to end its own children."""
        if self.ended() is None:
            self.process.terminate()

    def finish(self) -> None:
        """Whatever is left of the group goes now."""
        kill_group(self.process)


def die_with_parent() -> Callable[[], None] | None:
    """On Linux the kernel ends a child even when dev.py itself is killed with -9."""
    if not sys.platform.startswith("linux"):
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def arrange() -> None:
        prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
        if os.getppid() != parent:
            os._exit(1)

    return arrange


def stop_all(children: Iterable[Child], signals: Signals, grace: float = GRACE) -> None:
    """Ask all to end, wait for at most the grace time, then kill; a second Ctrl-C cuts the wait."""
    children = list(children)
    for child in children:
        child.ask_to_end()
    deadline, already = time.monotonic() + grace, len(signals.asked)
    while any(child.ended() is None for child in children) and time.monotonic() < deadline:
        if len(signals.asked) > already:
            break
        signals.wait(0.5)
    for child in children:
        child.finish()


def succeeds(command: Sequence[str], words: IO[Any] | int, environment: dict[str, str], timeout: float) -> bool:
    """Run a command to its end; if time or dev.py ends first, so does all that it started."""
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=words, stderr=words, env=environment, start_new_session=True
        )
    except OSError:
        return False
    try:
        return process.wait(timeout) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        kill_group(process)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Whatever is left of the group of this process goes now."""
    with contextlib.suppress(ProcessLookupError, PermissionError):  # nothing left
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def run_step(child: Child, signals: Signals, grace: float = GRACE) -> int:
    """Wait for a process that ends by itself; end it if we are asked to."""
    try:
        while child.ended() is None:
            signals.check()
            signals.wait(0.5)
        signals.check()
        return child.process.returncode
    finally:
        stop_all([child], signals, grace)


def is_alive(pid: int) -> bool:
    """Does this process run? One that was killed but never reaped does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return not state_of(pid).startswith("Z")


def state_of(pid: int) -> str:
    """The kernel's letter for a process, or '' where it cannot be told."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return ask_ps(pid, "stat=")


def command_of(pid: int) -> str:
    """The command line of a process, or '' where it cannot be told."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace").replace("\0", " ").strip()
    except OSError:
        return ask_ps(pid, "command=")


def ask_ps(pid: int, column: str) -> str:
    """The same where there is no /proc."""
    try:
        answer = subprocess.run(["ps", "-o", column, "-p", str(pid)], capture_output=True, text=True, timeout=5)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip()
