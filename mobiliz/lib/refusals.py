"""A verb says no in words; a form shows them beside the field."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.forms import BaseForm

T = TypeVar("T")


class Refused(Exception):
    """It cannot be done; the message says in French why, or what to do instead, and which field it is about."""

    def __init__(self, message: str, *, field: str = "", code: str = "refused") -> None:
        super().__init__(message)
        self.message, self.field, self.code = message, field, code


def attempt(form: BaseForm, act: Callable[[], T]) -> T | None:
    """What the verb answers; None when it refuses, and then the form holds the reason beside its field."""
    try:
        return act()
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        return None
