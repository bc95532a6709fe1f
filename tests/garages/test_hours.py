"""Opening hours, typed, kept and read."""

from datetime import datetime, time

import pytest

from garages.hours import as_typed, in_words, keep, now_in_words, parse_day, unkeep
from mobiliz.lib.clock import PARIS

MORNING, AFTERNOON = (time(8), time(12)), (time(14), time(18, 30))
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=PARIS)
WEEK = {**dict.fromkeys(range(5), (MORNING, AFTERNOON)), 5: (MORNING,)}


@pytest.mark.parametrize(
    ("typed", "ranges"),
    [
        ("8h-12h, 14h-18h30", (MORNING, AFTERNOON)),
        ("8 h – 12 h et 14 h – 18 h 30", (MORNING, AFTERNOON)),
        ("de 8h à 12h puis de 14h à 18h30", (MORNING, AFTERNOON)),
        ("08:00-12:00/14:00-18:30", (MORNING, AFTERNOON)),
        ("8-12 14-18h30", (MORNING, AFTERNOON)),
        ("8H00 12H00", (MORNING,)),
        ("Fermé", ()),
        ("  ", ()),
    ],
)
def test_hours_are_read_as_people_type_them(typed, ranges):
    assert parse_day(typed) == ranges
    assert parse_day(as_typed(ranges)) == ranges


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("le matin tôt", "comme « 8h-12h"),
        ("8h", "comme « 8h-12h"),
        ("8h-12h, 14h", "comme « 8h-12h"),
        ("12h-8h", "vérifiez l’ordre"),
        ("8h-12h, 11h-18h", "vérifiez l’ordre"),
        ("8h-25h", "de 0 h à 23 h 59"),
        ("8h75-12h", "comme « 8h-12h"),
        ("1-2 3-4 5-6 7-8", "comme « 8h-12h"),
        ("8h-12h" * 40, "comme « 8h-12h"),
        ("<b>8h-12h", "comme « 8h-12h"),
    ],
)
def test_what_is_no_hour_says_how_to_write_one(typed, says):
    with pytest.raises(ValueError, match=says):
        parse_day(typed)


def test_a_week_is_kept_and_found_again():
    kept = keep({**WEEK, 6: ()})
    assert kept["5"] == [["08:00", "12:00"]]
    assert unkeep(kept) == WEEK


@pytest.mark.parametrize(
    ("week", "words"),
    [
        ({}, []),
        (
            WEEK,
            [
                ("du lundi au vendredi", "8 h – 12 h, 14 h – 18 h 30"),
                ("le samedi", "8 h – 12 h"),
                ("le dimanche", "fermé"),
            ],
        ),
        (
            {0: (MORNING,), 1: (MORNING,), 2: (AFTERNOON,)},
            [
                ("le lundi et le mardi", "8 h – 12 h"),
                ("le mercredi", "14 h – 18 h 30"),
                ("du jeudi au dimanche", "fermé"),
            ],
        ),
    ],
)
def test_days_that_are_alike_are_said_together(week, words):
    assert [(days, hours.replace("\xa0", " ")) for days, hours in in_words(week)] == words


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 11, 23, 9, 0, tzinfo=PARIS), "Ouvert jusqu’à 12 h"),
        (datetime(2026, 11, 23, 12, 0, tzinfo=PARIS), "Fermé, ouvre à 14 h"),
        (datetime(2026, 11, 23, 18, 30, tzinfo=PARIS), "Fermé, ouvre demain à 8 h"),
        (datetime(2026, 11, 28, 15, 0, tzinfo=PARIS), "Fermé, ouvre lundi à 8 h"),
        (datetime(2026, 11, 29, 7, 0, tzinfo=PARIS), "Fermé, ouvre demain à 8 h"),
    ],
)
def test_whether_it_is_open_now(at, words):
    assert now_in_words(WEEK, at).replace("\xa0", " ") == words


def test_nothing_is_said_of_unknown_hours():
    assert now_in_words({}, MONDAY) == ""
