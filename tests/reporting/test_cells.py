"""The sums say what history says, whatever happened."""

from datetime import date

import pytest
from django.db.models import Sum

from referrals.models import Referral
from referrals.states import Outcome
from reporting import cells
from reporting.models import Cell, Contribution, LossCell, PlaceCell
from tests.factories import referrals as make
from tests.factories.garages import GarageFactory
from tests.factories.partners import StructureFactory

pytestmark = pytest.mark.django_db

MARCH = date(2026, 3, 1)


def count_all():
    cells.count_again(list(Referral.objects.values_list("pk", flat=True)))


def totals(model=PlaceCell, **where):
    sums = model.objects.filter(**where).aggregate(**{name: Sum(name, default=0) for name in cells.COUNTS})
    return {name.removeprefix("referrals_"): count for name, count in sums.items() if count}


@pytest.mark.parametrize(
    ("upto", "expected"),
    [
        ("draft", {}),
        ("sent", {"sent": 1}),
        ("accepted", {"sent": 1, "accepted": 1}),
        ("quoted", {"sent": 1, "accepted": 1, "quoted": 1, "quotes_proposed": 1, "open_quotes": 1}),
        ("agreed", {"sent": 1, "accepted": 1, "quoted": 1, "agreed": 1, "quotes_proposed": 1, "open_quotes": 1}),
        (
            "repaired",
            {
                "sent": 1,
                "accepted": 1,
                "quoted": 1,
                "agreed": 1,
                "repaired": 1,
                "quotes_proposed": 1,
                "repairs_done": 1,
            },
        ),
    ],
)
def test_a_referral_counts_for_every_stage_that_it_reached(upto, expected):
    make.make_referral(upto=upto)
    count_all()
    assert totals(PlaceCell) == totals(Cell) == expected


@pytest.mark.parametrize(
    ("upto", "outcome", "lost_at"),
    [
        ("sent", Outcome.WITHDRAWN, "sent"),
        ("accepted", Outcome.UNREACHABLE, "accepted"),
        ("quoted", Outcome.QUOTE_DECLINED, "quoted"),
        ("agreed", Outcome.REPAIR_CANCELLED, "agreed"),
    ],
)
def test_a_closed_referral_is_lost_where_it_stopped(upto, outcome, lost_at):
    make.make_referral(upto=upto, outcome=outcome)
    count_all()
    assert [(cell.lost_at, cell.outcome, cell.referrals_lost) for cell in LossCell.objects.all()] == [
        (lost_at, outcome.value, 1)
    ]
    assert "open_quotes" not in totals()


def test_the_month_is_that_of_paris():
    in_utc_still_march = make.make_referral(sent_on=date(2026, 4, 1))
    Referral.objects.filter(pk=in_utc_still_march.pk).update(sent_at=make.moment(date(2026, 4, 1), 0))
    count_all()
    assert [cell.month for cell in PlaceCell.objects.all()] == [date(2026, 4, 1)]


def test_the_place_is_the_one_frozen_on_the_referral():
    referral = make.make_referral(at="42218")
    referral.beneficiary.commune_id = "23096"
    referral.beneficiary.save()
    count_all()
    assert [(cell.region_id, cell.department_id) for cell in PlaceCell.objects.all()] == [("84", "42")]


def test_a_referral_that_moved_on_is_sent_once_and_each_garage_has_its_quote():
    first, second = GarageFactory(), GarageFactory()
    referral = make.make_referral(upto="quoted", garage=first)
    make.give_back(referral, date(2026, 4, 1))
    make.put_to(referral, second, on=date(2026, 4, 2))
    make.accept(referral, date(2026, 4, 3))
    make.quote(referral, date(2026, 4, 4))
    make.agree(referral, date(2026, 4, 5))
    make.repair(referral, date(2026, 4, 6))
    count_all()
    assert totals()["sent"] == totals()["quoted"] == 1
    assert totals(Cell, garage=first) == {"quotes_proposed": 1}
    assert totals(Cell, garage=second) == {"quotes_proposed": 1, "repairs_done": 1}
    assert totals(Cell, garage=None)["sent"] == 1
    assert {cell.month for cell in Cell.objects.all()} == {MARCH}


def test_a_new_version_of_a_quote_is_not_a_new_quote():
    referral = make.make_referral(upto="quoted")
    make.quote_version(make.open_assignment(referral).quote, date(2026, 4, 1), number=2)
    count_all()
    assert totals()["quotes_proposed"] == 1


def test_a_reopened_referral_stays_in_the_month_when_it_was_first_sent():
    referral = make.make_referral(upto="quoted", outcome=Outcome.QUOTE_EXPIRED)
    count_all()
    make.reopen(referral, date(2026, 4, 10))
    make.put_to(referral, GarageFactory(), on=date(2026, 4, 11))
    count_all()
    assert [cell.month for cell in PlaceCell.objects.all()] == [MARCH]
    assert totals() == {"sent": 1, "accepted": 1, "quoted": 1, "quotes_proposed": 1}
    assert totals(Cell) == totals()
    assert not LossCell.objects.exclude(referrals_lost=0).exists()


def test_structures_and_garages_have_their_own_sums():
    one, other = StructureFactory().organisation, StructureFactory().organisation
    garage = GarageFactory()
    for organisation in (one, one, other):
        make.make_referral(upto="repaired", organisation=organisation, garage=garage)
    count_all()
    assert totals(Cell, organisation=one)["sent"] == 2
    assert totals(Cell, garage=garage, organisation=other)["repairs_done"] == 1


def test_counting_again_changes_nothing():
    make.make_referral(upto="repaired")
    count_all()
    before = totals()
    count_all()
    assert totals() == before
    assert Contribution.objects.count() == 2


def test_a_referral_that_no_longer_counts_is_taken_out():
    referral = make.make_referral(upto="sent")
    count_all()
    Referral.objects.filter(pk=referral.pk).update(sent_at=None, state="draft")
    count_all()
    assert totals() == totals(Cell) == {}
    assert not Contribution.objects.exists()


def test_the_log_tells_the_same_story():
    """An independent count: the sums from the facts are those of the log's verbs."""
    for upto in make.STAGES[1:]:
        make.make_referral(upto=upto)
    make.make_referral(upto="quoted", outcome=Outcome.QUOTE_DECLINED)
    count_all()
    for verb, name in {
        "send": "sent",
        "accept": "accepted",
        "issue_quote": "quotes_proposed",
        "accept_quote": "agreed",
        "record_repair": "repairs_done",
    }.items():
        assert totals()[name] == Referral.objects.filter(log__verb=verb).distinct().count()
