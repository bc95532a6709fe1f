"""Small shapes that several resources share."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from mobiliz.lib.forms import refuse_nir

CURRENCY = "EUR"
MOMENT = "RFC 3339 with offset."


class PlaceSerializer(serializers.Serializer):
    """A commune, department or region."""

    code = serializers.CharField(help_text="INSEE code.")
    name = serializers.CharField(help_text="Its name.")


class FreeTextField(serializers.CharField):
    """Whatever a client sends in somebody's own words: no social security number may stand in it."""

    def get_validators(self) -> list[Any]:
        return [*super().get_validators(), refuse_nir]


class MoneySerializer(serializers.Serializer):
    """An amount of money."""

    amount = serializers.CharField(help_text="Decimal string with two places.")
    currency = serializers.CharField(help_text="ISO 4217 code: always `EUR` today.")


class NamedSerializer(serializers.Serializer):
    """Something that has an id and a name."""

    id = serializers.UUIDField(help_text="Its public id.")
    name = serializers.CharField(help_text="Its name.")


def place(row: dict[str, Any], prefix: str) -> dict[str, Any] | None:
    """A place from the columns `<prefix>_id` and `<prefix>__name` of a row; None where there is none."""
    code = row[f"{prefix}_id"]
    return None if code is None else {"code": code, "name": row[f"{prefix}__name"]}


def money(amount: Decimal | None) -> dict[str, Any] | None:
    return None if amount is None else {"amount": amount, "currency": CURRENCY}


def page_shape(rows: type[serializers.Serializer], name: str) -> type[serializers.Serializer]:
    """What a page of such rows looks like in the OpenAPI document."""
    return type(
        f"{name}Serializer",
        (serializers.Serializer,),
        {
            "__doc__": "One page of a list.",
            "results": rows(many=True, help_text="The rows of this page."),
            "next": serializers.URLField(
                allow_null=True, help_text="The next page as an absolute link; null on the last page."
            ),
        },
    )


@extend_schema_field({"type": "string", "pattern": r"^-?\d+(\.\d+)?,-?\d+(\.\d+)?$", "example": "45.4396,4.3875"})
class PositionField(serializers.Field):
    """ "latitude,longitude" in degrees."""

    default_error_messages = {"invalid": _("Écrivez latitude,longitude en degrés, comme 45.4396,4.3875.")}

    def to_internal_value(self, data: Any) -> tuple[float, float]:
        try:
            latitude, longitude = (float(part) for part in str(data).split(","))
        except ValueError:
            self.fail("invalid")
        if not (-80 <= latitude <= 80 and -180 <= longitude <= 180):
            self.fail("invalid")
        return latitude, longitude

    def to_representation(self, value: tuple[float, float]) -> str:
        return f"{value[0]},{value[1]}"


class MomentField(serializers.DateTimeField):
    """A moment in an address, where the plus of its offset is often left unquoted and arrives as a space."""

    def to_internal_value(self, value: Any) -> datetime:
        return super().to_internal_value(re.sub(r" (\d\d:?\d\d)$", r"+\1", str(value)))
