"""The list of garages, one garage with all that is known of it, and what pilots correct."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from garages import actions, reading
from garages.forms import GarageFilter, GarageForm, NewGarageForm, StatusForm
from garages.models import DistributionGroup, Garage
from garages.permissions import can_register, can_see_directory, can_see_history
from garages.views.core import answer, editable, form_page, posted
from mobiliz.lib import clock
from mobiliz.lib.pages import get_visible_or_404, page, require
from mobiliz.lib.paging import list_page, paged
from mobiliz.lib.refusals import attempt
from mobiliz.lib.seen import attempt_seen


@require_safe
def garages(request: HttpRequest) -> HttpResponse:
    require(can_see_directory(request.actor))
    narrowing = GarageFilter(request.GET, actor=request.actor)
    rows = narrowing.narrow(Garage.objects.visible_to(request.actor)).for_list().with_contacts_for(request.actor)
    context = {
        "narrowing": narrowing,
        "chips": narrowing.chips(request),
        "found": paged(request, rows, narrowing.orders),
        "may_register": can_register(request.actor),
        "may_call": request.actor.is_pilot or request.actor.is_adviser,
    }
    return list_page(request, "garages/garages.html", context)


@require_safe
def garage(request: HttpRequest, uid: UUID) -> HttpResponse:
    shown = get_visible_or_404(Garage.objects.for_page(), request.actor, uid)
    return page(request, "garages/garage.html", reading.page_of(shown, request.actor))


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The page of the garage in which one works."""
    require(request.actor.is_garage)
    return redirect("garages:garage", Garage.objects.visible_to(request.actor).of_organisation_of(request.actor).uid)


@require_safe
def history(request: HttpRequest, uid: UUID) -> HttpResponse:
    shown = get_visible_or_404(Garage.objects.with_places(), request.actor, uid)
    require(can_see_history(request.actor, shown))
    return page(request, "garages/history.html", {"garage": shown, "changes": reading.changes_of(shown)})


@form_page
def register(request: HttpRequest) -> HttpResponse:
    require(can_register(request.actor))
    form = NewGarageForm(posted(request), initial={"joined_on": clock.today()})
    if form.is_valid() and (made := attempt(form, lambda: actions.register_garage(**form.new, by=request.actor))):
        messages.success(request, _("Le garage est inscrit. Ajoutez maintenant qui appeler, puis ce qui est convenu."))
        return redirect("garages:garage", made.uid)
    return answer(request, "garages/form.html", form, groups=DistributionGroup.objects.all())


@form_page
def edit(request: HttpRequest, uid: UUID) -> HttpResponse:
    edited = editable(request, uid)
    form = GarageForm.of(edited, posted(request))
    if form.is_valid() and attempt_seen(form, lambda: _update(edited, form, request)):
        messages.success(request, _("La fiche est à jour."))
        return redirect("garages:garage", uid)
    return answer(request, "garages/form.html", form, garage=edited, groups=DistributionGroup.objects.all())


def _update(garage: Garage, form: GarageForm, request: HttpRequest) -> Garage:
    return actions.update_garage(garage, form.facts, seen=form.cleaned_data["seen"], by=request.actor)


@form_page
def status(request: HttpRequest, uid: UUID) -> HttpResponse:
    changed = editable(request, uid)
    form = StatusForm(posted(request), current=changed.standing)
    if form.is_valid() and attempt(form, lambda: actions.change_status(changed, **form.change, by=request.actor)):
        messages.success(request, _("Le statut est changé."))
        return redirect("garages:garage", uid)
    return answer(request, "garages/status.html", form, garage=changed)
