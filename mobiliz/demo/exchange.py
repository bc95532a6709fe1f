"""What the garage of the cast and its advisers write to each other, when cars are seen, and which slots are open."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from garages.models import Garage
from mobiliz.accounts.actors import Actor
from mobiliz.demo.network import Cast
from mobiliz.lib import clock
from referrals import transitions
from referrals.clock import is_visiting_day, moment_at
from referrals.models import Assignment, Referral

HOURS = (time(9), time(10, 30), time(14))


def load_exchange(cast: Cast) -> None:
    by = Actor.member(cast.workshop)
    garage = Garage.objects.visible_to(by).of_organisation(cast.workshop.organisation_id).with_places().get()
    moments = [_opening(garage, days, hour) for days in (3, 5, 8) for hour in HOURS]
    transitions.publish_slots(garage, moments=moments, note="diagnostic", by=by)
    held = Assignment.objects.of_garage(garage.pk).open().in_referral_state("accepted").with_all().oldest_first()
    for make, one in zip((_fixed, _proposed), held, strict=False):
        make(one, garage, by)


def _fixed(held: Assignment, garage: Garage, by: Actor) -> None:
    """Agreed by telephone, and written about."""
    adviser = _adviser_of(held.referral)
    with clock.moved_to(clock.now() - timedelta(hours=3)):
        transitions.propose_appointment(
            held, starts_at=_opening(garage, 2, time(9, 30)), is_agreed=True, needs_accompaniment=True, by=by
        )
        transitions.write_message(held, text="Peut-elle laisser la voiture jusqu’au soir ?", by=by)
    if adviser:
        with clock.moved_to(clock.now() - timedelta(hours=2)):
            transitions.read_messages(held, by=adviser)
            transitions.write_message(held, text="Oui, sa sœur la ramène. Elle vient avec elle.", by=adviser)
    with clock.moved_to(clock.now() - timedelta(hours=1)):
        transitions.write_message(held, text="Parfait. Qu’elle apporte la carte grise, s’il vous plaît.", by=by)


def _proposed(held: Assignment, garage: Garage, by: Actor) -> None:
    """The adviser has to ask the person."""
    transitions.propose_appointment(held, starts_at=_opening(garage, 4, time(11)), by=by)


def _adviser_of(referral: Referral) -> Actor | None:
    return Actor.member(referral.adviser) if referral.adviser else None


def _opening(garage: Garage, days: int, at: time) -> datetime:
    """In so many days, or on the first after them on which the garage works."""
    department = garage.commune.department_id
    day = clock.today() + timedelta(days=days)
    while day.weekday() > 4 or not is_visiting_day(day, department):
        day += timedelta(days=1)
    return moment_at(day, at, department)
