"""A garage's personal link: without an account, one referral, four answers. Opening it changes nothing.

What mail scanners open is only read; acts are POSTs. An old link offers a fresh one, a forged one says nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST, require_safe

from eligibility.assess import is_usable
from mobiliz.accounts.actors import Actor
from mobiliz.accounts.devices import address_of
from mobiliz.lib import clock
from mobiliz.lib.limits import Limit
from mobiliz.lib.pages import get_visible_or_404, page
from referrals import actions, links
from referrals.desks import garage_acts as acts
from referrals.desks.appointments import asked_slot
from referrals.desks.attempts import attempt
from referrals.desks.garage import sender_of, today_rate
from referrals.desks.garage_tasks import who_and_what
from referrals.desks.photos import ONLY_A_PICTURE, picture_of, thumbnail_of
from referrals.models import Assignment, LogEntry, PersonalLink, Photo
from referrals.states import State

FORGED = Limit("forged-links", 30, 600)
ACTS = Limit("acts-by-link", 30, 3600)
FRESH = Limit("fresh-links", 3, 24 * 3600)
OFFERED = ("accepter", "telephone", "decliner")
View = Callable[..., HttpResponse]


def with_link(view: View) -> View:
    """The link of the token, without signing in; whoever tries tokens is slowed down, and told nothing."""

    @wraps(view)
    def opened(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        address = address_of(request)
        if FORGED.is_reached(address):
            return _wait(request, FORGED)
        link = links.link_of(token)
        if link is None:
            FORGED.count(address)
            raise Http404
        response = view(request, link, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return login_not_required(never_cache(opened))  # type: ignore[no-any-return]


@with_link
@require_safe
def answer(request: HttpRequest, link: PersonalLink) -> HttpResponse:
    """What is asked, and the answers; to whoever is signed in at that garage, its own page."""
    if request.actor.is_garage and Assignment.objects.visible_to(request.actor).with_key(link.assignment_id).exists():
        return redirect("assignment", uid=link.assignment.uid)
    return _shown(request, link)


@with_link
@require_POST
def act(request: HttpRequest, link: PersonalLink, name: str) -> HttpResponse:
    """One of the answers."""
    if name not in OFFERED:
        raise Http404
    if not links.is_good(link):
        return _shown(request, link)
    if ACTS.count(str(link.uid)) > ACTS.amount:
        return _wait(request, ACTS)
    doing, held, actor = acts.ACTS[name], _held(link), Actor.link_holder(link)
    form = doing.form(request.POST)
    run = partial(doing.run, held, by=actor, **form.cleaned_data) if form.is_valid() else None
    is_done = run is not None and attempt(request, form, run, str(doing.done))
    links.note_use(link, name, is_done=is_done)
    if not is_done:
        return _shown(request, link, bound={name: form})
    actions.mark_seen(held, by=actor)
    return redirect("personal_link", token=links.token_of(link))


@with_link
@require_POST
def fresh(request: HttpRequest, link: PersonalLink) -> HttpResponse:
    """A new link, by mail and to the same person: whoever only has the old address learns nothing by asking."""
    if FRESH.count(str(link.uid)) <= FRESH.amount:
        actions.send_fresh_link(link)
    messages.success(request, _("Si l’orientation attend encore une réponse, un nouveau lien vient d’être envoyé."))
    return redirect("personal_link", token=links.token_of(link))


@with_link
@require_safe
@csp_override(ONLY_A_PICTURE)
def photo(request: HttpRequest, link: PersonalLink, uid: UUID) -> HttpResponse:
    return picture_of(request, _photo(link, uid))


@with_link
@require_safe
@csp_override(ONLY_A_PICTURE)
def thumbnail(request: HttpRequest, link: PersonalLink, uid: UUID) -> HttpResponse:
    return thumbnail_of(request, _photo(link, uid))


def _photo(link: PersonalLink, uid: UUID) -> Photo:
    if not links.is_good(link):
        raise Http404
    return get_visible_or_404(Photo, Actor.link_holder(link), uid)


def _held(link: PersonalLink) -> Assignment:
    return Assignment.objects.visible_to(Actor.link_holder(link)).for_garage().get_only()


def _shown(request: HttpRequest, link: PersonalLink, bound: dict[str, Any] | None = None) -> HttpResponse:
    held = _held(link)
    context = {"link": link, "token": links.token_of(link), "assignment": held, "number": str(held.referral)}
    if held.is_open and not links.is_good(link):
        return page(request, "referrals/link/expired.html", {**context, "can_renew": _can_renew(link)})
    if not held.is_open or not links.is_good(link):
        return page(request, "referrals/link/ended.html", context)
    return page(request, "referrals/link/answer.html", {**context, **_case(held, link, bound)}, status=_status(bound))


def _status(bound: dict[str, Any] | None) -> int:
    return 422 if bound else 200


def _can_renew(link: PersonalLink) -> bool:
    return link.revoked_at is None and links.holder_now(link) is not None


def _case(held: Assignment, link: PersonalLink, bound: dict[str, Any] | None) -> dict[str, Any]:
    actor, referral = Actor.link_holder(link), held.referral
    # the name and the telephone, to whoever said yes by this very link; to others once they have signed in
    is_shown = held.shows_person and LogEntry.objects.of_assignment(held).by_link(link).exists()
    if not is_shown:
        held.accepted_at = None
    is_waiting = referral.state == State.WAITING
    return {
        "referral": referral,
        "who": who_and_what(held),
        "is_waiting": is_waiting,
        "is_shown": is_shown,
        "sender": sender_of(referral),
        "rate": today_rate(held.garage),
        "is_eligible": is_usable(referral.assessment, clock.today()),
        "asked_slot": asked_slot(held) if is_waiting else "",
        "first": acts.offered(OFFERED, held, actor, bound or {}) if is_waiting else [],
        "photos": Photo.objects.visible_to(actor).of_referral(referral).in_order(),
    }


def _wait(request: HttpRequest, limit: Limit) -> HttpResponse:
    seconds = limit.seconds_left
    response = render(request, "429.html", {"minutes": max(1, -(-seconds // 60)), "is_reset": False}, status=429)
    response["Retry-After"] = str(seconds)
    return response
