"""Step 3: the car and what is wrong with it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from mobiliz.lib.pages import page
from referrals import actions
from referrals.desks.adviser import steps
from referrals.forms.vehicle import MAKES, VehicleForm
from referrals.models import Referral


@require_http_methods(["GET", "HEAD", "POST"])
@steps.step()
def vehicle(request: HttpRequest, referral: Referral) -> HttpResponse:
    form = VehicleForm(request.POST) if request.method == "POST" else VehicleForm.of(referral)
    if form.is_valid():
        actions.describe_vehicle(referral, vehicle=form.vehicle, fault=form.fault, by=request.actor)
        for warning in form.warnings:
            messages.warning(request, warning)
        return redirect(f"referral_{steps.after_vehicle(referral)}", referral.uid)
    context = steps.context(referral, "vehicle", form=form, makes=MAKES)
    return page(request, "referrals/adviser/vehicle.html", context, status=422 if form.is_bound else 200)
