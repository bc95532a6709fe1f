"""The demonstration's own decisions; that it really serves is tried by .ci/run and by hand."""

import json
import os
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from devtools import demo, filelock
from devtools.console import Trouble
from devtools.demo import Demonstration


class FakeChild:
    """A process that has ended, or not."""

    def __init__(self, name, command, log, environment, folder):
        self.name, self.command, self.log = name, command, log
        self.code = None

    def ended(self):
        return self.code

    def finish(self):
        pass


class NoSignals:
    asked = ()

    def check(self):
        pass

    def wait(self, seconds):
        pass


@pytest.fixture
def running(tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "Child", FakeChild)
    found = Demonstration(tmp_path, 8000, NoSignals())
    for name in ("web", "worker", "beat"):
        found.start_child(name)
    return found


def test_a_taken_port_is_one_sentence_with_the_port_and_the_option():
    with socket.socket() as taken:
        taken.bind((demo.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(Trouble) as trouble:
            demo.require_free_port(port)

    assert f"Port {port} is already in use" in str(trouble.value)
    assert "--port" in str(trouble.value)
    assert "\n" not in str(trouble.value)


def test_a_free_port_is_free():
    demo.require_free_port(demo.free_port())


@pytest.mark.parametrize("text", ["0", "65536", "-1", "http", "80.5", ""])
def test_a_port_that_is_none_is_refused(text, capsys):
    with pytest.raises(SystemExit):
        demo.read_options([f"--port={text}"])

    assert "is not a port between 1 and 65535" in capsys.readouterr().err


def test_two_demonstrations_of_one_checkout_are_refused(tmp_path):
    second = demo.only_demo(tmp_path, 8124)
    with demo.only_demo(tmp_path, 8123), pytest.raises(Trouble, match=r"already runs at http://127\.0\.0\.1:8123/"):
        second.__enter__()


def test_who_runs_is_known_only_while_it_runs(tmp_path):
    with demo.only_demo(tmp_path, 8123):
        assert demo.running_demo(tmp_path)["pid"] == os.getpid()

    assert demo.running_demo(tmp_path) == {}
    assert not demo.stop_demo(tmp_path)


def test_a_lock_without_an_owner_is_not_a_reason_to_fail(tmp_path):
    with filelock.open_lock(tmp_path / "demo.lock") as handle:
        filelock.try_lock(handle)

        assert demo.running_demo(tmp_path) == {}


def test_a_child_that_died_is_started_again_and_said(running, capsys):
    running.children["worker"].code = -9

    running.revive()

    assert running.children["worker"].code is None
    assert "worker ended with code -9; starting it again" in capsys.readouterr().err


def test_a_child_that_keeps_dying_is_reported_with_the_end_of_its_log(running):
    running.children["web"].log.write_text("many words\nImportError: no module named nothing\n")

    for _ in range(demo.RESTARTS):
        running.children["web"].code = 3
        running.revive()
    running.children["web"].code = 3

    with pytest.raises(Trouble, match=r"web keeps ending \(code 3\)(.|\n)*ImportError"):
        running.revive()


def test_deaths_long_ago_do_not_count(running, monkeypatch):
    moments = iter(range(0, 10_000, 1_000))
    monkeypatch.setattr(demo.time, "monotonic", lambda: next(moments))

    for _ in range(demo.RESTARTS + 3):
        running.children["beat"].code = 1
        running.revive()


def test_fresh_never_touches_a_database_that_is_not_ours(running, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://mine")

    with pytest.raises(Trouble, match="unset DATABASE_URL"):
        running.start_servers(fresh=True)


def test_a_large_log_starts_anew(running, monkeypatch):
    monkeypatch.setattr(demo, "LOG_LIMIT", 3)
    running.log("web").write_text("long")

    assert not running.log("web").exists()


@pytest.mark.parametrize(("status", "is_alive"), [(200, True), (500, False), (404, False)])
def test_the_page_is_there_when_healthz_says_so(status, is_alive):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status if self.path == "/healthz" else 418)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    with HTTPServer((demo.HOST, 0), Handler) as server:
        serving = threading.Thread(target=server.handle_request)
        serving.start()
        assert demo.answers(server.server_port) is is_alive
        serving.join()


def test_nobody_at_the_port_is_no_page():
    assert not demo.answers(demo.free_port())


def test_the_fingerprint_changes_with_the_code(tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "ROOT", tmp_path)
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").touch()
    before = demo.fingerprint()
    (tmp_path / "notes.csv").write_text("not in a package")
    assert demo.fingerprint() == before

    (tmp_path / "app" / "communes.csv").write_text("code,name")

    assert demo.fingerprint() != before


def test_the_lock_tells_the_address(tmp_path):
    with demo.only_demo(tmp_path, 8123):
        assert json.loads((tmp_path / "demo.lock").read_text())["address"] == "http://127.0.0.1:8123/"
