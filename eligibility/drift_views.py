"""Assessments that come out otherwise than they did: shown to pilots until one of them has looked."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from eligibility import replays
from eligibility.models import Drift
from mobiliz.accounts.roles import Permission
from mobiliz.lib.pages import get_visible_or_404, page, require

MOST = 100


@require_safe
def drifts(request: HttpRequest) -> HttpResponse:
    require(request.actor.can(Permission.DRAFT_RULES))
    unseen = Drift.objects.visible_to(request.actor).unseen().for_page()[:MOST]
    return page(request, "eligibility/drifts.html", {"drifts": unseen})


@require_POST
def seen(request: HttpRequest, uid: UUID) -> HttpResponse:
    replays.note_seen(get_visible_or_404(Drift, request.actor, uid), by=request.actor)
    messages.success(request, _("C’est noté : cet écart ne sera plus montré."))
    return redirect("rule_drifts")
