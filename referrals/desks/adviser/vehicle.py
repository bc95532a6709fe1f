"""Step 3: the car, what is wrong with it, photos of it, and coming to the garage."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mobiliz.lib.pages import page
from mobiliz.lib.uploads import accepts_files
from referrals import actions
from referrals.desks.adviser import photos, steps
from referrals.forms.photos import PhotosForm
from referrals.forms.vehicle import MAKES, MODELS, VehicleEntry
from referrals.models import Referral
from referrals.symptoms import stop_reasons


@accepts_files
@require_http_methods(["GET", "HEAD", "POST"])
@steps.step()
def vehicle(request: HttpRequest, referral: Referral) -> HttpResponse:
    if request.method != "POST":
        return _show(request, referral, VehicleEntry.stored(referral), photos.form_of(referral))
    pictures, said = photos.keep(request, referral)
    if photos.is_asked(request):
        return _show(request, referral, VehicleEntry.typed(request.POST), pictures, said=said)
    entry = VehicleEntry.posted(request.POST)
    is_kept = entry.is_valid() and _kept(request, referral, entry)
    if is_kept and not pictures.errors:
        return redirect(f"referral_{steps.after_vehicle(referral)}", referral.uid)
    return _show(request, referral, entry, pictures, status=422)


def _kept(request: HttpRequest, referral: Referral, entry: VehicleEntry) -> bool:
    actions.describe_vehicle(referral, vehicle=entry.vehicle, fault=entry.fault, visit=entry.visit, by=request.actor)
    if stop_reasons(entry.fault.symptoms):
        messages.warning(request, _("Cette voiture ne doit plus rouler : dites-le à la personne, faites-la remorquer."))
    for warning in entry.car.warnings:
        messages.warning(request, warning)
    return True


def _show(
    request: HttpRequest,
    referral: Referral,
    entry: VehicleEntry,
    pictures: PhotosForm,
    *,
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    status = 422 if pictures.is_bound and pictures.errors else status
    context = steps.context(referral, "vehicle", entry=entry, photos=pictures, said=said, makes=MAKES, models=MODELS)
    return page(request, "referrals/adviser/vehicle.html", context, status=status)
