"""Which garages can be asked for this referral: on the same land, active, able to do it, not asked before.

SQL preselects the nearest, and one more query tells what each has done so far; `garages.ranking` puts them in order,
and Python sorts them into those proposed and the others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from garages import ranking
from garages.models import Contact, Garage, Term
from garages.querysets import GarageQuerySet
from garages.words import record_in_words
from mobiliz.accounts.actors import SYSTEM, Actor
from mobiliz.lib import clock
from mobiliz.lib.periods import iso_week_monday
from mobiliz.territory.lands import Land, land_of
from referrals.delays import CIRCLES_KM, circles_on
from referrals.models import Assignment, GarageChoice, Referral
from referrals.reach import FARTHEST_AGREED_KM, is_within, least_word_km
from referrals.states import State
from referrals.trades import Need, need_of

PROPOSED = 5
SHOWN_MORE = 10
PRESELECTED = 50


@dataclass(frozen=True, slots=True)
class Candidate:
    """A garage that may be asked: crow-fly distance from the person's commune, places left this week."""

    garage: Garage
    distance_km: float
    places_left: int
    is_within_agreed: bool
    facts: ranking.Facts
    last_asked_at: datetime | None = None  # by this structure, and the garage took it on

    @property
    def is_full(self) -> bool:
        return self.places_left <= 0

    @property
    def order(self) -> tuple[Any, ...]:
        """Sorts the best first: within the distance agreed, then as ranking says."""
        return (not self.is_within_agreed, *ranking.order(self.facts))

    @property
    def reasons(self) -> list[str]:
        """Why it stands where it stands, beside distance and places."""
        return record_in_words(self.facts)

    @property
    def points(self) -> int:
        """Of a hundred."""
        return round(ranking.score(self.facts).total)

    @property
    def can_be_proposed(self) -> bool:
        return self.is_within_agreed and not self.is_full

    @property
    def least_word_km(self) -> int:
        return least_word_km(self.distance_km)

    @property
    def shown_km(self) -> float:
        """Rounded so that it never seems to be within what it is beyond."""
        return self.distance_km if self.is_within_agreed else self.least_word_km


@dataclass(frozen=True, slots=True)
class Search:
    """How far to look, in kilometres, and for what name or commune; without either, only what is proposed."""

    km: int | None = None
    text: str = ""

    @property
    def is_asked(self) -> bool:
        return self.km is not None or bool(self.text)


# What keeps a choice from being sent, and what to do
TROUBLES = {
    "gone": _("%(garage)s ne prend plus cette orientation. Choisissez un autre garage."),
    "full": _("%(garage)s est complet cette semaine : sa dernière place est prise. Choisissez un autre garage."),
    "beyond": _(
        "%(garage)s est plus loin que la personne ne l’a accepté. Demandez-lui, ou choisissez un autre garage."
    ),
}


@dataclass(frozen=True, slots=True)
class Kept:
    """What was chosen for a draft, as that garage stands now."""

    choice: GarageChoice
    candidate: Candidate | None
    agreed_km: int

    @property
    def trouble(self) -> str:
        """Why it cannot be sent as it is: "gone", "full", "beyond", or nothing."""
        if self.candidate is None:
            return "gone"
        if self.candidate.is_full:
            return "full"
        word = self.choice.agreed_km or self.agreed_km
        return "" if is_within(self.candidate.distance_km, word) else "beyond"

    @property
    def in_words(self) -> str:
        return str(TROUBLES[self.trouble]) % {"garage": self.choice.garage.name} if self.trouble else ""


@dataclass(frozen=True, slots=True)
class Candidates:
    """What there is to choose from: up to five proposed, the others in sight, and those asked before.

    `shown_proposed` are those of the proposed that a search for a name leaves in the list.
    """

    proposed: Sequence[Candidate]
    shown_proposed: Sequence[Candidate]
    more: Sequence[Candidate]
    also: Candidate | None
    land: Land
    agreed_km: int
    looked_km: int
    hidden: int = 0  # others within what was looked at, shown on demand
    farther_km: int | None = None  # the circle of the nearest beyond what was looked at
    asked_before: Sequence[Assignment] = field(default=())

    @property
    def shown(self) -> list[Candidate]:
        """In the order of the list and of the map's numbers; what was looked up stands last if it is not there."""
        shown = [*self.shown_proposed, *self.more]
        return shown if self.also is None or self.also in shown else [*shown, self.also]

    @property
    def are_all_full(self) -> bool:
        """Some are within the distance agreed, and none has a place this week."""
        return not self.proposed and any(one.is_within_agreed for one in self.more)

    @property
    def next_km(self) -> int | None:
        """How far to look next, while there is something more to see."""
        return self.looked_km if self.hidden else self.farther_km

    def is_other(self, candidate: Candidate) -> bool:
        """Not among those proposed, while some are."""
        return bool(self.proposed) and candidate.garage.pk not in {one.garage.pk for one in self.proposed}

    def with_uid(self, uid: UUID | str | None) -> Candidate | None:
        return next((one for one in self.shown if str(one.garage.uid) == str(uid)), None)


