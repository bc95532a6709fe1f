"""The garages of step 4 on a map of the person's department, numbered as in the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mobiliz.lib.numbers import format_decimal_fr
from mobiliz.territory.lands import OVERSEAS
from mobiliz.territory.maps import DepartmentMap, Look, Pin, Reach, Spot
from mobiliz.territory.models import Commune
from referrals.candidates import Candidate, Candidates
from referrals.models import Referral

TOWNS = 8


@dataclass(frozen=True, slots=True)
class Line:
    """A garage of the list with its number, the same as its pin's."""

    number: int
    one: Candidate
    look: Look
    is_other: bool

    @property
    def anchor(self) -> str:
        return f"garage-{self.one.garage.uid}"


def lines(found: Candidates) -> list[Line]:
    return [
        Line(number, one, _look(found, one), found.is_other(one)) for number, one in enumerate(found.shown, start=1)
    ]


LOOKS = {
    Look.PROPOSED: _("proposé"),
    Look.MORE: _("autre garage"),
    Look.FULL: _("complet"),
    Look.FAR: _("au-delà de la distance acceptée"),
}


def legend(shown: Sequence[Line]) -> list[tuple[Look, Any]]:
    """What each sign that is on the map means."""
    there = {line.look for line in shown}
    return [(look, label) for look, label in LOOKS.items() if look in there]


def _look(found: Candidates, one: Candidate) -> Look:
    if one.is_full:
        return Look.FULL
    if not one.is_within_agreed:
        return Look.FAR
    return Look.MORE if found.is_other(one) else Look.PROPOSED


def garage_map(referral: Referral, found: Candidates, shown: Sequence[Line]) -> DepartmentMap:
    home = referral.beneficiary.commune
    department = home.department
    communes = _communes(department.code)
    words = {"department": department, "commune": home.name, "count": len(shown), "km": found.agreed_km}
    return DepartmentMap(
        code=department.code,
        home=_spot(home),
        label=gettext(
            "Carte de %(department)s : %(commune)s, un cercle de %(km)d km autour, et %(count)d garages "
            "avec les numéros de la liste."
        )
        % words,
        reaches=_reaches(found),
        pins=[_pin(line) for line in shown],
        towns=communes[:TOWNS],
        points=communes if department.code in OVERSEAS else (),
    )


def _communes(code: str) -> list[Spot]:
    """The largest, to find one's way by; all of them where they stand for the outline."""
    largest = Commune.objects.of_department(code)
    return [_spot(one) for one in (largest if code in OVERSEAS else largest[:TOWNS])]


def _reaches(found: Candidates) -> list[Reach]:
    agreed = Reach(found.agreed_km, _km(found.agreed_km))
    is_farther = found.looked_km > found.agreed_km and any(not one.is_within_agreed for one in found.more)
    return [agreed, Reach(found.looked_km, _km(found.looked_km), is_agreed=False)] if is_farther else [agreed]


def _pin(line: Line) -> Pin:
    garage = line.one.garage
    spot = Spot(garage.name, garage.latitude, garage.longitude)
    said = {
        "number": line.number,
        "name": garage.name,
        "commune": garage.commune.name,
        "km": format_decimal_fr(round(line.one.shown_km)),
    }
    label = gettext("Garage %(number)d : %(name)s, %(commune)s, à %(km)s km") % said
    return Pin(line.number, spot, label + _aside(line.look), f"#{line.anchor}", line.look)


def _aside(look: Look) -> str:
    return {Look.FULL: gettext(", complet cette semaine"), Look.FAR: gettext(", au-delà de la distance acceptée")}.get(
        look, ""
    )


def _km(km: int) -> str:
    return f"{km}\u00a0km"


def _spot(commune: Commune) -> Spot:
    return Spot(commune.name, commune.latitude, commune.longitude)
