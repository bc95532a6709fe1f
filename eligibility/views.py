"""The page of one version: the rule as it is read, what is done about a draft, and who has read what was approved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from eligibility import actions, notifications
from eligibility.assess import compared, reading_of
from eligibility.forms import SendBackForm
from eligibility.models import Acknowledgement, RuleSet, Status
from eligibility.trial_views import trial_of
from mobiliz.accounts.roles import Permission
from mobiliz.lib.pages import get_visible_or_404, page, require
from mobiliz.lib.paging import Order, paged
from mobiliz.lib.refusals import Refused

PAGE = "eligibility/rule_set.html"
READERS = (Order("structure", gettext_lazy("Structure"), "organisation__search_name", empty=""),)


@login_not_required
@require_safe
def rule_set(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The whole rule in French, what it changed, when and by whom; what was approved is public."""
    return _show(request, get_visible_or_404(RuleSet.objects.for_page(), request.actor, uid))


def _show(
    request: HttpRequest, seen: RuleSet, *, form: SendBackForm | None = None, refused: str = "", status: int = 200
) -> HttpResponse:
    before = RuleSet.objects.like(seen).approved().before(seen).for_page().first()
    context: dict[str, Any] = {
        "rule_set": seen,
        "reading": reading_of(seen),
        "before": before,
        "changes": compared(before, seen) if before else [],
        "refused": refused,
    }
    if request.actor.can(Permission.DRAFT_RULES):
        context |= _for_pilots(request, seen) | {"form": form or SendBackForm()}
    if seen.is_approved and not seen.is_historic and notifications.is_to_read(seen, request.actor):
        context |= _for_reader(request, seen)
    return page(request, PAGE, context, status=status)


def _for_pilots(request: HttpRequest, seen: RuleSet) -> dict[str, Any]:
    if seen.status in (Status.DRAFT, Status.PROPOSED):
        is_own = seen.drafted_by is not None and seen.drafted_by.user_id == request.actor.user.pk
        frozen = actions.frozen_on(seen, seen.in_force_from) if seen.in_force_from else None
        return trial_of(seen) | {"is_pilot": True, "is_open": True, "is_own": is_own, "frozen": frozen}
    if not seen.is_approved or seen.is_historic:
        return {"is_pilot": True}
    readers = paged(request, notifications.who_reads(seen), READERS)
    return {"is_pilot": True, "readers": readers, "counts": notifications.reading_counts(seen)}


def _for_reader(request: HttpRequest, seen: RuleSet) -> dict[str, Any]:
    own = Acknowledgement.objects.visible_to(request.actor).of_rule(seen).by(request.actor.membership).first()
    return {"is_reader": True, "read_at": own.at if own else None}


# --- acts -------------------------------------------------------------------------------------------------
@require_POST
def propose(request: HttpRequest, uid: UUID) -> HttpResponse:
    said = _("Brouillon proposé : un autre pilote doit l’approuver, et l’apprend par courrier électronique.")
    return _act(request, uid, lambda draft: actions.propose(draft, by=request.actor), said)


@require_POST
def approve(request: HttpRequest, uid: UUID) -> HttpResponse:
    said = _("Règle approuvée : elle vaudra à partir de son premier jour, et chacun l’apprend.")
    return _act(request, uid, lambda draft: actions.approve(draft, by=request.actor), said)


@require_POST
def discard(request: HttpRequest, uid: UUID) -> HttpResponse:
    said = _("Brouillon abandonné. Il se lit toujours ici.")
    return _act(request, uid, lambda draft: actions.discard_draft(draft, by=request.actor), said)


@require_POST
def send_back(request: HttpRequest, uid: UUID) -> HttpResponse:
    draft = _load(request, uid)
    form = SendBackForm(request.POST)
    if not form.is_valid():
        return _show(request, draft, form=form, status=422)
    because = form.cleaned_data["because"]
    said = _("Renvoyé : qui l’a écrit l’apprend, avec votre raison.")
    return _act(request, uid, lambda one: actions.send_back(one, because=because, by=request.actor), said)


@require_POST
def acknowledge(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Whoever is concerned says so; twice is once."""
    seen = get_visible_or_404(RuleSet.objects.for_page(), request.actor, uid)
    return _try(request, seen, lambda one: actions.acknowledge(one, by=request.actor), _("Merci : c’est noté."))


def _load(request: HttpRequest, uid: UUID) -> RuleSet:
    draft = get_visible_or_404(RuleSet.objects.for_page(), request.actor, uid)
    require(request.actor.can(Permission.DRAFT_RULES))
    return draft


def _act(request: HttpRequest, uid: UUID, do: Callable[[RuleSet], object], said: str) -> HttpResponse:
    return _try(request, _load(request, uid), do, said)


def _try(request: HttpRequest, seen: RuleSet, do: Callable[[RuleSet], object], said: str) -> HttpResponse:
    """Done and said; or the page as it is now, with why not."""
    try:
        do(seen)
    except Refused as refused:
        now = get_visible_or_404(RuleSet.objects.for_page(), request.actor, seen.uid)
        return _show(request, now, refused=refused.message, status=409)
    messages.success(request, said)
    return redirect("rule_set", uid=seen.uid)
