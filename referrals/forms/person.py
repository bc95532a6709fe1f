"""The person helped, and what they agree to."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from mobiliz.lib import clock
from mobiliz.lib.forms import DateFieldFr, FreeTextField, NirFreeTextField, PhoneFieldFr, RadioCards, WholeFieldFr
from mobiliz.territory.forms import CommuneField
from referrals.models import Referral
from referrals.models.people import ConsentChannel

OLDEST_YEARS = 120


class BirthDateField(DateFieldFr):
    """A day of birth: never in the future, never longer ago than people live."""

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value and value > clock.today():
            raise ValidationError(_("Cette date est dans le futur. Vérifiez l’année."), "future")
        if value and clock.today().year - value.year > OLDEST_YEARS:
            raise ValidationError(_("Cette date est trop ancienne. Vérifiez l’année."), "too_old")


class PastDayField(DateFieldFr):
    """A day on which something was done: today at the latest."""

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value and value > clock.today():
            raise ValidationError(_("Cette date est dans le futur. Indiquez aujourd’hui ou un jour passé."), "future")


class PersonForm(forms.Form):
    """Who is helped, how to reach them, how far they can go."""

    first_name = FreeTextField(label=_("Prénom"), max_length=80, error_messages={"required": _("Indiquez le prénom.")})
    last_name = FreeTextField(label=_("Nom"), max_length=80, error_messages={"required": _("Indiquez le nom.")})
    birth_date = BirthDateField(label=_("Date de naissance"))
    commune = CommuneField(label=_("Commune où la personne habite"))
    phone = PhoneFieldFr(
        label=_("Téléphone"), required=False, help_text=_("Le garage le reçoit une fois qu’il a accepté.")
    )
    email = forms.EmailField(label=_("Adresse électronique"), required=False)
    address = FreeTextField(label=_("Adresse"), max_length=200, required=False)
    distance_agreed_km = WholeFieldFr(
        label=_("Jusqu’où la personne accepte d’aller"),
        min_value=1,
        max_value=200,
        initial=30,
        unit="km",
        help_text=_("À vol d’oiseau autour de sa commune : seuls les garages dans cette distance la reçoivent."),
    )
    notes = NirFreeTextField(
        label=_("Notes pour vous et vos collègues"),
        required=False,
        max_length=4000,
        help_text=_("Ni le garage ni les pilotes ne les lisent."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("first_name", "last_name", "email", "address"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    @classmethod
    def of(cls, referral: Referral) -> PersonForm:
        """Filled in with what is known."""
        person = referral.beneficiary
        names = ("first_name", "last_name", "birth_date", "commune", "phone", "email", "address")
        known = {name: getattr(person, name) for name in names}
        distance = referral.distance_agreed_km
        return cls(initial={**known, "notes": person.notes or "", "distance_agreed_km": distance})

    @property
    def person(self) -> dict[str, Any]:
        """The fields of Beneficiary."""
        return {name: self.cleaned_data[name] for name in PersonForm.base_fields if name != "distance_agreed_km"}


class NewPersonForm(PersonForm):
    """The same with the person's consent; `key` makes a form that is sent twice open one dossier."""

    key = forms.UUIDField(initial=uuid4, widget=forms.HiddenInput(attrs={"autocomplete": "off"}))
    agrees = forms.BooleanField(
        label=_("La personne est d’accord"),
        error_messages={"required": _("Sans l’accord de la personne, le dossier ne peut pas être ouvert.")},
    )
    channel = forms.ChoiceField(
        label=_("Comment l’a-t-elle donné ?"),
        choices=ConsentChannel.choices,
        initial=ConsentChannel.ORAL,
        widget=RadioCards(
            hints={
                "oral": _("vous lui avez lu le texte ci-dessus"),
                "paper": _("elle l’a signé ; gardez le papier"),
                "electronic": _("par courriel ou SMS"),
            }
        ),
        error_messages={"required": _("Dites comment l’accord a été donné.")},
    )
    given_on = PastDayField(label=_("Donné le"), initial=clock.today)
    given_by = FreeTextField(
        label=_("Donné par"),
        max_length=170,
        required=False,
        help_text=_("Seulement si un représentant l’a donné : tuteur, parent…"),
    )

    @property
    def consent(self) -> dict[str, Any]:
        """The fields of ConsentInput."""
        return {name: self.cleaned_data[name] for name in ("channel", "given_on", "given_by")}
