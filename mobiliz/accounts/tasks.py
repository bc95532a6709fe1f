"""At night: sign-ins and sessions that are no longer needed go."""

from datetime import timedelta

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore

from mobiliz.accounts.letters import deliver
from mobiliz.accounts.links import send
from mobiliz.accounts.models import SignIn
from mobiliz.lib import clock

__all__ = ["deliver", "forget_old_sign_ins", "send"]  # the worker looks for tasks here

KEPT = timedelta(days=180)


@shared_task
def forget_old_sign_ins() -> None:
    """What ended by itself is noted as ended; what is older than six months is forgotten."""
    SignIn.objects.lapse()
    SignIn.objects.begun_before(clock.now() - KEPT).delete()
    SessionStore.clear_expired()
