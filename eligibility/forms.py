"""What a pilot types about a rule set besides its conditions (those are in eligibility/tree.py)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from eligibility.actions import DraftInput
from eligibility.models import RuleSet, Subject
from mobiliz.lib.forms import DateFieldFr, FreeTextField, NirFreeTextField, WholeFieldFr
from mobiliz.programme.models import Offer


class NewVersionForm(forms.Form):
    """Of which offer, about what."""

    offer = forms.ModelChoiceField(Offer.objects.all())
    subject = forms.ChoiceField(choices=Subject.choices)


class HeadForm(forms.Form):
    """Everything of a draft but its conditions. A draft may lack what a proposal needs."""

    in_force_from = DateFieldFr(
        label=_("Premier jour"),
        required=False,
        help_text=_("À partir de ce jour, la règle vaut. Il le faut pour proposer. jj/mm/aaaa"),
    )
    validity_days = WholeFieldFr(
        label=_("Une évaluation vaut"),
        min_value=1,
        max_value=180,
        unit=_("jours"),
        help_text=_("180 jours au plus."),
    )
    why = FreeTextField(
        label=_("Pourquoi ce changement"),
        required=False,
        max_length=300,
        help_text=_("Chacun le lira, avec ce qui change. Il le faut pour proposer."),
    )
    source = FreeTextField(
        label=_("Source"),
        required=False,
        max_length=300,
        help_text=_("Texte, réunion ou décision sur quoi elle repose."),
    )
    frozen_until = DateFieldFr(
        label=_("Stabilisée jusqu’au"),
        required=False,
        help_text=_("Avant ce jour, deux pilotes nationaux seulement pourront la changer. jj/mm/aaaa"),
    )
    # the draft as it was when the page was opened
    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, draft: RuleSet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.draft = draft
        for name in ("in_force_from", "why"):  # their help says when they are needed
            self.fields[name].depends_on_another = True
        if draft.subject == Subject.VEHICLE:  # a car is asked about anew each time
            del self.fields["validity_days"]

    @classmethod
    def of(cls, draft: RuleSet) -> HeadForm:
        names = ("in_force_from", "validity_days", "why", "source", "frozen_until")
        return cls(draft=draft, initial={name: getattr(draft, name) for name in names} | {"seen": seen_of(draft)})

    def unjudged(self) -> HeadForm:
        """The same, as it was typed, without a word about it."""
        return HeadForm(draft=self.draft, initial={name: self[name].value() for name in self.fields})

    def seen_anew(self, draft: RuleSet) -> HeadForm:
        """The same, to be saved over what somebody else saved."""
        typed = self.unjudged()
        typed.initial["seen"] = seen_of(draft)
        return typed

    def clean(self) -> None:
        first, until = self.cleaned_data.get("in_force_from"), self.cleaned_data.get("frozen_until")
        if first and until and until <= first:
            self.add_error("frozen_until", _("Indiquez un jour après le premier jour de la règle."))

    def read(self, name: str) -> Any:
        """What stands there, typed or stored, as far as it can be read; else None."""
        try:
            return self.fields[name].clean(self[name].value()) if name in self.fields else None
        except forms.ValidationError:
            return None

    def given(self, definition: dict[str, Any]) -> DraftInput:
        typed = self.cleaned_data
        return DraftInput(
            definition=definition,
            validity_days=typed.get("validity_days") or self.draft.validity_days,
            in_force_from=typed["in_force_from"],
            why=typed["why"],
            source=typed["source"],
            frozen_until=typed["frozen_until"],
        )


def seen_of(draft: RuleSet) -> str:
    return draft.changed_at.isoformat()


class SendBackForm(forms.Form):
    because = NirFreeTextField(label=_("Ce qui est à changer"), max_length=300)
