"""The mails of a demonstration or of development, to be read in a page: nothing is sent there, and all are made up."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mobiliz.outbox.actions import letter_of
from mobiliz.outbox.models import Message

SHOWN = 50


@login_not_required
@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """Those that went out last, whoever they were for; those that wait for the daily message are said to."""
    text = request.GET.get("a", "").strip()[:100]
    rows = Message.objects.not_in_a_digest().newest_first()
    found = list(rows.for_someone(text)[:SHOWN] if text else rows[:SHOWN])
    return render(request, "outbox/mails.html", {"mails": [_in_short(one) for one in found], "text": text})


@login_not_required
@require_safe
def mail(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One as it is read."""
    message = Message.objects.with_uid(str(uid)).first()
    if message is None or message.context is None:
        raise Http404
    return render(request, "outbox/mail.html", {"message": message, "letter": letter_of(message)})


def _in_short(message: Message) -> dict[str, object]:
    subject = letter_of(message).subject if message.context is not None and message.digest_on is None else ""
    line = (message.context or {}).get("line", "")
    return {"message": message, "subject": subject or line}
