"""Two people correct the same page at once: the second is told what the first changed, and loses nothing typed.

A form carries the fingerprint of what was recorded when it was opened; the verb, under its lock, compares it with
what is recorded now. What others changed elsewhere on the page is not in the way.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any, NamedTuple, TypeVar

from django import forms
from django.utils.translation import gettext as _

from mobiliz.lib import numbers
from mobiliz.lib.refusals import attempt

T = TypeVar("T")


class Overtaken(Exception):
    """Somebody else saved first; `recorded` are the facts as they are now."""

    def __init__(self, recorded: Any) -> None:
        super().__init__()
        self.recorded = recorded


class Difference(NamedTuple):
    """An answer that differs from what is recorded now."""

    anchor: str
    label: str
    recorded: str


def fingerprint(facts: Any) -> str:
    """Of a dataclass of facts: the same for the same facts, whatever the process."""
    values = {field.name: getattr(facts, field.name) for field in fields(facts)}
    text = json.dumps(values, default=lambda value: str(getattr(value, "pk", value)), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def refuse_overtaken(seen: str, recorded: Any) -> None:
    """Nothing where no fingerprint came: a program that corrects a row has no page before its eyes."""
    if seen and seen != fingerprint(recorded):
        raise Overtaken(recorded)


class SeenForm(forms.Form):
    """A form over what is recorded: `seen` goes out with it and comes back. A subclass has the property `facts`."""

    seen = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    # the field in which a fact is typed, where it is called otherwise
    FIELDS_OF: Mapping[str, str] = {}
    differences: tuple[Difference, ...] = ()

    def compare(self, recorded: Any) -> None:
        """Say what is recorded now beside each answer that differs; saving once more then goes through."""
        typed = self.facts  # type: ignore[attr-defined]
        data: Any = self.data.copy()
        data["seen"] = fingerprint(recorded)
        self.data = data
        names = [field.name for field in fields(recorded)]
        self.differences = tuple(
            self._difference(name, getattr(recorded, name))
            for name in names
            if getattr(recorded, name) != getattr(typed, name)
        )
        self.add_error(
            None,
            _(
                "Quelqu’un vient de modifier cette fiche. Vos réponses sont gardées : comparez-les avec ce qui est "
                "enregistré, puis enregistrez de nouveau."
            ),
        )

    def _difference(self, name: str, value: Any) -> Difference:
        field = self[self.FIELDS_OF.get(name, name)]
        return Difference(field.anchor, str(field.label), self.recorded_in_words(name, value))

    def recorded_in_words(self, name: str, value: Any) -> str:
        if value in (None, "", (), [], {}):
            return _("rien")
        if isinstance(value, bool):
            return _("oui") if value else _("non")
        if isinstance(value, date):
            return f"{value:%d/%m/%Y}"
        choices = dict(getattr(self.fields[self.FIELDS_OF.get(name, name)], "choices", ()))
        if isinstance(value, list | tuple):
            return ", ".join(str(choices.get(one, one)) for one in value)
        if isinstance(value, str) and value.startswith("+"):
            return numbers.format_phone_fr(value)
        return str(choices.get(value, value))


def attempt_seen(form: SeenForm, act: Callable[[], T]) -> T | None:
    """What the verb answers; None when it refuses, or when somebody else saved first, and the form says so."""
    try:
        return attempt(form, act)
    except Overtaken as overtaken:
        form.compare(overtaken.recorded)
        return None
