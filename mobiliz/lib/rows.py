"""Rows of another table, read with the row that they belong to: what a page shows of both costs one query."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Model, QuerySet
from django.db.models.functions import JSONObject


class RowsOf(ArraySubquery):
    """To annotate with: the rows of `queryset`, which refers to the outer row, as a list of objects of its model.

    For few and small rows without sealed fields: they travel as JSON. The order is that of the queryset.
    """

    def __init__(self, queryset: QuerySet, **extra: Any) -> None:
        self.model: type[Model] = queryset.model
        row = JSONObject(**{field.attname: F(field.attname) for field in self.model._meta.concrete_fields})
        super().__init__(queryset.annotate(row=row).values("row"), **extra)

    def get_db_converters(self, connection: Any) -> list[Any]:
        return [*super().get_db_converters(connection), self._as_objects]

    def _as_objects(self, rows: list[dict[str, Any]] | None, _expression: Any, connection: Any) -> list[Model]:
        fields = self.model._meta.concrete_fields
        names = [field.attname for field in fields]
        return [
            self.model.from_db(connection.alias, names, [field.to_python(row[field.attname]) for field in fields])
            for row in rows or ()
        ]
