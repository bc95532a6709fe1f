"""A pilot's decision on an eligibility that the calculation could not give."""

from django import forms
from django.utils.translation import gettext_lazy as _

from mobiliz.lib.forms import NirFreeTextField


class ApproveForm(forms.Form):
    why = NirFreeTextField(
        label=_("Pourquoi accordez-vous l’éligibilité ?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Dites pourquoi vous accordez l’éligibilité.")},
    )
    evidence = NirFreeTextField(
        label=_("Sur quel justificatif ?"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Sa nature et sa date, par exemple : attestation CAF du 3 novembre."),
        error_messages={"required": _("Dites sur quel justificatif repose votre décision.")},
    )


class RefuseForm(forms.Form):
    why = NirFreeTextField(
        label=_("Pourquoi refusez-vous l’éligibilité ?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Le conseiller le lit et l’explique à la personne : n’écrivez aucun revenu."),
        error_messages={"required": _("Dites pourquoi : le conseiller l’expliquera à la personne.")},
    )
