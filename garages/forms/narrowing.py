"""How the list of garages is narrowed and sorted."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from garages.models import Brands, Level, Status, Work
from garages.querysets import GarageQuerySet
from mobiliz.accounts.actors import Actor
from mobiliz.lib.choices import in_sentence_case
from mobiliz.lib.narrowing import NarrowingForm
from mobiliz.lib.paging import DAYS, NUMBERS, Order
from mobiliz.territory.forms import DepartmentChoice
from mobiliz.territory.models import Commune

ORDERS = (
    Order("nom", _("Garage"), "search_name"),
    Order("commune", _("Commune"), "commune__search_name"),
    Order("plafond", _("Par semaine, au plus"), "weekly_cap", NUMBERS, is_down=True),
    # what nobody ever confirmed stands before what was confirmed long ago
    Order("confirmation", _("Fiche confirmée"), "confirmed_on", DAYS, empty=date.min),
)
NEAREST = Order(
    "distance", _("Distance"), "distance_km", (_("les plus proches d’abord"), _("les plus lointains d’abord"))
)
REACH_KM = 100
NARROWED_BY = {
    "q": "matching",
    "department": "in_department",
    "level": "of_level",
    "status": "in_status",
    "work": "that_repair",
    "brands": "of_brands",
}


class NearField(forms.Field):
    """A commune as people type it; of several so called, the largest."""

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip()[:100]
        if not text:
            return None
        commune = Commune.objects.with_places().search(text).first()
        if commune is None:
            raise ValidationError(_("Nous ne trouvons pas cette commune."), "unknown")
        return commune


# What pilots follow up, by the name of the field: the garages that are left.
FOLLOWED = {
    "stale": "to_be_confirmed",
    "uncontacted": "without_contact",
    "doubtful": "with_doubtful_contact",
    "uncharted": "without_charter",
}


class GarageFilter(NarrowingForm):
    """Narrows the list of garages."""

    FIRST = ("q", "near", "department")

    q = forms.CharField(label=_("Nom, commune ou code postal"), required=False, max_length=100)
    near = NearField(label=_("Autour de (commune)"), required=False)
    department = DepartmentChoice(label=_("Département"), required=False)
    level = forms.ChoiceField(label=_("Niveau"), required=False, choices=[("", _("Tous")), *in_sentence_case(Level)])
    status = forms.ChoiceField(label=_("Statut"), required=False)
    work = forms.ChoiceField(label=_("Répare"), required=False, choices=[("", _("Tout")), *in_sentence_case(Work)])
    brands = forms.ChoiceField(
        label=_("Marques"), required=False, choices=[("", _("Peu importe")), (Brands.ALL, _("Toutes marques"))]
    )
    stale = forms.BooleanField(label=_("Fiche à confirmer"), required=False)
    uncontacted = forms.BooleanField(label=_("Sans interlocuteur"), required=False)
    doubtful = forms.BooleanField(label=_("Interlocuteur à confirmer"), required=False)
    uncharted = forms.BooleanField(label=_("Charte à signer"), required=False)

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data)
        self.fields["department"].within(actor.region_code)
        shown = list(Status) if actor.is_pilot else [Status.ACTIVE, Status.PAUSED]
        self.fields["status"].choices = [("", _("Tous")), *in_sentence_case(shown)]
        if not actor.is_pilot:
            for name in FOLLOWED:
                del self.fields[name]

    def narrow(self, garages: GarageQuerySet) -> GarageQuerySet:
        asked = self.asked
        for name, narrowed_by in NARROWED_BY.items():
            if name in asked:
                garages = getattr(garages, narrowed_by)(asked[name])
        if "near" in asked:
            garages = garages.within_km(asked["near"].latitude, asked["near"].longitude, REACH_KM)
        for name, left in FOLLOWED.items():
            garages = getattr(garages, left)() if name in asked else garages
        return garages

    @property
    def orders(self) -> tuple[Order, ...]:
        """The nearest first, where one looks around a place."""
        return (NEAREST, *ORDERS) if "near" in self.asked else ORDERS
