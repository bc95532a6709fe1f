"""Searching communes and measuring distances in SQL."""

from typing import Self

from django.db import models


class CommuneQuerySet(models.QuerySet):
    def with_places(self) -> Self:
        """With department and region, for whoever shows or freezes them."""
        return self.select_related("department__region")
