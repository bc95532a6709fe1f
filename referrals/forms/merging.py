"""Which value stays, where two records of one person differ."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mobiliz.lib.forms import RadioCards
from mobiliz.lib.templatetags.mobiliz import day_fr, phone_fr
from referrals.models import Beneficiary, Household
from referrals.models.people import HOUSEHOLD, IDENTITY

OWN, OTHER = "own", "other"


class MergeForm(forms.Form):
    """One question for each field that differs; nothing to ask where both say the same.

    `is_newer`: the other record is the one that was used last, so that its values are proposed where it has any.
    """

    def __init__(self, *args: Any, own: Beneficiary, other: Beneficiary, is_newer: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in (*IDENTITY, HOUSEHOLD):
            here, there = _value(own, name), _value(other, name)
            if here == there or (name == HOUSEHOLD and not (here and there)):
                continue
            self.fields[name] = forms.ChoiceField(
                label=_label(name),
                choices=[(OWN, _shown(name, here)), (OTHER, _shown(name, there))],
                widget=RadioCards(hints={OWN: _("fiche de ce dossier"), OTHER: _("autre fiche")}, beside=True),
                initial=OTHER if there and (is_newer or not here) else OWN,
                error_messages={"required": gettext_lazy("Choisissez la valeur à garder.")},
            )

    @property
    def from_other(self) -> list[str]:
        return [name for name, side in self.cleaned_data.items() if side == OTHER]


def _label(name: str) -> str:
    if name == HOUSEHOLD:
        return _("Foyer et revenus")
    return str(Beneficiary._meta.get_field(name).verbose_name).capitalize()  # type: ignore[union-attr]


def _value(person: Beneficiary, name: str) -> Any:
    return getattr(person, name, None)


def _shown(name: str, value: Any) -> str:
    if not value:
        return _("rien d’enregistré")
    if isinstance(value, Household):
        count = len(value.facts["birth_dates"])
        people = ngettext("%(count)d personne", "%(count)d personnes", count) % {"count": count}
        return _("%(people)s, renseigné le %(day)s") % {"people": people, "day": day_fr(value.updated_at)}
    if name == "birth_date":
        return day_fr(value)
    return phone_fr(value) if name == "phone" else str(value)
