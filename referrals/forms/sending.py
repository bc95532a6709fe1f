"""The choice of a garage, and the small forms of a case's acts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mobiliz.lib import clock
from mobiliz.lib.forms import FreeTextField, NirFreeTextField
from referrals import words
from referrals.candidates import Candidate
from referrals.forms.person import PastDayField
from referrals.states import Outcome

SHORT = forms.Textarea(attrs={"rows": 2})


class ConfirmForm(forms.Form):
    """Nothing to fill in: the press itself is the act."""


class GarageForm(forms.Form):
    """One of the candidates; a full one is shown, but refused."""

    garage = forms.ChoiceField(
        label=_("Garage"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez un garage."),
            "invalid_choice": _("Ce garage ne peut plus être choisi : il a quitté la liste. Choisissez-en un autre."),
        },
    )
    choice_reason = NirFreeTextField(
        label=_("Pourquoi ce garage ?"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Par exemple : vous travaillez déjà avec lui, la personne y va à pied."),
    )

    def __init__(self, *args: Any, candidates: Iterable[Candidate] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.candidates = list(candidates)
        self.fields["garage"].choices = [(str(one.garage.uid), one.garage.name) for one in self.candidates]

    def clean_garage(self) -> Candidate:
        chosen = next(one for one in self.candidates if str(one.garage.uid) == self.cleaned_data["garage"])
        if chosen.is_full:
            raise forms.ValidationError(_("Ce garage est complet cette semaine. Choisissez-en un autre."), "full")
        return chosen


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


class CloseForm(ReasonForm):
    outcome = forms.ChoiceField(
        label=_("Issue"), widget=forms.RadioSelect, error_messages={"required": _("Choisissez une issue.")}
    )
    field_order = ("outcome", "reason")

    def __init__(self, *args: Any, outcomes: Iterable[Outcome] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = {outcome.value for outcome in outcomes}
        self.fields["outcome"].choices = [(value, label) for value, label in words.OUTCOMES if value in allowed]


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
