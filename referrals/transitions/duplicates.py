"""Someone whom another structure helps already: noticed when a dossier is opened, or its person becomes another or is
put right; told sparingly, linked by a pilot.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import structlog
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils.translation import gettext as _

from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from mobiliz.lib.keyed import keyed_hashes
from mobiliz.lib.limits import Limit
from mobiliz.lib.templatetags.mobiliz import day_fr
from referrals import permissions
from referrals.consent import NAMES_STRUCTURE
from referrals.identity import BY_NAME, BY_PHONE, name_and_birth, phone_and_birth
from referrals.models import (
    Beneficiary,
    Consent,
    ElsewhereAnswer,
    Incident,
    IncidentKind,
    Lookalike,
    Referral,
    Resolution,
)
from referrals.states import Verb
from referrals.transitions.core import Refused, locked
from referrals.transitions.incidents import (
    begin_as_pilot,
    department_of,
    log_incident,
    report_incident,
    withdraw_incident,
)

log = structlog.get_logger(__name__)

HELPED_RECENTLY = timedelta(days=365)
DAY = 24 * 3600
# More than anybody registers in a day, and few enough that nobody tries names to learn who is helped
LOOKED_FOR = Limit("people-looked-for-elsewhere", 60, DAY)
FOUND = Limit("people-found-elsewhere", 10, DAY)
AGAIN = Limit("person-looked-for-elsewhere", 1, DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who is looked for: all of a name and the day of birth, or the telephone and the day of birth."""

    last_name: str
    first_name: str
    birth_date: date
    phone: str = ""

    @classmethod
    def of(cls, person: Beneficiary) -> Identity:
        return cls(
            last_name=person.last_name, first_name=person.first_name, birth_date=person.birth_date, phone=person.phone
        )

    @property
    def keys(self) -> set[str]:
        return {*self.names, *self.phones}

    def shared_with(self, other: Beneficiary) -> set[str]:
        """The keys by which this is that record."""
        return {other.name_key, other.phone_key} & self.keys

    @property
    def names(self) -> list[str]:
        return keyed_hashes(BY_NAME, name_and_birth(self.last_name, self.first_name, self.birth_date))

    @property
    def phones(self) -> list[str]:
        return keyed_hashes(BY_PHONE, phone_and_birth(self.phone, self.birth_date))


@dataclass(frozen=True, slots=True, kw_only=True)
class ElsewhereInput:
    """What the adviser says once it showed; words are for the pilot, or why it is another need."""

    answer: ElsewhereAnswer
    words: str = ""


class HelpedElsewhere(Refused):
    """Since when, and by which structures where the person agreed that they are named; nothing else."""

    def __init__(self, since: date, names: Sequence[str]) -> None:
        self.since, self.names = since, names
        message = _("Cette personne est déjà aidée depuis le %(day)s.") % {"day": day_fr(since)}
        super().__init__(message, code="helped_elsewhere")


def look_elsewhere(
    person: Identity, *, known: Beneficiary | None, by: Actor, were: Iterable[Identity] = ()
) -> list[Referral]:
    """The cases of other structures for whoever has these keys, the oldest first; counted, and written to the log.

    `were`: who the person was so far; whoever resembled them as much before is not told again.

    Two structures that register the same person at once wait for each other here: the second finds the first.
    """
    names, phones = person.names, person.phones
    wait_for_turn(person)
    _count(by, [*names, *phones])
    people = Beneficiary.objects.identified_by(names, phones).kept_elsewhere_than(by)
    if known is not None:
        people = people.but(Lookalike.objects.settled_for(known.pk).others_than(known.pk))
    had = [was.keys for was in were]
    helping = Referral.objects.that_help(people, since=clock.now() - HELPED_RECENTLY)
    found = [one for one in helping if not any(person.shared_with(one.beneficiary) <= keys for keys in had)]
    log.info("person_looked_for_elsewhere", actor=by.reference, is_found=bool(found))
    if found:
        _count_found(by, [*names, *phones])
    return found


def found_elsewhere(
    person: Identity,
    *,
    known: Beneficiary | None,
    said: ElsewhereInput | None,
    by: Actor,
    were: Iterable[Identity] = (),
) -> list[Referral]:
    """The same, once it is said what to do about them; else HelpedElsewhere is raised."""
    found = look_elsewhere(person, known=known, were=were, by=by)
    if found and said is None:
        raise ask_first(found)
    return found


def look_again(
    case: Referral | None, were: Mapping[int, Identity], *, said: ElsewhereInput | None, by: Actor
) -> list[Referral]:
    """After the person of this case was put right, or united with another record: whoever resembles them by something
    new, once it is said what to do about it, else HelpedElsewhere is raised. `were`: who they were, by record.

    Nobody is looked for who has no case that runs, or took back what they agreed to.
    """
    if case is None:
        return []
    person = case.beneficiary
    now = Identity.of(person)
    if any(now.keys <= was.keys for was in were.values()):
        return []
    if not Consent.objects.in_force().of_beneficiary(person.pk).exists():
        return []
    return found_elsewhere(now, known=person, were=were.values(), said=said, by=by)


def unsay(person: Beneficiary, were: Mapping[int, Identity]) -> None:
    """That two records are two people holds while nothing more of them is the same than when it was said."""
    now = Identity.of(person)
    for pk, was in were.items():
        for pair in Lookalike.objects.not_same_as(pk):
            if not now.shared_with(pair.other if pair.person_id == pk else pair.person) <= was.keys:
                pair.delete()


