"""The official territory, loaded once or again."""

import csv
import json
from io import StringIO

import pytest
from django.core.management import call_command

from mobiliz.lib.text import normalise
from mobiliz.territory.actions import DATA, load_territory
from mobiliz.territory.models import Commune, Department, Region, Zone


@pytest.fixture
def folder(tmp_path):
    """Three files of a few rows; `folder.write` changes them."""
    (tmp_path / "regions.csv").write_text("code,name,zone\n84,Auvergne-Rhône-Alpes,metro\n", encoding="utf-8")
    (tmp_path / "departments.csv").write_text("code,name,region,zone\n42,Loire,84,metro\n", encoding="utf-8")
    header = "insee_code,name,department,region,postcodes,population,latitude,longitude\n"
    rows = "42218,Saint-Étienne,42,84,42000 42100,173136,45.4396,4.3875\n42005,Andrézieux,42,84,42160,9800,45.5,4.2\n"
    (tmp_path / "communes.csv").write_text(header + rows, encoding="utf-8")
    return tmp_path


def test_the_whole_territory_is_loaded(db):
    loaded = load_territory()
    assert (loaded.regions, loaded.departments, loaded.communes) == (18, 101, 34875)
    assert (Region.objects.count(), Department.objects.count(), Commune.objects.count()) == (18, 101, 34875)
    assert [one.code for one in Commune.objects.search("st etienne")[:1]] == ["42218"]


def test_every_commune_has_a_name_of_its_own_with_its_postcode():
    with (DATA / "communes.csv").open(encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    called = {(normalise(row["name"]), postcode) for row in rows for postcode in row["postcodes"].split()}
    assert len(called) == sum(len(row["postcodes"].split()) for row in rows)


def test_loading_again_writes_nothing_and_a_change_is_one_row(db, folder):
    load_territory(folder)
    assert load_territory(folder).written == 0
    communes = folder / "communes.csv"
    communes.write_text(
        communes.read_text(encoding="utf-8").replace("Andrézieux", "Andrézieux-Bouthéon"), encoding="utf-8"
    )
    assert load_territory(folder).written == 1
    changed = Commune.objects.get(code="42005")
    assert (changed.name, changed.search_name) == ("Andrézieux-Bouthéon", "andrezieux boutheon")


def test_a_commune_that_is_no_longer_in_the_file_stays(db, folder):
    load_territory(folder)
    assert Commune.objects.filter(code="23096").exists()


def test_the_command_says_what_it_did(db, folder):
    said = StringIO()
    call_command("load_territory", folder=folder, stdout=said)
    assert said.getvalue().startswith("Régions : 1, départements : 1, communes : 2 (")


def test_the_map_names_the_departments_of_the_mainland(db):
    drawn = json.loads((DATA / "france_departments_map.json").read_text(encoding="utf-8"))
    with (DATA / "departments.csv").open(encoding="utf-8") as text:
        mainland = {(row["code"], row["region"]) for row in csv.DictReader(text) if row["zone"] == Zone.METRO}
    assert {(one["code"], one["region"]) for one in drawn["departments"]} == mainland
    assert "CC BY 4.0" in drawn["attribution"]
