"""What the addresses are about: the adviser's own dossiers, put to the workshop's garage, and what goes with them.

Each is made when a row asks for it, by the real verbs.
"""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from eligibility.models import Drift, RuleSet
from mobiliz.accounts.absences import go_absent
from mobiliz.lib import clock
from mobiliz.outbox.models import Message
from mobiliz.programme.models import REPAIR
from referrals import links, transitions
from referrals.models import ElsewhereAnswer, IncidentKind, NeedKind, Resolution
from referrals.needs import record_need
from referrals.noting import write_note
from referrals.states import DeclineReason
from referrals.transitions import ElsewhereInput
from tests.cast import actor
from tests.factories import journey, ruling
from tests.factories.accounts import MembershipFactory, SignInFactory
from tests.factories.garages import ContactFactory, PriceScheduleFactory, VatRateFactory

Cast = dict[str, Any]


def _handed_over(cast: Cast) -> tuple[Any, Any]:
    """The workshop declined, the other garage was asked: the assignment before and the one after."""
    before = journey.declined(cast["adviser"], cast["workshop"])
    after = transitions.assign(before.referral, garage=cast["other_garage"], by=actor(cast["adviser"]))
    return before, journey.fresh(after)


def _photo_handed_over(cast: Cast) -> Any:
    _before, after = _handed_over(cast)
    return journey.add_photo(after.referral, cast["adviser"])


def _withdrawn(cast: Cast) -> Any:
    referral = journey.sent(cast["adviser"], cast["garage"]).referral
    transitions.withdraw(referral, reason="other", by=actor(cast["adviser"]))
    return referral


def _act(name: str, assignment: Callable[[Cast], Any]) -> Callable[[Cast], dict[str, Any]]:
    return lambda cast: {"uid": assignment(cast).uid, "name": name}


def _sent(cast: Cast) -> Any:
    return journey.sent(cast["adviser"], cast["garage"])


def _accepted(cast: Cast) -> Any:
    return journey.accepted(cast["adviser"], cast["workshop"])


def _quoted(cast: Cast) -> Any:
    return journey.quoted(cast["adviser"], cast["workshop"])


def _agreed(cast: Cast) -> Any:
    return journey.agreed(cast["adviser"], cast["workshop"])


def _note(cast: Cast) -> dict[str, Any]:
    referral = _sent(cast).referral
    return {"uid": referral.uid, "note": write_note(referral, text="Après 17 h", by=actor(cast["adviser"])).uid}


def _incident(cast: Cast, referral: Any) -> Any:
    return transitions.report_incident(referral, kind=IncidentKind.DID_NOT_WORK, by=actor(cast["adviser"]))


def _incident_duplicate(cast: Cast) -> Any:
    """Another structure helps the same person, and a pilot was asked to link the two."""
    journey.draft(cast["other_adviser"])
    asked = ElsewhereInput(answer=ElsewhereAnswer.ASK_PILOT)
    return journey.draft(cast["adviser"], looks_elsewhere=True, elsewhere=asked).incidents.get()


def _need(cast: Cast) -> Any:
    return record_need(kind=NeedKind.INSURANCE, referral=_sent(cast).referral, by=actor(cast["adviser"]))


def _incident_answered(cast: Cast) -> Any:
    incident = _incident(cast, _sent(cast).referral)
    said = {"words": "Le garage rappelle demain", "resolution": Resolution.GARAGE_REMINDED}
    transitions.answer_incident(incident, by=actor(cast["pilot"]), **said)
    return incident


def _link(cast: Cast, **more: Any) -> dict[str, Any]:
    """The address of a message to the garage's contact."""
    assignment = _sent(cast)
    return {"token": token_for(assignment), **more}


def _mail(cast: Cast) -> Any:
    ContactFactory(garage=cast["garage"])
    _sent(cast)
    return Message.objects.latest("pk")


def _link_over(cast: Cast) -> dict[str, Any]:
    assignment = _sent(cast)
    token = token_for(assignment)
    transitions.unsend(assignment.referral, by=actor(cast["adviser"]))
    return {"token": token}


def _link_photo(cast: Cast, *, is_other: bool = False) -> dict[str, Any]:
    assignment = _sent(cast)
    shown = journey.add_photo((_sent(cast) if is_other else assignment).referral, cast["adviser"])
    return {"token": token_for(assignment), "uid": shown.uid}


def token_for(assignment: Any) -> str:
    contact = ContactFactory(garage=assignment.garage, rank=9 - assignment.garage.contacts.count())
    return links.token_of(links.make(assignment, links.Holder(str(contact), contact.email, contact=contact)))


def _absence(cast: Cast) -> Any:
    colleague = MembershipFactory(organisation=cast["adviser"].organisation)
    today = clock.today()
    return go_absent(cast["adviser"], covered_by=colleague, from_on=today, until_on=today, by=actor(cast["adviser"]))


def _attachment(cast: Cast) -> Any:
    message = journey.message(_accepted(cast), cast["adviser"], pictures=1)
    return message.attachments.get()


def _attachment_handed_over(cast: Cast) -> Any:
    found = _attachment(cast)
    transitions.give_back(found.message.assignment, reason=DeclineReason.NO_CAPACITY, by=actor(cast["workshop"]))
    return found


