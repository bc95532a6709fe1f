"""Notes and calls on a case: written, and corrected beside what they correct."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from garages.models import Contact
from mobiliz.lib.pages import get_visible_or_404, require
from mobiliz.lib.refusals import attempt
from referrals import noting, permissions
from referrals.desks.adviser.case import call_form, load_case, show_case
from referrals.desks.adviser.contacts import key_of
from referrals.desks.adviser.thread import correction_form
from referrals.desks.next_steps import held_by
from referrals.forms.notes import NoteForm
from referrals.models import Note, Referral

WRITE = ["GET", "HEAD", "POST"]


@require_http_methods(WRITE)
def note(request: HttpRequest, uid: UUID) -> HttpResponse:
    referral = _load(request, uid)
    if request.method != "POST":
        return back_to_thread(referral)
    form = NoteForm(request.POST, auto_id="note_%s")
    if not form.is_valid():
        return show_case(request, referral, tried=form, status=422)
    noting.write_note(referral, by=request.actor, **form.cleaned_data)
    messages.success(request, _("La note est enregistrée."))
    return back_to_thread(referral)


@require_http_methods(WRITE)
def call(request: HttpRequest, uid: UUID) -> HttpResponse:
    referral = _load(request, uid)
    if request.method != "POST":
        return back_to_thread(referral)
    form = call_form(referral, request.POST)
    if not form.is_valid():
        return show_case(request, referral, tried=form, status=422)
    held = held_by(referral)
    made = form.call(_contacts(referral), held.garage if held else None)
    given: dict[str, Any] = form.cleaned_data
    noting.note_call(referral, call=made, text=given["text"], key=given["key"], by=request.actor)
    messages.success(request, _("L’appel est noté."))
    return back_to_thread(referral)


@require_http_methods(WRITE)
def correct(request: HttpRequest, uid: UUID, note: UUID) -> HttpResponse:
    referral = _load(request, uid)
    written = get_visible_or_404(Note.objects.of_referral(referral).for_thread(), request.actor, note)
    require(permissions.can_correct(request.actor, written))
    if request.method != "POST":
        return back_to_thread(referral)
    form = correction_form(written, request.POST)
    if not form.is_valid() or not _corrected(request, written, form):
        return show_case(request, referral, tried=form, status=422)
    messages.success(request, _("La note est rectifiée ; la version d’avant reste lisible."))
    return back_to_thread(referral)


def back_to_thread(referral: Referral) -> HttpResponse:
    return redirect(reverse("referral_case", args=[referral.uid]) + "#fil")


def _corrected(request: HttpRequest, written: Note, form: forms.Form) -> Note | None:
    return attempt(form, lambda: noting.correct_note(written, text=form.cleaned_data["text"], by=request.actor))


def _load(request: HttpRequest, uid: UUID) -> Referral:
    referral = load_case(request, uid)
    require(permissions.can_note(request.actor, referral))
    return referral


def _contacts(referral: Referral) -> dict[str, Contact]:
    held = held_by(referral)
    return {key_of(one): one for one in held.contacts} if held else {}
