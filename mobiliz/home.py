"""The way in: the public home page, each role to its desk, health, and what every page needs to know."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("desk")
    return render(request, "home.html")


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    return render(request, "home.html")


@login_not_required
def signup_closed(request: HttpRequest) -> HttpResponse:
    return render(request, "account/signup_closed.html")


@login_not_required
@require_safe
def components(request: HttpRequest) -> HttpResponse:
    return render(request, "composants.html")


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Alive: the process answers."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    return JsonResponse({})


def page_context(request: HttpRequest) -> dict[str, Any]:
    """What the base template needs on every page."""
    return {"is_demo": settings.MOBILIZ_MODE == "demo", "nav": []}
