"""The small forms of an incident: what did not work, in words, and a pilot's answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from mobiliz.lib.forms import NirFreeTextField
from referrals.models import IncidentKind, Resolution

LENGTH = 2000
# What answers an incident of a kind, the most usual first
ANSWERS = (
    Resolution.GARAGE_FOUND,
    Resolution.GARAGE_REMINDED,
    Resolution.ADVISER_HELPED,
    Resolution.NO_GARAGE_FOUND,
    Resolution.NOTHING_TO_DO,
)
ANSWERS_OF = {
    IncidentKind.PERSON_UNREACHABLE: (Resolution.ADVISER_HELPED, Resolution.NOTHING_TO_DO),
    IncidentKind.MESSAGE_UNDELIVERED: (
        Resolution.GARAGE_REMINDED,
        Resolution.ADVISER_HELPED,
        Resolution.NOTHING_TO_DO,
    ),
    IncidentKind.CLOCK_STOPPED: (Resolution.ADVISER_HELPED, Resolution.NOTHING_TO_DO),
    IncidentKind.DUPLICATE_CONTACT: (Resolution.NOT_CONNECTED, Resolution.NOTHING_TO_DO),
}


class WordsForm(forms.Form):
    """What did not work, once it was reported; the report itself asks for nothing."""

    words = NirFreeTextField(
        label=_("Que s’est-il passé ?"),
        max_length=LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Un pilote le lira : n’écrivez aucun revenu."),
        error_messages={"required": _("Dites en quelques mots ce qui n’a pas marché.")},
    )


class AnswerForm(forms.Form):
    resolution = forms.ChoiceField(
        label=_("Qu’avez-vous fait ?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez ce qui a été fait.")},
    )
    words = NirFreeTextField(
        label=_("Votre réponse à la structure"),
        max_length=LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("La structure la lit sur son bureau : n’écrivez aucun revenu."),
        error_messages={"required": _("Répondez en quelques mots : la structure les lira.")},
    )

    def __init__(self, *args: Any, kind: str, is_said_by_garage: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = ANSWERS_OF.get(IncidentKind(kind), ANSWERS)
        self.fields["resolution"].choices = [(one.value, capfirst(one.label)) for one in offered]
        if is_said_by_garage:
            self.fields["words"].label = _("Votre réponse au garage et à la structure")
            self.fields["words"].help_text = _("Les deux la lisent : rien que le garage n’ait à savoir de la personne.")


class ConnectForm(forms.Form):
    words = NirFreeTextField(
        label=_("Ce que les deux structures liront"),
        max_length=LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Qui fait quoi, par exemple. N’écrivez aucun revenu."),
        error_messages={"required": _("Dites aux deux structures ce que vous avez convenu.")},
    )


class NoGarageForm(forms.Form):
    words = NirFreeTextField(
        label=_("Pourquoi aucun garage ?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("La structure le lit et l’explique à la personne."),
        error_messages={"required": _("Dites pourquoi, en quelques mots.")},
    )
