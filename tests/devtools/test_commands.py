"""What dev.py answers before it installs anything."""

import ast
import subprocess
import sys

import pytest

from devtools import browser, commands
from devtools.console import Trouble
from devtools.places import ROOT

FILES = sorted([ROOT / "dev.py", *(ROOT / "devtools").glob("*.py")])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_dev_py_can_be_read_by_python_3_8(path):
    ast.parse(path.read_text(), feature_version=(3, 8))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_dev_py_needs_the_standard_library_alone(path):
    tree = ast.parse(path.read_text())
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert {name.split(".")[0] for name in imported} <= {*sys.stdlib_module_names, "devtools"}


def test_without_arguments_it_says_what_it_can_do(capsys):
    assert commands.main([]) == 0

    said = capsys.readouterr().out
    assert all(f"  {name} " in said for name in commands.COMMANDS)


def test_an_unknown_command_is_one_sentence(capsys):
    assert commands.main(["demmo"]) == 2

    assert capsys.readouterr().err == f"dev.py does not know 'demmo'; it knows: {', '.join(commands.COMMANDS)}.\n"


@pytest.mark.parametrize("arguments", [["prove"], ["prove", "soak"], ["prove", "nonsense"]])
def test_a_proof_that_does_not_exist_yet_is_said_in_one_sentence(arguments, capsys):
    assert commands.main(arguments) == commands.NOT_YET

    assert capsys.readouterr().err.count("\n") == 1


def test_a_year_is_played_by_the_command_of_the_same_name_with_what_was_asked(monkeypatch):
    ran = []
    monkeypatch.setattr(commands, "go_inside", lambda purpose: None)
    monkeypatch.setattr(commands.embedded, "start", dict)
    monkeypatch.setattr(commands.os, "chdir", lambda place: None)
    monkeypatch.setattr(commands, "become", lambda command, environment: ran.append(command))

    commands.main(["prove", "year", "--seed", "7"])

    assert ran[0][1:] == [str(ROOT / "manage.py"), "simulate_year", "--seed", "7"]


def test_trouble_is_said_without_a_traceback(monkeypatch, capsys):
    def fail(arguments):
        raise Trouble("Do this instead.")

    monkeypatch.setitem(commands.COMMANDS, "stop", commands.Command(fail, "", ""))

    assert commands.main(["stop"]) == 1
    assert capsys.readouterr().err == "Do this instead.\n"


def test_dev_py_itself_starts():
    answer = subprocess.run([sys.executable, ROOT / "dev.py", "help"], capture_output=True, text=True, timeout=20)

    assert answer.returncode == 0
    assert answer.stdout.startswith("Usage: python3 dev.py COMMAND")


def browser_script(folder, words):
    path = folder / "chromium"
    path.write_text(f"#!/bin/sh\n{words}\n")
    path.chmod(0o755)


@pytest.fixture
def path_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(browser, "may_install", lambda: False)
    monkeypatch.setattr(browser, "ON_A_MAC", tmp_path / "none")
    return tmp_path


def test_a_browser_that_says_its_version_is_taken(path_of_its_own):
    browser_script(path_of_its_own, "echo Chromium 130.0")

    assert browser.require_chromium() == str(path_of_its_own / "chromium")


def test_a_browser_that_only_tells_to_install_another_is_not(path_of_its_own):
    browser_script(path_of_its_own, "echo 'requires the chromium snap' >&2; exit 1")

    with pytest.raises(Trouble, match="need Chromium: install it"):
        browser.require_chromium()
