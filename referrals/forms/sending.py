"""The small forms of a case's acts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mobiliz.lib import clock
from mobiliz.lib.forms import DateFieldFr, FreeTextField, NirFreeTextField
from referrals import words
from referrals.forms.person import PastDayField
from referrals.states import Outcome

SHORT = forms.Textarea(attrs={"rows": 2})


class ConfirmForm(forms.Form):
    """Nothing to fill in: the press itself is the act."""


class ReasonForm(forms.Form):
    reason = NirFreeTextField(
        label=_("Pourquoi ?"),
        max_length=300,
        widget=SHORT,
        error_messages={"required": _("Notez pourquoi, en quelques mots.")},
    )


class WithdrawForm(ReasonForm):
    withdraws_consent = forms.BooleanField(
        label=_("La personne retire aussi son accord au partage de ses données"), required=False
    )


class WithdrawConsentForm(ReasonForm):
    """The same question, asked of the consent alone."""

    reason = NirFreeTextField(
        label=_("Qu’a dit la personne ?"),
        max_length=300,
        widget=SHORT,
        help_text=_("Vos collègues le lisent dans le fil des dossiers qui se ferment."),
        error_messages={"required": _("Notez ce que la personne a dit, en quelques mots.")},
    )


class CloseForm(ReasonForm):
    outcome = forms.ChoiceField(
        label=_("Issue"), widget=forms.RadioSelect, error_messages={"required": _("Choisissez une issue.")}
    )
    field_order = ("outcome", "reason")

    def __init__(self, *args: Any, outcomes: Iterable[Outcome] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = {outcome.value for outcome in outcomes}
        self.fields["outcome"].choices = [(value, label) for value, label in words.OUTCOMES if value in allowed]


class PauseForm(forms.Form):
    until = DateFieldFr(
        label=_("Jusqu’à quel jour ?"),
        help_text=_("Ce jour compris, et au plus un mois. Par exemple le retour de vacances du garage."),
        error_messages={"required": _("Indiquez le dernier jour de la pause.")},
    )


class AssignmentForm(forms.Form):
    """An act on one garage's assignment, named so that what happened meanwhile is noticed."""

    assignment = forms.UUIDField(widget=forms.HiddenInput)


class SettleForm(AssignmentForm):
    spoke_with = FreeTextField(
        label=_("Avec qui avez-vous parlé ?"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Dites avec qui l’accord a été pris.")},
    )
    on = PastDayField(label=_("Quand ?"), initial=clock.today)


class DeclineQuoteForm(AssignmentForm, ReasonForm):
    version = forms.IntegerField(widget=forms.HiddenInput)
    answered_on = PastDayField(label=_("Réponse donnée le"), initial=clock.today)
