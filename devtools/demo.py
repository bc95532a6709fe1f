"""The demonstration: web, worker and beat over the private servers, until Ctrl-C."""

from __future__ import annotations

import argparse
import errno
import hashlib
import http.client
import json
import os
import shutil
import signal
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from devtools import embedded, filelock
from devtools.console import Trouble, last_lines, say
from devtools.install import go_inside
from devtools.lockfiles import RUN
from devtools.places import ROOT, state_folder, venv_python
from devtools.postgres import Postgres
from devtools.processes import Child, Interrupted, Signals, is_alive, run_step, stop_all

HOST = "127.0.0.1"
PORT = 8000
PATIENCE = 120.0  # for the first answer: a slow machine compiles everything first
STOP_PATIENCE = 30.0
RESTARTS = 3
WITHIN = 60.0
LOG_LIMIT = 5_000_000

LOGINS = """\
  conseillere@wimoov.example   adviser at Wimoov
  conseiller@adie.example      adviser at Adie
  atelier@garage.example       workshop chief of a garage
  patron@garage.example        owner of a garage
  pilote@mobiliz.example       national pilot
  pilote-idf@mobiliz.example   pilot of Île-de-France
  benevole@mobiliz.example     volunteer
  admin@mobiliz.example        administrator
  Password for all: mobiliz-demo     API client: demo-partner / demo-secret"""


def demo(arguments: Sequence[str]) -> int:
    """Install, start everything, and watch it until somebody ends it."""
    options = read_options(arguments)
    require_free_port(options.port)
    go_inside(RUN)
    state = state_folder()
    with only_demo(state, options.port), Signals() as signals:
        try:
            Demonstration(state, options.port, signals).run(options.fresh)
        except Interrupted:
            return 0
    return 0


def read_options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev.py demo", description=demo.__doc__)
    parser.add_argument("--port", type=port_number, default=PORT, help="port of the web pages (default: %(default)s)")
    parser.add_argument("--fresh", action="store_true", help="drop the demonstration's database and load it anew")
    return parser.parse_args(arguments)


def port_number(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"'{text}' is not a port between 1 and 65535")
    return int(text)


def require_free_port(port: int) -> None:
    """Say at once, before any work, that the port cannot be had."""
    error = port_error(port)
    if error == errno.EADDRINUSE:
        raise Trouble(
            f"Port {port} is already in use; choose another one, such as: python3 dev.py demo --port {free_port()}"
        )
    if error:
        raise Trouble(f"Port {port} cannot be used ({os.strerror(error)}); choose another one with --port.")


def port_error(port: int) -> int | None:
    """The error number of binding the port, None if it is free."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((HOST, port))
        except OSError as error:
            return error.errno
    return None


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind((HOST, 0))
        return int(trial.getsockname()[1])


@contextmanager
def only_demo(state: Path, port: int) -> Iterator[None]:
    """One demonstration a checkout: two beats would do everything twice."""
    with filelock.open_lock(state / "demo.lock") as handle:
        if not filelock.try_lock(handle):
            where = running_demo(state).get("address")
            raise Trouble(f"The demonstration of this checkout already runs at {where}; python3 dev.py stop ends it.")
        filelock.write_owner(handle, json.dumps({"pid": os.getpid(), "address": address(port)}))
        yield


def running_demo(state: Path) -> dict[str, str | int]:
    """Who holds the demonstration's lock; {} if nobody does."""
    lock = state / "demo.lock"
    if not lock.exists():
        return {}
    with filelock.open_lock(lock) as handle:
        if filelock.try_lock(handle):
            return {}
        handle.seek(0)
        try:
            return dict(json.loads(handle.read()))
        except ValueError:
            return {}


def stop_demo(state: Path) -> bool:
    """End a running demonstration as Ctrl-C would; True if there was one."""
    pid = running_demo(state).get("pid")
    if not isinstance(pid, int):
        return False
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_PATIENCE
    while is_alive(pid) and running_demo(state):
        if time.monotonic() > deadline:
            raise Trouble(f"The demonstration (process {pid}) does not end; kill it by hand.")
        time.sleep(0.1)
    return True


def address(port: int) -> str:
    return f"http://{HOST}:{port}/"


def commands(port: int, state: Path) -> dict[str, list[str]]:
    """The three processes; started as modules, so that a moved checkout still works."""
    python = [str(venv_python()), "-m"]
    celery = [*python, "celery", "--app", "mobiliz"]
    web = f"gunicorn mobiliz.wsgi:application --bind {HOST}:{port} --worker-class gthread --workers 2 --threads 4"
    worker = "worker --concurrency 1 --without-gossip --without-mingle --loglevel INFO"
    return {
        "web": [*python, *web.split(), "--preload", "--graceful-timeout", "5", "--no-control-socket"],
        "worker": [*celery, *worker.split()],
        # No pid file: one left by a killed beat would keep the next from starting.
        "beat": [
            *celery,
            "beat",
            "--schedule",
            str(state / "beat-schedule"),
            "--pidfile=",
            "--loglevel",
            "INFO",
        ],
    }


