"""How long ago something was confirmed, and whether to ask again."""

from datetime import date

import pytest

from mobiliz.lib.freshness import add_months, ago_in_words, freshness

TODAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 28), "aujourd’hui"),
        (date(2026, 11, 27), "aujourd’hui"),
        (date(2026, 11, 26), "hier"),
        (date(2026, 11, 14), "il y a 13 jours"),
        (date(2026, 11, 13), "il y a 2 semaines"),
        (date(2026, 9, 29), "il y a 8 semaines"),
        (date(2026, 9, 28), "il y a 2 mois"),
        (date(2025, 11, 27), "il y a 12 mois"),
        (date(2024, 12, 20), "il y a 23 mois"),
        (date(2024, 11, 1), "il y a 2 ans"),
        (date(2012, 3, 1), "il y a 14 ans"),
    ],
)
def test_a_day_is_said_as_people_say_it(day, words):
    assert ago_in_words(day, TODAY) == words


@pytest.mark.parametrize(
    ("confirmed_on", "since", "is_stale"),
    [
        (None, None, True),
        (TODAY, None, False),
        (date(2025, 11, 27), None, False),
        (date(2025, 11, 26), None, True),
        (date(2026, 11, 1), date(2026, 11, 2), True),
        (date(2026, 11, 2), date(2026, 11, 2), False),
    ],
)
def test_it_is_asked_again_after_a_year_or_when_something_changed(confirmed_on, since, is_stale):
    assert freshness(confirmed_on, TODAY, months=12, since=since).is_stale is is_stale


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 11, 30), 12, date(2027, 11, 30)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 11, 27), -12, date(2025, 11, 27)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
    ],
)
def test_months_end_on_their_last_day(day, months, then):
    assert add_months(day, months) == then
