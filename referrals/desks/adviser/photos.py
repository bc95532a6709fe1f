"""Photos of a case: on the step of the vehicle, and on a page of their own once the case was sent."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from mobiliz.lib.pages import get_visible_or_404, page, require
from mobiliz.lib.refusals import attempt
from mobiliz.lib.uploads import accepts_files
from referrals import permissions, transitions
from referrals import photos as verbs
from referrals.forms.photos import PhotosForm
from referrals.models import Photo, Referral
from referrals.states import State, Verb

ACTS = ("ajouter-photos", "retirer")


@accepts_files
@require_http_methods(["GET", "HEAD", "POST"])
def photos(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The photos, and the button for more; the fragment is that of the step, where it is sent by itself."""
    referral = get_visible_or_404(Referral.objects.for_step(request.actor), request.actor, uid)
    require(permissions.may_ever(request.actor, Verb.SEND, referral))
    if not permissions.can_add_photos(request.actor, referral):
        messages.info(request, _("Ce dossier est terminé : ses photos ne changent plus."))
        return redirect("referral_case", referral.uid)
    if request.method != "POST":
        return _show(request, referral, form_of(referral))
    form, said = keep(request, referral)
    if form.errors or request.htmx:
        return _show(request, referral, form, said)
    messages.success(request, said or _("Les photos sont enregistrées."))
    return redirect("referral_case" if "terminer" in request.POST else "referral_photos", referral.uid)


def is_asked(request: HttpRequest) -> bool:
    """Whether the step was sent to add or take away a photo, as it is without script, and not to go on."""
    return any(act in request.POST for act in ACTS)


def form_of(referral: Referral, typed: Mapping[str, Any] | None = None) -> PhotosForm:
    return PhotosForm(kept=_kept(referral), typed=typed)


def keep(request: HttpRequest, referral: Referral) -> tuple[PhotosForm, str]:
    """Keep what can be kept of what was sent: the form as it stands then, what is wrong beside it; what was done."""
    kept = _kept(referral)
    sent = PhotosForm(request.POST, request.FILES, kept=kept)
    sent.is_valid()
    if sent.captions:
        verbs.describe_photos(referral, captions=sent.captions, by=request.actor)
    said = [_removed(request, kept), _added(request, referral, sent)]
    shown = PhotosForm(request.POST, kept=_kept(referral) if any(said) else kept)
    for error in sent.errors.get("photos", ()):
        shown.add_error("photos", error)
    return shown, " ".join(filter(None, said))


def _added(request: HttpRequest, referral: Referral, form: PhotosForm) -> str:
    added = []
    for image in form.accepted:
        photo = attempt(form, partial(verbs.add_photo, referral, image=image, by=request.actor))
        if photo is None:
            break
        added.append(photo)
    count = len(added)
    if not count:
        return ""
    if referral.state != State.DRAFT:
        with suppress(transitions.Overtaken):  # taken back meanwhile: nobody waits for them
            transitions.tell_of_photos(referral, photos=added, by=request.actor)
    return ngettext("La photo est ajoutée.", "%(count)d photos sont ajoutées.", count) % {"count": count}


def _removed(request: HttpRequest, kept: list[Photo]) -> str:
    chosen = next((one for one in kept if str(one.uid) == request.POST.get("retirer")), None)
    if chosen is None:
        return ""
    verbs.remove_photo(chosen, by=request.actor)
    return _("La photo %(number)d est retirée.") % {"number": chosen.position}


def _kept(referral: Referral) -> list[Photo]:
    return list(Photo.objects.of_referral(referral).with_referral().in_order())


def _show(request: HttpRequest, referral: Referral, form: PhotosForm, said: str = "") -> HttpResponse:
    context = {"referral": referral, "person": referral.beneficiary, "photos": form, "said": said}
    status = 422 if form.is_bound and form.errors else 200
    return page(request, "referrals/adviser/photos.html", context, partial="photos", status=status)
