"""What the rule in force asks besides household and income: nothing more, in its order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eligibility.assess import Asked, Paper
from eligibility.facts import Benefit, Employment, Proof, ProofKind
from eligibility.labels import BENEFIT_LABELS, EMPLOYMENT_LABELS, PROOF_LABELS
from mobiliz.lib import clock
from mobiliz.lib.forms import DecimalFieldFr
from referrals.actions import SituationInput
from referrals.forms.person import PastDayField

MOST_QUOTIENT_EUR = 99_999
NONE_OF_THEM = "none"
# The facts of the rules, and the fields that ask for them
FIELDS: Mapping[str, tuple[str, ...]] = {
    "family_quotient_eur": ("family_quotient_eur",),
    "minimum_benefits": ("minimum_benefits", "benefits_ended_on"),
    "employment": ("employment",),
    "needs_vehicle_for_work": ("needs_vehicle_for_work",),
}
YES_NO = [("yes", gettext_lazy("Oui")), ("no", gettext_lazy("Non")), ("", gettext_lazy("On ne sait pas encore"))]


class SituationForm(forms.Form):
    """Every answer may wait: what is not known is unknown to the rule too, and never a no."""

    prefix = "situation"
    family_quotient_eur = DecimalFieldFr(
        label=gettext_lazy("Quotient familial"),
        required=False,
        min_value=0,
        max_value=MOST_QUOTIENT_EUR,
        unit="€",
        help_text=gettext_lazy(
            "Tel qu’il est écrit sur l’attestation de la CAF ou de la MSA. Vide : pas encore connu."
        ),
    )
    minimum_benefits = forms.MultipleChoiceField(
        label=gettext_lazy("La personne reçoit-elle l’un de ces minima sociaux ?"),
        required=False,
        choices=[(one.value, label[:1].upper() + label[1:]) for one, label in BENEFIT_LABELS.items()]
        + [(NONE_OF_THEM, gettext_lazy("Aucun"))],
        widget=forms.CheckboxSelectMultiple,
    )
    benefits_ended_on = PastDayField(
        label=gettext_lazy("Si le versement a cessé, le dernier jour"),
        required=False,
        help_text=gettext_lazy("jj/mm/aaaa. Vide : elle le reçoit toujours."),
    )
    employment = forms.ChoiceField(
        label=gettext_lazy("Quelle est sa situation ?"),
        required=False,
        choices=[("", gettext_lazy("Pas encore connue"))]
        + [(one.value, label[:1].upper() + label[1:]) for one, label in EMPLOYMENT_LABELS.items()],
    )
    needs_vehicle_for_work = forms.ChoiceField(
        label=gettext_lazy("A-t-elle besoin de la voiture pour travailler, ou pour chercher un travail ?"),
        required=False,
        choices=YES_NO,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, asked: Asked, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        wanted = [name for fact in asked.facts for name in FIELDS.get(fact, ())]
        for name in set(self.fields) - set(wanted):
            del self.fields[name]
        self.order_fields(wanted)
        self._name_benefits()
        self.has_questions = bool(self.fields)
        for paper in asked.papers:
            self.fields[_name(paper.kind)] = _paper_field(paper)

    def _name_benefits(self) -> None:
        """Only those that the rule names, and the day of the last one only where it matters."""
        if "minimum_benefits" not in self.fields:
            return
        named = [*map(str, self.asked.benefits), NONE_OF_THEM]
        field = self.fields["minimum_benefits"]
        field.choices = [one for one in field.choices if one[0] in named]  # type: ignore[attr-defined]
        if not self.asked.has_past_benefits:
            del self.fields["benefits_ended_on"]

    def clean_minimum_benefits(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["minimum_benefits"]
        if NONE_OF_THEM in chosen and len(chosen) > 1:
            raise ValidationError(_("Vous avez coché « Aucun » et une prestation : gardez l’un ou l’autre."))
        return chosen

    @property
    def questions(self) -> Iterator[forms.BoundField]:
        return (self[name] for name in self.fields if not name.startswith("proof_"))

    @property
    def papers(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("proof_")]

    @property
    def has_required_papers(self) -> bool:
        return any(paper.is_required for paper in self.asked.papers)

    @property
    def situation(self) -> SituationInput:
        """Of a valid form."""
        given = self.cleaned_data
        chosen, needed = given.get("minimum_benefits"), given.get("needs_vehicle_for_work")
        return SituationInput(
            family_quotient_eur=given.get("family_quotient_eur"),
            minimum_benefits=tuple(Benefit(one) for one in chosen if one != NONE_OF_THEM) if chosen else None,
            benefits_ended_on=given.get("benefits_ended_on") if chosen and NONE_OF_THEM not in chosen else None,
            employment=Employment(given["employment"]) if given.get("employment") else None,
            needs_vehicle_for_work=needed == "yes" if needed else None,
            proofs=tuple(self._proofs()),
        )

    def _proofs(self) -> Iterator[Proof]:
        for paper in self.asked.papers:
            issued_on: date | None = self.cleaned_data.get(_name(paper.kind))
            if issued_on:
                yield Proof(paper.kind, issued_on)


def initial_of(situation: SituationInput) -> dict[str, Any]:
    """The fields, as they were kept."""
    benefits, needed = situation.minimum_benefits, situation.needs_vehicle_for_work
    return {
        "family_quotient_eur": situation.family_quotient_eur,
        "minimum_benefits": None if benefits is None else [*map(str, benefits)] or [NONE_OF_THEM],
        "benefits_ended_on": situation.benefits_ended_on,
        "employment": str(situation.employment or ""),
        "needs_vehicle_for_work": {True: "yes", False: "no", None: ""}[needed],
        **{_name(one.kind): one.issued_on for one in situation.proofs},
    }


def typed_in(data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    """What stands in the fields, right or wrong, for a form that judges nothing yet."""
    form = SituationForm(asked=asked)
    return {
        name: one.widget.value_from_datadict(data, {}, f"{SituationForm.prefix}-{name}")  # type: ignore[arg-type]
        for name, one in form.fields.items()
    }


def _name(kind: ProofKind) -> str:
    return f"proof_{kind.value}"


def _paper_field(paper: Paper) -> PastDayField:
    label = PROOF_LABELS[paper.kind]
    first = clock.today() - timedelta(days=paper.max_age_days)
    words = {"day": f"{first:%d/%m/%Y}"}
    hint = _("Compte s’il est du %(day)s ou d’après.") % words
    return PastDayField(label=label[:1].upper() + label[1:], required=False, help_text=hint)
