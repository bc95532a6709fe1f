"""What the outbox delivers."""

from django.core import mail

from mobiliz.accounts.tasks import answer_waiting_requests
from mobiliz.outbox.tasks import sweep


def delivered():
    """Do what waits for the worker; every mail that went out in this test, the oldest first."""
    while answer_waiting_requests():
        pass
    while sweep():
        pass
    return mail.outbox
