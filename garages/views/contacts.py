"""Whom to call at a garage: added, corrected, confirmed, put first, gone."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from garages import actions
from garages.forms import ContactForm
from garages.permissions import can_confirm, can_edit
from garages.views.core import act, answer, contact_of, editable, form_page, posted
from mobiliz.lib import clock
from mobiliz.lib.refusals import attempt
from mobiliz.lib.seen import attempt_seen
from mobiliz.lib.text import of_name


@form_page
def add_contact(request: HttpRequest, uid: UUID) -> HttpResponse:
    place = editable(request, uid)
    form = ContactForm(posted(request))
    if form.is_valid() and attempt(form, lambda: actions.add_contact(place, form.facts, by=request.actor)):
        messages.success(request, _("L’interlocuteur est ajouté."))
        return redirect("garages:garage", uid)
    return answer(request, "garages/contact.html", form, garage=place)


@form_page
def edit_contact(request: HttpRequest, uid: UUID) -> HttpResponse:
    contact = contact_of(request, uid, may=can_edit)
    form = ContactForm.of(contact, posted(request))
    if form.is_valid() and attempt_seen(form, lambda: _update(contact, form, request)):
        messages.success(request, _("L’interlocuteur est à jour."))
        return redirect("garages:garage", contact.garage.uid)
    return answer(request, "garages/contact.html", form, garage=contact.garage, contact=contact)


def _update(contact: object, form: ContactForm, request: HttpRequest) -> object:
    return actions.update_contact(contact, form.facts, seen=form.cleaned_data["seen"], by=request.actor)


@require_POST
def confirm_contact(request: HttpRequest, uid: UUID) -> HttpResponse:
    contact = contact_of(request, uid, may=can_confirm)
    done = _("C’est noté : %(contact)s est toujours à appeler à ce numéro.") % {"contact": contact}
    return act(request, contact.garage, lambda: actions.confirm_contact(contact, by=request.actor), done)


@require_POST
def end_contact(request: HttpRequest, uid: UUID) -> HttpResponse:
    contact = contact_of(request, uid, may=can_edit)
    done = _("Le départ %(of_name)s est noté.") % {"of_name": of_name(str(contact))}
    return act(request, contact.garage, lambda: actions.end_contact(contact, on=clock.today(), by=request.actor), done)


@require_POST
def move_contact_up(request: HttpRequest, uid: UUID) -> HttpResponse:
    contact = contact_of(request, uid, may=can_edit)
    return act(request, contact.garage, lambda: actions.move_contact_up(contact, by=request.actor))
