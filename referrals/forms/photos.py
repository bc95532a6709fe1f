"""Photos: chosen from a telephone or a folder, several at once, and a word on what each shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mobiliz.lib.forms import NirFreeTextField
from mobiliz.lib.images import SENTENCES, BadImage, CleanImage, clean
from referrals.models import Photo
from referrals.models.photos import MAX_PHOTOS
from referrals.photos import no_room

CAPTION_LENGTH = 80


class SeveralFiles(forms.FileInput):
    """One button, several files; a telephone offers its camera and its album."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[UploadedFile]:
        return files.getlist(name) if hasattr(files, "getlist") else []


class PhotosField(forms.Field):
    """The files as they came; each is read by the form, so that a bad one does not keep the others out."""

    widget = SeveralFiles(attrs={"multiple": True, "accept": "image/*"})


class PhotosForm(forms.Form):
    """`accepted` holds the pictures that can be kept, whatever is wrong with others or with a caption."""

    photos = PhotosField(
        label=_("Ajouter des photos"),
        required=False,
        help_text=_(
            "Huit au plus, de 10 Mo chacune. Le garage les voit avant de répondre : pas de visage, pas de papiers "
            "avec un nom ou une adresse. Le lieu que l’appareil y inscrit est effacé."
        ),
    )

    def __init__(
        self, *args: Any, kept: Iterable[Photo], typed: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> None:
        """`typed` holds captions that were begun and left."""
        super().__init__(*args, **kwargs)
        self.kept = list(kept)
        self.accepted: list[CleanImage] = []
        for photo in self.kept:
            self.fields[_caption(photo)] = _caption_field(photo, (typed or {}).get(_caption(photo), photo.caption))

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Each photo that is kept, with the box for its caption."""
        return [{"photo": photo, "caption": self[_caption(photo)]} for photo in self.kept]

    @cached_property
    def is_full(self) -> bool:
        return len(self.kept) >= MAX_PHOTOS

    @property
    def captions(self) -> dict[UUID, str]:
        """What was written beside each photo, where it can be kept."""
        return {photo.uid: self.cleaned_data[_caption(photo)] for photo in self.kept if self._has_caption(photo)}

    def clean_photos(self) -> None:
        for sent in self.cleaned_data["photos"] or ():
            try:
                self.accepted.append(_read(sent))
            except ValueError as refused:
                self.add_error("photos", f"{sent.name} : {refused}")

    def _has_caption(self, photo: Photo) -> bool:
        # a box that was not sent says nothing: the photo was added in another tab
        return self.add_prefix(_caption(photo)) in self.data and _caption(photo) in self.cleaned_data


def _caption(photo: Photo) -> str:
    return f"legende-{photo.uid}"


def _caption_field(photo: Photo, shown: str) -> forms.Field:
    return NirFreeTextField(
        label=gettext("Photo %(number)d, ce qu’on y voit") % {"number": photo.position},
        required=False,
        max_length=CAPTION_LENGTH,
        initial=shown,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def _read(sent: UploadedFile) -> CleanImage:
    """The picture; ValueError says in French why there is none."""
    refused = getattr(sent, "refused", "")
    if refused == "no_room":
        raise ValueError(no_room().message)
    if refused:
        raise ValueError(gettext(SENTENCES[refused]))
    try:
        return clean(sent)
    except BadImage as bad:
        raise ValueError(gettext(str(bad))) from bad
