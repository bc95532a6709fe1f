"""Which interpreter dev.py believes."""

import json
import stat

import pytest

from devtools import python


def fake(folder, name, script):
    """An executable that answers as told."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def probe(version, is_final=True, is_usual=True):
    return json.dumps([version, is_final, is_usual])


@pytest.mark.parametrize(
    ("answer", "version"),
    [
        (probe([3, 13, 0]), (3, 13, 0)),
        (probe([3, 12, 1]), (3, 12, 1)),
        (probe([3, 8, 18]), (3, 8, 18)),
        (probe([3, 15, 0], is_final=False), None),  # a pre-release has no wheels
        (probe([3, 13, 0], is_usual=False), None),  # without the interpreter's lock, or PyPy
        ("pyenv: python3.13: command not found", None),
        ("", None),
        ("null", None),
    ],
)
def test_the_answer_of_a_probe_is_understood_or_refused(answer, version):
    found = python.read_probe("/somewhere/python3", answer)

    assert (found and found.version) == version


def test_a_candidate_is_run_before_it_is_believed(tmp_path):
    broken_shim = fake(tmp_path, "shim", "echo 'pyenv: command not found' >&2; exit 127")
    too_old = fake(tmp_path, "old", f"echo '{probe([3, 11, 2])}'")
    good = fake(tmp_path, "good", f"echo '{probe([3, 12, 4])}'")

    found = python.find_python(["/does/not/exist", broken_shim, too_old, good])

    assert found == python.Python(good, (3, 12, 4))


def test_no_python_at_all_is_an_answer_too(tmp_path):
    assert python.find_python([fake(tmp_path, "old", f"echo '{probe([3, 8, 0])}'")]) is None


def test_versions_of_pyenv_are_found_in_the_order_preferred(tmp_path, monkeypatch):
    for version in ("3.12.1", "3.12.11", "3.13.0", "3.14.2", "3.9.18"):
        (tmp_path / "versions" / version / "bin").mkdir(parents=True)
        (tmp_path / "versions" / version / "bin" / "python3").touch()
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))

    found = [path.split("/")[-3] for path in python.in_folders() if path.startswith(str(tmp_path))]

    assert found == ["3.13.0", "3.14.2", "3.12.11", "3.12.1", "3.9.18"]


def test_pythons_that_uv_fetched_are_looked_at(tmp_path, monkeypatch):
    fetched = tmp_path / "cpython-3.13.1-linux-x86_64-gnu" / "bin" / "python3"
    fetched.parent.mkdir(parents=True)
    fetched.touch()
    monkeypatch.setenv("UV_PYTHON_INSTALL_DIR", str(tmp_path))

    assert str(fetched) in python.in_folders()


def test_no_candidate_is_tried_twice():
    candidates = list(python.all_candidates())

    assert len(candidates) == len(set(candidates))