def candidates(
    referral: Referral, *, by: Actor, search: Search | None = None, also: Garage | None = None
) -> Candidates:
    """Those proposed, whatever is searched, and the others as far as the search looks; `also` is one to look up."""
    search = search or Search()
    circles = (*circles_on(clock.today()), FARTHEST_AGREED_KM)
    asked = list(Assignment.objects.of_referral(referral).that_refused().last_first().select_related("garage"))
    reachable = _reachable(referral, by).without([one.garage_id for one in asked])
    near = list(reachable[:PRESELECTED]) if search.text else _nearest(reachable, referral, circles[0])
    found = list(reachable.matching(search.text)[:PRESELECTED]) if search.text else near
    is_elsewhere = also is not None and also not in [*near, *found]
    elsewhere = list(reachable.with_uid(also.uid)) if also and is_elsewhere else []
    known = _known({garage.pk: garage for garage in [*near, *found, *elsewhere]}.values(), referral)
    proposed = _best(known[garage.pk] for garage in near)
    others = sorted((known[garage.pk] for garage in found if known[garage.pk] not in proposed), key=_order)
    looked = FARTHEST_AGREED_KM if search.text else search.km or _useful_km(referral, proposed, others, circles)
    within = [one for one in others if one.distance_km <= looked]
    beyond = min((one.distance_km for one in others if one.distance_km > looked), default=None)
    sorted_out = Candidates(
        proposed=proposed,
        shown_proposed=[one for one in proposed if one.garage in found],
        more=within[:SHOWN_MORE] if search.is_asked or not proposed else (),
        hidden=0 if search.is_asked or not proposed else len(within[:SHOWN_MORE]),
        also=known.get(also.pk) if also else None,
        land=_land(referral),
        agreed_km=referral.distance_agreed_km,
        looked_km=looked,
        farther_km=None if beyond is None else _circle_around(beyond, circles),
        asked_before=asked,
    )
    shown = [one.garage for one in sorted_out.shown]
    prefetch_related_objects(shown, Contact.objects.shown_to(by), Term.objects.agreed())
    return sorted_out


def kept_choice(referral: Referral, candidate: Candidate | None) -> Kept | None:
    """What was chosen for this draft before, if anything was; `candidate` is that garage as it stands now."""
    choice = chosen_before(referral)
    return Kept(choice, candidate, referral.distance_agreed_km) if choice else None


def chosen_before(referral: Referral) -> GarageChoice | None:
    return getattr(referral, "choice", None) if referral.state == State.DRAFT else None


def candidate(referral: Referral, garage: Garage | None, *, by: Actor) -> Candidate | None:
    """One garage as it stands now, wherever it is on the same land; None where it cannot be asked (any more)."""
    if garage is None:
        return None
    refused = Assignment.objects.of_referral(referral).that_refused().values("garage_id")
    rows = list(_reachable(referral, by).without(refused).with_uid(garage.uid))
    return next(iter(_known(rows, referral).values()), None)


def within_agreed(referral: Referral) -> list[Candidate]:
    """Those that may be asked without a new word of the person, full ones too, the best first: what hand-over takes.

    Where the nearest are all full, the nearest that are not.
    """
    reachable, reach = _askable_within_agreed(referral), _agreed_reach_km(referral)
    near = _within(_nearest(reachable, referral, CIRCLES_KM[0], reach), referral)
    if len(near) == PRESELECTED and all(one.is_full for one in near):
        full = Assignment.objects.garages_full_in(iso_week_monday(clock.today()))
        free = list(reachable.taking_any().without(full)[:PRESELECTED])
        near = [*_within(free, referral), *near]
    return near


def _askable_within_agreed(referral: Referral) -> GarageQuerySet:
    refused = Assignment.objects.of_referral(referral).that_refused().values("garage_id")
    return _reachable(referral, SYSTEM, within_km=_agreed_reach_km(referral)).without(refused)


def wants_a_reason(referral: Referral, garage: Garage) -> bool:
    """Whether this is another choice than those proposed, while some are."""
    proposed = _best(within_agreed(referral))
    return bool(proposed) and garage.pk not in {one.garage.pk for one in proposed}


