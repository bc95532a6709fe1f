"""Each rate means one thing; the report has the figures that the programme's history asks for."""

from datetime import date
from decimal import Decimal

import pytest

from garages.models import Garage, GarageStatus
from mobiliz.accounts.actors import SYSTEM, Actor
from mobiliz.lib import clock
from mobiliz.lib.periods import Month
from referrals.models import Referral
from referrals.states import Outcome
from reporting import cells, measures
from reporting.measures import CONVERSION_RATE, REFERRAL_YIELD, ConversionRow, Counts, PeriodError, RegionName
from reporting.models import PlaceCell
from tests.cast import actor
from tests.factories import referrals as make
from tests.factories.garages import GarageFactory, GarageStatusFactory

YEAR = {"from_on": date(2015, 1, 1), "to_on": date(2015, 12, 31)}


def cell(month, region="84", department="42", **counts):
    PlaceCell.objects.create(month=month, region_id=region, department_id=department, **counts)


@pytest.mark.parametrize(
    ("counts", "conversion", "interval", "referral_yield"),
    [
        (
            {"referrals_sent": 1000, "quotes_proposed": 1000, "repairs_done": 300},
            "0.3000",
            ("0.2724", "0.3291"),
            "0.3000",
        ),
        ({"referrals_sent": 20, "quotes_proposed": 10, "repairs_done": 3}, "0.3000", ("0.1078", "0.6032"), "0.1500"),
        ({"referrals_sent": 6, "quotes_proposed": 4, "repairs_done": 4}, None, None, "0.6667"),
        ({"referrals_sent": 4, "quotes_proposed": 5, "repairs_done": 0}, "0.0000", ("0.0000", "0.4345"), None),
        ({}, None, None, None),
    ],
)
def test_a_rate_is_one_count_over_another_or_too_few_to_say(counts, conversion, interval, referral_yield):
    row = ConversionRow(counts=Counts(**counts), active_garages=0)
    assert row.conversion_rate == (Decimal(conversion) if conversion else None)
    assert row.conversion_interval == (tuple(map(Decimal, interval)) if interval else None)
    assert row.referral_yield == (Decimal(referral_yield) if referral_yield else None)


def test_each_rate_says_what_it_is_made_of():
    assert (CONVERSION_RATE.numerator, CONVERSION_RATE.denominator) == ("repairs_done", "quotes_proposed")
    assert (REFERRAL_YIELD.numerator, REFERRAL_YIELD.denominator) == ("repairs_done", "referrals_sent")
    assert len({str(measure.name) for measure in measures.MEASURES}) == len(measures.MEASURES)


@pytest.mark.parametrize(
    ("from_on", "to_on"),
    [
        (date(2015, 1, 2), date(2015, 12, 31)),
        (date(2015, 1, 1), date(2015, 12, 30)),
        (date(2015, 2, 1), date(2015, 1, 31)),
    ],
)
def test_a_period_is_made_of_whole_months(from_on, to_on):
    with pytest.raises(PeriodError):
        measures.check_period(from_on, to_on)


def test_a_period_may_end_today():
    with clock.moved_to(make.moment(date(2015, 3, 12))):
        measures.check_period(date(2015, 1, 1), date(2015, 3, 12))


