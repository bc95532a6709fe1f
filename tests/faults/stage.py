"""What faults are injected into: private servers, worker and web, and a mail server that does as it is told."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60


def wait_for(true: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"In {seconds} s this did not come: {what}"
        time.sleep(0.05)


def environment(**more: str) -> dict[str, str]:
    """Of a process beside the test, on the database of the test and as in a demonstration: nothing runs eagerly."""
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    return {**os.environ, "MOBILIZ_MODE": "demo", "DATABASE_URL": url, **more}


@dataclass
class Process:
    """One child in a session of its own, with what it said."""

    command: list[str]
    log: Path
    more: dict[str, str] = field(default_factory=dict)

    def start(self) -> Process:
        with self.log.open("ab") as words:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=environment(**self.more),
                stdout=words,
                stderr=words,
                start_new_session=True,
            )
        return self

    def kill(self) -> None:
        """As a machine that loses its power: the whole process group, at once."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def children(self) -> list[int]:
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(pid) for pid in listed]

    def said(self) -> str:
        return self.log.read_text(errors="replace")


def worker(log: Path, *, at: int = 0, mail_port: int = 1, name: str = "one", concurrency: int = 1) -> Process:
    """A Celery worker whose clock goes `at` seconds ahead."""
    command = [sys.executable, "-m", "celery", "--app", "mobiliz", "worker", "--loglevel", "INFO"]
    command += ["--concurrency", str(concurrency), "--without-gossip", "--without-mingle", "-n", f"{name}@faults"]
    more = {"MOBILIZ_CLOCK_OFFSET_SECONDS": str(at), "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}"}
    process = Process(command, log, more).start()
    wait_for(lambda: "ready." in process.said(), f"a worker that is ready; it said {process.said()[-2000:]}")
    return process


@dataclass
class Web(Process):
    port: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/healthz", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False


def web(log: Path, **more: str) -> Web:
    port = free_port()
    bind = ["--bind", f"127.0.0.1:{port}", "--workers", "1", "--worker-class", "gthread", "--threads", "4"]
    command = [sys.executable, "-m", "gunicorn", "mobiliz.wsgi:application", *bind, "--no-control-socket"]
    process = Web(command, log, more, port=port)
    process.start()
    wait_for(process.answers, f"a web process that answers; it said {process.said()[-2000:]}")
    return process


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class MailServer:
    """SMTP enough for one sender: takes mail, refuses it, or holds its breath before it says that it has it."""

    def __init__(self) -> None:
        self.received: list[str] = []
        self.refusing = False
        self.holding = threading.Event()  # set: a message came and waits for `let_go`
        self.let_go = threading.Event()
        self.let_go.set()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def hold(self) -> None:
        self.holding.clear()
        self.let_go.clear()

    def close(self) -> None:
        self.let_go.set()
        self._listening.close()

    def ids(self) -> list[str]:
        """The Message-ID of each copy that arrived."""
        return [match[1] for text in self.received if (match := re.search(r"(?im)^Message-ID:\s*<([^>]+)>", text))]

    def _serve(self) -> None:
        while True:
            try:
                line, _address = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        with line, line.makefile("rwb") as talk:

            def say(words: str) -> None:
                talk.write(f"{words}\r\n".encode())
                talk.flush()

            try:
                self._converse(talk, say)
            except OSError:
                return

    def _converse(self, talk, say: Callable[[str], None]) -> None:  # type: ignore[no-untyped-def]
        if self.refusing:
            say("421 not now")
            return
        say("220 faults")
        while heard := talk.readline().decode(errors="replace").strip():
            word = heard.split()[0].upper()
            if word == "QUIT":
                say("221 bye")
                return
            if word != "DATA":
                say("250 ok")
                continue
            say("354 go on")
            text = self._text(talk)
            self.holding.set()
            self.let_go.wait(PATIENCE)
            self.received.append(text)
            say("250 taken")

    @staticmethod
    def _text(talk) -> str:  # type: ignore[no-untyped-def]
        lines = []
        while (line := talk.readline()) not in (b".\r\n", b""):
            lines.append(line.decode(errors="replace"))
        return "".join(lines)
