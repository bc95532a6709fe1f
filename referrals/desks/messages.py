"""The thread between a case's advisers and its garage: one page, the same for both sides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.csp import CSP
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_http_methods, require_safe

from mobiliz.lib.pages import get_visible_or_404, page, require
from mobiliz.lib.uploads import accepts_files
from referrals import attachments, permissions, transitions
from referrals.desks.exchange import Talk, talk_of
from referrals.forms.messages import MessageForm
from referrals.models import Assignment, Attachment, CaseMessage
from referrals.models.messages import Kind
from referrals.transitions import Overtaken, Refused

SIZE = 50
NOTHING_RUNS = {"default-src": [CSP.NONE], "sandbox": True}


@accepts_files
@require_http_methods(["GET", "HEAD", "POST"])
def thread(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Read, and written to; what was typed to a garage that no longer has the case is not lost."""
    held = get_visible_or_404(Assignment.objects.for_exchange(), request.actor, uid)
    require(permissions.can_write_message(request.actor, held.referral, held))
    if request.method != "POST":
        return redirect("assignment", uid) if _is_gone(request, held) else _show(request, held, MessageForm())
    form = MessageForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, held, form, status=422)
    try:
        transitions.write_message(held, by=request.actor, **form.cleaned_data)
    except Overtaken:
        return _show_moved(request, uid, form)
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        return _show(request, held, form, status=422)
    if not request.htmx:
        messages.success(request, _("Message envoyé."))
    return redirect("messages", uid)


@require_safe
@csp_override(NOTHING_RUNS)
def attachment(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Always a download: whatever is in it is opened by the reader's own programs, never in our page."""
    found = get_visible_or_404(Attachment, request.actor, uid)
    response = _file(found.file_name, "application/pdf" if found.kind == Kind.PDF else "image/jpeg")
    response["Content-Disposition"] = content_disposition_header(True, found.name) or "attachment"
    return response


@require_safe
@csp_override(NOTHING_RUNS)
def thumbnail(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Small, and encoded here: the one thing of an attachment that a page shows."""
    found = get_visible_or_404(Attachment, request.actor, uid)
    if not found.is_image:
        raise Http404
    return _file(found.thumbnail_name, "image/jpeg")


# --- what the page says -------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Line:
    """One message as this side reads it."""

    message: CaseMessage
    is_own: bool
    is_new: bool

    @property
    def files(self) -> list[Attachment]:
        return list(self.message.attachments.all())


class Page:
    """The messages before a mark, the newest first; those that are new to this side were unread until now."""

    def __init__(self, talk: Talk, actor: Any, before: str) -> None:
        self.talk, self.actor, self.before = talk, actor, before

    @cached_property
    def rows(self) -> list[CaseMessage]:
        rows = CaseMessage.objects.visible_to(self.actor).of_assignment(self.talk.held).for_thread()
        mark = _read_mark(self.before)
        return list((rows.older_than(*mark) if mark else rows)[: SIZE + 1])

    @property
    def lines(self) -> list[Line]:
        side = self.talk.side
        return [Line(one, one.side == side, one.side != side and one.read_at is None) for one in self.rows[:SIZE]]

    @property
    def older(self) -> str:
        if len(self.rows) <= SIZE:
            return ""
        last = self.rows[SIZE - 1]
        return f"{last.at.astimezone(UTC):%Y%m%dT%H%M%S%f}-{last.pk}"


def _read_mark(text: str) -> tuple[datetime, int] | None:
    """None for an address that was cut or made up: the thread then begins at its newest."""
    try:
        moment, pk = text.split("-")
        return datetime.strptime(moment, "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC), int(pk[:18])
    except ValueError:
        return None


def _show(request: HttpRequest, held: Assignment, form: MessageForm, status: int = 200) -> HttpResponse:
    talk = talk_of(held, request.actor)
    shown = Page(talk, request.actor, request.GET.get("avant", ""))
    lines, older = shown.lines, shown.older
    if request.method != "HEAD":
        transitions.read_messages(held, by=request.actor)
    context = {"talk": talk, "lines": lines, "older": older, "is_first": not shown.before, "form": form}
    return page(request, "referrals/exchange/messages.html", context, partial="exchange", status=status)


def _show_moved(request: HttpRequest, uid: UUID, form: MessageForm) -> HttpResponse:
    """The case left this garage while one was writing: where it went, and the words, to be sent elsewhere."""
    held = get_visible_or_404(Assignment.objects.for_exchange(), request.actor, uid)
    talk = talk_of(held, request.actor)
    context = {"talk": talk, "text": form.cleaned_data["text"], "files": form.cleaned_data["files"]}
    return page(request, "referrals/exchange/moved.html", context, partial="exchange", status=409)


def _is_gone(request: HttpRequest, held: Assignment) -> bool:
    """Of what went on without this garage, its page says what is left."""
    return bool(request.actor.is_garage and held.was_handed_over)


def _file(name: str, kind: str) -> HttpResponse:
    try:
        response = HttpResponse(attachments.content_of(name), content_type=kind)
    except FileNotFoundError:
        raise Http404 from None
    response["Cache-Control"] = "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["X-Content-Type-Options"] = "nosniff"
    return response
