"""What binds a garage: its charter, its owner, what was agreed; and that its page is still right."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from garages import actions
from garages.forms import CharterForm, OwnerForm, TermsForm
from garages.views.core import act, answer, confirmable, editable, form_page, posted
from mobiliz.lib.refusals import attempt
from mobiliz.lib.seen import attempt_seen


@require_POST
def confirm(request: HttpRequest, uid: UUID) -> HttpResponse:
    garage = confirmable(request, uid)
    done = _("La fiche et les interlocuteurs sont confirmés aujourd’hui.")
    return act(request, garage, lambda: actions.confirm_garage(garage, by=request.actor), done)


@require_POST
def confirm_engagement(request: HttpRequest, uid: UUID) -> HttpResponse:
    garage = confirmable(request, uid)
    done = _("L’engagement du garage est confirmé aujourd’hui.")
    return act(request, garage, lambda: actions.confirm_engagement(garage, by=request.actor), done)


@form_page
def owner(request: HttpRequest, uid: UUID) -> HttpResponse:
    garage = editable(request, uid)
    form = OwnerForm(posted(request))
    if form.is_valid() and attempt(
        form, lambda: actions.note_owner_change(garage, **form.cleaned_data, by=request.actor)
    ):
        messages.success(request, _("Le changement de propriétaire est noté. L’engagement est maintenant à confirmer."))
        return redirect("garages:garage", uid)
    return answer(request, "garages/owner.html", form, garage=garage)


@form_page
def charter(request: HttpRequest, uid: UUID) -> HttpResponse:
    garage = editable(request, uid)
    form = CharterForm.of(garage.charters.latest_first().first(), posted(request))
    if form.is_valid() and attempt(form, lambda: actions.sign_charter(garage, form.facts, by=request.actor)):
        messages.success(request, _("La charte est notée."))
        return redirect("garages:garage", uid)
    return answer(request, "garages/charter.html", form, garage=garage)


@form_page
def terms(request: HttpRequest, uid: UUID) -> HttpResponse:
    garage = editable(request, uid)
    form = TermsForm.of(garage, posted(request))
    if form.is_valid() and _agree(request, garage, form) is not None:
        messages.success(request, _("L’accord est noté."))
        return redirect("garages:garage", uid)
    contacts = garage.contacts.visible_to(request.actor).current()
    return answer(request, "garages/terms.html", form, garage=garage, contacts=contacts)


def _agree(request: HttpRequest, garage: object, form: TermsForm) -> object:
    return attempt_seen(form, lambda: actions.agree_terms(garage, **form.agreement, by=request.actor))
