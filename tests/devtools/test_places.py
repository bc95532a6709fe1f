"""Where the private servers keep their state."""

import os
from pathlib import Path

import pytest

from devtools import places
from devtools.console import Trouble


@pytest.fixture(autouse=True)
def nothing_forced(monkeypatch):
    monkeypatch.delenv("MOBILIZ_STATE", raising=False)


@pytest.fixture
def plain(tmp_path, monkeypatch):
    """A short checkout that everybody can reach."""
    monkeypatch.setattr(places, "reachable_by_database", lambda folder: True)
    monkeypatch.setattr(places, "SOCKET_LIMIT", 1000)
    return tmp_path


def test_state_lies_in_the_checkout_and_is_private(plain, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    folder = places.state_folder(plain)

    assert folder == plain / ".local"
    assert folder.stat().st_mode & 0o777 == 0o700


def test_as_root_the_database_user_may_pass_but_not_look(plain, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    assert places.state_folder(plain).stat().st_mode & 0o777 == 0o711


@pytest.mark.parametrize(
    "folder",
    ["/home/someone/" + "a" * 100, "/home/some one/mobiliz", "/home/someone/démo", "/home/someone/a%20b"],
)
def test_long_or_unusual_paths_do_not_suit_a_socket(folder):
    assert not places.suits(Path(folder) / ".local")


def test_the_last_byte_of_a_socket_path_counts():
    room = places.SOCKET_LIMIT - len("/" + places.LONGEST_SOCKET)

    assert places.fits(Path("/" + "a" * (room - 1)))
    assert not places.fits(Path("/" + "a" * room))


@pytest.mark.parametrize("reason", ["unreachable", "not mine", "too long"])
def test_state_goes_elsewhere_when_the_checkout_will_not_do(plain, monkeypatch, reason):
    elsewhere = plain / "elsewhere"
    monkeypatch.setattr(places, "elsewhere", lambda root: elsewhere)
    if reason == "unreachable":
        monkeypatch.setattr(places, "reachable_by_database", lambda folder: False)
    if reason == "not mine":
        monkeypatch.setattr(places, "is_mine", lambda folder: folder == elsewhere)
    if reason == "too long":
        monkeypatch.setattr(places, "SOCKET_LIMIT", 10)

    assert places.state_folder(plain) == elsewhere


def test_each_checkout_and_user_has_a_place_of_its_own(monkeypatch):
    monkeypatch.setattr(os, "getuid", lambda: 1234)

    one, other = places.elsewhere(Path("/srv/one")), places.elsewhere(Path("/srv/other"))

    assert one != other
    assert str(one).startswith("/var/tmp/mobiliz-1234-")
    assert places.fits(one)


def test_the_state_can_be_forced(plain, monkeypatch):
    monkeypatch.setenv("MOBILIZ_STATE", str(plain / "forced"))

    assert places.state_folder(Path("/nowhere")) == plain / "forced"


def test_a_forced_state_that_cannot_hold_a_socket_is_refused(monkeypatch):
    monkeypatch.setenv("MOBILIZ_STATE", "/" + "a" * 110)

    with pytest.raises(Trouble, match="choose a shorter, plain path"):
        places.state_folder()


def test_a_folder_that_somebody_else_laid_in_our_way_is_refused(plain):
    (plain / "real").mkdir()
    (plain / "link").symlink_to(plain / "real")

    with pytest.raises(Trouble, match="belongs to somebody else"):
        places.private_folder(plain / "link")
