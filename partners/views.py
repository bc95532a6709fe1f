"""The directory of structures: the list, a structure with its agencies and advisers, and what pilots change."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mobiliz.lib import clock
from mobiliz.lib.pages import get_visible_or_404, page, require
from mobiliz.lib.paging import list_page, paged
from mobiliz.lib.refusals import Refused, attempt
from mobiliz.lib.seen import attempt_seen
from mobiliz.lib.text import of_name
from partners import actions, reading
from partners.forms import ORDERS, ORDERS_OF_PILOTS, AgencyForm, EndForm, StructureFilter, StructureForm
from partners.models import Adviser, Agency, Structure
from partners.permissions import (
    can_add_agency,
    can_confirm,
    can_confirm_adviser,
    can_edit,
    can_register,
    can_see_directory,
    can_see_history,
)

form_page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def structures(request: HttpRequest) -> HttpResponse:
    require(can_see_directory(request.actor))
    narrowing = StructureFilter(request.GET, actor=request.actor)
    rows = narrowing.narrow(Structure.objects.visible_to(request.actor)).for_list().with_agencies_for(request.actor)
    context = {
        "narrowing": narrowing,
        "chips": narrowing.chips(request),
        "found": paged(request, rows, ORDERS_OF_PILOTS if request.actor.is_pilot else ORDERS),
        "may_register": can_register(request.actor),
        "today": clock.today(),
    }
    return list_page(request, "partners/structures.html", context)


@require_safe
def structure(request: HttpRequest, uid: UUID) -> HttpResponse:
    shown = get_visible_or_404(Structure.objects.for_page(), request.actor, uid)
    return page(request, "partners/structure.html", reading.page_of(shown, request.actor))


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The page of the structure for which one works."""
    require(request.actor.is_adviser)
    own = Structure.objects.visible_to(request.actor).of_members_of(request.actor.organisation_id)
    return redirect("partners:structure", own.get().uid)


@require_safe
def history(request: HttpRequest, uid: UUID) -> HttpResponse:
    shown = get_visible_or_404(Structure.objects.with_places(), request.actor, uid)
    require(can_see_history(request.actor, shown))
    return page(request, "partners/history.html", {"structure": shown, "changes": reading.changes_of(shown)})


@require_POST
def confirm(request: HttpRequest, uid: UUID) -> HttpResponse:
    found = get_visible_or_404(Structure.objects.with_places(), request.actor, uid)
    require(can_confirm(request.actor, found))
    done = _("La fiche et les agences sont confirmées aujourd’hui.")
    return _act(request, found, lambda: actions.confirm_structure(found, by=request.actor), done)


@require_POST
def confirm_agency(request: HttpRequest, uid: UUID) -> HttpResponse:
    agency = _editable_agency(request, uid)
    done = _("L’agence est confirmée aujourd’hui.")
    return _act(request, agency.structure, lambda: actions.confirm_agency(agency, by=request.actor), done)


@require_POST
def confirm_adviser(request: HttpRequest, uid: UUID) -> HttpResponse:
    adviser = get_visible_or_404(Adviser.objects.current().for_list(), request.actor, uid)
    require(can_confirm_adviser(request.actor, adviser))
    place = Structure.objects.visible_to(request.actor).of_members_of(adviser.organisation_id).get()
    done = _("C’est noté : la ligne %(of_name)s est toujours la bonne.") % {"of_name": of_name(str(adviser))}
    return _act(request, place, lambda: actions.confirm_adviser(adviser, by=request.actor), done)


@form_page
def register(request: HttpRequest) -> HttpResponse:
    require(can_register(request.actor))
    form = StructureForm(_posted(request))
    if form.is_valid() and (made := attempt(form, lambda: actions.register_structure(form.facts, by=request.actor))):
        messages.success(request, _("La structure est inscrite."))
        return redirect("partners:structure", made.uid)
    return _answer(request, "partners/form.html", form)


