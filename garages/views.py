"""The directory of garages: the list, a garage, and what pilots change."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from garages import actions
from garages.forms import ORDERS, ContactForm, GarageFilter, GarageForm, NewGarageForm, StatusForm
from garages.models import Contact, DistributionGroup, Garage
from garages.permissions import can_edit, can_register, can_see_directory, can_see_follow_up
from mobiliz.lib import clock
from mobiliz.lib.pages import get_visible_or_404, page, require
from mobiliz.lib.paging import list_page, paged
from mobiliz.lib.refusals import Refused, attempt

form_page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def garages(request: HttpRequest) -> HttpResponse:
    require(can_see_directory(request.actor))
    narrowing = GarageFilter(request.GET, actor=request.actor)
    rows = narrowing.narrow(Garage.objects.visible_to(request.actor)).for_list().with_contacts_for(request.actor)
    context = {
        "narrowing": narrowing,
        "chips": narrowing.chips(request),
        "found": paged(request, rows, ORDERS),
        "may_register": can_register(request.actor),
        "may_call": request.actor.is_pilot or request.actor.is_adviser,
    }
    return list_page(request, "garages/garages.html", context)


@require_safe
def garage(request: HttpRequest, uid: UUID) -> HttpResponse:
    shown = get_visible_or_404(Garage.objects.with_status().with_places(), request.actor, uid)
    context = {
        "garage": shown,
        "contacts": shown.contacts.visible_to(request.actor).current(),
        "may_edit": can_edit(request.actor, shown),
        "sees_follow_up": can_see_follow_up(request.actor, shown),
        "history": shown.statuses.latest_first() if request.actor.is_pilot else [],
    }
    return page(request, "garages/garage.html", context)


@form_page
def register(request: HttpRequest) -> HttpResponse:
    require(can_register(request.actor))
    form = NewGarageForm(_posted(request), initial={"joined_on": clock.today()})
    if form.is_valid() and (made := attempt(form, lambda: actions.register_garage(**form.new, by=request.actor))):
        messages.success(request, _("Le garage est inscrit. Ajoutez maintenant qui appeler."))
        return redirect("garages:garage", made.uid)
    return _answer(request, "garages/form.html", form, groups=DistributionGroup.objects.all())


@form_page
def edit(request: HttpRequest, uid: UUID) -> HttpResponse:
    edited = _editable(request, uid)
    form = GarageForm.of(edited, _posted(request))
    if form.is_valid() and attempt(form, lambda: actions.update_garage(edited, form.facts, by=request.actor)):
        messages.success(request, _("La fiche est à jour."))
        return redirect("garages:garage", uid)
    return _answer(request, "garages/form.html", form, garage=edited, groups=DistributionGroup.objects.all())


@form_page
def status(request: HttpRequest, uid: UUID) -> HttpResponse:
    changed = _editable(request, uid)
    form = StatusForm(_posted(request), current=changed.standing)
    if form.is_valid() and attempt(form, lambda: actions.change_status(changed, **form.change, by=request.actor)):
        messages.success(request, _("Le statut est changé."))
        return redirect("garages:garage", uid)
    return _answer(request, "garages/status.html", form, garage=changed)


@form_page
def add_contact(request: HttpRequest, uid: UUID) -> HttpResponse:
    place = _editable(request, uid)
    form = ContactForm(_posted(request))
    if form.is_valid() and attempt(form, lambda: actions.add_contact(place, form.facts, by=request.actor)):
        messages.success(request, _("L’interlocuteur est ajouté."))
        return redirect("garages:garage", uid)
    return _answer(request, "garages/contact.html", form, garage=place)


@form_page
def edit_contact(request: HttpRequest, uid: UUID) -> HttpResponse:
    contact, place = _editable_contact(request, uid)
    form = ContactForm.of(contact, _posted(request))
    if form.is_valid() and attempt(form, lambda: actions.update_contact(contact, form.facts, by=request.actor)):
        messages.success(request, _("L’interlocuteur est à jour."))
        return redirect("garages:garage", place.uid)
    return _answer(request, "garages/contact.html", form, garage=place, contact=contact)


@require_POST
def end_contact(request: HttpRequest, uid: UUID) -> HttpResponse:
    contact, place = _editable_contact(request, uid)
    try:
        actions.end_contact(contact, on=clock.today(), by=request.actor)
        messages.success(request, _("Le départ de %(contact)s est noté.") % {"contact": contact})
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("garages:garage", place.uid)


@require_POST
def move_contact_up(request: HttpRequest, uid: UUID) -> HttpResponse:
    contact, place = _editable_contact(request, uid)
    try:
        actions.move_contact_up(contact, by=request.actor)
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("garages:garage", place.uid)


def _posted(request: HttpRequest) -> object:
    return request.POST if request.method == "POST" else None


def _editable(request: HttpRequest, uid: UUID) -> Garage:
    found = get_visible_or_404(Garage.objects.with_status().with_places(), request.actor, uid)
    require(can_edit(request.actor, found))
    return found


def _editable_contact(request: HttpRequest, uid: UUID) -> tuple[Contact, Garage]:
    contact = get_visible_or_404(Contact.objects.with_garage(), request.actor, uid)
    require(can_edit(request.actor, contact.garage))
    return contact, contact.garage


def _answer(request: HttpRequest, template: str, form: object, **context: object) -> HttpResponse:
    return page(request, template, {"form": form, **context}, status=422 if form.errors else 200)
