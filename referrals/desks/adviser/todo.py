"""What the adviser has to do now, the most urgent first; what is under way; what has just ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from eligibility.waiting import rules_waiting_for
from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from mobiliz.lib.numbers import format_eur
from mobiliz.lib.pages import get_visible_or_404, page, require
from referrals import permissions, transitions
from referrals.desks import freshness
from referrals.desks.adviser import typed
from referrals.desks.appointments import to_confirm
from referrals.desks.exchange import unread_of
from referrals.desks.incident_lines import Line as IncidentLine
from referrals.desks.incident_lines import line_of
from referrals.desks.look import badge_of
from referrals.desks.next_steps import NextStep, Urgency, next_step
from referrals.models import Incident, Referral
from referrals.querysets import ReferralQuerySet
from referrals.states import Verb

LOADED = 250  # more open cases than one desk ever had; beyond, the list of referrals has them all
INCIDENTS_SHOWN = 20
OWN, COLLEAGUES, LEFT = "moi", "collegues", "sans-suivi"


@dataclass(frozen=True, slots=True)
class Group:
    """One part of the desk: how it is called, and how many of its lines are shown before one asks for the others."""

    name: str
    label: str | Promise
    first: int


GROUPS = {
    Urgency.NOW: Group("urgent", gettext_lazy("Urgent"), 20),
    Urgency.SOON: Group("a-avancer", gettext_lazy("À avancer"), 10),
    Urgency.UNDER_WAY: Group("en-cours", gettext_lazy("En cours"), 10),
}
ENDED = Group("termines", gettext_lazy("Terminés ces 7 derniers jours"), 5)


@dataclass(frozen=True, slots=True)
class Line:
    """One case on the desk; `by` is who follows it, where that is not the reader."""

    referral: Referral
    next: NextStep
    by: str

    @property
    def is_refusal(self) -> bool:
        return bool(self.referral.refusal)

    @property
    def badge(self) -> dict[str, str]:
        return badge_of(self.referral, is_held=True)


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    seen, whose = Referral.objects.visible_to(request.actor), _whose(request)
    rows = list(_rows(seen, whose, request.actor).on_desk().for_desk().soonest_first()[: LOADED + 1])
    lines = [_line(row, request.actor) for row in rows[:LOADED]]
    open_lines = [line for line in lines if line.referral.is_open or line.is_refusal]
    since = date(clock.today().year, 1, 1)
    counts = seen.counts_for(request.actor.membership, since)
    own = seen.last_change_and_saved(request.actor.membership, since)
    saved = own["saved"] if whose == OWN else _rows(seen, whose, request.actor).saved_since(since)
    context = {
        "now": clock.now(),
        "stamp": freshness.dated(freshness.adviser_mark(own["last"])),
        "title": _title(open_lines, whose),
        "tabs": _tabs(whose, counts),
        "whose": whose,
        "groups": _groups(request, open_lines, whose),
        "unread": unread_of(request.actor) if whose == OWN else [],
        "appointments": to_confirm(request.actor, _rows(seen, whose, request.actor)),
        "incidents": _incidents(seen, whose, request.actor),
        "rules": rules_waiting_for(request.actor) if whose == OWN else None,
        "started": typed.started_by(request.actor) if whose == OWN else [],
        "ended": _shown(request, ENDED, _ended([line for line in lines if line not in open_lines]), whose),
        "has_more": len(rows) > LOADED,
        "figures": _figures(counts[_COUNTED[whose]], saved),
    }
    return page(request, "referrals/adviser/desk.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def tell_refusal(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The person knows of the pilot's no: the line leaves the desk."""
    referral = get_visible_or_404(Referral.objects.with_people(), request.actor, uid)
    require(permissions.may_ever(request.actor, Verb.TELL_REFUSAL, referral))
    if request.method != "POST":
        return redirect("referral_case", uid)
    try:
        transitions.tell_refusal(referral, by=request.actor)
    except transitions.Refused as refused:
        messages.info(request, refused.message)
    else:
        said = _("C’est noté : %(person)s sait que l’éligibilité est refusée. Le dossier reste fermé.")
        messages.success(request, said % {"person": referral.beneficiary})
    return redirect("desk")


# --- whose cases ------------------------------------------------------------------------------------------
_COUNTED = {OWN: "own", COLLEAGUES: "colleagues", LEFT: "left"}


def _whose(request: HttpRequest) -> str:
    asked = request.GET.get("qui", "")
    return asked if asked in _COUNTED else OWN


def _rows(seen: ReferralQuerySet, whose: str, actor: Actor) -> ReferralQuerySet:
    if whose == COLLEAGUES:
        return seen.of_colleagues_of(actor.membership)
    return seen.left_behind() if whose == LEFT else seen.to_be_done_by(actor.membership)


