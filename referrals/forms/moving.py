"""What goes along when a case passes to another person."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mobiliz.lib.forms import RadioCards
from referrals.forms.person import PersonForm
from referrals.models import Referral

GOES, STAYS = "goes", "stays"


class MoveForm(forms.Form):
    """Whose car it is, where one was described, and how far the other goes, where their own form does not ask."""

    # whose case it was when the page was shown
    leaving = forms.UUIDField(widget=forms.HiddenInput(attrs={"autocomplete": "off"}))
    distance_agreed_km = PersonForm.base_fields["distance_agreed_km"]
    car = forms.ChoiceField(
        label=_("La voiture décrite dans ce dossier est-elle à l’autre personne ?"),
        choices=[(GOES, _("Oui, c’est sa voiture")), (STAYS, _("Non"))],
        widget=RadioCards(
            hints={
                GOES: _("elle passe avec le dossier, sa panne et ses photos aussi"),
                STAYS: _("le dossier repart sans voiture : panne et photos sont effacées"),
            },
            beside=True,
        ),
        error_messages={"required": _("Dites à qui est la voiture.")},
    )

    def __init__(self, *args: Any, referral: Referral, asks_distance: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_distance:
            del self.fields["distance_agreed_km"]
        if referral.vehicle_id is None:
            del self.fields["car"]

    @property
    def takes_vehicle(self) -> bool:
        return bool(self.cleaned_data.get("car") == GOES)
