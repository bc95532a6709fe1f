"""The programme's settings: what is in force, what is announced, what was; a national pilot changes them."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mobiliz.accounts.roles import Permission
from mobiliz.lib import clock
from mobiliz.lib.pages import page, require
from mobiliz.lib.refusals import attempt
from mobiliz.programme import actions
from mobiliz.programme.forms import SettingForm
from mobiliz.programme.models import Key, Setting


@require_safe
def settings(request: HttpRequest) -> HttpResponse:
    require(request.actor.can(Permission.SEE_SETTINGS))
    seen = Setting.objects.visible_to(request.actor)
    values = seen.values_on(clock.today())
    context = {
        "keys": [{"key": key, "value": values.get(key.value)} for key in Key],
        "ahead": seen.ahead_of(clock.today()),
        "history": seen.history()[:50],
        "may_edit": request.actor.can(Permission.EDIT_SETTINGS),
    }
    return page(request, "programme/settings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, key: str) -> HttpResponse:
    require(request.actor.can(Permission.EDIT_SETTINGS))
    if key not in Key.values:
        raise Http404
    changed = Key(key)
    form = SettingForm(request.POST if request.method == "POST" else None, key=changed, initial={"on": clock.today()})
    if form.is_valid() and attempt(
        form, lambda: actions.change_setting(changed, by=request.actor, **form.cleaned_data)
    ):
        messages.success(request, _("Le réglage est changé."))
        return redirect("settings")
    now = Setting.objects.visible_to(request.actor).values_on(clock.today()).get(key)
    return page(
        request,
        "programme/change_setting.html",
        {"form": form, "key": changed, "now": now},
        status=422 if form.errors else 200,
    )
