"""The choice of a garage: which one, why another than those proposed, and how far the person goes for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mobiliz.lib.forms import NirFreeTextField, WholeFieldFr
from referrals.candidates import Candidate, Candidates, Kept, Search
from referrals.forms.appointments import slot_in_words
from referrals.models import GarageChoice, Slot
from referrals.reach import FARTHEST_AGREED_KM


class SearchForm(forms.Form):
    """How far the list and the map look, and for what; what makes no sense is left out."""

    distance = WholeFieldFr(
        label=_("Chercher jusqu’à"), required=False, min_value=1, max_value=FARTHEST_AGREED_KM, unit="km"
    )
    q = forms.CharField(
        label=_("Nom, commune ou code postal"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )

    @property
    def search(self) -> Search:
        self.is_valid()  # reads what can be read
        asked = self.cleaned_data
        return Search(km=asked.get("distance"), text=asked.get("q") or "")


class GarageForm(forms.Form):
    """One of those shown; a full one is shown too, but refused."""

    garage = forms.UUIDField(
        label=_("Garage"),
        error_messages={
            "required": _("Choisissez un garage."),
            "invalid": _("Choisissez un garage dans la liste."),
        },
    )
    agreed_km = WholeFieldFr(
        label=_("La personne accepte d’aller jusqu’à"),
        required=False,
        min_value=1,
        max_value=FARTHEST_AGREED_KM,
        unit="km",
        help_text=_("Posez-lui la question : sa réponse remplace la distance du dossier, avec votre nom et la date."),
    )
    choice_reason = NirFreeTextField(
        label=_("Pourquoi ce garage plutôt que ceux proposés ?"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("En quelques mots : la personne le connaît, elle y va à pied, il est sur le chemin du travail…"),
    )

    slot = forms.ChoiceField(
        label=_("Retenir un créneau"),
        required=False,
        help_text=_("Demandez à la personne lequel lui va : il est retenu jusqu’à la réponse du garage."),
        error_messages={
            "invalid_choice": _("Ce créneau n’est plus libre : choisissez-en un autre, ou laissez le garage proposer.")
        },
    )

    def __init__(
        self,
        data: Any = None,
        *,
        found: Candidates,
        kept: Kept | None = None,
        slots: Sequence[Slot] = (),
        asked_slot: str = "",
    ) -> None:
        """`slots`: what those shown have free, where the garage is asked at once; `asked_slot`: chosen beforehand."""
        known = {"choice_reason": kept.choice.reason, "agreed_km": kept.choice.agreed_km} if kept else {}
        super().__init__(data, initial={**known, "slot": asked_slot})
        for name in ("agreed_km", "choice_reason"):
            self.fields[name].depends_on_another = True
        self.found = found
        self.slots = {str(one.uid): one for one in slots}
        self.fields["slot"].choices = [("", gettext("Aucun : le garage proposera")), *self._slots_by_garage()]

    def _slots_by_garage(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """In the order of the list; a full one is not chosen."""
        offered = []
        for one in self.found.shown:
            own = [(uid, slot_in_words(slot)) for uid, slot in self.slots.items() if slot.garage_id == one.garage.pk]
            if own and not one.is_full:
                offered.append((f"{one.garage.name}, {one.garage.commune.name}", own))
        return offered

    def clean_garage(self) -> Candidate:
        chosen = self.found.with_uid(self.cleaned_data["garage"])
        if chosen is None:
            message = _("Ce garage ne peut plus être choisi : il a quitté la liste. Choisissez-en un autre.")
            raise forms.ValidationError(message, "gone")
        if chosen.is_full:
            raise forms.ValidationError(_("Ce garage est complet cette semaine. Choisissez-en un autre."), "full")
        return chosen

    def clean(self) -> dict[str, Any]:
        super().clean()
        typed = self.cleaned_data
        chosen = typed.get("garage")
        if chosen is None:
            return typed
        if not chosen.is_within_agreed and "agreed_km" not in self.errors:
            self._check_word(chosen)
        if self.found.is_other(chosen) and not typed.get("choice_reason") and "choice_reason" not in self.errors:
            self.add_error("choice_reason", _("Dites en quelques mots pourquoi ce garage plutôt que ceux proposés."))
        if self.chosen_slot and self.chosen_slot.garage_id != chosen.garage.pk:
            message = _("Ce créneau est chez %(other)s : choisissez-en un de %(garage)s, ou laissez-le proposer.")
            self.add_error("slot", message % {"other": self.chosen_slot.garage.name, "garage": chosen.garage.name})
        return typed

    def _check_word(self, chosen: Candidate) -> None:
        """Beyond what was agreed the person is asked; within it, nothing changes by the way."""
        word = self.cleaned_data.get("agreed_km")
        if word is None or word < chosen.least_word_km:
            message = _("Ce garage est à %(km)d km : si la personne accepte d’y aller, indiquez au moins %(km)d km.")
            self.add_error("agreed_km", message % {"km": chosen.least_word_km})

    @property
    def chosen_slot(self) -> Slot | None:
        return self.slots.get(self.cleaned_data.get("slot") or "")

    @property
    def word_km(self) -> int | None:
        """The person's new word, where it was needed."""
        return None if self.cleaned_data["garage"].is_within_agreed else self.cleaned_data["agreed_km"]


class SendForm(forms.Form):
    """Sends to the garage that was read: where another was chosen meanwhile, that one is read first."""

    garage = forms.UUIDField(
        label=_("Garage"),
        widget=forms.HiddenInput,
        error_messages={"required": _("Choisissez un garage."), "invalid": _("Choisissez un garage.")},
    )

    def __init__(self, data: Any = None, *, kept: Kept | None) -> None:
        super().__init__(data)
        self.kept = kept

    def clean_garage(self) -> UUID:
        uid: UUID = self.cleaned_data["garage"]
        if self.kept is None:
            raise forms.ValidationError(_("Choisissez un garage."), "none")
        if uid != self.kept.choice.garage.uid:
            message = _("Un autre garage a été choisi entre-temps : relisez, puis envoyez.")
            raise forms.ValidationError(message, "changed")
        if self.kept.trouble:
            raise forms.ValidationError(self.kept.in_words, self.kept.trouble)
        return uid

    @property
    def choice(self) -> GarageChoice:
        assert self.kept is not None
        return self.kept.choice