def _appointment(cast: Cast) -> Any:
    return journey.appointment(_accepted(cast), cast["workshop"])


# What stands in the address, by the name that a row gives it: a row of the database, or the words themselves.
THINGS: dict[str, Callable[[Cast], Any]] = {
    "": lambda cast: {},
    "account": lambda cast: cast["adviser"].user,
    "membership": lambda cast: cast["adviser"],
    "sign_in": lambda cast: SignInFactory(user=cast["adviser"].user),
    "reset_key": lambda cast: {"uidb36": "1", "key": "set-password"},
    "setting": lambda cast: {"key": "lapse"},
    "rule_set": lambda cast: RuleSet.objects.of_offer(REPAIR).get(),
    "drift": lambda cast: Drift.objects.create(assessment=_sent(cast).referral.assessment),
    "draft_rule_set": lambda cast: ruling.draft(cast["pilot"]),
    "proposed_rule_set": lambda cast: ruling.proposed(cast["pilot"]),
    "vehicle_rule_set": lambda cast: RuleSet.objects.of_offer(REPAIR, "vehicle").approved().latest("version"),
    "garage": lambda cast: cast["garage"],
    "contact": lambda cast: ContactFactory(garage=cast["garage"]),
    "structure": lambda cast: cast["structure"],
    "agency": lambda cast: cast["agency"],
    "colleague": lambda cast: cast["agency_adviser"],
    # the sender's dossiers
    "draft": lambda cast: journey.draft(cast["adviser"]),
    "ready": lambda cast: journey.ready(cast["adviser"]),
    "review": lambda cast: journey.in_review(cast["adviser"]),
    "sent": lambda cast: _sent(cast).referral,
    "agency_sent": lambda cast: journey.sent(cast["agency_adviser"], cast["garage"]).referral,
    "declined": lambda cast: journey.declined(cast["adviser"], cast["workshop"]).referral,
    "quoted": lambda cast: _quoted(cast).referral,
    "withdrawn": _withdrawn,
    "photo_of_draft": lambda cast: journey.add_photo(journey.draft(cast["adviser"]), cast["adviser"]),
    "photo": lambda cast: journey.add_photo(_sent(cast).referral, cast["adviser"]),
    "photo_handed_over": _photo_handed_over,
    # a step of one, where something is typed
    "draft_step": lambda cast: {"uid": journey.draft(cast["adviser"]).uid, "step": "person"},
    "sent_step": lambda cast: {"uid": _sent(cast).referral.uid, "step": "person"},
    "new_step": lambda cast: {"uid": uuid4(), "step": "person"},
    "note": _note,
    "absence": _absence,
    "incident": lambda cast: _incident(cast, _sent(cast).referral),
    "incident_of_garage": lambda cast: transitions.report_incident(
        _accepted(cast).referral, kind=IncidentKind.DID_NOT_WORK, by=actor(cast["workshop"])
    ),
    "incident_of_draft": lambda cast: _incident(cast, journey.draft(cast["adviser"])),
    "incident_answered": _incident_answered,
    "need": _need,
    "incident_duplicate": _incident_duplicate,
    "incident_without_garage": lambda cast: _incident(
        cast, journey.declined(cast["adviser"], cast["workshop"]).referral
    ),
    "refused": lambda cast: journey.refused(cast["adviser"], cast["pilot"]),
    # as they were put to the garage
    "held": _sent,
    "held_before": lambda cast: _handed_over(cast)[0],
    "held_after": lambda cast: _handed_over(cast)[1],
    "accepted": _accepted,
    "held_quoted": _quoted,
    "quote": lambda cast: _quoted(cast).quote,
    "accept": _act("accepter", _sent),
    "report": _act("incident", _sent),
    "accept_by_telephone": _act("telephone", _sent),
    "decline": _act("decliner", _sent),
    "accept_quote": _act("devis-accepte", _quoted),
    "decline_quote": _act("devis-refuse", _quoted),
    "record_repair": _act("reparation", _agreed),
    "give_back": _act("rendre", _accepted),
    "attachment": _attachment,
    "attachment_handed_over": _attachment_handed_over,
    "appointment": _appointment,
    "propose": _act("proposer", _accepted),
    "cancel_appointment": _act("annuler", lambda cast: _appointment(cast).assignment),
    "no_such_appointment_act": _act("voler", _accepted),
    "slot": lambda cast: journey.slot(cast["workshop"]),
    "no_such_act": _act("voler", _sent),
}


THINGS |= {
    "mail": _mail,
    "sent_link": lambda cast: links.link_of(_link(cast)["token"]),
    "link": _link,
    "link_over": _link_over,
    "link_accept": lambda cast: _link(cast, name="accepter"),
    "link_unknown_act": lambda cast: _link(cast, name="reparation"),
    "link_photo": _link_photo,
    "link_other_photo": lambda cast: _link_photo(cast, is_other=True),
}


def address_of(thing: str, cast: Cast) -> dict[str, Any]:
    """What `reverse` needs for the thing so named."""
    PriceScheduleFactory()
    VatRateFactory()
    made = THINGS[thing](cast)
    return made if isinstance(made, dict) else {"uid": made.uid}
