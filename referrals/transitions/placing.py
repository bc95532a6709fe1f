"""One place of this week at a garage: taken under a lock on the garage, so that a cap is never exceeded."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from garages.models import Garage
from mobiliz.lib import clock
from mobiliz.lib.distances import haversine_km
from mobiliz.lib.numbers import format_decimal_fr
from mobiliz.lib.periods import iso_week_monday
from mobiliz.territory.lands import land_of
from referrals.clock import due_on
from referrals.delays import delays_on
from referrals.models import Assignment, Referral
from referrals.reach import is_within
from referrals.transitions.core import Refused


def put(referral: Referral, garage: Garage, choice_reason: str = "") -> Assignment:
    """Put the referral, which the caller has locked, to this garage; Refused says why it cannot be."""
    garage = _locked_garage(garage)
    monday = iso_week_monday(clock.today())
    if garage.status != "active":
        raise Refused(
            _("%(garage)s ne prend pas d’orientation en ce moment. Choisissez un autre garage.")
            % {"garage": garage.name},
            code="garage_not_active",
            field="garage",
        )
    if Assignment.objects.of_referral(referral).of_garage(garage.pk).that_refused().exists():
        raise Refused(
            _("%(garage)s a déjà répondu non pour cette orientation. Choisissez un autre garage.")
            % {"garage": garage.name},
            code="garage_declined_before",
            field="garage",
        )
    distance = _distance_within_agreed(referral, garage)
    if Assignment.objects.of_garage(garage.pk).of_week(monday).taking_a_place().count() >= garage.weekly_cap:
        raise Refused(
            _("%(garage)s est complet cette semaine. Choisissez un autre garage.") % {"garage": garage.name},
            code="garage_full",
            field="garage",
        )
    now, delays = clock.now(), delays_on(clock.today())
    return Assignment.objects.create(
        referral=referral,
        garage=garage,
        due_on=due_on(now, delays.answer, garage.commune.department_id),
        week=monday,
        distance_km=distance,
        agreed_km=referral.distance_agreed_km,
        choice_reason=choice_reason,
        put_at=now,
    )


def try_to_put(referral: Referral, garage: Garage, choice_reason: str = "") -> Assignment | None:
    """As `put`; None where it was filled or has paused meanwhile, and the garage is not locked any more."""
    try:
        with transaction.atomic():
            return put(referral, garage, choice_reason)
    except Refused:
        return None  # the lock went with the savepoint: two that try the same garages never wait for each other


def _locked_garage(garage: Garage) -> Garage:
    Garage.objects.select_for_update(no_key=True).get(pk=garage.pk)
    return Garage.objects.with_status().with_places().get(pk=garage.pk)


def _distance_within_agreed(referral: Referral, garage: Garage) -> Decimal:
    """The person's agreement bounds who may be asked, whoever asks: page, partner's system, pilot or the clock."""
    home, there = referral.beneficiary.commune, garage.commune
    if land_of(home.code, home.department_id) != land_of(there.code, there.department_id):
        message = _("%(garage)s est de l’autre côté de la mer. Choisissez un autre garage.") % {"garage": garage.name}
        raise Refused(message, code="across_the_sea", field="garage")
    distance, agreed = _distance_km(referral, garage), referral.distance_agreed_km
    if is_within(distance, agreed):
        return distance
    message = _(
        "%(garage)s est à %(km)s km à vol d’oiseau, et la personne accepte d’aller jusqu’à %(agreed)d km. "
        "Demandez-lui d’abord : si elle accepte d’aller plus loin, indiquez jusqu’où."
    )
    words = {"garage": garage.name, "km": format_decimal_fr(distance, 1), "agreed": agreed}
    raise Refused(message % words, code="beyond_distance_agreed", field="agreed_km")


def _distance_km(referral: Referral, garage: Garage) -> Decimal:
    home = referral.beneficiary.commune
    km = haversine_km(home.latitude, home.longitude, garage.latitude, garage.longitude)
    return Decimal(str(round(km, 1)))
