"""A handful of real communes: `commune("42218")` is Saint-Étienne."""

from copy import copy

import factory

from mobiliz.lib.text import normalise
from mobiliz.territory.models import Commune, Department, Region, Zone

REGIONS = {
    "02": "Martinique",
    "04": "La Réunion",
    "11": "Île-de-France",
    "53": "Bretagne",
    "75": "Nouvelle-Aquitaine",
    "76": "Occitanie",
    "84": "Auvergne-Rhône-Alpes",
    "93": "Provence-Alpes-Côte d'Azur",
    "94": "Corse",
}
DEPARTMENTS = {
    "06": ("Alpes-Maritimes", "93"),
    "07": ("Ardèche", "84"),
    "11": ("Aude", "76"),
    "23": ("Creuse", "75"),
    "2A": ("Corse-du-Sud", "94"),
    "2B": ("Haute-Corse", "94"),
    "30": ("Gard", "76"),
    "42": ("Loire", "84"),
    "56": ("Morbihan", "53"),
    "63": ("Puy-de-Dôme", "84"),
    "69": ("Rhône", "84"),
    "75": ("Paris", "11"),
    "87": ("Haute-Vienne", "75"),
    "93": ("Seine-Saint-Denis", "11"),
    "972": ("Martinique", "02"),
    "974": ("La Réunion", "04"),
}
# code: name, department, postcodes, population, latitude, longitude
COMMUNES = {
    "06088": ("Nice", "06", "06000 06100 06200 06300", 357737, 43.6961, 7.2718),
    "07010": ("Annonay", "07", "07100", 17274, 45.2402, 4.6676),
    "11339": ("Saint-Denis", "11", "11310", 523, 43.3603, 2.2203),
    "23008": ("Aubusson", "23", "23200", 3018, 45.9569, 2.1701),
    "23096": ("Guéret", "23", "23000", 12955, 46.1696, 1.8715),
    "2A004": ("Ajaccio", "2A", "20000 20090 20167", 76320, 41.9186, 8.7369),
    "2B033": ("Bastia", "2B", "20200 20600", 46867, 42.7021, 9.4515),
    "30247": ("Saint-Denis", "30", "30500", 296, 44.2343, 4.2519),
    "42010": ("Aveizieux", "42", "42330", 1701, 45.5776, 4.3171),
    "42095": ("Firminy", "42", "42700", 17060, 45.3883, 4.2873),
    "42207": ("Saint-Chamond", "42", "42400", 35646, 45.4766, 4.5125),
    "42218": ("Saint-Étienne", "42", "42000 42100 42230", 173136, 45.4396, 4.3875),
    "56152": ("Le Palais", "56", "56360", 2599, 47.3474, -3.1568),
    "56186": ("Quiberon", "56", "56170", 4876, 47.4864, -3.1193),
    "63113": ("Clermont-Ferrand", "63", "63000 63100", 146351, 45.7795, 3.0861),
    "69123": (
        "Lyon",
        "69",
        "69001 69002 69003 69004 69005 69006 69007 69008 69009",
        519127,
        45.7677,
        4.8354,
    ),
    "69266": ("Villeurbanne", "69", "69100", 163684, 45.7663, 4.8797),
    "75056": (
        "Paris",
        "75",
        " ".join([*(f"750{number:02}" for number in range(1, 17)), "75116", "75017", "75018", "75019", "75020"]),
        2103778,
        48.8573,
        2.3201,
    ),
    "87085": ("Limoges", "87", "87000 87100 87280", 129937, 45.8266, 1.2603),
    "93066": ("Saint-Denis", "93", "93200 93210 93380", 149077, 48.937, 2.3598),
    "97209": ("Fort-de-France", "972", "97200 97234", 75506, 14.6074, -61.0694),
    "97411": ("Saint-Denis", "974", "97400 97417 97490", 155634, -20.879, 55.4486),
    "97415": ("Saint-Paul", "974", "97411 97422 97423 97434 97435 97460", 108088, -21.014, 55.2695),
}


def _zone(region_code: str) -> str:
    return Zone.DROM if region_code < "11" else Zone.METRO


class RegionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Region
        django_get_or_create = ("code",)

    code = "84"
    name = factory.LazyAttribute(lambda made: REGIONS[made.code])
    zone = factory.LazyAttribute(lambda made: _zone(made.code))


class DepartmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Department
        django_get_or_create = ("code",)

    code = "42"
    name = factory.LazyAttribute(lambda made: DEPARTMENTS[made.code][0])
    region = factory.LazyAttribute(lambda made: RegionFactory(code=DEPARTMENTS[made.code][1]))
    zone = factory.LazyAttribute(lambda made: made.region.zone)


class CommuneFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Commune
        django_get_or_create = ("code",)

    code = "42218"
    name = factory.LazyAttribute(lambda made: COMMUNES[made.code][0])
    search_name = factory.LazyAttribute(lambda made: normalise(made.name))
    department = factory.LazyAttribute(lambda made: DepartmentFactory(code=COMMUNES[made.code][1]))
    postcodes = factory.LazyAttribute(lambda made: COMMUNES[made.code][2])
    population = factory.LazyAttribute(lambda made: COMMUNES[made.code][3])
    latitude = factory.LazyAttribute(lambda made: COMMUNES[made.code][4])
    longitude = factory.LazyAttribute(lambda made: COMMUNES[made.code][5])


_MADE: dict[str, Commune] = {}


def commune(code: str = "42218") -> Commune:
    """One of the communes above, which stand in the database before the first test and again after each flush."""
    if code not in _MADE:
        _MADE[code] = CommuneFactory(code=code)
    return copy(_MADE[code])


def small_territory() -> None:
    """All the communes above, with their departments and regions."""
    for code in COMMUNES:
        CommuneFactory(code=code)
