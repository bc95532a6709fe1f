"""A column that holds the search key of others: written with the row, whichever way it is written."""

from typing import Any

from django.db import models

from mobiliz.lib.text import normalise


class SearchKeyField(models.CharField):
    """`SearchKeyField("last_name", "first_name")`: both, normalised, at every save and bulk_create.

    A queryset's `update` writes what it is told: rename by a method that writes the key too.
    """

    def __init__(self, *sources: str, **kwargs: Any) -> None:
        self.sources = sources
        super().__init__(**{"max_length": 200, "editable": False, "default": "", **kwargs})

    def deconstruct(self) -> Any:
        name, path, _, kwargs = super().deconstruct()
        return name, path, list(self.sources), kwargs

    def pre_save(self, instance: models.Model, add: bool) -> str:
        key = normalise(" ".join(str(getattr(instance, source)) for source in self.sources))[: self.max_length]
        setattr(instance, self.attname, key)
        return key
