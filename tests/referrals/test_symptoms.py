"""What is ticked becomes sentences that a garage reads, and says when to stop driving."""

import pytest

from referrals.symptoms import CODES, FAMILIES, SYMPTOMS, Light, in_order, sentences, stop_reasons


@pytest.mark.parametrize(
    ("ticked", "read"),
    [
        ([], []),
        (["start_click"], ["On entend un déclic, puis plus rien."]),
        (
            ["brake_pulls", "brake_soft"],
            ["La pédale de frein s’enfonce ou est molle et la voiture tire d’un côté en freinant."],
        ),
        (
            ["noise_knock", "noise_whistle", "noise_hum", "noise_front", "noise_turning", "noise_bumps"],
            [
                "On entend un claquement, un sifflement et un grondement qui monte avec la vitesse, à l’avant, "
                "en tournant et sur les bosses."
            ],
        ),
        (["noise_rear"], ["On entend un bruit, à l’arrière."]),
        (["noise_cold"], ["On entend un bruit, seulement à froid."]),
        (["light_oil", "light_engine"], ["Voyants allumés : huile (rouge) et moteur (orange)."]),
        (["leak_coolant"], ["Sous la voiture, on trouve un liquide vert, rose, orange ou bleu."]),
        (
            ["elec_wipers", "light_oil"],
            ["Voyants allumés : huile (rouge).", "Les essuie-glaces ne marchent plus."],
        ),
    ],
)
def test_what_is_ticked_is_read_as_sentences(ticked, read):
    assert sentences(ticked) == read


@pytest.mark.parametrize(
    ("ticked", "reasons"),
    [
        ([], []),
        (["brake_squeals", "leak_oil", "light_engine"], []),
        (["brake_soft"], ["la pédale de frein s’enfonce ou est molle"]),
        (["light_heat"], ["voyant température (rouge)"]),
        (["smell_fuel", "light_brake"], ["voyant frein (rouge)", "ça sent l’essence ou le gazole"]),
        (["check_critical"], ["refusée au contrôle technique, lettre R : elle ne peut plus rouler"]),
    ],
)
def test_what_is_dangerous_says_to_stop(ticked, reasons):
    assert stop_reasons(ticked) == reasons


@pytest.mark.parametrize("family", ["brakes", "lights", "smoke", "heat"])
def test_brakes_red_lights_smells_and_overheating_know_something_dangerous(family):
    (found,) = [one for one in FAMILIES if one.code == family]
    assert any(symptom.is_stop for symptom in found.symptoms)


def test_no_orange_light_alone_stops_a_car_and_every_light_has_name_and_drawing():
    lights = [one for one in SYMPTOMS.values() if isinstance(one, Light)]
    assert {one.colour for one in lights} == {"rouge", "orange"}
    assert not [one for one in lights if one.colour == "orange" and one.is_stop]
    assert all(one.name and one.shows for one in lights)


def test_codes_are_unique_and_short_and_stand_in_one_order():
    every = [symptom.code for family in FAMILIES for symptom in family.symptoms]
    assert len(every) == len(set(every)) == len(CODES)
    assert max(map(len, every)) <= 24
    assert in_order(["body_hit", "unheard_of", "start_cold", "body_hit"]) == ["start_cold", "body_hit"]


def test_every_light_is_drawn_and_nothing_else_is():
    from django.conf import settings

    drawn = (settings.BASE_DIR / "static" / "img" / "lights.svg").read_text()
    lights = {one.code for one in SYMPTOMS.values() if isinstance(one, Light)}
    assert {part.split('"')[0] for part in drawn.split('<symbol id="')[1:]} == lights
