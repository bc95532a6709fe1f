"""Every referral that one sees: searched, filtered, page by page; the address keeps the filter."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mobiliz.lib.pages import page
from referrals import words
from referrals.desks.look import badge_of, only_senders_and_pilots
from referrals.models import Referral
from referrals.querysets import ReferralQuerySet
from referrals.states import State

SIZE = 50
MOMENT = "%Y%m%dT%H%M%S%f"


@require_safe
def referral_list(request: HttpRequest) -> HttpResponse:
    only_senders_and_pilots(request.actor)
    asked = _asked(request)
    rows = list(_rows(request, asked)[: SIZE + 1])
    context = {
        **asked,
        "rows": [{"referral": row, "badge": badge_of(row, is_held=row.is_held)} for row in rows[:SIZE]],
        "states": words.STATES,
        "tabs": _tabs(request, asked),
        "older_url": _url(asked, avant=_mark(rows[SIZE - 1])) if len(rows) > SIZE else "",
        "newer_url": _url(asked) if asked["avant"] else "",
        "is_filtered": bool(asked["q"] or asked["etat"]),
    }
    return page(request, "referrals/adviser/list.html", context)


def _asked(request: HttpRequest) -> dict[str, str]:
    """What the address asks for; a search is made everywhere, since a colleague may follow the person."""
    text, state = request.GET.get("q", "").strip()[:100], request.GET.get("etat", "")
    is_own = request.actor.is_adviser and not text and request.GET.get("qui") != "structure"
    return {
        "q": text,
        "etat": state if state in [known.value for known in State] else "",
        "qui": "moi" if is_own else "structure",
        "avant": request.GET.get("avant", ""),
    }


def _rows(request: HttpRequest, asked: dict[str, str]) -> ReferralQuerySet:
    rows = Referral.objects.visible_to(request.actor).for_list()
    if asked["qui"] == "moi":
        rows = rows.of_adviser(request.actor.membership)
    if asked["q"]:
        rows = rows.matching(asked["q"])
    if asked["etat"]:
        rows = rows.in_state(asked["etat"])
    mark = _read_mark(asked["avant"])
    return rows.older_than(*mark) if mark else rows


def _tabs(request: HttpRequest, asked: dict[str, str]) -> list[dict[str, Any]]:
    if not request.actor.is_adviser:
        return []
    labels = {"moi": _("Les miennes"), "structure": _("De ma structure")}
    return [
        {"label": label, "url": _url({"qui": who, "etat": asked["etat"]}), "current": who == asked["qui"]}
        for who, label in labels.items()
    ]


def _url(asked: dict[str, str], *, avant: str = "") -> str:
    kept = {name: value for name, value in {**asked, "avant": avant}.items() if value}
    return f"{reverse('referral_list')}?{urlencode(kept)}"


def _mark(row: Referral) -> str:
    """Where the next page begins: after this row."""
    return f"{row.updated_at.astimezone(UTC):{MOMENT}}-{row.pk}"


def _read_mark(text: str) -> tuple[datetime, int] | None:
    """None for an address that was cut or made up: the list then begins at its top."""
    moment, _dash, pk = text.partition("-")
    try:
        return datetime.strptime(moment, MOMENT).replace(tzinfo=UTC), int(pk[:18])
    except ValueError:
        return None
