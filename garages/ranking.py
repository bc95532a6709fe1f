"""Which garage first, and why. Pure: what is known of each garage in, a score with its parts out.

Each part is a figure from 0 to 1 times its weight, and each is monotone: nearer, quicker, more places, more of its
quotes repaired and less asked lately never make a garage come later. Garages already worked with come first, whatever
the score: trust between people is what makes it work. Equal scores go by distance, then by garage: an order can be
told again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    DISTANCE = "distance"
    ANSWER = "answer"
    CONVERSION = "conversion"
    SHARE = "share"
    PLACES = "places"


# Points of a hundred. A garage too far is not gone to, a silent one costs days: they decide before the rest.
WEIGHTS = {Part.DISTANCE: 35, Part.ANSWER: 25, Part.CONVERSION: 15, Part.SHARE: 15, Part.PLACES: 10}

HALF_KM = 30  # half the points of nearness: the first circle in which one looks
# Until something is known of a garage, it answers when the programme asks it to, and that weighs as three answers
USUAL_ANSWER_DAYS, USUAL_ANSWERS = 2, 3
SILENCE_DAYS = 5  # a silence cost three working days, and the next garage has to be asked anew
# Until its quotes are known, a garage converts as the whole programme did in 2015, and that weighs as five quotes: one
# repaired out of one does not pass twenty out of thirty, and one that failed does not condemn a garage
USUAL_RATE, USUAL_QUOTES = 0.30, 5
HALF_PLACES = 2  # half the points of places left: what a garage takes in a usual week
SHARE_WEEKS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of one garage. `answer_days`: working days, all answers together; `quotes`, `repaired`: of the same
    kind of work; `received`: in the last four weeks."""

    garage: int
    distance_km: float
    places_left: int
    weekly_cap: int
    answers: int = 0
    answer_days: float = 0.0
    silences: int = 0
    quotes: int = 0
    repaired: int = 0
    received: int = 0
    is_known: bool = False

    @property
    def mean_answer_days(self) -> float | None:
        """Of its answers, silences apart; None before the first."""
        return self.answer_days / self.answers if self.answers else None


@dataclass(frozen=True, slots=True)
class Score:
    """Points of each part, in the order of their weights."""

    points: dict[Part, float]

    @property
    def total(self) -> float:
        return sum(self.points[part] for part in WEIGHTS)


def score(facts: Facts) -> Score:
    values = {
        Part.DISTANCE: _nearness(facts),
        Part.ANSWER: _promptness(facts),
        Part.CONVERSION: _conversion(facts),
        Part.SHARE: _fair_share(facts),
        Part.PLACES: _capacity(facts),
    }
    return Score({part: weight * values[part] for part, weight in WEIGHTS.items()})


def ranked(garages: Iterable[Facts]) -> list[Facts]:
    """The best first, whatever the order in which they are given."""
    return sorted(garages, key=order)


def order(facts: Facts) -> tuple[bool, float, float, int]:
    """Sorts the best first: those worked with, the score, the distance, the garage."""
    return (not facts.is_known, -score(facts).total, facts.distance_km, facts.garage)


def _nearness(facts: Facts) -> float:
    return HALF_KM / (HALF_KM + max(facts.distance_km, 0.0))


def _promptness(facts: Facts) -> float:
    days = facts.answer_days + facts.silences * SILENCE_DAYS + USUAL_ANSWERS * USUAL_ANSWER_DAYS
    mean = days / (facts.answers + facts.silences + USUAL_ANSWERS)
    return USUAL_ANSWER_DAYS / (USUAL_ANSWER_DAYS + mean)


def _conversion(facts: Facts) -> float:
    return (facts.repaired + USUAL_RATE * USUAL_QUOTES) / (facts.quotes + USUAL_QUOTES)


def _fair_share(facts: Facts) -> float:
    """What it received lately, against what it offers to take: who is asked least for its size comes first."""
    return 1 / (1 + facts.received / (SHARE_WEEKS * max(facts.weekly_cap, 1)))


def _capacity(facts: Facts) -> float:
    left = max(facts.places_left, 0)
    return left / (left + HALF_PLACES)
