"""Crow-fly distances in kilometres; positions are degrees of latitude and longitude (WGS 84)."""

from math import asin, cos, degrees, radians, sin, sqrt
from typing import NamedTuple

EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG
_MARGIN = 1e-9  # degrees: what floating point may lose at the box's edge


class Box(NamedTuple):
    """A rectangle of degrees: a cheap first choice in SQL before the exact distance."""

    south: float
    north: float
    west: float
    east: float


def haversine_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance between two positions."""
    half_lat, half_lon = radians(lat2 - lat1) / 2, radians(lon2 - lon1) / 2
    chord = sin(half_lat) ** 2 + cos(radians(lat1)) * cos(radians(lat2)) * sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(chord)))


def bounding_box(lat: float, lon: float, km: float) -> Box:
    """The smallest box that holds every position within so many kilometres.

    Not for circles that touch a pole or the 180th meridian: no French territory of the programme is near.
    """
    if km < 0:
        raise ValueError("A distance is not negative.")
    reach = km / EARTH_RADIUS_KM
    if abs(radians(lat)) + reach >= radians(90):
        raise ValueError("The circle touches a pole.")
    half_height = degrees(reach) + _MARGIN
    half_width = degrees(asin(sin(reach) / cos(radians(lat)))) + _MARGIN
    return Box(lat - half_height, lat + half_height, lon - half_width, lon + half_width)
