"""Messages about an account, delivered by the worker."""

from smtplib import SMTPException

import structlog
from celery import shared_task
from django.core.mail import EmailMessage
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)


def hand_over(message: EmailMessage) -> None:
    """Give the message to the worker; where the broker is away the person asks again, and the log says so."""
    try:
        deliver.delay(message.subject, message.body, list(message.to))
    except OperationalError:
        log.error("a message about an account was not handed over: the broker is away")


@shared_task(autoretry_for=(OSError, SMTPException), retry_backoff=30, max_retries=5)
def deliver(subject: str, body: str, to: list[str]) -> None:
    EmailMessage(subject, body, to=to).send()
