"""A new value for one of the programme's settings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mobiliz.lib.forms import DateFieldFr, NirFreeTextField, WholeFieldFr
from mobiliz.programme.models import Key


class SettingForm(forms.Form):
    value = WholeFieldFr(label=_("Nouvelle valeur"), min_value=1)
    on = DateFieldFr(label=_("À partir du"), help_text=_("Aujourd’hui ou un jour à venir, comme 01/01/2027."))
    reason = NirFreeTextField(
        label=_("Pourquoi"),
        max_length=200,
        widget=forms.TextInput,
        error_messages={"required": _("Dites pourquoi : vos collègues le liront dans l’historique.")},
    )

    def __init__(self, *args: Any, key: Key, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_distance = key.unit == "km"
        field = self.fields["value"]
        field.unit = "km" if is_distance else _("jours ouvrés")
        field.max_value = 500 if is_distance else 60
