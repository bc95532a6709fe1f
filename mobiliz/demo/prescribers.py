"""Whom the demonstration's structures help, to which network they belong, and until when their agreement runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from mobiliz.territory.models import Region
from partners import actions
from partners.models import Structure

# publics, network, days until the agreement ends (none: it does not)
PURPOSES: dict[str, tuple[list[str], str, int | None]] = {
    "Wimoov": (["job_seekers", "precarious", "minimum_income", "young"], "", 400),
    "ADIE": (["founders", "job_seekers"], "", 45),
    "Cresus": (["indebted"], "Fédération Cresus", -20),
    "FACE": (["job_seekers", "young"], "Fondation FACE", None),
    "FASTT": (["precarious"], "", 210),
    "France Travail": (["job_seekers", "minimum_income"], "", None),
    "Emmaüs": (["homeless", "minimum_income"], "Emmaüs France", 300),
    "Restos du Cœur": (["minimum_income", "single_parents", "homeless"], "", None),
}
REGIONS = {"Cresus": ("44", "84"), "FASTT": ("11", "32", "84")}


def purpose_of(name: str) -> dict[str, Any]:
    publics, network, days = PURPOSES[name]
    until = None if days is None else clock.today() + timedelta(days=days)
    return {"publics": publics, "network": network, "agreement_until": until}


def regions_of(name: str) -> list[Region]:
    return list(Region.objects.filter(pk__in=REGIONS.get(name, ())))


def rename_network(structure: Structure, *, by: Actor) -> None:
    """A correction of late, so that a history is to be read."""
    with clock.moved_to(clock.now() - timedelta(days=33)):
        facts = replace(actions.facts_of(structure), network="Plateformes de mobilité")
        actions.update_structure(structure, facts, by=by)
