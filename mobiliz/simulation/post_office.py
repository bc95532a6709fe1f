"""The mail server of a simulation: it takes what is sent, is away for some days, and refuses one address for ever."""

from __future__ import annotations

import smtplib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from unittest.mock import patch

from celery import current_app
from django.core.mail.backends.base import BaseEmailBackend
from django.test import override_settings

from mobiliz.lib import clock

# What every person of a simulation is called by, and by nobody else: found in a mail, it is a person's name
MARKS = ("zélindor", "quervain", "+3399977")


@dataclass
class PostOffice:
    """What was sent, how often, and what went wrong on purpose; `words` are those that workers did not hear yet."""

    outages: Sequence[tuple[datetime, datetime]] = ()
    refused: frozenset[str] = frozenset()
    delivered: Counter[str] = field(default_factory=Counter)
    reached: set[str] = field(default_factory=set)
    naming: list[str] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)
    words: list[str] = field(default_factory=list)

    def take(self, mail: Any) -> None:
        if any(first <= clock.now() < last for first, last in self.outages):
            self.refusals["outage"] += 1
            raise smtplib.SMTPServerDisconnected("away")
        address = mail.recipients()[0]
        if any(one in address.lower() for one in self.refused):
            self.refusals["refused"] += 1
            raise smtplib.SMTPRecipientsRefused({address: (550, b"unknown")})
        uid = mail.extra_headers["Message-ID"].strip("<>").partition("@")[0]
        self.delivered[uid] += 1
        self.reached.add(address.lower())
        if names_someone(f"{mail.subject} {mail.body} {mail.alternatives[0].content}"):
            self.naming.append(uid)


def names_someone(text: str) -> bool:
    lowered = text.lower()
    return any(mark in lowered for mark in MARKS)


_open: list[PostOffice] = []


class Backend(BaseEmailBackend):
    """Hands every mail to the office that is open."""

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        for mail in email_messages:
            _open[-1].take(mail)
        return len(email_messages)


@contextmanager
def opened(office: PostOffice) -> Iterator[PostOffice]:
    """Mails go to this office, and the word that a message is to be delivered to its `words`, not to a broker."""

    def tell(_task: str, args: Sequence[str], **_options: Any) -> None:
        office.words.append(args[0])

    mailers = {"default": {"BACKEND": f"{__name__}.Backend"}}
    _open.append(office)
    try:
        with override_settings(MAILERS=mailers), patch.object(current_app, "send_task", tell):
            yield office
    finally:
        _open.remove(office)
