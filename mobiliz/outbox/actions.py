"""Write a message within the change that it tells of; deliver it after; gather what can wait into one a day.

The row is the truth: it is written in the transaction of the change, so that a change without its message and a message
without its change do not exist. A worker is told after the commit; where that word is lost, the sweep finds the row.
Delivery is at least once: the attempt is counted before it is made, under a lease.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any

import structlog
from celery import current_app
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from kombu.exceptions import OperationalError

from mobiliz.lib import clock
from mobiliz.outbox.letters import Letter, letter, retry_delays
from mobiliz.outbox.models import Fault, Message

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=5)
MOST_LOST = 5
KEPT_FOR = timedelta(days=30)
DELAYS = tuple(retry_delays())
DIGEST = "outbox/digest"
_together: ContextVar[list[Message] | None] = ContextVar("together", default=None)


@dataclass(frozen=True, slots=True)
class Recipient:
    """To whom: an address, and a name to greet by."""

    email: str
    name: str = ""


def post(
    template: str,
    *,
    to: Recipient,
    context: dict[str, Any],
    key: str,
    about: str = "",
    reply_to: str = "",
    digest_on: date | None = None,
    good_until: datetime | None = None,
) -> None:
    """Write one message, with the change that is being made; the same `key` again writes nothing.

    template: "referrals/asked" for templates/emails/referrals/asked.txt; context: plain JSON-able values for it;
    digest_on: from this day's morning, in one message with whatever else waits for this recipient (the context then
    holds `line`, a sentence, and perhaps `url`); good_until: until when the secret in it opens something.
    """
    message = Message(
        template=template,
        context=context,
        recipient_email=to.email,
        recipient_name=to.name,
        key=f"{key}:{to.email.lower()}"[:200],
        about=about,
        reply_to=reply_to,
        digest_on=digest_on,
        good_until=good_until,
        created_at=clock.now(),
        next_at=clock.now(),
    )
    gathered = _together.get()
    if gathered is None:
        _write([message])
    else:
        gathered.append(message)


@contextmanager
def together() -> Iterator[None]:
    """What is posted inside is written at the end, in one statement."""
    gathered: list[Message] = []
    token = _together.set(gathered)
    try:
        yield
    finally:
        _together.reset(token)
    if gathered:
        _write(gathered)


def _write(messages: list[Message]) -> None:
    Message.objects.bulk_create(messages, ignore_conflicts=True)
    for key in [one.key for one in messages if one.digest_on is None]:
        transaction.on_commit(partial(_tell_a_worker, key), robust=True)


def _tell_a_worker(key: str) -> None:
    try:
        current_app.send_task("mobiliz.outbox.tasks.deliver_key", [key], retry=False)
    except OperationalError:
        log.warning("no worker was told of a message: the broker is away, the sweep will find it")


def deliver(message_id: int) -> bool:
    """Try to deliver this message now; False when there is nothing to do, or it did not go out."""
    message = _claim(message_id)
    if message is None:
        return False
    try:
        _send(message)
    except Exception as failure:
        _note_failure(message, failure)
        return False
    message.sent_at, message.leased_until, message.fault = clock.now(), None, ""
    message.save(update_fields=["sent_at", "leased_until", "fault"])
    return True


@transaction.atomic
def _claim(message_id: int) -> Message | None:
    """Count the attempt and take the message for a while; None when another has it, or it is done."""
    now = clock.now()
    message = Message.objects.select_for_update(skip_locked=True).due(now).filter(pk=message_id).first()
    if message is None:
        return None
    if message.good_until is not None and message.good_until <= now:
        _park(message, Fault.TOO_LATE)  # a link that opens nothing would only be followed in vain
        return None
    if message.leased_until is not None:
        message.lost_attempts += 1  # whoever had it neither sent it nor said why not
    if message.lost_attempts >= MOST_LOST:
        _park(message, Fault.LOST_TOO_OFTEN)
        return None
    message.attempts += 1
    message.leased_until = now + LEASE
    message.save(update_fields=["attempts", "lost_attempts", "leased_until"])
    return message


def _send(message: Message) -> None:
    written = letter_of(message)
    host = settings.SITE_ADDRESS.split("//")[-1].split(":")[0].rstrip("/")
    mail = EmailMultiAlternatives(
        subject=written.subject,
        body=written.text,
        to=[_address(message)],
        reply_to=[message.reply_to] if message.reply_to else None,
        # one identity whatever the attempts: a second copy is recognised as such; answering machines stay silent
        headers={"Message-ID": f"<{message.uid}@{host}>", "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(_page_of(written), "text/html")
    mail.send()


def letter_of(message: Message) -> Letter:
    """As it is read; raises ValueError when its words are no longer kept."""
    if message.context is None:
        raise ValueError("The words of this message are no longer kept.")
    context = {**message.context, "name": message.recipient_name, "site": settings.SITE_ADDRESS}
    with translation.override(settings.LANGUAGE_CODE):
        return letter(render_to_string(f"emails/{message.template}.txt", context), site=settings.SITE_ADDRESS)


def _page_of(written: Letter) -> str:
    return render_to_string("emails/letter.html", {"letter": written})


def _address(message: Message) -> str:
    name = " ".join(message.recipient_name.replace('"', "").split())
    return f'"{name}" <{message.recipient_email}>' if name else message.recipient_email


def _note_failure(message: Message, failure: Exception) -> None:
    """A server that is away is asked again for a day; an address that does not exist, or a letter that cannot be
    written, is not."""
    fault = _fault(failure)
    delay = DELAYS[message.attempts - 1] if message.attempts <= len(DELAYS) else None
    # no text of the exception: servers quote addresses in it
    log.warning("a message was not delivered", message=str(message.uid), fault=fault.value, kind=type(failure).__name__)
    if fault != Fault.SERVER_AWAY or delay is None:
        _park(message, fault)
        return
    message.fault, message.leased_until = fault.value, None
    message.next_at = clock.now() + timedelta(minutes=delay)
    message.save(update_fields=["fault", "leased_until", "next_at"])


def _fault(failure: Exception) -> Fault:
    if isinstance(failure, SMTPRecipientsRefused):
        codes = [code for code, _words in failure.recipients.values()]
        return Fault.REFUSED if codes and all(code >= 500 for code in codes) else Fault.SERVER_AWAY
    if isinstance(failure, SMTPResponseException):
        # only what is said of this address is for good: a server that refuses us altogether may think better
        return Fault.REFUSED if failure.smtp_code in (550, 551, 553) else Fault.SERVER_AWAY
    return Fault.SERVER_AWAY if isinstance(failure, OSError | SMTPException) else Fault.UNREADABLE


def _park(message: Message, fault: Fault) -> None:
    message.parked_at, message.leased_until, message.fault = clock.now(), None, fault.value
    message.save(update_fields=["parked_at", "leased_until", "fault", "lost_attempts"])


@transaction.atomic
def note_return(uid: str) -> bool:
    """A message came back after it was sent: the address does not receive. False when we know no such message."""
    message = Message.objects.select_for_update().with_uid(uid).first()
    if message is None:
        return False
    if message.parked_at is None:
        _park(message, Fault.RETURNED)
    return True


@transaction.atomic
def send_again(message: Message) -> None:
    """Once more from the beginning, after someone mended what was wrong."""
    locked = Message.objects.select_for_update().get(pk=message.pk)
    if locked.parked_at is None:
        return
    locked.parked_at, locked.sent_at, locked.loss_told_at, locked.fault = None, None, None, ""
    locked.attempts = locked.lost_attempts = 0
    locked.next_at = clock.now()
    locked.save(update_fields=["parked_at", "sent_at", "loss_told_at", "fault", "attempts", "lost_attempts", "next_at"])
    transaction.on_commit(lambda: _tell_a_worker(locked.key), robust=True)


# --- what can wait until the morning -----------------------------------------------------------------------
@transaction.atomic
def gather_digests(day: date) -> int:
    """One message to each recipient with all that waits for them; how many were written. One a day to each: what comes
    after it waits for the next."""
    waiting = list(Message.objects.select_for_update(skip_locked=True, of=("self",)).for_digest(day, DIGEST))
    groups = groupby(waiting, key=lambda message: message.recipient_email.lower())
    return sum(_gather(list(gathered), day) for _email, gathered in groups)


def _gather(messages: list[Message], day: date) -> int:
    first = messages[0]
    to = Recipient(first.recipient_email, first.recipient_name)
    key = f"digest:{day.isoformat()}:{first.pk}"
    post(DIGEST, to=to, context={"lines": _lines(messages), "count": len(messages)}, key=key)
    written = Message.objects.get(key=f"{key}:{to.email.lower()}"[:200])
    written.day = day
    written.save(update_fields=["day"])
    for message in messages:
        message.digest = written
    Message.objects.bulk_update(messages, ["digest"])
    return 1


def _lines(messages: Iterable[Message]) -> list[dict[str, str]]:
    return [{"line": one.context.get("line", ""), "url": one.context.get("url", "")} for one in messages if one.context]


def forget_words(now: datetime) -> int:
    """Of what was delivered or given up weeks ago, only that it was is kept."""
    return int(Message.objects.read_before(now - KEPT_FOR).update(context=None, recipient_name=""))


def forget_secrets(now: datetime) -> int:
    """Of what carried a link into an account, the words go as soon as the link opens nothing."""
    return int(Message.objects.of_no_more_use(now).update(context=None, recipient_name=""))
