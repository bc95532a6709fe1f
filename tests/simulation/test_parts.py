"""A large year is cut where nobody meets, and added up again."""

from collections import Counter
from random import Random

import pytest

from garages.models import Garage
from mobiliz.lib.distances import haversine_km
from mobiliz.simulation import network
from mobiliz.simulation.figures import Figures, lines
from mobiliz.simulation.invariants import Violation
from mobiliz.simulation.parts import MEET_WITHIN_KM, WHOLE, Part, cut, parts_of
from mobiliz.simulation.playing import usual_processes
from mobiliz.simulation.year import APART, Played, across, whole
from mobiliz.territory.models import Commune
from tests.factories.territory import COMMUNES, commune

HALVES = (Part(1, 2), Part(2, 2))


def town(code: str) -> Commune:
    _name, department, _postcodes, _population, latitude, longitude = COMMUNES[code]
    return Commune(code=code, department_id=department, latitude=latitude, longitude=longitude)


TOWNS = [town(code) for code in COMMUNES]


def played(opened: int, *reached: str, violations: tuple[Violation, ...] = (), there: int | None = None) -> Played:
    outcomes = Counter({("closed", "repaired"): opened if there is None else there})
    return Played(list(violations), Figures(opened=opened, outcomes=outcomes), frozenset(reached))


def test_every_town_is_in_one_half_and_no_two_that_are_near_are_in_different_halves():
    first, second = cut(TOWNS, 2)
    assert Counter(one.code for one in (*first, *second)) == Counter(COMMUNES.keys())
    for one in first:
        for other in second:
            is_over_sea = one.department_id[:2] in ("97", "2A", "2B") or other.department_id[:2] in ("97", "2A", "2B")
            km = haversine_km(one.latitude, one.longitude, other.latitude, other.longitude)
            assert km > MEET_WITHIN_KM or is_over_sea or "56152" in (one.code, other.code)  # Belle-Île


def test_towns_that_meet_only_through_a_third_stay_together():
    chain = [town(code) for code in ("63113", "69123", "42218")]  # Clermont, Lyon, and Saint-Étienne between them
    assert haversine_km(45.7795, 3.0861, 45.7677, 4.8354) > MEET_WITHIN_KM
    assert sorted(map(len, cut(chain, 2))) == [0, 3]


@pytest.mark.parametrize("referrals", [300, 301, 14_000])
def test_the_halves_of_a_year_have_all_its_referrals(referrals):
    shares = [half.share(referrals, TOWNS) for half in HALVES]
    assert sum(shares) == referrals
    assert max(shares) <= 0.6 * referrals


@pytest.mark.parametrize(("referrals", "parts"), [(20, [WHOLE]), (299, [WHOLE]), (300, [*HALVES])])
def test_a_small_year_is_not_cut(referrals, parts):
    assert parts_of(referrals) == parts


@pytest.mark.parametrize(("referrals", "cores", "processes"), [(1999, 8, 1), (2000, 8, 2), (2000, 1, 1)])
def test_a_large_year_uses_two_cores_where_there_are_two(referrals, cores, processes, monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    assert usual_processes(referrals) == processes


@pytest.mark.django_db
def test_nobody_and_no_garage_is_in_both_halves(monkeypatch):
    monkeypatch.setattr(network, "_towns", lambda count: [commune("75056"), commune("42218"), commune("97411")])
    first, second = (network.build(Random(1), 600, half) for half in HALVES)
    assert first.referrals + second.referrals == 600
    assert Garage.objects.count() == len(first.places) + len(second.places) == 600 // 48
    assert min(len(first.places), len(second.places)) >= 4
    advisers = [{one.membership.user.email for one in half.advisers} for half in (first, second)]
    assert min(map(len, advisers)) >= 3
    assert not advisers[0] & advisers[1]


def test_what_broke_in_one_half_broke_in_the_year():
    broken = Violation("plafonds", "garage 3")
    assert whole([played(2), played(3, violations=(broken,))], 5, 1.0).violations == [broken]


@pytest.mark.parametrize(
    ("halves", "name"),
    [
        ((played(2), played(2)), "aucun_perdu"),  # one was never opened
        ((played(2), played(3, there=2)), "aucun_perdu"),  # one is not there any more
        ((played(2, "a@garage.example"), played(3, "a@garage.example")), APART),
    ],
)
def test_what_no_half_sees_by_itself_is_seen(halves, name):
    assert [one.name for one in across(halves, 5)] == [name]


def test_halves_that_are_whole_and_apart_are_a_year():
    assert list(across((played(2, "a@garage.example"), played(3, "b@garage.example")), 5)) == []


def test_figures_are_added_up_and_times_taken_of_all():
    one = Figures(opened=2, verbs=Counter(queue=1), first_answers=[0, 0, 0], injected=Counter({"double clic": 2}))
    other = Figures(opened=3, verbs=Counter(queue=4), first_answers=[4, 4], injected=Counter({"double clic": 1}))
    said = list(lines(one + other, 10))
    assert said[0].startswith("orientations : 5")
    assert said[1] == "première réponse d’un garage : médiane 0 j ouvrés, 9 sur 10 en 4"
    assert said[4].startswith("attentes d’une place : 5")
    assert "pannes injectées : double clic 3" in said
