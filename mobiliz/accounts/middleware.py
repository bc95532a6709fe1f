"""Every request has an actor; signing in is asked for by default; private pages are not kept by caches."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from django.utils.functional import SimpleLazyObject

from mobiliz.accounts.actors import ANONYMOUS, Actor, ActorKind
from mobiliz.accounts.lapsed import is_from_our_own_page, lapsed
from mobiliz.accounts.models import Membership, User

GetResponse = Callable[[HttpRequest], HttpResponse]


def capacities_of(user: User | AnonymousUser) -> list[Membership]:
    """Everything as which the user may work now, the oldest first."""
    return list(Membership.objects.current().of_user(user).with_places()) if user.is_authenticated else []


def actor_of(user: User | AnonymousUser, capacities: list[Membership] | None = None) -> Actor:
    """The user in the capacity in which they work now: the chosen membership, else the oldest current one."""
    if not user.is_authenticated:
        return ANONYMOUS
    current = capacities_of(user) if capacities is None else capacities
    chosen = next((one for one in current if one.pk == user.works_as_id), current[0] if current else None)
    return Actor.member(chosen) if chosen else Actor(ActorKind.MEMBER, user=user)


def _read(user: User | AnonymousUser) -> list[Membership]:
    """As they were read with the user; asked for where the user has just signed in."""
    read = user.read_capacities if user.is_authenticated else None
    return capacities_of(user) if read is None else read


class ActorMiddleware:
    """`request.actor`, and `request.capacities` to choose from; where the session tells who it is, without a query."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.capacities = SimpleLazyObject(lambda: _read(request.user))  # type: ignore[attr-defined]
        request.actor = SimpleLazyObject(lambda: actor_of(request.user, request.capacities))  # type: ignore[attr-defined]
        return self.get_response(request)


class SignedInMiddleware(LoginRequiredMiddleware):
    """Django's, but what was typed in a form of ours while the session ended is kept and offered again."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponse:  # type: ignore[override]
        was_typed = request.method == "POST" or bool(getattr(request, "htmx", False))
        if was_typed and is_from_our_own_page(request):
            return lapsed(request)
        return super().handle_no_permission(request, view_func)


class PrivatePagesMiddleware:
    """What a signed-in person was shown is not to be found with the back button after they left."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response
