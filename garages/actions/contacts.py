"""Whom to call at a garage: who comes, who leaves, who is called first, who is still the right one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from garages.actions.core import as_recorded, locked, refuse_closed, refuse_day_ahead, write
from garages.models import Contact, Garage
from mobiliz.accounts.actors import Actor
from mobiliz.accounts.history import recorded
from mobiliz.lib import clock
from mobiliz.lib.refusals import Refused
from mobiliz.lib.seen import refuse_overtaken
from mobiliz.lib.templatetags.mobiliz import day_fr
from mobiliz.lib.text import of_name

MAX_CONTACTS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFacts:
    """A named person at the garage, how to reach them, and whether the line may stand in the published directory."""

    first_name: str
    last_name: str
    function: str
    phone: str
    email: str = ""
    is_publishable: bool = False


def contact_facts_of(contact: Contact) -> ContactFacts:
    return ContactFacts(**{name: getattr(contact, name) for name in ContactFacts.__dataclass_fields__})


@recorded
def add_contact(garage: Garage, facts: ContactFacts, *, by: Actor) -> Contact:
    """One more person to call, after the others; confirmed today, since someone just gave the line."""
    row = locked(garage)
    refuse_closed(row)
    others = _current_contacts(row)
    if len(others) >= MAX_CONTACTS:
        raise Refused(_("Un garage a au plus neuf interlocuteurs : notez d’abord le départ de l’un d’eux."))
    _refuse_known(row, facts)
    _close_ranks(others)
    contact = Contact(garage=row, rank=len(others) + 1, **_values(facts))
    contact.confirm(by)
    contact.save()
    write(row)
    return contact


@recorded
def update_contact(contact: Contact, facts: ContactFacts, *, seen: str = "", by: Actor) -> Contact:
    """Correct a person's name, function or lines."""
    garage = locked(contact.garage)
    row = _still_there(contact)
    refuse_overtaken(seen, contact_facts_of(row))
    _refuse_known(garage, facts, but=row)
    for name, value in _values(facts, row).items():
        setattr(row, name, value)
    row.confirm(by)
    row.save()
    write(garage)
    return row


@recorded
def confirm_contact(contact: Contact, *, by: Actor) -> Contact:
    """Still there, still the right line."""
    garage = locked(contact.garage)
    row = _still_there(contact)
    row.save(update_fields=row.confirm(by))
    write(garage)
    return row


@recorded
def end_contact(contact: Contact, *, on: date, by: Actor) -> None:
    """The person has left; the next one is called first."""
    garage = locked(contact.garage)
    row = _still_there(contact)
    refuse_day_ahead(on)
    row.ended_on = on
    row.save(update_fields=["ended_on"])
    _close_ranks(_current_contacts(garage))
    write(garage)


@recorded
def move_contact_up(contact: Contact, *, by: Actor) -> None:
    """The person is called before the one who stood before; the first stays the first."""
    garage = locked(contact.garage)
    contacts = _current_contacts(garage)
    place = contacts.index(_still_there(contact))
    above = max(place - 1, 0)
    contacts.insert(above, contacts.pop(place))
    _close_ranks(contacts)
    write(garage)


def confirm_contacts_of(garage: Garage, by: Actor) -> None:
    """All of them, within a verb that holds the garage's lock."""
    contacts = _current_contacts(garage)
    for contact in contacts:
        contact.confirm(by)
    Contact.objects.bulk_update(contacts, ["confirmed_on", "confirmed_by"])


def _values(facts: ContactFacts, row: Contact | None = None) -> dict[str, Any]:
    """The day of a consent stays that on which it was first given; who takes it back has given none."""
    values = as_recorded(facts)
    given_on = (row.publishable_on if row else None) or clock.today()
    return values | {"publishable_on": given_on if values.pop("is_publishable") else None}


def _refuse_known(garage: Garage, facts: ContactFacts, but: Contact | None = None) -> None:
    known = Contact.objects.of_garage_called(garage, facts.first_name, facts.last_name)
    if known.exclude(pk=but.pk if but else None).exists():
        raise Refused(_("Cette personne est déjà parmi les interlocuteurs du garage."), field="last_name")


def _current_contacts(garage: Garage) -> list[Contact]:
    return list(Contact.objects.current().filter(garage=garage).order_by("rank", "pk"))


def _still_there(contact: Contact) -> Contact:
    row = Contact.objects.get(pk=contact.pk)
    if row.ended_on is not None:
        message = _("Le départ %(of_name)s est déjà noté, au %(on)s.")
        raise Refused(message % {"of_name": of_name(str(row)), "on": day_fr(row.ended_on)})
    return row


def _close_ranks(contacts: list[Contact]) -> None:
    """Ranks 1, 2, 3... in this order, in one statement: the database allows no rank twice when it ends."""
    for rank, contact in enumerate(contacts, start=1):
        contact.rank = rank
    Contact.objects.bulk_update(contacts, ["rank"])
