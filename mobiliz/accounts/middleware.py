"""Every request has an actor; private pages are not kept by caches."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from django.utils.functional import SimpleLazyObject

from mobiliz.accounts.actors import ANONYMOUS, Actor, ActorKind
from mobiliz.accounts.models import Membership, User

GetResponse = Callable[[HttpRequest], HttpResponse]


def actor_of(user: User) -> Actor:
    """The user in the capacity in which they work now: the chosen membership, else the oldest current one."""
    if not user.is_authenticated:
        return ANONYMOUS
    current = list(Membership.objects.current().of_user(user).select_related("user", "organisation", "region"))
    chosen = next((one for one in current if one.pk == user.works_as_id), current[0] if current else None)
    return Actor.member(chosen) if chosen else Actor(ActorKind.MEMBER, user=user)


class ActorMiddleware:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: actor_of(request.user))  # type: ignore[attr-defined]
        return self.get_response(request)


class PrivatePagesMiddleware:
    """What a signed-in person was shown is not to be found with the back button after they left."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response
