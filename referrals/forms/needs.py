"""A need that no offer covers: which, where the person lives, and a word on it if one likes."""

from __future__ import annotations

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from mobiliz.lib.forms import NirFreeTextField, RadioCards
from mobiliz.territory.forms import CommuneField
from referrals.models import NeedKind


class NeedForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("De quoi la personne a-t-elle besoin ?"),
        choices=[(value, capfirst(label)) for value, label in NeedKind.choices],
        widget=RadioCards(beside=True),
        error_messages={"required": _("Choisissez le besoin, ou « autre chose ».")},
    )
    words = NirFreeTextField(
        label=_("Précision"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Seuls vous et vos collègues la lisez ; seul le besoin est compté."),
    )

    @property
    def need(self) -> NeedKind:
        return NeedKind(self.cleaned_data["kind"])


class PlacedNeedForm(NeedForm):
    """Of somebody who is not registered: the commune alone, to be counted in its region."""

    commune = CommuneField(label=_("Commune où la personne habite"))
    field_order = ("kind", "commune", "words")
