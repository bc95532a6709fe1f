"""The programme's delays and distances: a value from a day on, changed by a national pilot, in their order."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from mobiliz.lib import clock
from mobiliz.lib.refusals import Refused
from mobiliz.programme.actions import change_setting
from mobiliz.programme.models import Key, Setting
from referrals.clock import Delays
from referrals.delays import CIRCLES_KM, circles_on, delays_on
from tests.cast import actor, sign_in

pytestmark = pytest.mark.django_db


def test_the_programme_began_with_the_delays_that_the_clock_knows():
    assert delays_on(clock.today()) == Delays()
    assert circles_on(clock.today()) == CIRCLES_KM


def test_a_change_counts_from_its_day_and_the_past_keeps_its_own(pilot):
    today = clock.today()
    change_setting(Key.LAPSE, value=5, on=today + timedelta(days=10), reason="Vacances", by=actor(pilot))
    assert delays_on(today).lapse == 3
    assert delays_on(today + timedelta(days=9)).lapse == 3
    assert delays_on(today + timedelta(days=10)).lapse == 5


def test_a_second_change_of_the_same_day_replaces_the_first(pilot):
    for value in (4, 6):
        change_setting(Key.LAPSE, value=value, on=clock.today(), reason="Essai", by=actor(pilot))
    assert delays_on(clock.today()).lapse == 6


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (Key.REMINDER, 2),  # on the day on which the answer is due
        (Key.ANSWER, 3),
        (Key.LAPSE, 2),
        (Key.CIRCLE_NEAR, 60),
        (Key.CIRCLE_WIDEST, 30),
    ],
)
def test_no_step_comes_before_its_turn(pilot, key, value):
    with pytest.raises(Refused, match="en dessous de"):
        change_setting(key, value=value, on=clock.today(), reason="Essai", by=actor(pilot))


@pytest.mark.parametrize(("key", "value"), [(Key.LAPSE, 4), (Key.CIRCLE_NEAR, 40), (Key.QUEUE, 20)])
def test_a_step_may_come_later(pilot, key, value):
    change_setting(key, value=value, on=clock.today(), reason="Essai", by=actor(pilot))
    assert Setting.objects.values_on(clock.today())[key] == value


def test_the_past_is_not_changed(pilot):
    with pytest.raises(Refused, match="passé"):
        change_setting(Key.QUEUE, value=3, on=clock.today() - timedelta(days=1), reason="Trop tard", by=actor(pilot))


@pytest.mark.parametrize("who", ["regional_pilot", "adviser", "owner", "administrator", "volunteer"])
def test_only_a_national_pilot_changes_them(who, member):
    with pytest.raises(PermissionDenied):
        change_setting(Key.QUEUE, value=3, on=clock.today(), reason="Essai", by=actor(member(who)))


@pytest.mark.parametrize("value", [0, 501])
def test_the_database_refuses_a_value_that_makes_no_sense(value):
    with pytest.raises(IntegrityError, match="setting_value_sane"), transaction.atomic():
        Setting.objects.create(key="queue", value=value, in_force_from=clock.today())


def test_a_pilot_changes_one_in_the_browser_and_reads_who_and_why(client, pilot):
    sign_in(client, pilot)
    typed = {"value": "4", "on": f"{clock.today():%d/%m/%Y}", "reason": "Les garages le demandent"}
    answer = client.post("/reglages/lapse/", typed, follow=True)
    assert "Le réglage est changé" in answer.text
    assert "Les garages le demandent" in answer.text
    assert delays_on(clock.today()).lapse == 4


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"value": "2"}, "en dessous de"),
        ({"value": "deux"}, "Écrivez"),
        ({"value": "0"}, "au moins 1"),
        ({"on": "01/01/2020"}, "Ce qui est passé"),
        ({"reason": ""}, "Dites pourquoi"),
    ],
)
def test_what_is_typed_wrong_is_said_beside_it_and_kept(client, pilot, typed, says):
    sign_in(client, pilot)
    sent = {"value": "4", "on": f"{clock.today():%d/%m/%Y}", "reason": "Essai", **typed}
    answer = client.post("/reglages/lapse/", sent)
    assert answer.status_code == 422
    assert says in answer.text
    assert all(f'value="{value}"' in answer.text for value in sent.values() if value)


def test_the_page_costs_the_same_with_a_long_history(client, pilot, django_assert_max_num_queries):
    sign_in(client, pilot)
    for days in range(40):
        change_setting(Key.QUEUE, value=5, on=clock.today() + timedelta(days=days), reason="Essai", by=actor(pilot))
    with django_assert_max_num_queries(8):
        assert client.get("/reglages/").status_code == 200
