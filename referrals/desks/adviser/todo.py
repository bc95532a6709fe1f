"""What the adviser has to do now, the most urgent first."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from mobiliz.lib import clock
from mobiliz.lib.pages import page
from referrals.desks.next_steps import Urgency, next_step
from referrals.models import Referral
from referrals.states import State

SHOWN = 60
HEADINGS = {
    Urgency.NOW: gettext_lazy("Urgent"),
    Urgency.SOON: gettext_lazy("À avancer"),
    Urgency.UNDER_WAY: gettext_lazy("En cours"),
}


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    own = Referral.objects.visible_to(request.actor).to_be_done_by(request.actor.membership)
    rows = list(own.open().for_desk().most_urgent_first()[: SHOWN + 1])
    lines = [{"referral": row, "next": next_step(row)} for row in rows[:SHOWN]]
    groups = _grouped(lines)
    context = {
        "today": clock.today(),
        "title": _title(groups),
        "groups": [{"label": HEADINGS[urgency], "lines": groups[urgency]} for urgency in Urgency if groups[urgency]],
        "has_more": len(rows) > SHOWN,
        "figures": _figures(own.counts_by_state()),
    }
    return page(request, "referrals/adviser/desk.html", context)


def _grouped(lines: list[dict[str, Any]]) -> dict[Urgency, list[dict[str, Any]]]:
    """By urgency; inside a group the order of the query stays."""
    return {urgency: [line for line in lines if line["next"].urgency == urgency] for urgency in Urgency}


def _title(groups: dict[Urgency, list[dict[str, Any]]]) -> str:
    now, soon = len(groups[Urgency.NOW]), len(groups[Urgency.SOON])
    if not now and not soon:
        return _("Rien ne vous attend")
    said = []
    if now:
        said.append(ngettext("%(count)d urgent", "%(count)d urgents", now) % {"count": now})
    if soon:
        said.append(_("%(count)d à avancer") % {"count": soon})
    return _("À faire : %(what)s") % {"what": ", ".join(said)}


def _figures(counts: dict[str, int]) -> list[dict[str, Any]]:
    if not counts:
        return []
    repaired, closed = counts.get(State.COMPLETED, 0), counts.get(State.CLOSED, 0)
    return [
        {"label": _("en cours"), "value": sum(counts.values()) - repaired - closed},
        {"label": ngettext("réparée", "réparées", repaired), "value": repaired},
        {"label": ngettext("close sans suite", "closes sans suite", closed), "value": closed},
    ]
