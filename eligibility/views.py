"""The pages of the rules: one version, as it is read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from eligibility.assess import compared, reading_of
from eligibility.models import RuleSet
from mobiliz.lib.pages import get_visible_or_404, page


@login_not_required
@require_safe
def rule_set(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The whole rule in French, what it changed, when and by whom; what was approved is public."""
    seen = get_visible_or_404(RuleSet.objects.for_page(), request.actor, uid)
    before = RuleSet.objects.like(seen).approved().before(seen).for_page().first()
    context: dict[str, Any] = {
        "rule_set": seen,
        "reading": reading_of(seen),
        "before": before,
        "changes": compared(before, seen) if before else [],
    }
    return page(request, "eligibility/rule_set.html", context)