def _tabs(whose: str, counts: dict[str, dict[str, int]]) -> list[dict[str, Any]]:
    """One's own with those that nobody follows; where there are colleagues' cases or left ones, those apart."""
    left = counts["left"]["open"]
    offered = [
        (OWN, _("Les miens"), counts["own"]["open"] + counts["covered"]["open"] + left),
        (COLLEAGUES, _("Ceux de mes collègues"), counts["colleagues"]["open"]),
        (LEFT, _("Sans personne pour les suivre"), left),
    ]
    shown = [one for one in offered if one[0] in (OWN, whose) or one[2]]
    if len(shown) < 2:
        return []
    return [{"label": label, "count": count, "url": _url(who), "current": who == whose} for who, label, count in shown]


def _url(whose: str, group: Group | None = None) -> str:
    asked = {"qui": whose} if whose != OWN else {}
    if group:
        asked["tout"] = group.name
    query = f"?{urlencode(asked)}" if asked else ""
    return f"{reverse('desk')}{query}{f'#{group.name}' if group else ''}"


# --- what the page says -----------------------------------------------------------------------------------
def _line(referral: Referral, actor: Actor) -> Line:
    return Line(referral, next_step(referral), _followed_by(referral, actor))


def _followed_by(referral: Referral, actor: Actor) -> str:
    """Who else follows it, or that nobody does any more."""
    adviser = referral.adviser
    if adviser is None:
        return _("personne ne le suit")
    if adviser.pk == actor.membership.pk:  # type: ignore[union-attr]
        return ""
    name = adviser.user.get_full_name()
    if referral.cover and referral.cover["pk"] == actor.membership.pk:  # type: ignore[union-attr]
        return _("vous remplacez %(name)s") % {"name": name}
    if adviser.ended_on or not adviser.user.is_active:
        return _("suivi auparavant par %(name)s, qui ne travaille plus ici") % {"name": name}
    return _("suivi par %(name)s") % {"name": name}


def _incidents(seen: ReferralQuerySet, whose: str, actor: Actor) -> list[IncidentLine]:
    """Answers to be read, and what waits for one."""
    rows = Incident.objects.visible_to(actor).of_referrals(_rows(seen, whose, actor))
    return [line_of(one) for one in rows.for_lines(actor).for_senders_desk()[:INCIDENTS_SHOWN]]


def _groups(request: HttpRequest, lines: list[Line], whose: str) -> list[dict[str, Any]]:
    ordered = sorted(lines, key=lambda line: (line.next.due or date.max, line.referral.state_since))
    shown = [
        _shown(request, group, [line for line in ordered if line.next.urgency == urgency], whose)
        for urgency, group in GROUPS.items()
    ]
    return [group for group in shown if group["lines"]]


def _ended(lines: list[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: line.referral.state_since, reverse=True)


def _shown(request: HttpRequest, group: Group, lines: list[Line], whose: str) -> dict[str, Any]:
    """The first lines of a group; all of them once one has asked."""
    is_whole = request.GET.get("tout") == group.name or len(lines) <= group.first + 1
    rest = 0 if is_whole else len(lines) - group.first
    return {
        "name": group.name,
        "label": group.label,
        "count": len(lines),
        "lines": lines if is_whole else lines[: group.first],
        "rest": rest,
        "rest_url": _url(whose, group),
    }


def _title(lines: list[Line], whose: str) -> str:
    urgencies = [line.next.urgency for line in lines]
    now, soon = urgencies.count(Urgency.NOW), urgencies.count(Urgency.SOON)
    if not now and not soon:
        return _("Rien ne vous attend") if whose == OWN else _("Rien n’attend ici")
    said = []
    if now:
        said.append(ngettext("%(count)d urgent", "%(count)d urgents", now) % {"count": now})
    if soon:
        said.append(_("%(count)d à avancer") % {"count": soon})
    return _("À faire : %(what)s") % {"what": ", ".join(said)}


def _figures(counts: dict[str, int], saved: Any) -> list[dict[str, Any]]:
    if not any(counts.values()):
        return []
    repaired, closed = counts["repaired"], counts["closed"]
    figures = [
        {"label": _("en cours"), "value": counts["open"]},
        {"label": ngettext("réparée cette année", "réparées cette année", repaired), "value": repaired},
        {"label": ngettext("close sans suite cette année", "closes sans suite cette année", closed), "value": closed},
    ]
    if saved:
        figures.append({"label": _("économisés cette année par les foyers"), "value": format_eur(saved)})
    return figures
