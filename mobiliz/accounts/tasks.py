"""Links for a new password, asked for a moment ago; at night, sign-ins and sessions that are no longer needed go."""

from datetime import timedelta

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore

from mobiliz.accounts import links
from mobiliz.accounts.models import LinkRequest, SignIn
from mobiliz.lib import clock

BATCH = 50
KEPT = timedelta(days=180)


@shared_task
def answer_request(pk: int) -> None:
    links.answer(pk)


@shared_task
def answer_waiting_requests() -> int:
    """Whatever was asked and not answered: after a lost word, or a dead worker."""
    waiting = list(LinkRequest.objects.oldest_first().values_list("pk", flat=True)[:BATCH])
    return sum(links.answer(pk) for pk in waiting)


@shared_task
def forget_old_sign_ins() -> None:
    """What ended by itself is noted as ended; what is older than six months is forgotten."""
    SignIn.objects.lapse()
    SignIn.objects.begun_before(clock.now() - KEPT).delete()
    SessionStore.clear_expired()
