"""The directory of garages, and quote previews, as partners read them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from garages import tariff
from garages.conditions import NoScheduleInForce, schedule_for, vat_percent_for
from garages.models import Brands, Garage, Level, Service, Status, Work
from garages.querysets import GarageQuerySet
from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from mobiliz.lib.api.cursors import PageParameters, page_of
from mobiliz.lib.api.problems import ApiProblem, FieldError
from mobiliz.lib.api.shapes import MOMENT, FreeTextField, MomentField, PlaceSerializer, PositionField, page_shape, place
from mobiliz.lib.api.views import ApiView, StrictSerializer, read_parameters
from mobiliz.lib.pages import get_visible_or_404
from mobiliz.territory.models import Department, Region

_DEPARTMENT = "commune__department"
_REGION = "commune__department__region"
FIELDS = (
    *("uid", "name", "level", "status", "siret", "group__name", "address", "postcode", "phone", "weekly_cap"),
    *("works", "brands", "services", "latitude", "longitude", "updated_at", "commune_id", "commune__name"),
    *(f"{_DEPARTMENT}_id", f"{_DEPARTMENT}__name", f"{_REGION}_id", f"{_REGION}__name"),
)


class GarageSerializer(serializers.Serializer):
    """A garage of the network: an independent business that repairs at cost price."""

    id = serializers.UUIDField(help_text="Its public id.")
    name = serializers.CharField(help_text="Its name.")
    level = serializers.ChoiceField(Level.choices, help_text="Its place in the maker's network.")
    status = serializers.ChoiceField(
        Status.choices, allow_null=True, help_text="Only an `active` garage can be asked for a repair."
    )
    siret = serializers.CharField(help_text="SIRET, 14 digits.")
    group = serializers.CharField(allow_null=True, help_text="The distribution group that owns it, if any.")
    address = serializers.CharField(help_text="Street and number.")
    postcode = serializers.CharField(help_text="Postcode.")
    commune = PlaceSerializer(help_text="Its commune.")
    department = PlaceSerializer(help_text="Its department.")
    region = PlaceSerializer(help_text="Its region.")
    latitude = serializers.FloatField(help_text="Degrees, WGS 84.")
    longitude = serializers.FloatField(help_text="Degrees, WGS 84.")
    phone = serializers.CharField(help_text="E.164, empty when unknown.")
    weekly_cap = serializers.IntegerField(help_text="Solidarity repairs that it takes in a week, at most.")
    works = serializers.ListField(
        child=serializers.ChoiceField(Work.choices), help_text="What it repairs; empty when nobody noted it."
    )
    brands = serializers.ChoiceField(
        [("", ""), *Brands.choices], help_text="Whose cars it takes: the `maker`'s group, or `all`; empty when unknown."
    )
    services = serializers.ListField(
        child=serializers.ChoiceField(Service.choices), help_text="What else it does for the person."
    )
    distance_km = serializers.FloatField(
        allow_null=True, help_text="As the crow flies from `near`; null when `near` was not asked."
    )
    updated_at = serializers.DateTimeField(help_text=f"When it last changed. {MOMENT}")


class GarageParameters(PageParameters):
    region = serializers.PrimaryKeyRelatedField(
        queryset=Region.objects.all(), required=False, help_text="INSEE code of a region."
    )
    department = serializers.PrimaryKeyRelatedField(
        queryset=Department.objects.all(), required=False, help_text="INSEE code of a department."
    )
    level = serializers.ChoiceField(Level.choices, required=False, help_text="Only this level.")
    updated_since = MomentField(required=False, help_text="Only what changed at that moment or later.")
    near = PositionField(required=False, help_text="Only those near this `latitude,longitude`.")
    within_km = serializers.IntegerField(
        required=False, min_value=1, max_value=500, default=30, help_text="How near, as the crow flies; with `near`."
    )


class GarageList(ApiView):
    required_scopes = {"GET": "directory:read"}

    @extend_schema(
        operation_id="list_garages",
        tags=["garages"],
        summary="List the garages",
        description="The garages that your organisation may know of, in the order of last change.",
        parameters=[GarageParameters],
        responses=page_shape(GarageSerializer, "GaragePage"),
    )
    def get(self, request: Request) -> Response:
        asked = read_parameters(GarageParameters, request)
        garages = _narrowed(Garage.objects.visible_to(request.actor).with_status(), asked)
        fields = (*FIELDS, "distance_km") if "near" in asked else FIELDS
        rows, following = page_of(garages, fields, by="updated_at", request=request, asked=asked)
        return Response({"results": [_as_json(row) for row in rows], "next": following})


class GarageDetail(ApiView):
    required_scopes = {"GET": "directory:read"}

    @extend_schema(
        operation_id="read_garage",
        tags=["garages"],
        summary="Read one garage",
        description="One garage by its id.",
        responses=GarageSerializer,
    )
    def get(self, request: Request, uid: UUID) -> Response:
        garages = Garage.objects.with_status().values(*FIELDS)
        return Response(_as_json(get_visible_or_404(garages, request.actor, uid)))


def _narrowed(garages: GarageQuerySet, asked: dict[str, Any]) -> GarageQuerySet:
    if "region" in asked:
        garages = garages.in_region(asked["region"])
    if "department" in asked:
        garages = garages.in_department(asked["department"])
    if "level" in asked:
        garages = garages.of_level(asked["level"])
    if "updated_since" in asked:
        garages = garages.changed_since(asked["updated_since"])
    if "near" in asked:
        latitude, longitude = asked["near"]
        garages = garages.within_km(latitude, longitude, asked["within_km"])
    return garages


def _as_json(row: dict[str, Any]) -> dict[str, Any]:
    distance = row.get("distance_km")
    return {
        "id": row["uid"],
        **{name: row[name] for name in ("name", "level", "status", "siret")},
        "group": row["group__name"],
        **{name: row[name] for name in ("address", "postcode")},
        "commune": place(row, "commune"),
        "department": place(row, _DEPARTMENT),
        "region": place(row, _REGION),
        **{name: row[name] for name in ("latitude", "longitude", "phone", "weekly_cap", "works", "brands", "services")},
        "distance_km": None if distance is None else round(distance, 1),
        "updated_at": row["updated_at"],
    }


# --- quote previews ---------------------------------------------------------------------------------------
def _amount(words: str, **options: Any) -> serializers.DecimalField:
    # how many digits and decimals are right is for the tariff to say, in its own words
    return serializers.DecimalField(
        max_digits=None, decimal_places=None, help_text=f"Decimal string. {words}", **options
    )


class PreviewLineSerializer(StrictSerializer):
    """One line, before tax."""

    kind = serializers.ChoiceField([kind.value for kind in tariff.LineKind], help_text="What the line is for.")
    description = FreeTextField(allow_blank=True, help_text="What it covers, in a few words.")
    quantity = _amount("Hours for labour, else pieces, litres...")
    unit_cost_excl_tax = _amount(
        "At cost, before tax. A labour line may leave it out: the schedule's hourly rate counts, and no other.",
        required=False,
        allow_null=True,
    )
    unit_public_excl_tax = _amount(
        "What any customer pays, before tax; left out, the line does not count in the saving.",
        required=False,
        allow_null=True,
    )
    part_origin = serializers.ChoiceField(
        [origin.value for origin in tariff.PartOrigin],
        required=False,
        allow_null=True,
        help_text="For a part, and only there.",
    )


class PreviewRequestSerializer(StrictSerializer):
    """What a quote would hold."""

    issued_on = serializers.DateField(
        required=False, help_text="Day of issue, which decides on schedule and VAT; today in Paris when left out."
    )
    vat_rate = _amount(
        "VAT in per cent; left out, that of the garage's territory on that day, of the mainland without a garage.",
        required=False,
        allow_null=True,
    )
    garage = serializers.UUIDField(
        required=False, allow_null=True, help_text="Whose schedule counts; left out, the programme's."
    )
    contributions = serializers.ListField(
        child=_amount("With tax."), required=False, default=list, help_text="What others confirmed to pay, with tax."
    )
    instalments = serializers.IntegerField(
        required=False, default=1, help_text="In how many instalments the person pays what is left."
    )
    lines = PreviewLineSerializer(many=True, help_text="The lines of the quote.")


class PreviewWarningSerializer(serializers.Serializer):
    """Something to tell the person."""

    code = serializers.CharField(help_text="Stable code.")
    message = serializers.CharField(help_text="In French.")


class PreviewSerializer(serializers.Serializer):
    """What the quote comes to; amounts are euros as decimal strings. The public side and the saving count only
    lines with a public price, and are null when there is none."""

    total_excl_tax = serializers.CharField(help_text="At cost, before tax: the sum of rounded lines.")
    vat = serializers.CharField(help_text="VAT on that sum, rounded once.")
    total_incl_tax = serializers.CharField(help_text="At cost, with tax.")
    public_excl_tax = serializers.CharField(allow_null=True, help_text="At public prices, before tax.")
    public_incl_tax = serializers.CharField(allow_null=True, help_text="At public prices, with tax.")
    saving_incl_tax = serializers.CharField(allow_null=True, help_text="Public minus cost, with tax.")
    saving_percent = serializers.CharField(allow_null=True, help_text="The saving in per cent, one decimal.")
    left_to_pay = serializers.CharField(help_text="With tax, after contributions.")
    instalments = serializers.ListField(
        child=serializers.CharField(), help_text="Equal cents, the remainder on the first."
    )
    warnings = PreviewWarningSerializer(many=True, help_text="What the person should be told.")


_TOTALS = (
    *("total_excl_tax", "vat", "total_incl_tax", "public_excl_tax", "public_incl_tax"),
    *("saving_incl_tax", "saving_percent", "left_to_pay", "instalments"),
)


class QuotePreviews(ApiView):
    required_scopes = {"POST": "directory:read"}

    @extend_schema(
        operation_id="preview_quote",
        tags=["quote-previews"],
        summary="Price lines without storing anything",
        description="The totals of a quote at cost price, as the garage's own page would reckon them.",
        request=PreviewRequestSerializer,
        responses=PreviewSerializer,
    )
    def post(self, request: Request) -> Response:
        form = PreviewRequestSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        return Response(_preview(form.validated_data, request.actor))


def _preview(asked: dict[str, Any], actor: Actor) -> dict[str, Any]:
    hourly_rate, vat_percent = _conditions(asked, actor)
    try:
        totals = tariff.price_lines(
            [_line(line) for line in asked["lines"]],
            hourly_rate_excl_tax=hourly_rate,
            vat_percent=vat_percent,
            contributions=asked["contributions"],
            instalments=asked["instalments"],
        )
    except tariff.TariffError as refused:
        raise ApiProblem("invalid_body", errors=[_field_error(fault) for fault in refused.faults]) from refused
    return {
        **{name: getattr(totals, name) for name in _TOTALS},
        "warnings": [{"code": one.code.lower(), "message": one.message} for one in totals.warnings],
    }


def _conditions(asked: dict[str, Any], actor: Actor) -> tuple[Decimal, Decimal]:
    """Hourly rate and VAT in per cent; the field at fault is the day, or the VAT rate that nobody recorded."""
    garage = _garage(asked.get("garage"), actor)
    day = asked.get("issued_on") or clock.today()
    field = "issued_on"
    try:
        schedule = schedule_for(garage, day)
        field = "vat_rate"
        given = asked.get("vat_rate")
        return schedule.hourly_rate_excl_tax, vat_percent_for(garage, day) if given is None else given
    except NoScheduleInForce as missing:
        raise ApiProblem("invalid_body", errors=[FieldError(field, "not_in_force", str(missing))]) from missing


def _garage(uid: UUID | None, actor: Actor) -> Garage | None:
    if uid is None:
        return None
    try:
        return get_visible_or_404(Garage.objects.with_places(), actor, uid)
    except Http404:
        message = _("Aucun garage ne porte cet identifiant.")
        raise ApiProblem("invalid_body", errors=[FieldError("garage", "unknown_garage", message)]) from None


def _line(given: dict[str, Any]) -> tariff.LineInput:
    origin = given.get("part_origin")
    return tariff.LineInput(
        kind=tariff.LineKind(given["kind"]),
        description=given["description"],
        quantity=given["quantity"],
        unit_cost_excl_tax=given.get("unit_cost_excl_tax"),
        unit_public_excl_tax=given.get("unit_public_excl_tax"),
        part_origin=tariff.PartOrigin(origin) if origin else None,
    )


# the tariff's word for a figure, and the API's
_FIELD_NAMES = {"vat_percent": "vat_rate", "hourly_rate_excl_tax": "issued_on"}


def _field_error(fault: tariff.Fault) -> FieldError:
    field = _FIELD_NAMES.get(fault.field, fault.field)
    return FieldError(field if fault.line is None else f"lines.{fault.line}.{field}", fault.code.lower(), fault.message)
