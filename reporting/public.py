"""The page that anyone may read: who is in the network, and which garage is the nearest."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from garages.models import Garage
from mobiliz.lib import clock
from mobiliz.lib.pages import page
from mobiliz.territory.forms import CommuneField, candidates
from mobiliz.territory.lands import land_of
from mobiliz.territory.models import Commune
from reporting.network import Network

NEAREST_WITHIN_KM = 200


class NearestForm(forms.Form):
    """A commune as people write it; what it may mean is offered below."""

    commune = CommuneField(
        label=_("Votre commune"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "maxlength": "100"}),
    )


@dataclass(frozen=True, slots=True)
class Nearest:
    """The garage's name and commune, and how far it is as the crow flies: no one's name, no line."""

    home: Commune
    garage: Garage | None


@login_not_required
@require_safe
def network(request: HttpRequest) -> HttpResponse:
    form = NearestForm(request.GET if "commune" in request.GET else None)
    home = form.cleaned_data["commune"] if form.is_valid() else None
    context = {
        "network": None if request.htmx else Network.today(),
        "today": clock.today(),
        "form": form,
        "nearest": Nearest(home, _nearest_to(home)) if home else None,
        "meant": candidates(form["commune"].value() or "") if form.errors else [],
    }
    return page(request, "reporting/network.html", context, partial="nearest")


def _nearest_to(home: Commune) -> Garage | None:
    """Active, and reached without crossing the sea."""
    there = Garage.objects.active().on_land(land_of(home.code, home.department_id)).with_places()
    return there.nearest_to(home.latitude, home.longitude, within_km=NEAREST_WITHIN_KM).first()
