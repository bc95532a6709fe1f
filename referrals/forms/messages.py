"""A message to the other side, with what is attached to it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mobiliz.lib.documents import SENTENCES_OF_PDF, BadDocument, CleanDocument, read
from mobiliz.lib.forms import NirFreeTextField
from referrals.attachments import no_room_in_words
from referrals.forms.photos import SeveralFiles
from referrals.models.messages import MAX_FILES, TEXT_LENGTH


class FilesField(forms.Field):
    """The files as they came; each is read by its content."""

    widget = SeveralFiles(attrs={"multiple": True, "accept": "image/*,application/pdf"})

    def clean(self, value: Any) -> list[CleanDocument]:
        sent = value or []
        if len(sent) > MAX_FILES:
            raise forms.ValidationError(gettext("Cinq pièces jointes au plus par message."))
        read_, refused = [], []
        for one in sent:
            try:
                read_.append(_read(one))
            except ValueError as bad:
                refused.append(f"{one.name} : {bad}")
        if refused:
            raise forms.ValidationError([*refused, gettext("Choisissez de nouveau les pièces à joindre.")])
        return read_


class MessageForm(forms.Form):
    """`key` makes a form that is sent twice write one message."""

    text = NirFreeTextField(
        label=_("Votre message"),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    files = FilesField(
        label=_("Joindre des photos ou des PDF"),
        required=False,
        help_text=_("Cinq au plus, de 10 Mo chacun. Le lieu que l’appareil inscrit dans une photo est effacé."),
    )
    key = forms.UUIDField(initial=uuid4, widget=forms.HiddenInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].depends_on_another = True  # needed where nothing is attached

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned.get("text") and not cleaned.get("files"):
            self.add_error("text", gettext("Écrivez un message, ou joignez un fichier."))
        return cleaned


def _read(sent: Any) -> CleanDocument:
    """The document; ValueError says in French why there is none."""
    refused = getattr(sent, "refused", "")
    if refused == "no_room":
        raise ValueError(no_room_in_words())
    if refused:
        raise ValueError(gettext(SENTENCES_OF_PDF[refused]))
    try:
        return read(sent, sent.name or "")
    except BadDocument as bad:
        raise ValueError(gettext(str(bad))) from bad
