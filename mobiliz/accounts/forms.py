"""Opening an account, and giving a person one more role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from mobiliz.accounts.actions import Place
from mobiliz.accounts.models import NEVER, Engagement, Membership, Organisation, User
from mobiliz.accounts.querysets import OrganisationQuerySet, UserQuerySet
from mobiliz.accounts.roles import ORGANISATION_KINDS, ROLE_DESCRIPTIONS, Role
from mobiliz.lib.forms import FreeTextField, PhoneFieldFr, RadioCards
from mobiliz.lib.narrowing import NarrowingForm
from mobiliz.lib.paging import DAYS, Order
from mobiliz.territory.models import Region

SUGGESTED = 10


class Answer(NamedTuple):
    """What came back: the text, and the public id of the suggestion that was chosen, if any."""

    text: str
    uid: str = ""


def suggestions(role: str, text: str) -> list[Organisation]:
    """The organisations to offer for what is typed so far, among those in which one may have this role."""
    return list(Organisation.objects.that_take(role).matching(text)[:SUGGESTED])


class OrganisationInput(forms.Widget):
    """A text input; suggestions come below it as radio buttons, by htmx or with the error."""

    template_name = "accounts/organisation_input.html"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.offered: list[Organisation] = []
        self.chosen: Organisation | None = None

    def __deepcopy__(self, memo: dict[int, Any]) -> OrganisationInput:
        copied: OrganisationInput = super().__deepcopy__(memo)
        copied.offered, copied.chosen = [], None
        return copied

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Answer:
        return Answer((data.get(name) or "").strip(), data.get(f"{name}_uid") or "")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        context["widget"]["value"] = value.text if isinstance(value, Answer) else ""
        return context | {"name": name, "organisations": self.offered, "chosen": self.chosen}


def _capitalised(choices: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [(value, capfirst(label)) for value, label in choices]


ROLE_HINTS = {role.value: hint for role, hint in ROLE_DESCRIPTIONS.items()}


class PlaceForm(forms.Form):
    """In which role, for whom or where. An organisation is searched by name among those that take the role."""

    role = forms.ChoiceField(
        label=_("Rôle"), choices=_capitalised(Role.choices), widget=RadioCards(hints=ROLE_HINTS, beside=True)
    )
    organisation = forms.Field(
        label=_("Organisation"),
        required=False,
        widget=OrganisationInput,
        help_text=_("Pour une personne d’une structure ou d’un garage : le nom, ou son début."),
    )
    engagement = forms.ChoiceField(
        label=_("Salarié ou bénévole"),
        choices=_capitalised(Engagement.choices),
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Seulement pour un conseiller ou une conseillère."),
    )
    region = forms.ModelChoiceField(
        label=_("Région"),
        queryset=Region.objects.all(),
        required=False,
        empty_label=_("Choisissez une région"),
        help_text=_("Seulement pour un pilote régional."),
    )
    phone = PhoneFieldFr(
        label=_("Ligne directe"),
        required=False,
        help_text=_("Les autres membres du réseau la verront."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("organisation", "engagement", "region"):
            self.fields[name].depends_on_another = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        role = cleaned.get("role")
        if role:
            cleaned["organisation"] = self._organisation(role, cleaned.get("organisation") or Answer(""))
            cleaned["region"] = self._region(role, cleaned.get("region"))
            cleaned["engagement"] = self._engagement(role, cleaned.get("engagement", ""))
        return cleaned

    def _organisation(self, role: str, answer: Answer) -> Organisation | None:
        """The one chosen or named in full; else an error, with those that may be meant below the field."""
        if role not in ORGANISATION_KINDS:
            return None
        takers, widget = Organisation.objects.that_take(role), self.fields["organisation"].widget
        found = _chosen(takers, answer) or _only_one_named(takers, answer.text)
        widget.offered = [found] if found else suggestions(role, answer.text)
        widget.chosen = found
        if found is None:
            self.add_error("organisation", self._which(answer.text, widget.offered))
        return found

    def _which(self, text: str, offered: list[Organisation]) -> ValidationError:
        if not text:
            return ValidationError(_("Indiquez l’organisation : ce rôle s’exerce dans une structure ou un garage."))
        if offered:
            return ValidationError(_("Choisissez l’organisation dans la liste."))
        return ValidationError(
            _("Aucune organisation où ce rôle s’exerce ne porte ce nom. Écrivez seulement un mot de son nom.")
        )

    def _region(self, role: str, region: Region | None) -> Region | None:
        if role != Role.REGIONAL_PILOT:
            return None
        if region is None:
            self.add_error("region", _("Indiquez la région de ce pilote."))
        return region

    def _engagement(self, role: str, engagement: str) -> str:
        if role != Role.ADVISER:
            return ""
        if not engagement:
            self.add_error("engagement", _("Indiquez si c’est un contrat salarié ou du bénévolat."))
        return engagement

    @property
    def place(self) -> Place:
        chosen = {name: self.cleaned_data[name] for name in ("role", "organisation", "engagement", "region", "phone")}
        return Place(**chosen)


class AccountForm(PlaceForm):
    """The person, and the first role."""

    first_name = FreeTextField(label=_("Prénom"), max_length=80)
    last_name = FreeTextField(label=_("Nom"), max_length=80)
    email = forms.EmailField(
        label=_("Adresse électronique"), max_length=254, help_text=_("La personne se connectera avec cette adresse.")
    )

    field_order = ("first_name", "last_name", "email", "role", "organisation", "engagement", "region", "phone")

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if User.objects.with_email(email).exists():
            raise ValidationError(_("Un compte existe déjà à cette adresse."), "double")
        return email

    @property
    def person(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("email", "first_name", "last_name")}


ORDERS = (
    Order("nom", _("Nom"), "search_name"),
    # who never signed in stands before who did long ago
    Order("connexion", _("Dernière connexion"), "last_login", DAYS, empty=NEVER),
)


class AccountFilter(NarrowingForm):
    """Narrows the list of accounts."""

    q = forms.CharField(label=_("Nom, adresse ou organisation"), required=False, max_length=100)
    role = forms.ChoiceField(label=_("Rôle"), required=False, choices=[("", _("Tous")), *_capitalised(Role.choices)])

    def narrow(self, accounts: UserQuerySet) -> UserQuerySet:
        asked = self.asked
        accounts = accounts.matching(asked.get("q", ""))
        return accounts.with_role(asked["role"]) if "role" in asked else accounts


class OwnPlaceForm(forms.Form):
    """What a person says of themselves in one of the places where they work."""

    job_title = FreeTextField(
        label=_("Fonction"),
        max_length=80,
        required=False,
        help_text=_("Comme sur votre signature, par exemple « conseillère mobilité »."),
    )
    phone = PhoneFieldFr(
        label=_("Ligne directe"),
        required=False,
        help_text=_("Les autres membres du réseau la verront : c’est par elle qu’ils vous joindront."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["job_title"].widget.attrs["autocomplete"] = "organization-title"
        self.fields["phone"].widget.attrs["autocomplete"] = "tel"

    @staticmethod
    def of(membership: Membership) -> dict[str, str]:
        return {"job_title": membership.job_title, "phone": membership.phone}


def _chosen(takers: OrganisationQuerySet, answer: Answer) -> Organisation | None:
    """The suggestion chosen, unless something else was typed since."""
    matching = takers.matching(answer.text) if answer.text else takers
    try:
        return matching.with_uid(answer.uid).first() if answer.uid else None
    except ValidationError:  # not a public id at all
        return None


def _only_one_named(takers: OrganisationQuerySet, text: str) -> Organisation | None:
    named = list(takers.named(text)[:2]) if text else []
    return named[0] if len(named) == 1 else None
