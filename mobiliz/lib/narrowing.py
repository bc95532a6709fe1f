"""A form in the address that narrows a list, and what it narrows by, each with a way to take it off."""

from __future__ import annotations

from typing import Any, NamedTuple

from django import forms
from django.http import HttpRequest
from django.utils.functional import Promise

from mobiliz.lib.paging import address


class Chip(NamedTuple):
    """One thing by which the list is narrowed: of which field, in words, and the address without it."""

    label: str | Promise
    words: str
    url: str


class NarrowingForm(forms.Form):
    """Its fields are all optional; what makes no sense in the address is left out."""

    use_required_attribute = False
    # the fields that are always in sight; the others open on request
    FIRST: tuple[str, ...] = ()

    @property
    def asked(self) -> dict[str, Any]:
        """What was understood, by the names of the fields."""
        self.is_valid()  # reads what can be read
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "", False)}

    @property
    def is_narrowed(self) -> bool:
        return any(self.data.get(name) for name in self.fields)

    @property
    def first(self) -> list[Any]:
        return [self[name] for name in self.FIRST]

    @property
    def others(self) -> list[Any]:
        return [self[name] for name in self.fields if name not in self.FIRST]

    @property
    def has_others(self) -> bool:
        """Whether one of those that open on request narrows the list."""
        return any(name not in self.FIRST for name in self.asked)

    def chips(self, request: HttpRequest) -> list[Chip]:
        return [
            Chip(self.fields[name].label or "", self._in_words(name, value), address(request, without=name))
            for name, value in self.asked.items()
        ]

    def _in_words(self, name: str, value: Any) -> str:
        field = self.fields[name]
        if isinstance(field, forms.BooleanField):
            return ""
        if isinstance(field, forms.ModelChoiceField):
            return str(field.label_from_instance(value))
        return str(dict(getattr(field, "choices", ())).get(value, value))
