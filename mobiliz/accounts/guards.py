"""What is asked of a signed-in person before a page: a session still open, the second factor of those who must have
it, and that a form was made in the capacity in which the person works now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers, patch_vary_headers

from mobiliz.accounts import actions, devices, second_factor, sessions
from mobiliz.accounts.actors import Actor
from mobiliz.accounts.middleware import GetResponse
from mobiliz.lib.forms import posted_fields

View = TypeVar("View", bound=Callable[..., Any])

FIELD = "working_as"  # in every form and, for htmx, in a header: the capacity in which the page was made
RETURN = "return_to"
HEADER = "X-Working-As"


def about_oneself(view: View) -> View:
    """A page about one's own account: open before the second factor is set up, the same in every capacity."""
    view.about_oneself = True  # type: ignore[attr-defined]
    return view


class SessionsMiddleware:
    """A session that was ended elsewhere opens nothing more; a browser that signed in is known again."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            sessions.note_use(request)
        response = self.get_response(request)
        token = getattr(request, "device_token", "")
        if token and token != devices.token_of(request):
            devices.remember(response, token)
        return response


class SecondFactorMiddleware:
    """Pilots and administrators set up their second factor before anything else."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        is_open = not getattr(view, "login_required", True) or getattr(view, "about_oneself", False)
        if not settings.SECOND_FACTOR_REQUIRED or is_open or not request.user.is_authenticated:
            return None
        return redirect("mfa_activate_totp") if second_factor.is_missing(request) else None


class CapacityMiddleware:
    """What was filled in for one place is not done for another, though the person changed places in another tab."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if request.method in {"GET", "HEAD", "OPTIONS"} or getattr(view, "about_oneself", False):
            return None
        if not request.user.is_authenticated:
            return None
        claimed, now = claimed_by(request), request.actor.membership
        if not claimed or (now and claimed == str(now.uid)):
            return None
        return _return_to(request, claimed) if request.POST.get(RETURN) == claimed else _elsewhere(request, claimed)


def claimed_by(request: HttpRequest) -> str:
    """The capacity in which the page was made that sent this; empty when it does not say."""
    return request.headers.get(HEADER) or request.POST.get(FIELD, "")


def _return_to(request: HttpRequest, claimed: str) -> HttpResponse | None:
    """Back to that place, as the person asked, and on with what they sent."""
    membership = _own(request, claimed)
    if membership is None:
        return _elsewhere(request, claimed)
    actions.work_as(membership, by=request.actor)
    request.actor = Actor.member(membership)
    return None


def _own(request: HttpRequest, uid: str) -> Any:
    return next((one for one in request.capacities if str(one.uid) == uid), None)


def _elsewhere(request: HttpRequest, claimed: str) -> HttpResponse:
    """Nothing was done: as what one works now, and the way back with everything that was typed."""
    is_fragment = bool(getattr(request, "htmx", False))
    template = "accounts/elsewhere.html#notice" if is_fragment else "accounts/elsewhere.html"
    context = {
        "claimed": _own(request, claimed),
        "posted": [(name, value) for name, value in posted_fields(request) if name not in {FIELD, RETURN}],
        "resend_to": request.get_full_path(),
    }
    response = render(request, template, context, status=409)
    if is_fragment:
        response["HX-Retarget"], response["HX-Reswap"] = "#messages", "innerHTML show:top"
    add_never_cache_headers(response)
    patch_vary_headers(response, ["HX-Request"])
    return response
