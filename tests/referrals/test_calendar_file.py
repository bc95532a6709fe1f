"""The calendar file of an appointment: what RFC 5545 asks for, whatever is written in it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals.calendar_file import Event, Status, calendar_file, escaped, folded

EVENT = Event(
    uid="6f0f3d54-9f5f-4d8e-8b0c-0e8a4a6f3f51@mobiliz.example",
    sequence=0,
    status=Status.CONFIRMED,
    starts_at=datetime(2026, 12, 1, 10, 30, tzinfo=ZoneInfo("Europe/Paris")),
    ends_at=datetime(2026, 12, 1, 11, 0, tzinfo=ZoneInfo("Europe/Paris")),
    stamped_at=datetime(2026, 11, 27, 18, 0, tzinfo=UTC),
    summary="Garage de la Loire : Renault Clio, dossier 104 512",
    location="12, rue de l’Égalité; 42000 Saint-Étienne",
    organizer="ne-pas-repondre@mobiliz.example",
    url="https://mobiliz.example/rendez-vous/",
)


def unfolded(file: bytes) -> list[str]:
    return file.replace(b"\r\n ", b"").decode().split("\r\n")


def value(file: bytes, name: str) -> str:
    [line] = [line for line in unfolded(file) if line.split(":")[0].split(";")[0] == name]
    return line.partition(":")[2]


def test_it_says_what_a_calendar_needs_in_utc():
    file = calendar_file(EVENT)
    assert value(file, "DTSTART") == "20261201T093000Z"
    assert value(file, "DTEND") == "20261201T100000Z"
    assert value(file, "DTSTAMP") == "20261127T180000Z"
    assert value(file, "UID") == EVENT.uid
    assert (value(file, "METHOD"), value(file, "STATUS"), value(file, "SEQUENCE")) == ("PUBLISH", "CONFIRMED", "0")
    assert value(file, "LOCATION") == "12\\, rue de l’Égalité\\; 42000 Saint-Étienne"
    assert unfolded(file)[0] == "BEGIN:VCALENDAR"
    assert file.endswith(b"END:VCALENDAR\r\n")


@pytest.mark.parametrize(
    ("day", "utc"),
    [((2026, 10, 23), "20261023T083000Z"), ((2026, 10, 26), "20261026T093000Z"), ((2027, 3, 29), "20270329T083000Z")],
)
def test_half_past_ten_stays_half_past_ten_when_the_time_changes(day, utc):
    starts_at = datetime(*day, 10, 30, tzinfo=ZoneInfo("Europe/Paris"))
    assert value(calendar_file(replace(EVENT, starts_at=starts_at)), "DTSTART") == utc


def test_moved_it_is_the_same_event_with_a_higher_number():
    moved = calendar_file(replace(EVENT, sequence=1, starts_at=EVENT.starts_at + timedelta(days=2)))
    assert (value(moved, "UID"), value(moved, "SEQUENCE")) == (EVENT.uid, "1")


def test_cancelled_it_takes_the_event_away():
    file = calendar_file(replace(EVENT, status=Status.CANCELLED, sequence=2))
    assert (value(file, "METHOD"), value(file, "STATUS")) == ("CANCEL", "CANCELLED")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=400))
def test_lines_are_short_and_say_the_same_once_unfolded(text):
    line = f"SUMMARY:{escaped(text)}"
    written = folded(line)
    assert all(len(part) <= 75 for part in written.split(b"\r\n"))
    assert written.replace(b"\r\n ", b"").decode() == line + "\r\n"
    for part in written.split(b"\r\n"):
        part.decode()  # no character is cut in two


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=100))
def test_nothing_that_is_typed_becomes_a_line_of_its_own(text):
    file = calendar_file(replace(EVENT, summary=text + "\r\nATTENDEE:mailto:x@y.example", description="a\nb"))
    names = [line.split(":")[0].split(";")[0] for line in file.replace(b"\r\n ", b"").decode().split("\r\n")]
    assert "ATTENDEE" not in names
    assert value(file, "DESCRIPTION") == "a\\nb"
