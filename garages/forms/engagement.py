"""What is filled in about the charter, another owner, and what is agreed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from garages.actions import CharterFacts, TermsFacts, terms_of
from garages.forms.fields import PastDayField
from garages.models import MAX_INSTALMENTS, Charter, Garage, TermAnswer
from mobiliz.lib import clock
from mobiliz.lib.forms import FreeTextField, NirFreeTextField, WholeFieldFr
from mobiliz.lib.seen import SeenForm, fingerprint


class CharterForm(forms.Form):
    version = FreeTextField(
        label=_("Version de la charte"),
        max_length=20,
        help_text=_("Comme elle est écrite sur la charte : « 2 », « 2024 »."),
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off"}),
    )
    garage_signed_on = PastDayField(label=_("Signée par le garage le"), required=False)
    garage_signatory = FreeTextField(label=_("Signataire du garage"), max_length=160, required=False)
    programme_signed_on = PastDayField(label=_("Signée par le programme le"), required=False)
    programme_signatory = FreeTextField(label=_("Signataire du programme"), max_length=160, required=False)

    @property
    def facts(self) -> CharterFacts:
        return CharterFacts(**self.cleaned_data)

    @classmethod
    def of(cls, charter: Charter | None, data: Any = None) -> CharterForm:
        """Half signed, it is to be completed; signed by both, the next one is of another version."""
        known = charter if charter and not charter.is_signed else None
        return cls(data, initial={name: getattr(known, name) for name in cls.base_fields} if known else {})


class OwnerForm(forms.Form):
    on = PastDayField(label=_("À partir du"))
    owner = FreeTextField(
        label=_("Nom du nouveau propriétaire"),
        max_length=160,
        required=False,
        help_text=_("La personne ou l’entreprise, si vous la connaissez."),
    )


def _answer(label: Any, yes: Any, conditional: Any, no: Any) -> forms.ChoiceField:
    choices = [
        ("", _("Nous n’en avons pas parlé")),
        (TermAnswer.YES, yes),
        (TermAnswer.CONDITIONAL, conditional),
        (TermAnswer.NO, no),
    ]
    return forms.ChoiceField(label=label, choices=choices, required=False, widget=forms.RadioSelect)


def _words() -> FreeTextField:
    field = FreeTextField(
        label=_("À quelle condition ?"), max_length=300, required=False, help_text=_("En quelques mots.")
    )
    field.depends_on_another = True
    return field


class TermsForm(SeenForm):
    """What nobody should have to negotiate again."""

    instalments = _answer(
        _("Le garage accepte-t-il un paiement en plusieurs fois, sans frais ?"),
        _("Oui"),
        _("Oui, sous condition"),
        _("Non, au comptant seulement"),
    )
    instalments_max = WholeFieldFr(
        label=_("En combien de fois, au plus ?"),
        required=False,
        min_value=2,
        max_value=MAX_INSTALMENTS,
        unit=_("fois"),
    )
    instalments_words = _words()
    reused_parts = _answer(
        _("Propose-t-il d’abord des pièces de réemploi ?"),
        _("Oui, d’abord"),
        _("Oui, sous condition"),
        _("Non"),
    )
    reused_parts_words = _words()
    courtesy_car = _answer(
        _("Prête-t-il une voiture pendant la réparation ?"), _("Oui"), _("Oui, sous condition"), _("Non")
    )
    courtesy_car_words = _words()
    other = NirFreeTextField(label=_("Autre accord"), max_length=300, required=False)
    on = PastDayField(label=_("Convenu le"))
    agreed_with = FreeTextField(
        label=_("Avec qui, au garage ?"),
        max_length=160,
        widget=forms.TextInput(attrs={"list": "interlocuteurs", "autocomplete": "off"}),
        error_messages={"required": _("Indiquez avec qui c’est convenu : l’accord n’est ainsi pas à refaire.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["instalments_max"].depends_on_another = True

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        asks_number = cleaned.get("instalments") in (TermAnswer.YES, TermAnswer.CONDITIONAL)
        if asks_number and not cleaned.get("instalments_max") and "instalments_max" not in self.errors:
            self.add_error("instalments_max", _("Indiquez en combien de fois, au plus."))
        if not asks_number:
            cleaned["instalments_max"] = None
        for name in ("instalments", "reused_parts", "courtesy_car"):
            self._clean_words(cleaned, name)
        return cleaned

    def _clean_words(self, cleaned: dict[str, Any], name: str) -> None:
        words = f"{name}_words"
        if cleaned.get(name) == TermAnswer.CONDITIONAL and not cleaned.get(words) and words not in self.errors:
            self.add_error(words, _("Dites à quelle condition."))
        if not cleaned.get(name):
            cleaned[words] = ""

    @property
    def facts(self) -> TermsFacts:
        return TermsFacts(**{name: self.cleaned_data[name] for name in TermsFacts.__dataclass_fields__})

    @property
    def agreement(self) -> dict[str, Any]:
        return {"facts": self.facts} | {name: self.cleaned_data[name] for name in ("on", "agreed_with", "seen")}

    @classmethod
    def of(cls, garage: Garage, data: Any = None) -> TermsForm:
        facts = terms_of(garage)
        shown = {name: getattr(facts, name) for name in TermsFacts.__dataclass_fields__}
        return cls(data, initial=shown | {"seen": fingerprint(facts), "on": clock.today()})