@dataclass
class Demonstration:
    """One run, from the servers to the last child's end."""

    state: Path
    port: int
    signals: Signals
    children: dict[str, Child] = field(default_factory=dict)
    deaths: list[float] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, fresh: bool) -> None:
        """Start, prepare, serve; whatever happens no child stays behind."""
        try:
            self.start_servers(fresh)
            self.prepare()
            self.start_child("web")
            self.wait_for_first_page()
            self.start_child("worker")  # only now: the page comes sooner
            self.start_child("beat")
            self.announce()
            self.watch()
        finally:
            say("Stopping web, worker and beat...") if self.children else None
            stop_all(self.children.values(), self.signals)

    def start_servers(self, fresh: bool) -> None:
        own = not os.environ.get("DATABASE_URL")
        if fresh and not own:
            raise Trouble("--fresh empties the private database only: unset DATABASE_URL, or empty yours yourself.")
        addresses = embedded.start(self.state)
        self.environment = embedded.environment("demo", addresses)
        # nothing leaves a demonstration: its mails are read on a page
        self.environment.setdefault("EMAIL_URL", "dummymail://")
        self.environment.setdefault("SITE_ADDRESS", address(self.port).rstrip("/"))
        self.signals.check()
        if fresh:
            Postgres(self.state).recreate_database()
            shutil.rmtree(embedded.files_folder(self.state), ignore_errors=True)

    def prepare(self) -> None:
        """Migrate and load, unless this very code did so already."""
        code, own = fingerprint(), not os.environ.get("DATABASE_URL")
        if own and Postgres(self.state).is_noted(code):
            return
        self.migrate_and_load()
        if own:
            Postgres(self.state).write_note(code)

    def migrate_and_load(self) -> None:
        # The system checks, a good second, are the business of dev.py check.
        self.manage("migrate", "--skip-checks")
        self.manage("load_demo")

    def manage(self, *command: str) -> None:
        say(f"Preparing the database: {command[0]}...")
        child = self.child(command[0], [str(venv_python()), "manage.py", *command])
        if run_step(child, self.signals):
            raise Trouble(f"manage.py {command[0]} failed; the end of {child.log}:\n{last_lines(child.log)}")

    def start_child(self, name: str) -> None:
        self.signals.check()
        self.children[name] = self.child(name, commands(self.port, self.state)[name])

    def child(self, name: str, command: Sequence[str]) -> Child:
        return Child(name, command, self.log(name), self.environment, ROOT)

    def log(self, name: str) -> Path:
        """The log of a process; a large one starts anew."""
        log = self.state / "logs" / f"{name}.log"
        log.parent.mkdir(exist_ok=True)
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.unlink()
        return log

    def wait_for_first_page(self) -> None:
        """Wait until the web process answers; a child that dies meanwhile is told at once."""
        deadline = time.monotonic() + PATIENCE
        while not answers(self.port):
            self.signals.check()
            self.revive()
            if time.monotonic() > deadline:
                raise Trouble(f"The web process does not answer; the end of its log:\n{last_lines(self.log('web'))}")
            self.signals.wait(0.1)

    def announce(self) -> None:
        logs = self.state / "logs"
        print(f"\nMobiliz is at {address(self.port)}\n\n{LOGINS}\n\nLogs: {logs}\nCtrl-C ends it.", flush=True)

    def watch(self) -> None:
        """Stay until we are asked to end."""
        while True:
            self.signals.check()
            self.revive()
            self.signals.wait(30)

    def revive(self) -> None:
        """Start again what died by itself, unless that goes on and on."""
        for name, child in list(self.children.items()):
            code = child.ended()
            if code is not None:
                child.finish()
                self.refuse_to_loop(child, code)
                say(f"{name} ended with code {code}; starting it again (log: {child.log}).")
                self.start_child(name)

    def refuse_to_loop(self, child: Child, code: int) -> None:
        now = time.monotonic()
        self.deaths = [*(moment for moment in self.deaths if now - moment < WITHIN), now]
        if len(self.deaths) > RESTARTS:
            raise Trouble(f"{child.name} keeps ending (code {code}); the end of {child.log}:\n{last_lines(child.log)}")


def fingerprint() -> str:
    """Changes with any file of the checkout that could change the database or its contents."""
    digest = hashlib.sha256()
    for path in sorted(path for kind in ("py", "csv", "json") for path in source_files(kind)):
        found = path.stat()
        digest.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]


def source_files(kind: str) -> Iterator[Path]:
    for folder in ROOT.iterdir():
        if (folder / "__init__.py").exists():  # our packages, and no .venv
            yield from folder.rglob(f"*.{kind}")


def answers(port: int) -> bool:
    """Does /healthz say that the web process is alive?"""
    line = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        line.request("GET", "/healthz")
        return line.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()
