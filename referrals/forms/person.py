"""The person helped, and what they agree to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mobiliz.lib import clock
from mobiliz.lib.forms import (
    DateFieldFr,
    FreeTextField,
    NirFreeTextField,
    PhoneFieldFr,
    RadioCards,
    WholeFieldFr,
)
from mobiliz.lib.periods import age_fr, age_on
from mobiliz.lib.text import of_name
from mobiliz.territory.forms import CommuneField
from referrals import consent
from referrals.models import Beneficiary, Referral
from referrals.models.people import ConsentChannel, ConsentGiver

OLDEST_YEARS = 120
# Two figures of a year are read as the one of these that ends so
LIVING_YEARS = 100
# From this age one may drive a quadricycle, the first thing that a garage could repair
YOUNGEST = 14
OF_AGE = 18


class BirthDateField(DateFieldFr):
    """A day of birth: never in the future, never longer ago than people live. "12/3/85" is 1985."""

    def years(self) -> range:
        today = clock.today()
        return range(today.year - LIVING_YEARS + 1, today.year + 1)

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value and value > clock.today():
            raise ValidationError(_("Cette date est dans le futur. Vérifiez l’année."), "future")
        if value and clock.today().year - value.year > OLDEST_YEARS:
            raise ValidationError(_("Cette date est trop ancienne. Vérifiez l’année."), "too_old")


class OwnBirthDateField(BirthDateField):
    """Of whoever is accompanied: a child is a slip of the pen."""

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value and age_on(value, clock.today()) < YOUNGEST:
            said = _("Avec cette date, la personne aurait %(age)s. Vérifiez l’année.")
            raise ValidationError(said, "too_young", {"age": age_fr(value, clock.today())})


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
    birth_date = OwnBirthDateField(label=_("Date de naissance"))
    commune = CommuneField(label=_("Commune où la personne habite"))
    phone = PhoneFieldFr(
        label=_("Téléphone"), required=False, help_text=_("Le garage le reçoit une fois qu’il a accepté.")
    )
    email = forms.EmailField(label=_("Adresse électronique"), required=False)
    address = FreeTextField(label=_("Adresse"), max_length=200, required=False, help_text=_("Numéro et rue."))
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

    @staticmethod
    def known(person: Beneficiary, referral: Referral | None) -> dict[str, Any]:
        """What is stored of them, as the form shows it; the distance is that of the referral."""
        names = ("first_name", "last_name", "birth_date", "commune", "phone", "email", "address")
        stored = {name: getattr(person, name) for name in names}
        distance = {"distance_agreed_km": referral.distance_agreed_km} if referral else {}
        return {**stored, "notes": person.notes or "", **distance}

    @property
    def age(self) -> str:
        """Of the day of birth that stands in the form; what is wrong with it is said beside it once it was sent."""
        return "" if self["birth_date"].errors else said_of_birth(self["birth_date"].value())

    @property
    def person(self) -> dict[str, Any]:
        """The fields of Beneficiary."""
        return {name: self.cleaned_data[name] for name in PersonForm.base_fields if name != "distance_agreed_km"}


def said_of_birth(typed: Any) -> str:
    """The age, as soon as the day can be read; or that it cannot be, while one still types."""
    try:
        return age_fr(OwnBirthDateField().clean(typed), clock.today())
    except ValidationError as refused:
        is_a_day = refused.code in ("future", "too_old", "too_young")
        return refused.messages[0] if is_a_day else ""


class NewPersonForm(PersonForm):
    """The same for a dossier that is not opened yet; `key` makes a form that is sent twice open one dossier."""

    key = forms.UUIDField(initial=uuid4, widget=forms.HiddenInput(attrs={"autocomplete": "off"}))


OTHER = "other"


class SamePersonForm(forms.Form):
    """Somebody of that name and day of birth, or with that telephone, is known already."""

    who = forms.ChoiceField(
        label=_("Est-ce la même personne ?"),
        widget=RadioCards(),
        error_messages={"required": _("Une fiche ressemble à cette personne : dites si c’est la même.")},
    )

    def __init__(self, *args: Any, people: Iterable[Beneficiary], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = list(people)
        field = self.fields["who"]
        field.choices = [
            *(
                (str(person.uid), gettext("Oui, reprendre la fiche %(of_name)s") % {"of_name": of_name(str(person))})
                for person in self.people
            ),
            (OTHER, _("Non, c’est quelqu’un d’autre : créer une fiche")),
        ]

    @property
    def chosen(self) -> Beneficiary | None:
        """The person known already; None: somebody else."""
        return next((one for one in self.people if str(one.uid) == self.cleaned_data["who"]), None)


class ConsentForm(forms.Form):
    """What the person agrees to, and how they said so."""

    agrees = forms.BooleanField(
        label=_("La personne est d’accord"),
        error_messages={"required": _("Sans l’accord de la personne, le dossier ne peut pas être ouvert.")},
    )
    names_structure = forms.BooleanField(label=consent.NAMING, required=False, help_text=_("Cochez si c’est oui."))
    channel = forms.ChoiceField(
        label=_("Comment l’a-t-elle donné ?"),
        choices=ConsentChannel.choices,
        initial=ConsentChannel.ORAL,
        help_text=_("Sur papier : le texte à signer s’imprime ci-dessus ; gardez-le."),
        widget=forms.RadioSelect,
        error_messages={"required": _("Dites comment l’accord a été donné.")},
    )
    given_on = PastDayField(label=_("Donné le"), initial=clock.today)
    giver = forms.ChoiceField(
        label=_("Qui l’a donné ?"),
        choices=ConsentGiver.choices,
        initial=ConsentGiver.PERSON,
        required=False,
        widget=forms.RadioSelect,
    )
    given_by = FreeTextField(label=_("Nom de ce représentant"), max_length=170, required=False)

    def __init__(self, *args: Any, person: forms.Form | None = None, born: date | None = None, **kwargs: Any) -> None:
        """`person` is the form that asks for the day of birth, `born` that day where it is known already."""
        super().__init__(*args, **kwargs)
        self.person, self.born = person, born
        self.fields["giver"].depends_on_another = self.fields["given_by"].depends_on_another = True

    def clean_given_on(self) -> date:
        given: date = self.cleaned_data["given_on"]
        if given <= consent.oldest(clock.today()):
            raise ValidationError(_("Cet accord a plus d’un an : demandez-le de nouveau."), "too_old")
        return given

    def clean_giver(self) -> str:
        giver = self.cleaned_data["giver"] or ConsentGiver.PERSON.value
        is_asked = self.person and self.person.is_bound
        born = self.person.cleaned_data.get("birth_date") if is_asked else self.born  # type: ignore[union-attr]
        if giver == ConsentGiver.PERSON and born and age_on(born, clock.today()) < OF_AGE:
            raise ValidationError(_("La personne est mineure : un parent ou un tuteur donne l’accord."), "minor")
        return str(giver)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("giver") not in (None, ConsentGiver.PERSON) and not cleaned.get("given_by"):
            self.add_error("given_by", _("Indiquez le nom de qui a donné l’accord."))
        return cleaned

    @property
    def is_by_another(self) -> bool:
        """Whether someone else than the person is said to have given it, or something about that is wrong."""
        who = self["giver"].value() or ConsentGiver.PERSON
        return who != ConsentGiver.PERSON or bool(self.errors.get("giver") or self.errors.get("given_by"))

    @property
    def consent(self) -> dict[str, Any]:
        """The fields of ConsentInput."""
        said = {name: self.cleaned_data[name] for name in ("channel", "given_on", "giver", "names_structure")}
        return {**said, "given_by": self.cleaned_data["given_by"] if said["giver"] != ConsentGiver.PERSON else ""}