@pytest.mark.django_db
class TestReport:
    def test_the_year_2015_reads_as_the_programme_told_it(self, pilot):
        for month in range(1, 11):
            counts = {"referrals_sent": 100, "quotes_proposed": 100, "repairs_done": 30, "open_quotes": 1}
            cell(date(2015, month, 1), **counts)
        cell(date(2014, 12, 1), referrals_sent=7)
        report = measures.conversion_report(**YEAR, by=["region"], actor=actor(pilot))
        (row,) = report.rows
        assert (row.region, row.referrals_sent, row.quotes_proposed, row.repairs_done, row.open_quotes) == (
            RegionName("84", "Auvergne-Rhône-Alpes"),
            1000,
            1000,
            300,
            10,
        )
        assert str(row.conversion_rate) == str(row.referral_yield) == "0.3000"
        assert report.total.counts == row.counts
        assert report.basis == "cohort"

    def test_from_a_referral_to_the_report(self, pilot):
        garage = GarageFactory()
        for _ in range(5):
            make.make_referral(upto="repaired", sent_on=date(2015, 6, 30), garage=garage)
        make.make_referral(upto="quoted", sent_on=date(2015, 6, 1), garage=garage)
        cells.count_again(list(Referral.objects.values_list("pk", flat=True)))
        total = measures.conversion_report(**YEAR, actor=actor(pilot)).total
        assert (total.referrals_sent, total.quotes_proposed, total.repairs_done, total.open_quotes) == (6, 6, 5, 1)
        assert total.active_garages == 1

    def test_by_month_every_month_of_the_period_has_its_row(self, pilot):
        cell(date(2015, 3, 1), referrals_sent=5)
        rows = measures.conversion_report(**YEAR, by=["month"], actor=actor(pilot)).rows
        assert [row.month for row in rows] == list(Month.range(Month(2015, 1), Month(2015, 12)))
        assert [row.referrals_sent for row in rows] == [0, 0, 5] + [0] * 9

    def test_by_both_each_row_has_both(self, pilot):
        cell(date(2015, 3, 1), region="84", referrals_sent=5)
        cell(date(2015, 2, 1), region="84", referrals_sent=4)
        cell(date(2015, 3, 1), region="11", department="75", referrals_sent=6)
        for by, expected in {
            ("region", "month"): [("84", 2, 4), ("84", 3, 5), ("11", 3, 6)],
            ("month", "region"): [("84", 2, 4), ("84", 3, 5), ("11", 3, 6)],
        }.items():
            rows = measures.conversion_report(**YEAR, by=by, actor=actor(pilot)).rows
            assert [(row.region.code, row.month.month, row.referrals_sent) for row in rows] == expected

    def test_departments_of_a_region_are_summed(self, pilot):
        cell(date(2015, 3, 1), department="42", referrals_sent=5)
        cell(date(2015, 3, 1), department="69", referrals_sent=6)
        (row,) = measures.conversion_report(**YEAR, by=["region"], actor=actor(pilot)).rows
        assert row.referrals_sent == 11

    def test_an_unknown_dimension_is_refused(self, pilot):
        with pytest.raises(ValueError, match="region"):
            measures.conversion_report(**YEAR, by=["garage"], actor=actor(pilot))

    @pytest.mark.parametrize("by", [(), ("region",), ("month",), ("region", "month")])
    def test_it_takes_two_queries_whatever_is_asked(self, by, pilot, django_assert_num_queries):
        for month in range(1, 13):
            cell(date(2015, month, 1), referrals_sent=5)
        with django_assert_num_queries(2):
            measures.conversion_report(**YEAR, by=by, actor=actor(pilot))


@pytest.mark.django_db
class TestWhoSeesWhat:
    @pytest.fixture(autouse=True)
    def _figures(self):
        cell(date(2015, 1, 1), region="84", referrals_sent=9)
        cell(date(2015, 1, 1), region="75", department="23", referrals_sent=20)
        GarageFactory(at="42218")
        GarageFactory(at="23096")

    def test_a_regional_pilot_sees_the_own_region_alone(self, regional_pilot):
        report = measures.conversion_report(**YEAR, by=["region"], actor=actor(regional_pilot))
        assert [row.region.code for row in report.rows] == ["84"]
        assert (report.total.referrals_sent, report.total.active_garages) == (9, 1)

    @pytest.mark.parametrize("name", ["adviser", "workshop", "volunteer", "administrator", "stranger"])
    def test_others_see_no_sums(self, name, member):
        assert measures.conversion_report(**YEAR, actor=actor(member(name))).total.referrals_sent == 0

    def test_a_system_with_the_scope_sees_the_network(self):
        client = Actor.api_client(_client(), frozenset({"reports:read"}))
        assert measures.conversion_report(**YEAR, actor=client).total.referrals_sent == 29
        assert PlaceCell.objects.visible_to(Actor.api_client(_client(), frozenset())).count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ((9, 20), (9, 20)),
        ((4, 20, 30), (30,)),  # one alone could be taken from the total: the next smallest goes too
        ((4, 3, 20), (20,)),
        ((1, 2, 20, 30), (30,)),  # three persons together are still too few
        ((0, 20), (20,)),
    ],
)
def test_a_system_is_not_told_of_fewer_than_five_persons(sent, shown):
    places = [("84", "42"), ("75", "23"), ("11", "75"), ("76", "30")]
    for count, (region, department) in zip(sent, places, strict=False):
        cell(date(2015, 1, 1), region=region, department=department, referrals_sent=count)
    client = Actor.api_client(_client(), frozenset({"reports:read"}))
    rows = measures.conversion_report(**YEAR, by=["region"], actor=client).rows
    assert sorted(row.referrals_sent for row in rows) == list(shown)


