"""A partner's own referrals, as its system reads them: never income, household or notes.

Other systems of social care know the states of a FHIR Task; `business_status` is our own word for where it stands.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from mobiliz.lib.api.cursors import PageParameters, page_of
from mobiliz.lib.api.shapes import (
    MOMENT,
    MomentField,
    MoneySerializer,
    NamedSerializer,
    PlaceSerializer,
    money,
    page_shape,
    place,
)
from mobiliz.lib.api.views import ApiView, read_parameters
from mobiliz.lib.pages import get_visible_or_404
from mobiliz.territory.models import Region
from referrals import words
from referrals.models import Assignment, Referral
from referrals.models.vehicle import Fuel
from referrals.querysets import ReferralQuerySet
from referrals.states import Outcome, State

# FHIR R5 value set task-status: `rejected` is refused before any work, `cancelled` ended by someone's choice,
# `failed` could not be done.
FHIR_STATUS: dict[State, str] = {
    State.DRAFT: "draft",
    State.REVIEW: "requested",
    State.WAITING: "requested",
    State.ACCEPTED: "accepted",
    State.QUOTED: "in-progress",
    State.AGREED: "in-progress",
    State.COMPLETED: "completed",
}
FHIR_STATUS_OF_CLOSED: dict[Outcome, str] = {
    Outcome.NOT_ELIGIBLE: "rejected",
    Outcome.NO_GARAGE: "failed",
    Outcome.QUOTE_DECLINED: "cancelled",
    Outcome.QUOTE_EXPIRED: "cancelled",
    Outcome.REPAIR_CANCELLED: "cancelled",
    Outcome.WITHDRAWN: "cancelled",
    Outcome.NOT_WORTH_REPAIRING: "failed",
    Outcome.UNREACHABLE: "failed",
    Outcome.DUPLICATE: "cancelled",
}
FHIR_STATUSES = sorted({*FHIR_STATUS.values(), *FHIR_STATUS_OF_CLOSED.values()})

_OWN = ("number", "state", "outcome", "created_at", "sent_at", "updated_at", "closed_at")
_BENEFICIARY = ("first_name", "last_name")
_VEHICLE = ("make", "model", "first_registered_year", "plate", "mileage_km", "fuel")
FIELDS = (
    *("pk", "uid", *_OWN, "offer_id", "offer__name", "region_id", "region__name"),
    *("organisation__uid", "organisation__name", "beneficiary__uid", "vehicle__uid"),
    *(f"beneficiary__{name}" for name in _BENEFICIARY),
    *(f"vehicle__{name}" for name in _VEHICLE),
)


class OfferSerializer(serializers.Serializer):
    """What kind of help."""

    code = serializers.CharField(help_text="Stable code.")
    name = serializers.CharField(help_text="In French.")


class BeneficiarySerializer(serializers.Serializer):
    """The person helped."""

    id = serializers.UUIDField(help_text="Public id.")
    first_name = serializers.CharField(help_text="First name.")
    last_name = serializers.CharField(help_text="Last name.")


class VehicleSerializer(serializers.Serializer):
    """The person's vehicle."""

    id = serializers.UUIDField(help_text="Public id.")
    make = serializers.CharField(help_text="Make.")
    model = serializers.CharField(help_text="Model.")
    first_registered_year = serializers.IntegerField(help_text="Year of first registration.")
    plate = serializers.CharField(help_text="Registration plate, empty when unknown.")
    mileage_km = serializers.IntegerField(allow_null=True, help_text="Mileage in kilometres, when known.")
    fuel = serializers.ChoiceField(Fuel.choices, help_text="What it runs on.")


class ReferralSerializer(serializers.Serializer):
    """One need of one person, followed until it is closed."""

    id = serializers.UUIDField(help_text="Public id.")
    number = serializers.IntegerField(help_text="Case number, as people say it by telephone.")
    status = serializers.ChoiceField(FHIR_STATUSES, help_text="FHIR Task status.")
    business_status = serializers.ChoiceField(words.STATES, help_text="Where it stands, in our own words.")
    outcome = serializers.ChoiceField(
        words.OUTCOMES, allow_null=True, help_text="Why it was closed without a repair; null unless `closed`."
    )
    offer = OfferSerializer(help_text="What kind of help.")
    organisation = NamedSerializer(help_text="The structure or agency that sent it.")
    beneficiary = BeneficiarySerializer(help_text="The person helped.")
    vehicle = VehicleSerializer(allow_null=True, help_text="Their vehicle; null while nobody described it.")
    region = PlaceSerializer(
        allow_null=True, help_text="Where the person lived when it was first sent; null before that."
    )
    garage = NamedSerializer(
        allow_null=True, help_text="The garage that has it, or had it when it was closed; null while none has."
    )
    quote_total = MoneySerializer(allow_null=True, help_text="That garage's quote, with tax; null without a quote.")
    created_at = serializers.DateTimeField(help_text=MOMENT)
    sent_at = serializers.DateTimeField(allow_null=True, help_text=f"When it was first sent. {MOMENT}")
    updated_at = serializers.DateTimeField(help_text=f"When it last moved. {MOMENT}")
    closed_at = serializers.DateTimeField(allow_null=True, help_text=f"When it was closed without a repair. {MOMENT}")


