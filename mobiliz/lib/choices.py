"""Labels of choices are written as they stand within a sentence; standing alone they begin with a capital."""

from collections.abc import Iterable
from typing import Any

from django.db.models import TextChoices
from django.utils.text import capfirst


def in_sentence_case(choices: Iterable[TextChoices] | type[TextChoices]) -> list[tuple[str, Any]]:
    """For the choices of a form field."""
    return [(one.value, capfirst(one.label)) for one in choices]
