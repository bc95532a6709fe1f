"""Who to call about a case, in the order in which one does: the person, the garage, the adviser, the pilot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

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
    return [_person(referral), *garage, *_followers(referral, actor), *map(_pilot, _nearest(pilots))]


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
    yield from (_contact(one, garage.name) for one in held.contacts)
    if not held.contacts:
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


def _followers(referral: Referral, actor: Actor) -> Iterator[Line]:
    """Who follows it; before them, while they are away, who answers for them."""
    if referral.adviser is None:
        yield Line(name=referral.organisation.name, part=_("Personne ne suit ce dossier."))
        return
    if referral.cover:
        yield _cover(referral, actor)
    yield _adviser(referral, referral.adviser, actor)


def _adviser(referral: Referral, adviser: Membership, actor: Actor) -> Line:
    name, place = str(adviser.user), referral.organisation.name
    if adviser.ended_on or not adviser.user.is_active:
        part = _("Ne travaille plus ici : personne ne suit ce dossier, %(place)s.") % {"place": place}
        return Line(name=name, part=part)
    more = _("Absence jusqu’au %(day)s.") % {"day": _until(referral)} if referral.cover else ""
    if adviser == actor.membership:
        return Line(name=name, part=_("Vous suivez ce dossier."), more=more)
    part = _("Suit le dossier, %(place)s") % {"place": place}
    phone = "" if referral.cover else adviser.phone
    return Line(name=name, part=part, phone=phone, email=_unless_phone(adviser), more=more)


def _cover(referral: Referral, actor: Actor) -> Line:
    cover = referral.cover
    assert referral.adviser is not None
    words = {"who": referral.adviser.user, "day": _until(referral)}
    is_own = actor.membership is not None and cover["pk"] == actor.membership.pk
    part = _("Vous remplacez %(who)s jusqu’au %(day)s.") if is_own else _("Remplace %(who)s jusqu’au %(day)s.")
    name = f"{cover['first_name']} {cover['last_name']}"
    phone = "" if is_own else cover["phone"]
    email = "" if is_own or cover["phone"] else cover["email"]
    return Line(name=name, part=part % words, phone=phone, email=email)


def _until(referral: Referral) -> str:
    return day_fr(date.fromisoformat(referral.cover["until_on"]))


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