def queue_for(referral: Referral) -> str:
    """Whether it can be sent without a garage, and what it then waits for: "place" where all within the distance
    agreed are full, "pilot" where there is none, nothing while one has a place."""
    full = Assignment.objects.garages_full_in(iso_week_monday(clock.today()))
    rows = _askable_within_agreed(referral).saying_whether_in(full)[:PRESELECTED]
    near = [one for one in rows if is_within(one.distance_km, referral.distance_agreed_km)]
    if not near:
        return "pilot"
    return "place" if all(one.is_one_of or not one.weekly_cap for one in near) else ""


def _nearest(
    reachable: GarageQuerySet, referral: Referral, first_km: int, reach_km: float = FARTHEST_AGREED_KM
) -> list[Garage]:
    """Where garages are many, the first circle holds enough of them, and nobody measures the way to the others."""
    if reach_km >= 2 * first_km:
        home = referral.beneficiary.commune
        close_by = list(reachable.in_box(home.latitude, home.longitude, first_km)[:PRESELECTED])
        if len(close_by) == PRESELECTED and all(one.distance_km <= first_km for one in close_by):
            return close_by
    return list(reachable[:PRESELECTED])


def _within(garages: Collection[Garage], referral: Referral) -> list[Candidate]:
    known = _known(garages, referral).values()
    return sorted((one for one in known if one.is_within_agreed), key=_order)


def _agreed_reach_km(referral: Referral) -> float:
    """A little more than agreed: what is within it once rounded to a tenth is decided by `is_within`."""
    return min(referral.distance_agreed_km, FARTHEST_AGREED_KM) + 0.1


def _land(referral: Referral) -> Land:
    home = referral.beneficiary.commune
    return land_of(home.code, home.department_id)


def _reachable(referral: Referral, by: Actor, within_km: float = FARTHEST_AGREED_KM) -> GarageQuerySet:
    home, need = referral.beneficiary.commune, _need(referral)
    return (
        Garage.objects.visible_to(by)
        .active()
        .on_land(_land(referral))
        .that_can_do(need.works)
        .that_take_brands(is_makers=need.is_makers)
        .with_places()
        .nearest_to(home.latitude, home.longitude, within_km=within_km)
    )


def _known(garages: Collection[Garage], referral: Referral) -> dict[int, Candidate]:
    """By id, with what each has done so far, its places of this week, and when this structure last worked with it."""
    if not garages:
        return {}
    ids, alike = [garage.pk for garage in garages], _need(referral).alike
    records = Assignment.objects.record_of(ids, organisation=referral.organisation, alike=alike, on=clock.today())
    return {garage.pk: _candidate(garage, referral, records.get(garage.pk, {})) for garage in garages}


_COUNTED = ("answers", "silences", "quotes", "repaired", "received")


def _candidate(garage: Garage, referral: Referral, record: dict[str, Any]) -> Candidate:
    places, last = garage.weekly_cap - record.get("taken", 0), record.get("last_asked_at")
    facts = ranking.Facts(
        garage=garage.pk,
        distance_km=garage.distance_km,  # type: ignore[attr-defined]
        places_left=places,
        weekly_cap=garage.weekly_cap,
        answer_days=(record.get("answer_time") or timedelta()) / timedelta(days=1),
        is_known=last is not None,
        **{name: record.get(name, 0) for name in _COUNTED},
    )
    is_within_agreed = is_within(facts.distance_km, referral.distance_agreed_km)
    return Candidate(garage, facts.distance_km, places, is_within_agreed, facts, last)


def _best(garages: Iterable[Candidate]) -> list[Candidate]:
    return sorted((one for one in garages if one.can_be_proposed), key=_order)[:PROPOSED]


def _order(one: Candidate) -> tuple[Any, ...]:
    return one.order


def _need(referral: Referral) -> Need:
    fault, car = getattr(referral, "prediagnosis", None), referral.vehicle
    symptoms = fault.symptoms if fault else ()
    return need_of(symptoms, make=car.make, fuel=car.fuel) if car else need_of(symptoms)


def _useful_km(
    referral: Referral, proposed: Sequence[Candidate], others: Iterable[Candidate], circles: Sequence[int]
) -> int:
    """As far as agreed; where nothing can be proposed, as far as the nearest that has a place."""
    nearest = min((one.distance_km for one in others if not one.is_full), default=None)
    if proposed or nearest is None:
        return referral.distance_agreed_km
    return max(referral.distance_agreed_km, _circle_around(nearest, circles))


def _circle_around(km: float, circles: Sequence[int]) -> int:
    return next((step for step in circles if km <= step), FARTHEST_AGREED_KM)