@pytest.mark.django_db
def test_a_total_of_fewer_than_five_persons_is_not_told_to_a_system():
    cell(date(2015, 1, 1), referrals_sent=4)
    client = Actor.api_client(_client(), frozenset({"reports:read"}))
    assert measures.conversion_report(**YEAR, actor=client).total is None


@pytest.mark.django_db
class TestActiveGarages:
    def test_they_are_counted_on_the_last_day_of_the_period(self, pilot):
        GarageFactory(joined_on=date(2015, 12, 31))
        GarageFactory(joined_on=date(2016, 1, 1))
        left = GarageFactory(status="")
        GarageStatusFactory(garage=left, from_on=date(2014, 1, 1), until_on=date(2015, 12, 31))
        assert measures.conversion_report(**YEAR, actor=actor(pilot)).total.active_garages == 1

    def test_each_month_has_its_own_last_day(self, pilot):
        GarageFactory(joined_on=date(2015, 2, 28))
        rows = measures.conversion_report(**YEAR, by=["month"], actor=actor(pilot)).rows
        assert [row.active_garages for row in rows][:3] == [0, 1, 1]

    def test_they_count_in_their_own_region(self, pilot):
        GarageFactory(at="23096")
        (row,) = measures.conversion_report(**YEAR, by=["region"], actor=actor(pilot)).rows
        assert (row.region.code, row.active_garages, row.referrals_sent) == ("75", 1, 0)

    def test_it_is_the_same_question_as_the_directory_asks(self):
        for status in ("active", "paused", "closed"):
            garage = GarageFactory(status="")
            GarageStatus.objects.create(
                garage=garage, status="invited", from_on=date(2014, 1, 1), until_on=date(2015, 5, 1)
            )
            GarageStatus.objects.create(garage=garage, status=status, from_on=date(2015, 5, 1))
        for day in (date(2013, 1, 1), date(2015, 4, 30), date(2015, 5, 1)):
            counted = sum(measures.active_garages([day]).values())
            assert counted == Garage.objects.active_on(day).count()


@pytest.mark.django_db
def test_at_each_step_of_the_funnel_they_went_on_are_open_or_were_lost(pilot):
    for upto in ("sent", "accepted", "quoted", "agreed", "repaired"):
        make.make_referral(upto=upto, sent_on=date(2015, 1, 5))
    make.make_referral(upto="sent", sent_on=date(2015, 1, 5), outcome=Outcome.WITHDRAWN)
    for outcome in (Outcome.QUOTE_DECLINED, Outcome.QUOTE_DECLINED, Outcome.QUOTE_EXPIRED):
        make.make_referral(upto="quoted", sent_on=date(2015, 1, 5), outcome=outcome)
    cells.count_again(list(Referral.objects.values_list("pk", flat=True)))
    steps = measures.overview(**YEAR, actor=actor(pilot)).funnel
    assert [(step.stage.value, step.count, step.still_open, step.lost) for step in steps] == [
        ("sent", 9, 0, 0),
        ("accepted", 7, 1, 1),
        ("quoted", 6, 1, 0),
        ("agreed", 2, 1, 3),
        ("repaired", 1, 1, 0),
    ]
    assert steps[3].losses == (("quote_declined", 2), ("quote_expired", 1))


@pytest.mark.django_db
def test_the_overview_takes_three_queries(pilot, django_assert_num_queries):
    with django_assert_num_queries(3):
        measures.overview(**YEAR, actor=actor(pilot))


def test_the_system_may_see_everything(db):
    cell(date(2015, 1, 1), referrals_sent=9)
    assert PlaceCell.objects.visible_to(SYSTEM).count() == 1


def _client():
    """An API client as far as these rules look at it."""
    return type("Client", (), {"organisation_id": 1})()