class ReferralParameters(PageParameters):
    state = serializers.ChoiceField(words.STATES, required=False, help_text="Only those with this `business_status`.")
    region = serializers.PrimaryKeyRelatedField(
        queryset=Region.objects.all(), required=False, help_text="INSEE code of the person's region."
    )
    updated_since = MomentField(required=False, help_text="Only what moved at that moment or later.")


class ReferralList(ApiView):
    required_scopes = {"GET": "referrals:read"}

    @extend_schema(
        operation_id="list_referrals",
        tags=["referrals"],
        summary="List your organisation's referrals",
        description="Those that your structure and its agencies opened, in the order of last change.",
        parameters=[ReferralParameters],
        responses=page_shape(ReferralSerializer, "ReferralPage"),
    )
    def get(self, request: Request) -> Response:
        asked = read_parameters(ReferralParameters, request)
        referrals = _narrowed(Referral.objects.visible_to(request.actor), asked)
        rows, following = page_of(referrals, FIELDS, by="updated_at", request=request, asked=asked)
        return Response({"results": _as_json(rows), "next": following})


class ReferralDetail(ApiView):
    required_scopes = {"GET": "referrals:read"}

    @extend_schema(
        operation_id="read_referral",
        tags=["referrals"],
        summary="Read one of your organisation's referrals",
        description="One referral by its id; another organisation's does not exist here.",
        responses=ReferralSerializer,
    )
    def get(self, request: Request, uid: UUID) -> Response:
        row = get_visible_or_404(Referral.objects.values(*FIELDS), request.actor, uid)
        return Response(_as_json([row])[0])


def _narrowed(referrals: ReferralQuerySet, asked: dict[str, Any]) -> ReferralQuerySet:
    if "state" in asked:
        referrals = referrals.in_state(asked["state"])
    if "region" in asked:
        referrals = referrals.in_region(asked["region"])
    if "updated_since" in asked:
        referrals = referrals.changed_since(asked["updated_since"])
    return referrals


def _as_json(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    held = _holders(rows)
    return [_row_as_json(row, held.get(row["pk"], {})) for row in rows]


def _holders(rows: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """Which garage has each of these referrals, or had it when it was closed; one query for the page."""
    closed = {row["pk"] for row in rows if row["state"] == State.CLOSED}
    assignments = Assignment.objects.of_referrals([row["pk"] for row in rows]).holding().with_quoted_total()
    columns = ("referral_id", "ended_at", "garage__uid", "garage__name", "quoted_total")
    # an ended one of a reopened referral is history: nobody has it now
    return {
        held["referral_id"]: held
        for held in assignments.values(*columns)
        if held["ended_at"] is None or held["referral_id"] in closed
    }


def _row_as_json(row: dict[str, Any], held: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["uid"],
        "number": row["number"],
        "status": fhir_status(row["state"], row["outcome"]),
        "business_status": row["state"],
        "outcome": row["outcome"] or None,
        "offer": {"code": row["offer_id"], "name": row["offer__name"]},
        "organisation": {"id": row["organisation__uid"], "name": row["organisation__name"]},
        "beneficiary": _part(row, "beneficiary", _BENEFICIARY),
        "vehicle": _part(row, "vehicle", _VEHICLE),
        "region": place(row, "region"),
        "garage": {"id": held["garage__uid"], "name": held["garage__name"]} if held else None,
        "quote_total": money(held.get("quoted_total")),
        **{name: row[name] for name in ("created_at", "sent_at", "updated_at", "closed_at")},
    }


def _part(row: dict[str, Any], prefix: str, names: tuple[str, ...]) -> dict[str, Any] | None:
    uid = row[f"{prefix}__uid"]
    return None if uid is None else {"id": uid, **{name: row[f"{prefix}__{name}"] for name in names}}


def fhir_status(state: str, outcome: str) -> str:
    """The FHIR Task status of a referral in this state; a closed one has an outcome."""
    return FHIR_STATUS_OF_CLOSED[Outcome(outcome)] if state == State.CLOSED else FHIR_STATUS[State(state)]
