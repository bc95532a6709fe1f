"""What the pages of garages share: loading the one that may be changed, answering a form, doing one act."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from garages.models import Contact, Garage
from garages.permissions import can_confirm, can_edit
from mobiliz.lib.pages import get_visible_or_404, page, require
from mobiliz.lib.refusals import Refused

form_page = require_http_methods(["GET", "HEAD", "POST"])


def posted(request: HttpRequest) -> object:
    return request.POST if request.method == "POST" else None


def editable(request: HttpRequest, uid: UUID) -> Garage:
    found = get_visible_or_404(Garage.objects.with_status().with_places(), request.actor, uid)
    require(can_edit(request.actor, found))
    return found


def confirmable(request: HttpRequest, uid: UUID) -> Garage:
    found = get_visible_or_404(Garage.objects.with_places(), request.actor, uid)
    require(can_confirm(request.actor, found))
    return found


def contact_of(request: HttpRequest, uid: UUID, *, may: Callable[..., bool]) -> Contact:
    contact = get_visible_or_404(Contact.objects.with_garage(), request.actor, uid)
    require(may(request.actor, contact.garage))
    return contact


def answer(request: HttpRequest, template: str, form: object, **context: object) -> HttpResponse:
    return page(request, template, {"form": form, **context}, status=422 if form.errors else 200)


def act(request: HttpRequest, garage: Garage, verb: Callable[[], object], done: str = "") -> HttpResponse:
    """One act on a garage, then back to its page, which says what came of it."""
    try:
        verb()
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        if done:
            messages.success(request, done)
    return redirect("garages:garage", garage.uid)
