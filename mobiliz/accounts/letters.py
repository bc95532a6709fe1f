"""Messages about an account: written here, delivered by the worker. The outbox will take over."""

from __future__ import annotations

from smtplib import SMTPException
from typing import Any

import structlog
from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from kombu.exceptions import OperationalError

from mobiliz.accounts.models import User

log = structlog.get_logger(__name__)


def tell(user: User, what: str, **context: Any) -> None:
    """Send the person the letter of templates/account/email so named."""
    known = {"user": user, **_addresses(), **context}
    subject = render_to_string(f"account/email/{what}_subject.txt", known)
    body = render_to_string(f"account/email/{what}_message.txt", known)
    hand_over(EmailMessage(" ".join(subject.split()), body.strip(), to=[user.email]))


def _addresses() -> dict[str, str]:
    return {"account_url": absolute("my_account"), "reset_url": absolute("account_reset_password")}


def absolute(name: str, **kwargs: Any) -> str:
    """The whole address of a page, as it stands in a message: from the settings, not from what a client wrote."""
    return f"{settings.SITE_ADDRESS}{reverse(name, kwargs=kwargs)}"


def hand_over(message: EmailMessage) -> None:
    """Give the message to the worker; where the broker is away the person asks again, and the log says so."""
    try:
        deliver.delay(message.subject, message.body, list(message.to))
    except OperationalError:
        log.error("a message about an account was not handed over: the broker is away")


@shared_task(
    name="mobiliz.accounts.tasks.deliver", autoretry_for=(OSError, SMTPException), retry_backoff=30, max_retries=5
)
def deliver(subject: str, body: str, to: list[str]) -> None:
    EmailMessage(subject, body, to=to).send()
