"""A year in small, on a database of its own; the large one is `dev.py prove year`."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from mobiliz.simulation import parts
from mobiliz.simulation.invariants import Violation
from mobiliz.simulation.management.commands import simulate_year
from mobiliz.simulation.scratch import PREFIX, NotHere, scratch_database
from mobiliz.simulation.year import Year


@pytest.fixture
def tables(django_db_setup, django_db_blocker):
    """The name of the tests' database, from which tables and reference rows are copied."""
    with django_db_blocker.unblock():
        yield connection.settings_dict["NAME"]


def played(tables, **options) -> str:
    said = StringIO()
    call_command("simulate_year", like=tables, stdout=said, **options)
    return said.getvalue()


def test_twenty_referrals_come_through_a_year_in_small_and_its_faults(tables):
    said = played(tables, seed=5, referrals=20, days=20, afterwards=20)
    assert "orientations : 20" in said
    assert "tâche remise deux fois" in said
    assert said.splitlines()[-1] == "perdus : aucun ; en double : aucun ; en attente à l’insu de tous : aucun"


def test_the_same_seed_plays_the_same_year(tables):
    first, second = (played(tables, seed=3, referrals=3, days=3, afterwards=6) for _ in range(2))
    assert first.splitlines()[:-2] == second.splitlines()[:-2]


def test_halves_that_are_played_side_by_side_are_those_that_are_played_one_after_the_other(tables, monkeypatch):
    monkeypatch.setattr(parts, "CUT_FROM", 6)
    asked = {"seed": 3, "referrals": 6, "days": 3, "afterwards": 6}
    one, two = (played(tables, processes=processes, **asked) for processes in (1, 2))
    assert "orientations : 6" in one
    assert one.splitlines()[:-2] == two.splitlines()[:-2]


def test_nothing_stays_and_nothing_was_written_elsewhere(tables):
    with scratch_database(like=tables) as name, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE left_behind ()")
        cursor.execute("SELECT current_database()")
        assert cursor.fetchone() == (name,)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('left_behind'), current_database()")
        assert cursor.fetchone() == (None, tables)
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [name])
        assert cursor.fetchone() == (0,)
    assert name.startswith(PREFIX)


def test_it_is_refused_in_production(tables, settings):
    settings.IS_PRODUCTION = True
    with pytest.raises(NotHere), scratch_database(like=tables):
        pass
    with pytest.raises(CommandError, match="production"):
        call_command("simulate_year", like=tables, stdout=StringIO())


@pytest.mark.django_db
def test_it_is_refused_within_a_transaction():
    with pytest.raises(NotHere), scratch_database():
        pass


def test_a_violation_ends_it_with_a_list(monkeypatch):
    found = [Violation("plafonds", f"garage {number}") for number in range(12)]
    monkeypatch.setattr(simulate_year, "play_year", lambda *args: Year(violations=found))
    said = StringIO()
    with pytest.raises(CommandError, match="12 manquements"):
        call_command("simulate_year", seed=1, stdout=StringIO(), stderr=said)
    lines = said.getvalue().splitlines()
    assert lines[0] == "plafonds : Aucun garage n’a reçu plus de dossiers par semaine qu’il n’en prend."
    assert lines[1] == "  garage 0"
    assert lines[-1] == "  … et 2 autres"
