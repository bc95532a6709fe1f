"""What the demonstration's garages repair, when they are open, what they signed and what was agreed with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from garages import actions
from garages.hours import keep, parse_day
from garages.models import Charter, Contact, Garage, Level, Term
from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock

# Monday to Friday, Saturday
HOURS = (
    ("8h-12h, 14h-18h", ""),
    ("8h-12h, 13h30-18h", "8h30-12h"),
    ("7h45-12h, 13h45-18h30", "9h-12h, 14h-17h"),
    ("8h30-12h30, 14h-19h", "8h30-12h30"),
    ("8h-18h30", "9h-18h"),
)
WORKS = (
    ["upkeep", "mechanics", "electrics", "tyres"],
    ["upkeep", "mechanics", "electrics", "air_conditioning", "tyres", "bodywork", "electric_cars"],
    ["upkeep", "tyres"],
    ["upkeep", "mechanics", "electrics", "air_conditioning"],
    ["upkeep", "mechanics", "bodywork", "tyres"],
)
SERVICES: tuple[list[str], ...] = ([], ["tow"], ["tow", "pick_up"], ["night_drop"], ["pick_up"])
CONDITIONS = (
    "300 € d’acompte à la commande des pièces",
    "si la réparation dure plus d’une journée",
    "assurance au nom de la personne",
)

# so many days ago, of which garage, and whether it has another owner
CORRECTED = ((70, 0, ""), (60, 1, ""), (45, 7, "Société Chevalier et Filles"), (20, 31, "Nadège Fournier"))


def workshop_of(index: int, level: str) -> dict[str, Any]:
    """Of one garage in nine nothing is known yet."""
    if index % 9 == 8:
        return {}
    usual, saturday = HOURS[index % len(HOURS)]
    week = {**dict.fromkeys(range(5), parse_day(usual)), 5: parse_day(saturday)}
    if index % 7 == 3:
        week[0] = ()
    return {
        "opening_hours": keep(week),
        "works": WORKS[1] if level == Level.BRANCH else WORKS[index % len(WORKS)],
        "brands": "all" if index % 3 == 0 else "maker",
        "services": SERVICES[index % len(SERVICES)],
        "is_vat_exempt": level == Level.RA2 and index % 40 == 12,
    }


def charters_of(garages: Sequence[Garage]) -> Iterator[Charter]:
    """One in ten lacks the programme's signature; some signed the second version too."""
    for index, garage in enumerate(garages):
        signed = _charter(garage, "1", garage.joined_on)
        if index % 10 == 9:
            signed.programme_signed_on, signed.programme_signatory = None, ""
        yield signed
        if index % 5 == 0:
            yield _charter(garage, "2", date(2016, 1, 11) + timedelta(days=index % 90))


def _charter(garage: Garage, version: str, on: date) -> Charter:
    return Charter(
        garage=garage,
        version=version,
        garage_signed_on=on,
        garage_signatory="La direction du garage",
        programme_signed_on=on + timedelta(days=6),
        programme_signatory="Isabelle Garnier",
    )


def terms_of(garages: Sequence[Garage], first_contacts: Sequence[Contact]) -> Iterator[Term]:
    """With two garages in three something was agreed, with some of them twice."""
    for index, (garage, contact) in enumerate(zip(garages, first_contacts, strict=True)):
        if index % 3 == 2:
            continue
        on = clock.today() - timedelta(days=30 + (index * 41) % 700)
        common = {"garage": garage, "agreed_on": on, "agreed_with": str(contact)}
        if index % 5 == 0:
            before = on - timedelta(days=400)
            yield _instalments(2, **common | {"agreed_on": before}, ended_on=on)
        yield _instalments(3 + index % 2, **common)
        if index % 2 == 0:
            yield Term(kind="reused_parts", answer="yes", **common)
        if index % 4 < 3:
            answer = ("yes", "conditional", "no")[index % 4]
            words = CONDITIONS[1 + index % 2] if answer == "conditional" else ""
            yield Term(kind="courtesy_car", answer=answer, words=words, **common)
        if index % 12 == 0:
            yield Term(kind="other", answer="yes", words="Diagnostic gratuit, même sans réparation", **common)


def _instalments(count: int, **common: Any) -> Term:
    answer = "conditional" if count == 4 else "yes"
    return Term(
        kind="instalments", answer=answer, instalments=count, words=CONDITIONS[0] if count == 4 else "", **common
    )


def correct(garages: Sequence[Garage], *, by: Actor) -> None:
    """What a pilot noted of late, by the verbs, so that a history is to be read: other owners, a line that changed."""
    for days, index, owner in (
        (70, 0, ""),
        (60, 1, ""),
        (45, 7, "Société Chevalier et Filles"),
        (20, 31, "Nadège Fournier"),
    ):
        with clock.moved_to(clock.now() - timedelta(days=days)):
            on = clock.today() - timedelta(days=6)
            if owner:
                actions.note_owner_change(garages[index], on=on, owner=owner, by=by)
            facts = replace(actions.facts_of(garages[index]), weekly_cap=3 if owner else 6, services=("tow", "pick_up"))
            actions.update_garage(garages[index], facts, by=by)
    with clock.moved_to(clock.now() - timedelta(days=12)):
        actions.confirm_engagement(garages[7], by=by)
        contact = garages[0].contacts.get(rank=2)
        facts = replace(actions.contact_facts_of(contact), phone="+33999010099", is_publishable=True)
        actions.update_contact(contact, facts, by=by)
