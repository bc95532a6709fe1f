"""What is wrong with the car, in questions that someone who is no mechanic can answer; and what coming asks of them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mobiliz.lib.choices import in_sentence_case
from mobiliz.lib.forms import DecimalFieldFr, NirFreeTextField, RadioCards
from referrals.actions import FaultInput
from referrals.models.fault import MAX_INSTALMENTS, FaultSince, PreDiagnosis, Transport, Whereabouts, Worry
from referrals.symptoms import FAMILIES, SYMPTOMS, Family, Group, Light, Symptom

DRIVES = {"yes": True, "no": False, "unknown": None}
ICONS = {
    "start": "key",
    "lights": "exclamation-triangle",
    "brakes": "stop-circle",
    "noise": "speaker-wave",
    "heat": "fire",
    "smoke": "cloud",
    "leak": "beaker",
    "steering": "lifebuoy",
    "gearbox": "cog-6-tooth",
    "engine": "wrench-screwdriver",
    "electric": "bolt",
    "check": "clipboard-document-check",
    "body": "truck",
}
GROUP_LABELS = {Group.WHAT: "", Group.WHERE: _("Où ?"), Group.WHEN: _("Quand ?")}
# in which family the free words stand that belong to it
WORDS_BESIDE = {"lights": "warning_lights", "noise": "noises"}


class FaultForm(forms.Form):
    complaint = NirFreeTextField(
        label=_("Qu’est-ce qui ne va pas ?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Avec les mots de la personne. Ou cochez seulement ce qu’elle remarque, ci-dessous."),
    )
    symptoms = forms.MultipleChoiceField(
        label=_("Ce qu’elle remarque"), required=False, choices=[(code, one.words) for code, one in SYMPTOMS.items()]
    )
    warning_lights = NirFreeTextField(
        label=_("Un autre voyant"),
        required=False,
        max_length=200,
        widget=forms.TextInput,
        help_text=_("Sa couleur et ce qu’il dessine."),
    )
    noises = NirFreeTextField(
        label=_("Le bruit, en mots"),
        required=False,
        max_length=200,
        widget=forms.TextInput,
        help_text=_("Comme la personne l’imite : « tac tac » quand elle tourne."),
    )
    is_drivable = forms.ChoiceField(
        label=_("Roule-t-elle ?"),
        choices=[("yes", _("Oui")), ("no", _("Non")), ("unknown", _("Je ne sais pas"))],
        widget=RadioCards(
            hints={
                "yes": _("Elle avance, tourne et freine."),
                "no": _("Elle ne démarre pas, ou ce serait dangereux."),
                "unknown": _("Personne n’a essayé récemment."),
            }
        ),
        error_messages={
            "required": _("Dites si la voiture roule, ou « je ne sais pas » : le garage prévoit l’arrivée.")
        },
    )
    since = forms.ChoiceField(
        label=_("Depuis quand ?"), choices=in_sentence_case(FaultSince), initial=FaultSince.UNKNOWN, required=False
    )
    whereabouts = forms.ChoiceField(
        label=_("Où est la voiture ?"),
        choices=in_sentence_case(Whereabouts),
        initial=Whereabouts.UNKNOWN,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in WORDS_BESIDE.values():
            self.fields[name].widget.attrs["autocomplete"] = "off"

    @staticmethod
    def known(fault: PreDiagnosis | None) -> dict[str, Any]:
        """What was said before, as the form asks it."""
        if fault is None:
            return {}
        said = {name: getattr(fault, name) for name in FaultInput.__dataclass_fields__}
        return {**said, "is_drivable": next(word for word, drives in DRIVES.items() if drives is fault.is_drivable)}

    def clean_since(self) -> str:
        return self.cleaned_data["since"] or FaultSince.UNKNOWN.value

    def clean_whereabouts(self) -> str:
        return self.cleaned_data["whereabouts"] or Whereabouts.UNKNOWN.value

    def clean(self) -> None:
        is_told = any(self.cleaned_data.get(name) or name in self.errors for name in ("complaint", "symptoms"))
        if not is_told:
            said = _("Décrivez la panne en quelques mots, ou cochez ce que la personne remarque.")
            self.add_error("complaint", said)

    @property
    def families(self) -> list[dict[str, Any]]:
        """The families of symptoms, each with its boxes, what is ticked, and the free words that belong to it."""
        ticked = set(self["symptoms"].value() or ())
        return [self._family(family, ticked) for family in FAMILIES]

    def _family(self, family: Family, ticked: set[str]) -> dict[str, Any]:
        beside = self[WORDS_BESIDE[family.code]] if family.code in WORDS_BESIDE else None
        count = sum(one.code in ticked for one in family.symptoms)
        return {
            "family": family,
            "icon": ICONS[family.code],
            "groups": [
                _group(family, group, ticked) for group in Group if any(group == one.group for one in family.symptoms)
            ],
            "count": count,
            "beside": beside,
            "is_open": bool(count or (beside and (beside.value() or beside.errors))),
        }

    @property
    def fault(self) -> FaultInput:
        said = {name: self.cleaned_data[name] for name in FaultInput.__dataclass_fields__}
        drives = DRIVES[said.pop("is_drivable")]
        return FaultInput(**{**said, "symptoms": tuple(said["symptoms"])}, is_drivable=drives)


def _group(family: Family, group: Group, ticked: set[str]) -> dict[str, Any]:
    symptoms = [one for one in family.symptoms if one.group == group]
    return {
        "label": GROUP_LABELS[group],
        "lights": [_box(one, ticked) for one in symptoms if isinstance(one, Light)],
        "boxes": [_box(one, ticked) for one in symptoms if not isinstance(one, Light)],
    }


def _box(symptom: Symptom, ticked: set[str]) -> dict[str, Any]:
    return {"symptom": symptom, "is_ticked": symptom.code in ticked}


class VisitForm(forms.Form):
    needs_accompaniment = forms.BooleanField(label=_("La personne souhaite être accompagnée au garage"), required=False)
    transport = forms.ChoiceField(
        label=_("Pour aller au garage, et en revenir sans la voiture"),
        choices=in_sentence_case(Transport),
        initial=Transport.UNKNOWN,
        required=False,
    )
    worries = forms.MultipleChoiceField(
        label=_("Ce qu’elle craint"),
        required=False,
        choices=in_sentence_case(Worry),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Pour que vous puissiez la rassurer. Votre structure seule le lit."),
    )
    can_pay_eur = DecimalFieldFr(
        label=_("Ce qu’elle peut payer tout de suite"),
        required=False,
        min_value=0,
        max_value=100_000,
        unit="€",
        help_text=_("Votre structure seule le lit : le garage fait son prix selon le barème."),
    )
    instalments = forms.TypedChoiceField(
        label=_("En combien de fois ?"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            ("", _("Je ne sais pas")),
            (1, _("En une fois")),
            *((count, _("En %(count)d fois") % {"count": count}) for count in range(2, MAX_INSTALMENTS + 1)),
        ],
        help_text=_("Le garage le lit quand il a accepté."),
    )

    @staticmethod
    def known(fault: PreDiagnosis | None) -> dict[str, Any]:
        if fault is None:
            return {}
        columns = ("needs_accompaniment", "transport", "instalments", "can_pay_eur")
        worries = (fault.confided or {}).get("worries", [])
        return {**{name: getattr(fault, name) for name in columns}, "worries": worries}

    def clean_transport(self) -> str:
        return self.cleaned_data["transport"] or Transport.UNKNOWN.value

    @property
    def is_answered(self) -> bool:
        """Whether anything is said here, so that the fold stands open."""
        if self.is_bound and self.errors:
            return True
        answers = {name: self[name].value() for name in self.fields}
        return any(value not in (None, "", False, [], Transport.UNKNOWN) for value in answers.values())
