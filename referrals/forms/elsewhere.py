"""What the adviser says when the person is being helped elsewhere already."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from mobiliz.lib.forms import NirFreeTextField, RadioCards
from referrals.models import ElsewhereAnswer


class ElsewhereForm(forms.Form):
    """Nothing is chosen beforehand: each answer does something else."""

    elsewhere = forms.ChoiceField(
        label=_("Que voulez-vous faire ?"),
        choices=[(value, capfirst(label)) for value, label in ElsewhereAnswer.choices],
        widget=RadioCards(),
        error_messages={"required": _("Une autre structure aide déjà cette personne : dites quoi faire.")},
    )
    elsewhere_words = NirFreeTextField(
        label=_("Pour quel autre besoin, ou ce que le pilote doit savoir"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Demandé seulement pour un autre besoin. N’écrivez aucun revenu."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["elsewhere_words"].depends_on_another = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        is_other_need = cleaned.get("elsewhere") == ElsewhereAnswer.OTHER_NEED
        if is_other_need and "elsewhere_words" in cleaned and not cleaned["elsewhere_words"].strip():
            self.add_error("elsewhere_words", _("Dites pour quel autre besoin vous continuez."))
        return cleaned
