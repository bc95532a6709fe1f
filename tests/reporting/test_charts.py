"""Drawings: what they show, what they say to whoever does not see them, and what they never contain."""

import re
import xml.etree.ElementTree as ET
from decimal import Decimal

import pytest
from django.template import Context, Engine
from hypothesis import given
from hypothesis import strategies as st

from mobiliz.lib.proportions import rate, wilson_interval
from reporting.charts import Point, Stage, funnel, trend

D = Decimal
FUNNEL = [Stage("Orientées", 1284), Stage("Acceptées", 1071, 181, 32), Stage("Réparées", 311, 700, 60)]


def point(label, successes, n, *, is_open=False):
    share = rate(successes, n)
    low, high = wilson_interval(successes, n) if share is not None else (None, None)
    return Point(label, share, low, high, n, is_open)


YEAR = [point("janv.", 22, 66), point("févr.", 25, 74), point("mars", 2, 3), point("avr.", 20, 57, is_open=True)]


def read(svg):
    return ET.fromstring(svg)


def texts(svg):
    return [element.text for element in read(svg).iter("text")]


def count(svg, tag, look):
    return sum(element.get("class") == look for element in read(svg).iter(tag))


@pytest.mark.parametrize(
    "svg", [funnel(FUNNEL), trend(YEAR), funnel([]), trend([]), trend([point("mars", 1, 3)])], ids=range(5)
)
def test_a_drawing_is_an_image_with_a_title_and_a_description_that_scales(svg):
    drawing = read(svg)
    assert drawing.get("role") == "img"
    assert drawing.get("viewBox").startswith("0 0 480 ")
    title, description = (drawing.find(tag) for tag in ("title", "desc"))
    assert title.text
    assert description.text
    assert drawing.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"


@pytest.mark.parametrize("svg", [funnel(FUNNEL), trend(YEAR)], ids=["funnel", "trend"])
def test_a_drawing_holds_nothing_that_a_strict_content_policy_refuses(svg):
    assert not re.search(r"style=|<script|<style|\son\w+=|href|http", svg)


@pytest.mark.parametrize("draw", [lambda: funnel(FUNNEL), lambda: trend(YEAR)], ids=["funnel", "trend"])
def test_the_same_figures_give_the_same_drawing(draw):
    assert draw() == draw()


def test_a_template_puts_the_drawing_in_as_it_is():
    drawing = funnel(FUNNEL)
    assert Engine().from_string("{{ drawing }}").render(Context({"drawing": drawing})) == drawing


def test_two_drawings_on_a_page_share_no_id():
    first, second = (set(re.findall(r'id="([^"]+)"', funnel(FUNNEL, ident=ident))) for ident in "ab")
    assert len(first) == 3
    assert not first & second


# --- funnel
def test_the_funnel_writes_each_stage_with_its_count_and_share():
    assert {"Orientées", "1\u202f284 · 100\u00a0%", "1\u202f071 · 83\u00a0%", "311 · 24\u00a0%"} <= set(
        texts(funnel(FUNNEL))
    )


def test_the_funnel_tells_the_lost_from_those_still_open():
    assert "181 perdues · 32 encore ouvertes" in texts(funnel(FUNNEL))
    assert texts(funnel([Stage("Orientées", 5), Stage("Acceptées", 4, 1, 0)])).count("1 perdue") == 1


def test_the_bars_of_a_stage_follow_each_other_up_to_the_stage_before():
    bars = [bar for bar in read(funnel(FUNNEL)).iter("rect") if bar.get("height") == "20"]
    second = sorted((float(bar.get("x")), float(bar.get("width"))) for bar in bars[1:4])
    assert second[0] == (0, pytest.approx(480 * 1071 / 1284, abs=0.1))
    assert second[1][0] == pytest.approx(second[0][1], abs=0.1)
    assert sum(width for _, width in second) == pytest.approx(480, abs=0.2)


def test_the_funnel_is_told_in_words():
    description = read(funnel(FUNNEL)).find("desc").text
    assert "Acceptées : 1\u202f071 (83\u00a0%), 181 perdues, 32 encore ouvertes." in description


@pytest.mark.parametrize("stages", [[], [Stage("Orientées", 0), Stage("Réparées", 0)]])
def test_a_period_without_referrals_says_so(stages):
    assert texts(funnel(stages)) == ["Aucune orientation sur cette période."]


def test_a_stage_that_counts_more_than_the_first_stays_in_the_drawing():
    bars = read(funnel([Stage("Orientées", 0), Stage("Réparées", 3)])).iter("rect")
    assert all(float(bar.get("x")) + float(bar.get("width")) <= 480 for bar in bars)


# --- trend
def test_an_open_month_is_hollow_and_reached_by_a_dashed_line():
    months = [point("janv.", 22, 66), point("févr.", 25, 74), point("mars", 20, 57, is_open=True)]
    svg = trend(months)
    plotted = [circle for circle in read(svg).iter("circle") if circle.get("r") == "5"]
    assert [circle.get("class") for circle in plotted] == ["dot", "dot", "dot hollow", "dot hollow"]  # last: the key
    assert (count(svg, "line", "trend"), count(svg, "line", "open")) == (1, 1)


