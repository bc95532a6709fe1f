"""An answer comes to its end before any quote: whoever follows the case is told, once for each answer."""

from __future__ import annotations

from django.db import transaction

from mobiliz.lib import clock
from mobiliz.outbox.models import Message
from referrals import notifications
from referrals.clock import PARIS
from referrals.expiry import is_to_be_told
from referrals.models import Referral
from referrals.transitions.core import locked


@transaction.atomic
def tell_of_expiry(referral: Referral) -> bool:
    """One line in the day's message; the outbox knows of which answers one was told. Whether it was written now."""
    fresh = locked(referral)
    assessment = fresh.assessment
    if assessment is None or not is_to_be_told(
        fresh.state,
        made_on=clock.day_of(assessment.made_at),
        valid_until=assessment.valid_until,
        today=clock.today(),
        paused_until=fresh.reminders_paused_until,
        department=fresh.department_id or PARIS,
    ):
        return False
    event = notifications.event_of_expiry(assessment)
    if Message.objects.of_event(event).exists():
        return False
    notifications.tell_of_expiry(fresh, event=event)
    return True
