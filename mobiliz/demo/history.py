"""The programme's published history, and a made-up last year so that today's dashboard is not empty.

Published: 369 people helped by 1 October 2014; in 2015, 1,000 referrals, a quote for each, 300 repairs.
How many referrals led to the first 369 was not published: the rate of 2015 is assumed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from eligibility.assess import PastCase, assess_many
from eligibility.facts import Facts
from garages.conditions import Conditions, conditions_for
from mobiliz.demo.names import Draw
from mobiliz.demo.network import Cast
from mobiliz.lib import clock
from mobiliz.programme.models import Offer
from referrals.transitions import PastReferral, load_history


@dataclass(frozen=True)
class Chapter:
    """`sent` referrals between two days, `repaired` of them repaired, before `ends_before` where one is set."""

    first: date
    last: date
    sent: int
    repaired: int


CHAPTERS = (
    Chapter(date(2012, 4, 2), date(2014, 8, 20), 1230, 369),
    Chapter(date(2014, 10, 1), date(2014, 11, 20), 60, 18),
    Chapter(date(2015, 1, 5), date(2015, 11, 20), 1000, 300),
)
RECENT_SENT, RECENT_REPAIRED = 264, 92


def load_past(cast: Cast, offer: Offer) -> int:
    """Store every chapter; returns how many referrals were loaded."""
    today = clock.today()
    recent = Chapter(today - timedelta(days=365), today - timedelta(days=45), RECENT_SENT, RECENT_REPAIRED)
    prices = _Prices(cast)
    drafts = [draft for chapter in (*CHAPTERS, recent) for draft in _drafts(chapter, cast, prices)]
    assessments = assess_many([draft.case for draft in drafts], offer_code=offer.code)
    past = [draft.referral(assessment) for draft, assessment in zip(drafts, assessments, strict=True)]
    load_history(past, offer=offer)
    return len(past)


class _Prices:
    """Rate and VAT of a year on the mainland, where all of history was; VAT changed on a 1 January."""

    def __init__(self, cast: Cast) -> None:
        self.garage = cast.garage
        self.known: dict[int, Conditions] = {}

    def in_year(self, year: int) -> Conditions:
        if year not in self.known:
            self.known[year] = conditions_for(self.garage, date(year, 6, 1))
        return self.known[year]


@dataclass(frozen=True)
class _Draft:
    case: PastCase
    facts: dict

    def referral(self, assessment: object) -> PastReferral:
        return PastReferral(assessment=assessment, **self.facts)  # type: ignore[arg-type]


def _drafts(chapter: Chapter, cast: Cast, prices: _Prices) -> Iterator[_Draft]:
    draw = Draw(chapter.first.toordinal())
    days = (chapter.last - chapter.first).days
    repaired = _spread(chapter.repaired, chapter.sent)
    for index in range(chapter.sent):
        sent_on = chapter.first + timedelta(days=index * days // max(chapter.sent - 1, 1))
        yield _draft(draw, sent_on, cast, prices, index in repaired)


def _spread(few: int, many: int) -> set[int]:
    """`few` of `many` places, evenly."""
    return {index * many // few for index in range(few)}


def _draft(draw: Draw, sent_on: date, cast: Cast, prices: _Prices, is_repaired: bool) -> _Draft:
    choice = draw.random
    known = [
        garage for garage in cast.garages if garage.joined_on <= sent_on and garage.commune.department.zone == "metro"
    ]
    garage, adviser = choice.choice(known), choice.choice(cast.advisers)
    sent_at = datetime(
        sent_on.year, sent_on.month, sent_on.day, choice.randint(8, 15), choice.randint(0, 59), tzinfo=UTC
    )
    accepted_at = sent_at + timedelta(days=choice.randint(1, 4))
    quoted_at = accepted_at + timedelta(days=choice.randint(2, 9))
    answered_at = quoted_at + timedelta(days=choice.randint(1, 10))
    first, last = draw.name()
    born = draw.birth_date(sent_on.year)
    facts = Facts((born,), Decimal(choice.randint(5000, 10500)), "mainland", "ordinary")
    return _Draft(
        case=PastCase(facts=facts, on=sent_on, at=sent_at, organisation_id=adviser.organisation_id or 0),
        facts={
            "adviser": adviser,
            "garage": garage,
            "commune": garage.commune,
            "first_name": first,
            "last_name": last,
            "birth_date": born,
            "vehicle": draw.car(sent_on.year),
            "complaint": draw.fault(),
            "hours": Decimal(choice.randint(4, 28)) / 4,
            "public_rate_excl_tax": Decimal(75),
            "conditions": prices.in_year(quoted_at.year),
            "sent_at": sent_at,
            "accepted_at": accepted_at,
            "quoted_at": quoted_at,
            "answered_at": answered_at,
            "repaired_at": answered_at + timedelta(days=choice.randint(1, 14)) if is_repaired else None,
        },
    )
