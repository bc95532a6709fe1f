"""The way in: the public home page, each role to its desk, health, and what every page needs to know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from mobiliz import showcase
from mobiliz.accounts import desks as accounts
from mobiliz.accounts import second_factor
from mobiliz.accounts.actors import ANONYMOUS
from mobiliz.accounts.demonstration import DEMONSTRATION_LOGINS, DEMONSTRATION_PASSWORD
from mobiliz.accounts.lapsed import is_from_our_own_page, lapsed
from mobiliz.accounts.roles import Role
from referrals.desks import adviser, freshness, garage, pilot, volunteer
from reporting import measures, readiness

Desk = Callable[[HttpRequest], HttpResponse]
STOP_POLLING = 286  # htmx shows what comes with it, and asks no more


class Door(NamedTuple):
    """One entry of the navigation."""

    label: str | Promise
    url: str


TO_DO = Door(_("À faire"), "/bureau/")
REFERRALS = Door(_("Orientations"), "/orientations/")
HISTORY = Door(_("Historique"), "/affectations/")
GARAGES = Door(_("Garages"), "/garages/")
STRUCTURES = Door(_("Structures"), "/structures/")
DASHBOARD = Door(_("Tableau de bord"), "/tableau-de-bord/")
RULES = Door(_("Règles"), "/regles/versions/")
ACCOUNTS = Door(_("Comptes"), "/comptes/")

_GARAGE_DOORS = (TO_DO, HISTORY, GARAGES)
_PILOT_DOORS = (TO_DO, DASHBOARD, REFERRALS, GARAGES, STRUCTURES, RULES)
DOORS: dict[str, tuple[Door, ...]] = {
    Role.ADVISER: (TO_DO, REFERRALS, GARAGES, STRUCTURES),
    Role.OWNER: _GARAGE_DOORS,
    Role.WORKSHOP: _GARAGE_DOORS,
    Role.RECEPTION: _GARAGE_DOORS,
    Role.PILOT: _PILOT_DOORS,
    Role.REGIONAL_PILOT: _PILOT_DOORS,
    Role.VOLUNTEER: (TO_DO, GARAGES),
    Role.ADMINISTRATOR: (TO_DO, ACCOUNTS),
}

# At the foot of every page.
FOOTER = (
    Door(_("Accueil"), "/"),
    Door(_("Les règles"), "/regles/"),
    Door(_("Qui est dans le réseau"), "/reseau/"),
    Door(_("Aide"), "/aide/"),
    Door(_("Dépliant à imprimer"), "/depliant/"),
    Door(_("Nouveautés"), "/nouveautes/"),
    Door(_("Confidentialité"), "/confidentialite/"),
    Door(_("Accessibilité"), "/accessibilite/"),
    Door(_("Mentions légales"), "/mentions-legales/"),
)


def pilot_desk(request: HttpRequest) -> HttpResponse:
    """With this month's figures, which stand a layer above the desks."""
    return pilot.desk(request, month=measures.this_month(request.actor))


DESKS: dict[str, Desk] = {
    Role.ADVISER: adviser.desk,
    Role.OWNER: garage.desk,
    Role.WORKSHOP: garage.desk,
    Role.RECEPTION: garage.desk,
    Role.PILOT: pilot_desk,
    Role.REGIONAL_PILOT: pilot_desk,
    Role.VOLUNTEER: volunteer.desk,
    Role.ADMINISTRATOR: accounts.desk,
}


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("desk")
    return render(request, "home.html")


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Each role to its desk; someone with an account but no place is told whom to ask."""
    role = request.actor.role
    return DESKS[role](request) if role else render(request, "accounts/without_role.html")


@require_safe
def desk_news(request: HttpRequest) -> HttpResponse:
    """What an open desk asks for now and then: nothing while it is up to date, else a word that it is not."""
    if not getattr(request, "htmx", False):
        return redirect("desk")
    if request.GET.get("vu") == freshness.stamp(request.actor):
        return HttpResponse(status=204)
    here = request.htmx.current_url_abs_path or reverse("desk")
    return render(request, "desk_news.html", {"here": here}, status=STOP_POLLING)


@login_not_required
def signup_closed(request: HttpRequest) -> HttpResponse:
    return render(request, "account/signup_closed.html")


@login_not_required
@require_safe
def components(request: HttpRequest) -> HttpResponse:
    return render(request, "composants.html", showcase.context())


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The token of a form is renewed by signing in: a form of ours is offered again, another site's is not."""
    if is_from_our_own_page(request):
        return lapsed(request)
    return render(request, "403_csrf.html", status=403)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """The answer of the limits: how long to wait, to people in words and to programs in a header."""
    is_reset = request.path == reverse("account_reset_password")
    wait = 15 if is_reset else 1
    response = render(request, "429.html", {"minutes": wait, "is_reset": is_reset}, status=429)
    response["Retry-After"] = str(wait * 60)
    return response


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Alive: the process answers."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Ready: database, broker, worker and beat are there."""
    found = readiness.check()
    words = {name: "ok" if is_there else "absent" for name, is_there in found.items()}
    return JsonResponse(words, status=200 if all(found.values()) else 503)


def page_context(request: HttpRequest) -> dict[str, Any]:
    """What the base template needs on every page; what a fragment does not ask for is not looked up."""
    is_demo = settings.MOBILIZ_MODE == "demo"
    return {
        "is_demo": is_demo,
        "footer_links": FOOTER,
        "nav": SimpleLazyObject(lambda: navigation(request)),
        "other_capacities": SimpleLazyObject(lambda: other_capacities(request)),
        "second_factor_is_required": SimpleLazyObject(lambda: must_have_second_factor(request)),
        "demo_logins": DEMONSTRATION_LOGINS if is_demo else (),
        "demo_password": DEMONSTRATION_PASSWORD if is_demo else "",
    }


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The doors of the role in which the person works now, the one they stand in marked as current."""
    doors = DOORS.get(getattr(request, "actor", ANONYMOUS).role or "", ())
    return [{"label": door.label, "url": door.url, "current": request.path.startswith(door.url)} for door in doors]


def must_have_second_factor(request: HttpRequest) -> bool:
    return request.user.is_authenticated and second_factor.is_required_of(request.user, request.capacities)


def other_capacities(request: HttpRequest) -> list[Any]:
    """As what else the person may work."""
    now = getattr(request, "actor", ANONYMOUS).membership
    return [one for one in getattr(request, "capacities", ()) if now is None or one.pk != now.pk]
