"""Pages for everyone: open without signing in, without a word about anybody."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from eligibility.labels import FACT_LABELS, PROOF_LABELS
from mobiliz.lib import clock
from mobiliz.public.changelog import Version, read_changelog
from mobiliz.public.figures import price_on
from mobiliz.public.nearby import communes_meant, places_near
from mobiliz.public.rulebook import Rulebook, rulebook_on


@login_not_required
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """The rules in force and announced, with their figures, sources, worked examples and every earlier version."""
    today = clock.today()
    return _show(request, "rules", {"book": _book(request), "price": price_on(today), "today": today})


@login_not_required
@require_safe
def person(request: HttpRequest) -> HttpResponse:
    """I need a hand with my car; and who is near."""
    text, code = request.GET.get("commune", "").strip()[:100], request.GET.get("code", "")
    meant = communes_meant(text, code) if text else []
    here = meant[0] if len(meant) == 1 else None
    context = {
        "text": text,
        "here": here,
        "meant": meant if not here else [],
        "places": places_near(here) if here else [],
        "book": _book(request),
        "price": price_on(clock.today()),
    }
    return _show(request, "person", context)


@login_not_required
@require_safe
def adviser(request: HttpRequest) -> HttpResponse:
    return _show(request, "adviser")


@login_not_required
@require_safe
def garage(request: HttpRequest) -> HttpResponse:
    return _show(request, "garage", {"price": price_on(clock.today())})


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    book = _book(request)
    asked = book.asked
    context = {
        "book": book,
        "facts": [FACT_LABELS[name] for name in asked.facts if name in FACT_LABELS] if asked else [],
        "papers": [PROOF_LABELS[paper.kind] for paper in asked.papers] if asked else [],
    }
    return _show(request, "help", context)


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return _show(request, "privacy")


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return _show(request, "accessibility")


@login_not_required
@require_safe
def legal(request: HttpRequest) -> HttpResponse:
    return _show(request, "legal", {"publisher": settings.PUBLISHER, "host": settings.HOST_PROVIDER})


@login_not_required
@require_safe
def news(request: HttpRequest) -> HttpResponse:
    return _show(request, "news", {"versions": _versions()})


@login_not_required
@require_safe
def leaflet(request: HttpRequest) -> HttpResponse:
    """To print: what it is, in plain language, on one sheet."""
    return _show(request, "leaflet", {"book": _book(request), "price": price_on(clock.today())})


def _book(request: HttpRequest) -> Rulebook:
    return rulebook_on(clock.today(), request.actor)


@cache
def _versions() -> list[Version]:
    return read_changelog((settings.BASE_DIR / "CHANGELOG.md").read_text())


def _show(request: HttpRequest, page: str, context: dict[str, Any] | None = None) -> HttpResponse:
    return render(request, f"public/{page}.html", {"contact": settings.CONTACT_EMAIL, **(context or {})})
