"""What a fault asks of a garage: only what is sure leaves one out."""

import pytest

from garages.models import Work
from referrals.symptoms import FAMILIES
from referrals.trades import _ONE_OF, need_of


def test_every_work_that_is_asked_for_is_one_that_garages_know():
    assert {work for one_of in _ONE_OF.values() for work in one_of} <= set(Work.values)
    assert set(_ONE_OF) <= {family.code for family in FAMILIES}


@pytest.mark.parametrize(
    ("symptoms", "car", "works"),
    [
        ([], {}, []),
        (["noise_knock", "light_engine"], {}, []),
        (["clutch_slips"], {}, [("mechanics",)]),
        (["clutch_slips", "gear_hard"], {}, [("mechanics",)]),
        (["brake_soft", "body_hit"], {}, [("upkeep",), ("bodywork",)]),
        (["elec_lamp"], {"fuel": "hybrid"}, [("electrics",), ("electric_cars",)]),
        ([], {"fuel": "electric"}, [("electric_cars",)]),
        (["a_code_of_tomorrow"], {"fuel": "diesel"}, []),
    ],
)
def test_what_must_be_done(symptoms, car, works):
    assert list(need_of(symptoms, **car).works) == works


def test_alike_are_faults_of_the_same_families():
    alike = need_of(["brake_soft"]).alike
    assert {"brake_soft", "brake_grinds"} <= set(alike)
    assert "clutch_slips" not in alike
    assert need_of([]).alike == []


@pytest.mark.parametrize(
    ("make", "is_makers"), [("Renault", True), ("DACIA", True), (" Alpine ", True), ("Peugeot", False), ("", None)]
)
def test_whose_brand_the_car_is(make, is_makers):
    assert need_of([], make=make).is_makers is is_makers
