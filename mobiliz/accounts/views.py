"""Accounts: the list, opening an account, a person's roles; and working as another of one's own."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mobiliz.accounts import actions, second_factor, sessions
from mobiliz.accounts.forms import ORDERS, AccountFilter, AccountForm, PlaceForm, suggestions
from mobiliz.accounts.guards import about_oneself
from mobiliz.accounts.links import password_url
from mobiliz.accounts.models import Membership, User
from mobiliz.accounts.permissions import can_change, can_end, can_manage_accounts
from mobiliz.lib.pages import get_visible_or_404, require
from mobiliz.lib.paging import list_page, paged
from mobiliz.lib.refusals import Refused, attempt


@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """Every account, found by name, address or organisation."""
    require(can_manage_accounts(request.actor))
    narrowing = AccountFilter(request.GET)
    rows = narrowing.narrow(User.objects.visible_to(request.actor)).for_list()
    context = {"narrowing": narrowing, "chips": narrowing.chips(request), "found": paged(request, rows, ORDERS)}
    return list_page(request, "accounts/accounts.html", context)


@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    """A fragment: the organisations to choose from while one types."""
    require(can_manage_accounts(request.actor))
    text = request.GET.get("organisation", "").strip()
    offered = suggestions(request.GET.get("role", ""), text)
    context = {"name": "organisation", "text": text, "organisations": offered}
    return render(request, "accounts/organisation_suggestions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def open_account(request: HttpRequest) -> HttpResponse:
    require(can_manage_accounts(request.actor))
    form = AccountForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        user = attempt(form, lambda: actions.open_account(**form.person, place=form.place, by=request.actor))
        if user:
            messages.success(request, _("Le compte est ouvert. Remettez le lien ci-dessous à la personne."))
            return redirect("accounts:account", user.uid)
    return render(request, "accounts/open_account.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
def account(request: HttpRequest, uid: UUID) -> HttpResponse:
    user = get_visible_or_404(User.objects.for_list(), request.actor, uid)
    require(can_manage_accounts(request.actor))
    context = {
        "account": user,
        "memberships": user.memberships.with_places().latest_first(),
        "may_change": can_change(request.actor, user),
        "password_url": "" if user.has_usable_password() else password_url(user),
        "link_days": settings.PASSWORD_RESET_TIMEOUT // (24 * 3600),
        "needs_second_factor": settings.SECOND_FACTOR_REQUIRED and user.needs_second_factor,
        "open_sessions": user.sign_ins.open().count(),
    }
    return render(request, "accounts/account.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add_membership(request: HttpRequest, uid: UUID) -> HttpResponse:
    user = get_visible_or_404(User, request.actor, uid)
    require(can_change(request.actor, user))
    form = PlaceForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        added = attempt(form, lambda: actions.add_membership(user, place=form.place, by=request.actor))
        if added:
            messages.success(request, _("Le rôle est ajouté."))
            return redirect("accounts:account", user.uid)
    context = {"account": user, "form": form}
    return render(request, "accounts/add_membership.html", context, status=422 if form.is_bound else 200)


@require_POST
def end_membership(request: HttpRequest, uid: UUID) -> HttpResponse:
    membership = get_visible_or_404(Membership.objects.with_places(), request.actor, uid)
    require(can_end(request.actor, membership))
    return _act(request, membership.user, lambda: actions.end_membership(membership, by=request.actor))


@require_POST
def deactivate(request: HttpRequest, uid: UUID) -> HttpResponse:
    user = get_visible_or_404(User, request.actor, uid)
    require(can_change(request.actor, user))
    return _act(request, user, lambda: actions.deactivate(user, by=request.actor))


@require_POST
def reactivate(request: HttpRequest, uid: UUID) -> HttpResponse:
    user = get_visible_or_404(User, request.actor, uid)
    require(can_change(request.actor, user))
    return _act(request, user, lambda: actions.reactivate(user, by=request.actor))


@require_POST
def leave(request: HttpRequest, uid: UUID) -> HttpResponse:
    user = get_visible_or_404(User, request.actor, uid)
    require(can_change(request.actor, user))
    return _act(request, user, lambda: actions.leave(user, by=request.actor))


@require_POST
def end_sessions(request: HttpRequest, uid: UUID) -> HttpResponse:
    user = get_visible_or_404(User, request.actor, uid)
    require(can_change(request.actor, user))
    return _act(request, user, lambda: sessions.end_all(user, by=request.actor))


@require_POST
def reset_second_factor(request: HttpRequest, uid: UUID) -> HttpResponse:
    """For someone who lost telephone and codes, once the administrator has made sure who asks."""
    user = get_visible_or_404(User, request.actor, uid)
    require(can_change(request.actor, user))
    return _act(request, user, lambda: second_factor.reset(user, by=request.actor))


@about_oneself
@require_POST
def work_as(request: HttpRequest) -> HttpResponse:
    """Change to another of one's own capacities; anybody else's does not exist."""
    form = _MembershipId(request.POST)
    if not form.is_valid():
        raise Http404
    own = Membership.objects.current().of_user(request.actor.user)
    membership = get_visible_or_404(own, request.actor, form.cleaned_data["membership"])
    actions.work_as(membership, by=request.actor)
    return redirect(_inside(request, form.cleaned_data["next"]) or "desk")


def _inside(request: HttpRequest, url: str) -> str:
    """The address, if it is one of ours."""
    is_ours = url_has_allowed_host_and_scheme(url, allowed_hosts=None, require_https=request.is_secure())
    return url if is_ours else ""


class _MembershipId(forms.Form):
    membership = forms.UUIDField()
    next = forms.CharField(required=False)


def _act(request: HttpRequest, user: User, verb: Callable[[], None]) -> HttpResponse:
    """One act on an account, then back to its page, which says what came of it."""
    try:
        verb()
    except Refused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, _("C’est fait."))
    return redirect("accounts:account", user.uid)