def leave_behind(referral: Referral, by: Actor) -> None:
    """The case passes to another person: what was asked about the one before is not asked about the next.

    After the `finish` of the verb, as `report_incident` is.
    """
    pairs = list(Lookalike.objects.touching(referral).select_related("incident"))
    asked = {one.incident for one in pairs if one.incident and one.incident.referral_id == referral.pk}
    Lookalike.objects.with_keys(one.pk for one in pairs).delete()
    for incident in asked:
        if incident.answered_at is None:
            withdraw_incident(incident, by=by)


def ask_first(found: Sequence[Referral]) -> HelpedElsewhere:
    """Nothing of the others but the first day, and their names where the person agreed."""
    agreed = [one for one in found if NAMES_STRUCTURE in one.purposes]
    return HelpedElsewhere(clock.day_of(found[0].created_at), sorted({str(one.organisation) for one in agreed}))


def keep_answer(
    referral: Referral | None, found: Sequence[Referral], *, said: ElsewhereInput | None, by: Actor
) -> None:
    """Beside the dossier that it is about, where somebody was found; a pilot is asked by an incident."""
    if referral is None or said is None or not found:
        return
    incident = None
    if said.answer == ElsewhereAnswer.ASK_PILOT:
        incident = report_incident(referral, kind=IncidentKind.DUPLICATE_CONTACT, words=said.words, by=by)
    elif said.answer == ElsewhereAnswer.OTHER_NEED and not said.words.strip():
        raise Refused(_("Dites pour quel autre besoin."), field="words")
    assert by.membership is not None
    for case in _one_for_each(found):
        Lookalike.objects.update_or_create(
            person=referral.beneficiary,
            other=case.beneficiary,
            defaults={
                "referral": referral,
                "other_referral": case,
                "answer": said.answer.value,
                "reason": said.words.strip() or None,
                "said_at": clock.now(),
                "said_by": by.membership,
                "incident": incident,
            },
        )


@transaction.atomic
def connect(incident: Incident, *, words: str, by: Actor) -> None:
    """By a pilot: each side gets the other's direct line, and reads the pilot's words on its desk."""
    if not permissions.can_answer_incident(by, incident):
        raise PermissionDenied
    pairs = list(Lookalike.objects.of_incident(incident).for_page())
    for case in sorted([incident.referral, *(one.other_referral for one in pairs)], key=lambda one: one.pk):
        locked(case)  # in one order, whichever pilot comes first
    referral, incident = begin_as_pilot(incident, by)
    if not pairs:
        raise Refused(_("Personne n’est à mettre en lien."), code="nobody_to_connect")
    if not words.strip():
        raise Refused(_("Dites aux deux structures ce que vous avez convenu."), field="words")
    for pair in pairs:
        pair.linked_at, pair.linked_by = clock.now(), by.membership
        pair.other_incident = _tell(locked(pair.other_referral), words, by)
        pair.save(update_fields=["linked_at", "linked_by", "other_incident"])
    _answered(incident, words, by)
    incident.save(update_fields=["answer", "resolution", "answered_at", "answered_by"])
    log_incident(referral, Verb.ANSWER_INCIDENT, incident, by)


def _tell(referral: Referral, words: str, by: Actor) -> Incident:
    """The other side asked for nothing, and no pilot is called upon: it reads what was answered."""
    moment = clock.now()
    incident = Incident(
        referral=referral,
        kind=IncidentKind.DUPLICATE_CONTACT.value,
        region_id=department_of(referral).region_id,
        reported_at=moment,
        due_at=moment,
    )
    _answered(incident, words, by)
    incident.save()
    log_incident(referral, Verb.ANSWER_INCIDENT, incident, by)
    return incident


def _answered(incident: Incident, words: str, by: Actor) -> None:
    incident.answer, incident.resolution = words.strip(), Resolution.CONNECTED.value
    incident.answered_at, incident.answered_by = clock.now(), by.membership


def _one_for_each(found: Sequence[Referral]) -> list[Referral]:
    """The oldest case of each person found."""
    return list({one.beneficiary_id: one for one in reversed(found)}.values())


def wait_for_turn(person: Identity) -> None:
    """Until the end of the transaction, nobody else registers whoever has one of these keys.

    Before any row is locked: who answers about a case points to it, and would wait for whoever waits here with it.
    """
    numbers = sorted(int.from_bytes(bytes.fromhex(key[:16]), signed=True) for key in person.keys)
    with connection.cursor() as cursor:
        for number in numbers:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def _count(by: Actor, keys: Sequence[str]) -> None:
    """Each person once a day: who corrects a form and sends it again looks for nobody else.

    Whoever has found many is refused before one looks: a refusal never tells whether there was something to find.
    """
    whose = f"{by.reference}:{':'.join(sorted(keys))}"
    if AGAIN.is_reached(whose):
        return
    if LOOKED_FOR.is_reached(by.reference) or FOUND.is_reached(by.reference):
        raise _too_many(by)
    AGAIN.count(whose)
    LOOKED_FOR.count(by.reference)


def _count_found(by: Actor, keys: Sequence[str]) -> None:
    whose = f"found:{by.reference}:{':'.join(sorted(keys))}"
    if not AGAIN.is_reached(whose):
        AGAIN.count(whose)
        FOUND.count(by.reference)


def _too_many(by: Actor) -> Refused:
    log.warning("too_many_people_looked_for_elsewhere", actor=by.reference)
    message = _("Votre compte a enregistré trop de personnes aujourd’hui. Réessayez demain, ou appelez un pilote.")
    return Refused(message, code="too_many_people")
