"""What narrows a list stands in the address, and beside the list with a way to take it off."""

import pytest
from django.test import RequestFactory

from garages.forms import GarageFilter
from tests import cast


@pytest.fixture
def chips(pilot):
    def shown(**asked):
        request = RequestFactory().get("/garages/", asked)
        narrowing = GarageFilter(request.GET, actor=cast.actor(pilot))
        return [(str(chip.label), chip.words, chip.url) for chip in narrowing.chips(request)]

    return shown


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, []),
        ({"q": "", "level": ""}, []),
        ({"q": "st é"}, [("Nom, commune ou code postal", "st é", "/garages/")]),
        ({"level": "RA1", "tri": "-nom", "apres": "x"}, [("Niveau", "RA1 (concession)", "/garages/?tri=-nom")]),
        (
            {"department": "42", "status": "paused"},
            [
                ("Département", "42 Loire", "/garages/?status=paused"),
                ("Statut", "En pause", "/garages/?department=42"),
            ],
        ),
        ({"level": "RA9", "department": "00"}, []),
    ],
)
def test_each_thing_that_narrows_is_said_with_the_address_without_it(chips, asked, expected):
    assert chips(**asked) == expected