@form_page
def edit(request: HttpRequest, uid: UUID) -> HttpResponse:
    edited = _editable(request, uid)
    form = StructureForm.of(edited, _posted(request))
    if form.is_valid() and attempt_seen(form, lambda: _update(edited, form, request)):
        messages.success(request, _("La fiche est à jour."))
        return redirect("partners:structure", uid)
    return _answer(request, "partners/form.html", form, structure=edited)


def _update(edited: Structure, form: StructureForm, request: HttpRequest) -> Structure:
    return actions.update_structure(edited, form.facts, seen=form.cleaned_data["seen"], by=request.actor)


@form_page
def end(request: HttpRequest, uid: UUID) -> HttpResponse:
    ended = _editable(request, uid)
    form = EndForm(_posted(request))
    if form.is_valid() and attempt(form, lambda: actions.end_structure(ended, **form.cleaned_data, by=request.actor)):
        messages.success(request, _("La sortie de la structure est notée."))
        return redirect("partners:structure", uid)
    return _answer(request, "partners/end.html", form, structure=ended)


@require_POST
def take_back(request: HttpRequest, uid: UUID) -> HttpResponse:
    actions.take_back_structure(_editable(request, uid), by=request.actor)
    messages.success(request, _("La structure est de nouveau dans le réseau."))
    return redirect("partners:structure", uid)


@form_page
def add_agency(request: HttpRequest, uid: UUID) -> HttpResponse:
    parent = get_visible_or_404(Structure.objects.with_places(), request.actor, uid)
    require(can_add_agency(request.actor, parent))
    form = AgencyForm(_posted(request))
    if form.is_valid() and attempt(form, lambda: actions.add_agency(parent, form.facts, by=request.actor)):
        messages.success(request, _("L’agence est ajoutée."))
        return redirect("partners:structure", uid)
    return _answer(request, "partners/agency.html", form, structure=parent)


@form_page
def edit_agency(request: HttpRequest, uid: UUID) -> HttpResponse:
    agency = _editable_agency(request, uid)
    form = AgencyForm.of(agency, _posted(request))
    if form.is_valid() and attempt_seen(form, lambda: _update_agency(agency, form, request)):
        messages.success(request, _("L’agence est à jour."))
        return redirect("partners:structure", agency.structure.uid)
    return _answer(request, "partners/agency.html", form, structure=agency.structure, agency=agency)


def _update_agency(agency: Agency, form: AgencyForm, request: HttpRequest) -> Agency:
    return actions.update_agency(agency, form.facts, seen=form.cleaned_data["seen"], by=request.actor)


@form_page
def close_agency(request: HttpRequest, uid: UUID) -> HttpResponse:
    agency = _editable_agency(request, uid)
    form = EndForm(_posted(request))
    if form.is_valid() and attempt(form, lambda: actions.close_agency(agency, **form.cleaned_data, by=request.actor)):
        messages.success(request, _("La fermeture de l’agence est notée."))
        return redirect("partners:structure", agency.structure.uid)
    return _answer(request, "partners/end.html", form, structure=agency.structure, agency=agency)


@require_POST
def reopen_agency(request: HttpRequest, uid: UUID) -> HttpResponse:
    agency = actions.reopen_agency(_editable_agency(request, uid), by=request.actor)
    messages.success(request, _("L’agence est de nouveau ouverte."))
    return redirect("partners:structure", agency.structure.uid)


def _posted(request: HttpRequest) -> object:
    return request.POST if request.method == "POST" else None


def _editable(request: HttpRequest, uid: UUID) -> Structure:
    found = get_visible_or_404(Structure.objects.with_places(), request.actor, uid)
    require(can_edit(request.actor, found))
    return found


def _editable_agency(request: HttpRequest, uid: UUID) -> Agency:
    found = get_visible_or_404(Agency.objects.with_places(), request.actor, uid)
    require(can_edit(request.actor, found))
    return found


def _act(request: HttpRequest, place: Structure, verb: Callable[[], object], done: str) -> HttpResponse:
    """One act, then back to the structure's page, which says what came of it."""
    try:
        verb()
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, done)
    return redirect("partners:structure", place.uid)


def _answer(request: HttpRequest, template: str, form: object, **context: object) -> HttpResponse:
    return page(request, template, {"form": form, **context}, status=422 if form.errors else 200)
