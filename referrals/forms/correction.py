"""What is corrected of a person whose case was sent, and why."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mobiliz.lib.forms import FreeTextField, RadioCards
from referrals.forms.person import PersonForm

ERROR, CHANGE = "error", "change"


class CorrectPersonForm(PersonForm):
    """The person as recorded, to be put right; distance and notes belong to the case."""

    kind = forms.ChoiceField(
        label=_("Que s’est-il passé ?"),
        choices=[(ERROR, _("C’était une erreur")), (CHANGE, _("Sa situation a changé"))],
        widget=RadioCards(
            hints={
                "error": _("un nom mal écrit, une mauvaise date : ce n’a jamais été vrai"),
                "change": _("un déménagement, un nouveau numéro : c’était vrai jusqu’ici"),
            },
            beside=True,
        ),
        error_messages={"required": _("Dites si c’était une erreur, ou si la situation a changé.")},
    )
    why = FreeTextField(
        label=_("Pourquoi ?"),
        max_length=300,
        help_text=_("Vos collègues et les pilotes le lisent dans le fil ; n’y répétez pas les données corrigées."),
        error_messages={"required": _("Dites pourquoi vous corrigez : vos collègues le liront.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("distance_agreed_km", "notes"):
            del self.fields[name]

    @property
    def identity(self) -> dict[str, Any]:
        """The fields of IdentityInput."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("kind", "why")}

    @property
    def was_wrong(self) -> bool:
        return bool(self.cleaned_data["kind"] == ERROR)