def test_a_month_with_too_few_is_three_dots_and_interrupts_the_line():
    svg = trend(YEAR)
    assert sum(circle.get("r") == "1" for circle in read(svg).iter("circle")) == 6  # the month and the key
    assert (count(svg, "line", "trend"), count(svg, "line", "open")) == (1, 0)
    assert "trop peu : moins de 5 devis" in texts(svg)
    assert "mars : trop peu (3 devis)" in svg


def test_a_rate_from_too_few_is_never_drawn_though_it_was_given():
    svg = trend([Point("mars", D("0.5"), D("0.1"), D("0.9"), 4), point("avr.", 20, 60)])
    assert "50,0" not in svg
    assert sum(circle.get("r") == "5" for circle in read(svg).iter("circle")) == 1


def test_a_month_without_anything_has_no_mark():
    svg = trend([point("janv.", 0, 0), point("févr.", 30, 60)])
    assert len(list(read(svg).iter("circle"))) == 1
    assert "trop peu" not in svg


def test_the_interval_is_a_band_over_months_and_a_bar_over_one():
    assert count(trend(YEAR), "polygon", "band") == 1
    assert count(trend(YEAR), "line", "whisker") == 1
    alone = trend([point("2015", 300, 1000)])
    assert (count(alone, "polygon", "band"), count(alone, "line", "whisker")) == (0, 2)  # the year and the key


def test_the_last_rate_is_written_and_its_place_is_true():
    svg = trend([point("2015", 300, 1000)])
    assert "30,0\u00a0%" in texts(svg)
    mark = next(read(svg).iter("circle"))
    assert float(mark.get("cy")) == pytest.approx(216 - 190 * 0.3 / 0.4, abs=0.1)  # the axis ends at 40 %


def test_the_trend_is_told_in_words():
    description = read(trend(YEAR)).find("desc").text
    assert description.startswith("janv. : 33,3\u00a0% (de 23,2\u00a0% à 45,3\u00a0%), 66 devis. avr. : 35,1\u00a0%")
    assert description.endswith("57 devis, encore ouvert. Sans taux, faute de devis : 1 sur 4.")


def test_a_period_without_quotes_or_with_too_few_says_so():
    assert texts(trend([])) == ["Aucun devis sur cette période."]
    assert read(trend([point("mars", 1, 3)])).find("desc").text == "Trop peu de devis pour donner un taux."


def test_many_months_keep_only_the_labels_that_fit_and_always_the_last():
    labels = [text for text in texts(trend([point(f"m{index}", 10, 30) for index in range(24)])) if text[0] == "m"]
    assert labels == ["m2", "m5", "m8", "m11", "m14", "m17", "m20", "m23"]


def test_long_labels_of_months_stand_farther_apart():
    months = [point(f"{name} 2026", 10, 30) for name in ("mars", "avr.", "mai", "juin", "juil.", "août", "sept.")]
    labels = [text for text in texts(trend(months)) if text.endswith("2026")]
    assert labels == ["mars 2026", "juin 2026", "sept. 2026"]


# --- whatever comes in
counts = st.integers(0, 5000)
stages = st.builds(Stage, st.text(max_size=50), counts, counts, counts)
points = st.integers(0, 300).flatmap(
    lambda n: st.builds(point, st.text(max_size=50), st.integers(0, n), st.just(n), is_open=st.booleans())
)


@given(st.lists(stages, max_size=8))
def test_any_funnel_is_well_formed_and_within_its_frame(found):
    for bar in read(funnel(found)).iter("rect"):
        assert float(bar.get("x")) + float(bar.get("width")) <= 480.2


@given(st.lists(points, max_size=40))
def test_any_trend_is_well_formed_and_within_its_frame(found):
    height = float(read(trend(found)).get("viewBox").split()[3])
    for mark in read(trend(found)).iter("circle"):
        assert 0 <= float(mark.get("cx")) <= 480
        assert 0 <= float(mark.get("cy")) <= height


def test_a_label_cannot_break_out_of_the_drawing():
    svg = funnel([Stage('<script>"&\x00', 3), Stage("x" * 60, 2)])
    assert "<script" not in svg
    assert '<script>"&' in texts(svg)
    assert "x" * 31 + "…" in texts(svg)


def test_repairs_of_a_month_may_outnumber_its_quotes():
    svg = trend([Point("mars", D("1.4000"), None, None, 10)])
    assert float(next(read(svg).iter("circle")).get("cy")) == pytest.approx(26, abs=0.1)


def test_the_funnel_gives_no_percentage_of_fewer_than_five():
    drawn = str(funnel([Stage("Orientées", 3, 0, 0), Stage("Réparées", 2, 1, 0)]))
    assert "%" not in drawn
