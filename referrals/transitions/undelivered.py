"""A message that did not arrive is not an answer that will not come: the back-up is written to, the adviser and a pilot
hear of it."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from mobiliz.accounts.actors import SYSTEM
from mobiliz.outbox.models import Message
from referrals import links, notifications
from referrals.models import Assignment, IncidentKind, Referral
from referrals.states import State
from referrals.transitions.core import locked, open_assignment
from referrals.transitions.incidents import report_incident

ABOUT = "referral:"


@transaction.atomic
def tell_undelivered(message: Message) -> bool:
    """Once for each message; False when it was told already, or there is nobody left whom it concerns."""
    if not Message.objects.take_untold(message.pk):
        return False
    found = Referral.objects.with_uid(UUID(message.about.removeprefix(ABOUT))).first()
    if found is None or not found.is_open:
        return False
    referral = locked(found)
    held = open_assignment(referral)
    at_garage = held if held and _is_for(held, message) else None
    if at_garage and referral.state == State.WAITING:
        _write_to_another(at_garage, message)
    line = _("un message à %(who)s n’est pas arrivé (%(why)s) : téléphonez.")
    said = line % {"who": message.recipient_name or message.recipient_email, "why": message.get_fault_display()}
    if at_garage:
        notifications.tell_adviser(referral, said, event=f"undelivered:{message.pk}", by=SYSTEM)
    garage = at_garage.garage if at_garage else None
    report_incident(referral, kind=IncidentKind.MESSAGE_UNDELIVERED, by=SYSTEM, words=said, garage=garage)
    return True


def _is_for(held: Assignment, message: Message) -> bool:
    return any(one.email.lower() == message.recipient_email.lower() for one in links.holders_at(held.garage))


def _write_to_another(held: Assignment, message: Message) -> None:
    """The next one at the garage who can be written to, with a link of their own."""
    lost = message.recipient_email.lower()
    other = next((one for one in links.holders_at(held.garage) if one.email.lower() != lost), None)
    if other is not None:
        notifications.tell_in_place_of(held, other, event=f"instead:{message.pk}")
