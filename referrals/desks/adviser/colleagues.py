"""The team: who is away and who answers meanwhile; cases handed to a colleague, one or all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mobiliz.accounts import absences
from mobiliz.accounts.models import Absence, Membership
from mobiliz.accounts.permissions import can_declare_absence
from mobiliz.lib import clock, refusals
from mobiliz.lib.pages import get_visible_or_404, page, require
from mobiliz.lib.text import of_name
from referrals import permissions, transitions
from referrals.desks.adviser.case import load_case
from referrals.desks.attempts import attempt
from referrals.desks.next_steps import next_step
from referrals.forms.colleagues import AbsenceForm, HandForm
from referrals.models import Referral
from referrals.states import Verb

SHOWN = 200
OWN, NOBODY = "moi", "personne"


# --- the team -----------------------------------------------------------------------------------------------
@require_safe
def colleagues(request: HttpRequest) -> HttpResponse:
    """Who works here, how many cases each follows, who is away, and what nobody follows."""
    _only_advisers(request)
    cases = Referral.objects.visible_to(request.actor).open()
    counts = cases.counts_by_adviser()
    away = list(Absence.objects.visible_to(request.actor).not_over(clock.today()).with_people().soonest_first())
    team = Membership.objects.team_of(request.actor)
    context = {
        "lines": [_line(one, counts.get(one.pk, 0), away, request) for one in team],
        "left": cases.left_behind().count(),
        "today": clock.today(),
    }
    return page(request, "referrals/adviser/colleagues.html", context)


def _line(member: Membership, count: int, away: Sequence[Absence], request: HttpRequest) -> dict[str, Any]:
    return {
        "member": member,
        "is_own": member == request.actor.membership,
        "count": count,
        "absences": [one for one in away if one.member_id == member.pk],
        "covers": [one for one in away if one.covered_by_id == member.pk],
    }


@require_http_methods(["GET", "HEAD", "POST"])
def absence(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Someone will be away, or is ill today: which colleague answers meanwhile."""
    member = _member(request, uid)
    others = [one for one in Membership.objects.advisers_for(member.organisation) if one.pk != member.pk]
    form = AbsenceForm(request.POST or None, colleagues=others, initial={"from_on": clock.today()})
    if form.is_valid() and _declared(request, member, form):
        return redirect("referral_colleagues")
    context = {"form": form, "member": member, "is_own": member == request.actor.membership, "has_others": bool(others)}
    return page(request, "referrals/adviser/absence.html", context, status=422 if form.is_bound else 200)


def _declared(request: HttpRequest, member: Membership, form: forms.Form) -> bool:
    made = refusals.attempt(form, lambda: absences.go_absent(member, by=request.actor, **form.cleaned_data))
    if made is None:
        return False
    words = {"cover": made.covered_by.user, "when": absences.days_in_words(made)}
    messages.success(request, _("C’est noté : %(cover)s répond %(when)s.") % words)
    return True


@require_POST
def come_back(request: HttpRequest, uid: UUID) -> HttpResponse:
    away = get_visible_or_404(Absence.objects.with_people(), request.actor, uid)
    require(can_declare_absence(request.actor, away.member))
    try:
        absences.come_back(away, by=request.actor)
    except refusals.Refused as refused:
        messages.info(request, refused.message)
    else:
        messages.success(request, _("L’absence %(of_name)s est finie.") % {"of_name": of_name(str(away.member.user))})
    return redirect("referral_colleagues")


