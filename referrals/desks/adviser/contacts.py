"""Who to call about a case, in the order in which one does: the person, the garage, the adviser, the pilot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from garages.models import Contact
from mobiliz.accounts.actors import Actor
from mobiliz.accounts.models import Membership
from mobiliz.accounts.roles import Role
from mobiliz.lib.templatetags.mobiliz import day_fr
from referrals.models import Assignment, Called, Referral

PILOTS_SHOWN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One person with a direct line: who they are in this case, and how sure the number is.

    `call`: what names them in the form that notes a call; empty where calls are not noted.
    """

    name: str
    part: str
    phone: str = ""
    email: str = ""
    more: str = ""
    call: str = ""


def key_of(contact: Contact) -> str:
    """What names a garage's contact in the form that notes a call."""
    return f"contact-{contact.uid}"


def lines_to_call(referral: Referral, held: Assignment | None) -> list[tuple[str, str]]:
    """With whom calls are noted: the person, and the garage that holds the case."""
    lines = [_person(referral), *(_garage(held) if held else [])]
    return [(line.call, line.name) for line in lines]


def people_of(referral: Referral, held: Assignment | None, pilots: Sequence[Membership], actor: Actor) -> list[Line]:
    """Expects what `for_case` loads; `pilots` with their users."""
    garage = _garage(held) if held else []
    return [_person(referral), *garage, _adviser(referral, actor), *map(_pilot, _nearest(pilots))]


def _person(referral: Referral) -> Line:
    person = referral.beneficiary
    more = "" if person.phone else _("Pas de téléphone.")
    return Line(
        name=str(person),
        part=str(person.commune),
        phone=person.phone,
        email=person.email,
        more=more,
        call=Called.PERSON.value,
    )


def _garage(held: Assignment) -> Iterator[Line]:
    """Its contacts, the first and then the back-ups; its own number where nobody is named."""
    garage = held.garage
    yield from (_contact(one, garage.name) for one in garage.contacts.all())
    if not garage.contacts.all():
        place = f"{garage.address}, {garage.postcode} {garage.commune.name}"
        more = _("Aucun interlocuteur n’est nommé.")
        yield Line(name=garage.name, part=place, phone=garage.phone, more=more, call=Called.GARAGE.value)


def _contact(contact: Contact, garage: str) -> Line:
    words = {"function": contact.get_function_display(), "garage": garage}
    part = _("Remplaçant : %(function)s, %(garage)s") if contact.is_backup else _("%(function)s, %(garage)s")
    day = contact.confirmed_on
    return Line(
        name=str(contact),
        part=_capital(part % words),
        phone=contact.phone,
        more=_("Ligne confirmée le %(day)s.") % {"day": day_fr(day)} if day else _("Ligne jamais confirmée."),
        call=key_of(contact),
    )


def _adviser(referral: Referral, actor: Actor) -> Line:
    adviser, place = referral.adviser, referral.organisation.name
    if adviser is None:
        return Line(name=place, part=_("Personne ne suit ce dossier."))
    if adviser == actor.membership:
        return Line(name=str(adviser.user), part=_("Vous suivez ce dossier."))
    part = _("Suit le dossier, %(place)s") % {"place": place}
    return Line(name=str(adviser.user), part=part, phone=adviser.phone, email=_unless_phone(adviser))


def _nearest(pilots: Sequence[Membership]) -> Sequence[Membership]:
    """Those of the region; where it has none, the national ones."""
    regional = [one for one in pilots if one.role == Role.REGIONAL_PILOT]
    return (regional or pilots)[:PILOTS_SHOWN]


def _pilot(pilot: Membership) -> Line:
    part = _("Pilote, %(region)s") % {"region": pilot.region} if pilot.region else _("Pilote du réseau national")
    return Line(name=str(pilot.user), part=part, phone=pilot.phone, email=_unless_phone(pilot))


def _unless_phone(member: Membership) -> str:
    """A direct line is enough; who has none is written to."""
    return "" if member.phone else member.user.email


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
