"""Which settings are in force: the questions have names."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models

from mobiliz.accounts.roles import Permission


class SettingQuerySet(models.QuerySet):
    def visible_to(self, actor: Any) -> Self:
        return self if actor.can(Permission.SEE_SETTINGS) else self.none()

    def in_force_on(self, day: date) -> Self:
        """One line a key: the latest that began on or before the day."""
        return self.filter(in_force_from__lte=day).order_by("key", "-in_force_from").distinct("key")

    def values_on(self, day: date) -> dict[str, int]:
        return dict(self.in_force_on(day).values_list("key", "value"))

    def ahead_of(self, day: date) -> Self:
        return self.filter(in_force_from__gt=day).order_by("in_force_from", "key")

    def history(self) -> Self:
        return self.select_related("set_by__user").order_by("-in_force_from", "key")