# --- hand over ----------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
def hand_one(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One case to a colleague."""
    referral = load_case(request, uid)
    require(permissions.may_ever(request.actor, Verb.HAND_TO_COLLEAGUE, referral))
    if not permissions.can(request.actor, Verb.HAND_TO_COLLEAGUE, referral):
        messages.info(request, _("Ce dossier est terminé : il n’y a plus rien à suivre. Rien n’a été changé."))
        return redirect("referral_case", uid)
    form = _hand_form(request, Membership.objects.advisers_for(referral.organisation), but=referral.adviser)

    def hand() -> None:
        transitions.hand_to_colleague(referral, by=request.actor, **form.cleaned_data)

    if form.is_valid() and attempt(request, form, hand, _handed(form, 1)):
        return redirect("referral_case", uid)
    context = {"form": form, "referral": referral, "back_url": reverse("referral_case", args=[uid])}
    return page(request, "referrals/adviser/hand_over.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def hand_many(request: HttpRequest) -> HttpResponse:
    """Cases of one adviser, or those that nobody follows: the ticked ones, or all of them."""
    _only_advisers(request)
    whose, member = _whose(request)
    rows = _cases(request, whose, member)
    form = _hand_form(request, Membership.objects.team_and_structure_of(request.actor), but=member)
    chosen = _chosen(request, rows)
    if request.method == "POST" and not chosen:
        form.add_error(None, _("Cochez au moins un dossier, ou confiez-les tous."))
    if form.is_valid() and _handed_all(request, chosen, form):
        return redirect("referral_colleagues")
    ticked = request.POST.getlist("dossier")
    context = {
        "form": form,
        "lines": [{"referral": one, "next": next_step(one), "is_ticked": str(one.uid) in ticked} for one in rows],
        "member": member,
        "whose": whose,
        "is_own": whose == OWN,
        "has_more": len(rows) == SHOWN,
        "back_url": reverse("referral_colleagues"),
    }
    return page(request, "referrals/adviser/hand_over.html", context, status=422 if form.is_bound else 200)


def _whose(request: HttpRequest) -> tuple[str, Membership | None]:
    """Whose cases: one's own unless the address says otherwise; someone of the team only."""
    asked = request.GET.get("de", OWN) or OWN
    if asked == NOBODY:
        return NOBODY, None
    if asked == OWN:
        return OWN, request.actor.membership
    try:
        return asked, get_visible_or_404(Membership.objects.team_of(request.actor), request.actor, UUID(asked))
    except ValueError:
        raise Http404 from None


def _cases(request: HttpRequest, whose: str, member: Membership | None) -> list[Referral]:
    rows = Referral.objects.visible_to(request.actor).open()
    rows = rows.left_behind() if whose == NOBODY else rows.of_adviser(member)
    return list(rows.for_desk().soonest_first()[:SHOWN])


def _chosen(request: HttpRequest, rows: list[Referral]) -> list[Referral]:
    """What is not on the page is not handed over, whatever the form says."""
    if "tous" in request.POST:
        return rows
    ticked = set(request.POST.getlist("dossier"))
    return [one for one in rows if str(one.uid) in ticked]


def _handed_all(request: HttpRequest, chosen: list[Referral], form: HandForm) -> bool:
    given = form.cleaned_data

    def hand() -> None:
        transitions.hand_all_to_colleague(chosen, by=request.actor, **given)

    return attempt(request, form, hand, _handed(form, len(chosen)))


def _handed(form: HandForm, count: int) -> str:
    if not form.is_valid():
        return ""
    said = ngettext("%(count)d dossier est confié à %(who)s.", "%(count)d dossiers sont confiés à %(who)s.", count)
    return said % {"count": count, "who": form.cleaned_data["to"].user}


def _hand_form(request: HttpRequest, offered: Iterable[Membership], *, but: Membership | None) -> HandForm:
    """The colleagues, oneself among them, but not who follows these cases already."""
    offered = [one for one in offered if but is None or one.pk != but.pk]
    away = Absence.objects.visible_to(request.actor).on(clock.today())
    return HandForm(request.POST or None, colleagues=offered, away=away)


def _member(request: HttpRequest, uid: UUID) -> Membership:
    _only_advisers(request)
    member = get_visible_or_404(Membership.objects.team_of(request.actor), request.actor, uid)
    require(can_declare_absence(request.actor, member))
    return member


def _only_advisers(request: HttpRequest) -> None:
    """To everyone else these pages do not exist."""
    if not request.actor.is_adviser:
        raise Http404
