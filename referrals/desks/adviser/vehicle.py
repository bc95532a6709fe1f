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
from referrals.desks.adviser import photos, steps, typed
from referrals.desks.adviser.typed import Typed
from referrals.forms.photos import PhotosForm
from referrals.forms.vehicle import MAKES, MODELS, VehicleEntry
from referrals.models import Referral, Step, Vehicle
from referrals.symptoms import stop_reasons


@accepts_files
@require_http_methods(["GET", "HEAD", "POST"])
@steps.step()
def vehicle(request: HttpRequest, referral: Referral) -> HttpResponse:
    stored = VehicleEntry.stored(referral)
    marks = typed.at_step(request, referral.uid, Step.VEHICLE, stored.initial, referral.beneficiary_id)
    if request.method != "POST":
        shown, is_of_before = _first_shown(request, referral, marks, stored)
        return _show(request, referral, marks, shown, photos.form_of(referral, marks.data), is_of_before=is_of_before)
    pictures, said = photos.keep(request, referral)
    if photos.is_asked(request):
        return _show(request, referral, marks, VehicleEntry.typed(request.POST), pictures, said=said)
    entry = VehicleEntry.posted(request.POST, stored)
    is_kept = entry.is_valid() and _is_in_order(request, marks, entry) and _kept(request, referral, entry)
    if is_kept and not pictures.errors:
        marks.submitted(request)
        return redirect(f"referral_{steps.after_vehicle(referral)}", referral.uid)
    return _show(request, referral, marks, entry, pictures, status=422)


def _first_shown(
    request: HttpRequest, referral: Referral, marks: Typed, stored: VehicleEntry
) -> tuple[VehicleEntry, bool]:
    """What was typed, else what is stored, else the car of an earlier need, which is to be looked at again."""
    if marks.is_shown:
        return VehicleEntry.typed(marks.data), False
    if referral.vehicle_id is None:
        before = (
            Vehicle.objects.visible_to(request.actor).of_beneficiary(referral.beneficiary_id).newest_first().first()
        )
        if before:
            return VehicleEntry.again(before), True
    return stored, False


def _is_in_order(request: HttpRequest, marks: Typed, entry: VehicleEntry) -> bool:
    """What is stored otherwise by now is said for the three parts of the step."""
    if marks.is_in_order(request, entry.car):
        return True
    for form in (entry.fault_form, entry.visit_form):
        marks.newer += typed.stored_otherwise(form)
    return False


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
    marks: Typed,
    entry: VehicleEntry,
    pictures: PhotosForm,
    *,
    said: str = "",
    is_of_before: bool = False,
    status: int = 200,
) -> HttpResponse:
    status = 422 if pictures.is_bound and pictures.errors else status
    context = steps.context(
        referral,
        "vehicle",
        typed=marks,
        entry=entry,
        photos=pictures,
        said=said,
        is_of_before=is_of_before,
        makes=MAKES,
        models=MODELS,
    )
    return page(request, "referrals/adviser/vehicle.html", context, status=status)
