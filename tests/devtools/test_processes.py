"""No process stays behind, whatever way dev.py ends."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from devtools import filelock, processes
from devtools.console import Trouble
from devtools.places import ROOT

# A web process with a helper of its own; both write their number, one of them does not listen to SIGTERM.
STUBBORN = """
import os, signal, sys, time
helper = os.fork()
signal.signal(signal.SIGTERM, signal.SIG_IGN if {stubborn} else signal.SIG_DFL)
open(sys.argv[1] + (".main" if helper else ".helper"), "w").write(str(os.getpid()))
time.sleep(60)
"""

# What dev.py demo does, with that process in place of the real three.
DRIVER = """
import os, sys
from pathlib import Path
from devtools.processes import Child, Interrupted, Signals, run_step, stop_all

folder = Path(sys.argv[1])
with Signals() as signals:
    command = [sys.executable, "-c", {script!r}, str(folder / "child")]
    child = Child("web", command, folder / "web.log", dict(os.environ), folder)
    try:
        if {as_step}:
            run_step(child, signals, grace=0.3)
        while True:
            signals.check()
            signals.wait(30)
    except Interrupted:
        sys.exit(7)
    finally:
        stop_all([child], signals, grace=0.3)
"""


def eventually(true, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.01)
    return true()


@pytest.fixture
def start_driver(tmp_path):
    """Start it and wait until its child and the child's helper run."""
    drivers = []

    def start(*, stubborn=False, as_step=False):
        script = textwrap.dedent(STUBBORN.format(stubborn=stubborn))
        code = textwrap.dedent(DRIVER.format(script=script, as_step=as_step))
        driver = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT)
        drivers.append(driver)
        assert eventually(lambda: len(numbers(tmp_path)) == 2)
        return driver

    yield start
    for driver in drivers:
        driver.kill()
        driver.wait()


def numbers(folder: Path) -> list[int]:
    written = [path.read_text() for path in folder.glob("child.*")]
    return [int(text) for text in written if text]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_every_way_of_ending_ends_the_child_and_its_helper(start_driver, tmp_path, number):
    driver = start_driver()

    driver.send_signal(number)

    assert driver.wait(10) == 7
    assert not any(processes.is_alive(pid) for pid in numbers(tmp_path))


@pytest.mark.parametrize("as_step", [False, True], ids=["while serving", "while starting"])
def test_a_child_that_does_not_listen_is_killed_after_the_grace_time(start_driver, tmp_path, as_step):
    driver = start_driver(stubborn=True, as_step=as_step)

    driver.terminate()

    assert driver.wait(10) == 7
    assert not any(processes.is_alive(pid) for pid in numbers(tmp_path))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel's own word to a child is Linux's")
def test_even_when_dev_py_is_killed_the_child_is_told(start_driver, tmp_path):
    driver = start_driver()
    main = int((tmp_path / "child.main").read_text())

    driver.kill()

    assert eventually(lambda: not processes.is_alive(main))
    os.kill(int((tmp_path / "child.helper").read_text()), signal.SIGKILL)


def test_a_killed_process_that_nobody_reaped_counts_as_dead():
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    assert eventually(lambda: processes.state_of(child.pid) == "Z")

    os.kill(child.pid, 0)  # the kernel still knows the number
    assert not processes.is_alive(child.pid)
    child.wait()


def test_a_running_process_is_alive_and_tells_its_command():
    assert processes.is_alive(os.getpid())
    assert "python" in processes.command_of(os.getpid())


def test_a_second_dev_py_waits_and_then_says_which_work_holds_it_up(tmp_path, capsys):
    with filelock.open_lock(tmp_path / "lock") as other:
        assert filelock.try_lock(other)

        with pytest.raises(Trouble, match="has been installing for more than 0 seconds"):
            filelock.held(tmp_path / "lock", "installing", timeout=0).__enter__()

    assert "Another dev.py is installing; waiting for it." in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_said_in_words(tmp_path):
    (tmp_path / "file").touch()  # even root cannot make a folder inside a file

    with pytest.raises(Trouble, match="cannot be written"):
        filelock.open_lock(tmp_path / "file" / "install.lock")


def test_the_lock_is_free_again_afterwards(tmp_path):
    for _ in range(2):
        with filelock.held(tmp_path / "lock", "installing", timeout=0):
            pass
