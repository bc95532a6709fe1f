"""A note, a call that was made or received, and what corrects them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from garages.models import Contact, Garage
from mobiliz.lib import clock
from mobiliz.lib.forms import FreeTextField, HourFieldFr, NirFreeTextField, RadioCards
from referrals.forms.person import PastDayField
from referrals.models import Called
from referrals.noting import CallInput

NOTE_LENGTH = 4000
OTHER = "other"


class TextForm(forms.Form):
    """What was written; nothing is lost when it is refused."""

    text = NirFreeTextField(
        label=_("Votre note"),
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Seuls vous et vos collègues la lisez : ni le garage, ni les pilotes."),
        error_messages={"required": _("Écrivez la note.")},
    )


class NoteForm(TextForm):
    """`key` makes a form that is sent twice write one note."""

    key = forms.UUIDField(initial=uuid4, widget=forms.HiddenInput(attrs={"autocomplete": "off"}))


class CallForm(forms.Form):
    """With whom, in which direction, whether they were reached, when, and what was said."""

    whom = forms.ChoiceField(
        label=_("Avec qui ?"),
        error_messages={
            "required": _("Dites avec qui."),
            "invalid_choice": _("Cette personne n’est plus sur le dossier : choisissez « Quelqu’un d’autre »."),
        },
    )
    who = FreeTextField(
        label=_("Son nom"),
        required=False,
        max_length=120,
        help_text=_("Seulement pour quelqu’un d’autre : son nom et ce qu’il fait."),
    )
    way = forms.ChoiceField(
        label=_("Qui a appelé ?"),
        choices=[("out", _("Vous avez appelé")), ("in", _("On vous a appelé"))],
        initial="out",
        widget=RadioCards(beside=True),
        error_messages={"required": _("Dites qui a appelé.")},
    )
    answer = forms.ChoiceField(
        label=_("Vous êtes-vous parlé ?"),
        choices=[("yes", _("Oui")), ("no", _("Non, pas de réponse"))],
        initial="yes",
        widget=RadioCards(beside=True),
        error_messages={"required": _("Dites si vous vous êtes parlé.")},
    )
    on = PastDayField(label=_("Quel jour ?"), required=False)
    hour = HourFieldFr(label=_("À quelle heure ?"), required=False, help_text=_("Par exemple : 16 h 05."))
    text = NirFreeTextField(
        label=_("Ce qui s’est dit"),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Seuls vous et vos collègues le lisez."),
    )
    key = forms.UUIDField(initial=uuid4, widget=forms.HiddenInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, lines: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["whom"].choices = [*lines, (OTHER, _("Quelqu’un d’autre"))]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("whom") == OTHER and not cleaned.get("who") and "who" not in self.errors:
            self.add_error("who", _("Dites avec qui vous étiez au téléphone."))
        if not self.errors:
            self._set_moment(cleaned)
        return cleaned

    def _set_moment(self, cleaned: dict[str, Any]) -> None:
        """Now, unless a day or an hour says otherwise."""
        now = clock.now().astimezone(clock.PARIS)
        on, hour = cleaned.get("on") or now.date(), cleaned.get("hour")
        if hour is None and on != now.date():
            self.add_error("hour", _("Indiquez aussi l’heure, même approximative."))
            return
        at = datetime.combine(on, hour, tzinfo=clock.PARIS) if hour else now
        if at > now + timedelta(minutes=1):
            self.add_error("hour", _("Cette heure n’est pas encore passée."))
        cleaned["at"] = at

    def call(self, contacts: Mapping[str, Contact], garage: Garage | None) -> CallInput:
        """`contacts` by the value that `whom` gives them; `garage` is the one that holds the case."""
        given = self.cleaned_data
        whom = given["whom"]
        kind = Called(whom) if whom in {Called.PERSON, OTHER} else Called.GARAGE
        is_garage = kind == Called.GARAGE
        return CallInput(
            called=kind,
            is_reached=given["answer"] == "yes",
            is_incoming=given["way"] == "in",
            at=given["at"],
            garage=garage if is_garage else None,
            contact=contacts.get(whom) if is_garage else None,
            who=given["who"] if kind == Called.OTHER else "",
        )
