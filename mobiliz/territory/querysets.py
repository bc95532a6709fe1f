"""Searching communes as people type them, and measuring distances in SQL."""

from __future__ import annotations

import re
from typing import NamedTuple, Self

from django.db import models
from django.db.models import Case, F, FloatField, IntegerField, Q, Value, When
from django.db.models.functions import ASin, Cast, Cos, Least, Power, Radians, Sin, Sqrt

from mobiliz.lib.distances import EARTH_RADIUS_KM, bounding_box
from mobiliz.lib.text import normalise

# Farther than any garage one would drive to, nearer than the sea is wide between the mainland and overseas.
REACH_KM = 500.0
_KM_A_DEGREE = 110.0  # of latitude: a little less than it is

_NUMBER = re.compile(r"\d{1,5}|2[ab]\d{0,3}", re.ASCII)


class TypedPlace(NamedTuple):
    """What someone typed for a commune: the search key of its name, and a postcode or INSEE code or its beginning."""

    name: str
    number: str

    @classmethod
    def parse(cls, text: str) -> TypedPlace:
        words = normalise(text).split()
        number = next((word for word in words if _NUMBER.fullmatch(word)), "")
        return cls(" ".join(word for word in words if word != number), number.upper())


class PlacedQuerySet(models.QuerySet):
    """Rows with a latitude and a longitude."""

    def within_km(self, latitude: float, longitude: float, km: float) -> Self:
        """Those at most so far, with `distance_km`: as the crow flies, the same figure as mobiliz.lib.distances."""
        return (
            self.in_box(latitude, longitude, km)
            .annotate(distance_km=_haversine_km(latitude, longitude))
            .filter(distance_km__lte=km)
        )

    def in_box(self, latitude: float, longitude: float, km: float) -> Self:
        """Those in the box around so many kilometres: its corners are farther."""
        box = bounding_box(latitude, longitude, km)
        return self.filter(latitude__range=(box.south, box.north), longitude__range=(box.west, box.east))

    def roughly_within(self, latitude: models.F, longitude: models.F, km: models.F) -> Self:
        """Those in a box around the row of an outer query: a little too large, for EXISTS before the exact distance."""
        height = Cast(km, FloatField()) / Value(_KM_A_DEGREE, FloatField())
        lat, lon = Cast(latitude, FloatField()), Cast(longitude, FloatField())
        width = height / Cos(Radians(lat))
        return self.filter(latitude__range=(lat - height, lat + height), longitude__range=(lon - width, lon + width))

    def nearest_to(self, latitude: float, longitude: float, within_km: float = REACH_KM) -> Self:
        """The nearest first, with `distance_km`; never from one side of an ocean to the other."""
        return self.within_km(latitude, longitude, within_km).order_by("distance_km", "pk")


def _haversine_km(latitude: float, longitude: float) -> models.Expression:
    # to a tenth of a millimetre: PostgreSQL refuses to turn a degree of 5e-324 into radians
    lat, lon = Value(round(latitude, 9), FloatField()), Value(round(longitude, 9), FloatField())
    half = Value(2.0, FloatField())
    chord = Power(Sin(Radians(F("latitude") - lat) / half), 2) + Cos(Radians(lat)) * Cos(
        Radians(F("latitude"))
    ) * Power(Sin(Radians(F("longitude") - lon) / half), 2)
    return Value(2 * EARTH_RADIUS_KM) * ASin(Least(Value(1.0), Sqrt(chord)), output_field=FloatField())


class CommuneQuerySet(PlacedQuerySet):
    def with_places(self) -> Self:
        """With department and region, for whoever shows or freezes them."""
        return self.select_related("department__region")

    def search(self, text: str) -> Self:
        """Those that the text may be the beginning of, the likeliest first.

        The whole name, then its beginning, then the beginning of a word in it; a number is the beginning of a
        postcode, else of an INSEE code. Among equals the more people live there, the likelier it is meant.
        """
        typed = TypedPlace.parse(text)
        if not any(typed):
            return self.none()
        rows, rank = self, []
        if typed.name:
            rows = rows.filter(Q(search_name__startswith=typed.name) | Q(search_name__contains=f" {typed.name}"))
            rank += [When(search_name=typed.name, then=0), When(search_name__startswith=typed.name, then=1)]
        if typed.number:
            postcode = _has_postcode(typed.number)
            rows = rows.filter(postcode | Q(code__startswith=typed.number))
            rank += [] if typed.name else [When(postcode, then=0)]
        likeliness = Case(*rank, default=2, output_field=IntegerField())
        return rows.order_by(likeliness, "-population", "code")

    def of_department(self, code: str) -> Self:
        """The largest first."""
        return self.filter(department=code).order_by("-population", "code")

    def named(self, text: str) -> Self:
        """Those that the text names in full: the whole name, the whole number, or both."""
        typed = TypedPlace.parse(text)
        if not any(typed):
            return self.none()
        rows = self.order_by("-population", "code")
        if typed.name:
            rows = rows.filter(search_name=typed.name)
        if typed.number:
            rows = rows.filter(_is_number(typed.number, has_name=bool(typed.name)))
        return rows


def _has_postcode(beginning: str) -> Q:
    return Q(postcodes__startswith=beginning) | Q(postcodes__contains=f" {beginning}")


def _is_number(number: str, *, has_name: bool) -> Q:
    """Beside a name a department will do ("Saint-Denis 93"); alone, only a whole code."""
    whole = Q(code=number) | (_has_postcode(number) if len(number) == 5 else Q(pk__in=[]))
    return whole | Q(department=number) if has_name else whole
