"""The network's totals, as partners read them: what a rate means is said in `measures`, and nowhere else."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from mobiliz.lib.api.problems import ApiProblem, FieldError
from mobiliz.lib.api.shapes import PlaceSerializer
from mobiliz.lib.api.views import ApiView, read_parameters
from reporting import measures

LONGEST_PERIOD_YEARS = 30
_FIGURES = (
    *("active_garages", "referrals_sent", "quotes_proposed", "repairs_done"),
    *("conversion_rate", "conversion_interval", "referral_yield", "open_quotes"),
)
_RATE = "Decimal string with four places; null below five."


class FiguresSerializer(serializers.Serializer):
    """By cohort: whatever became, until now, of the referrals first sent in the period."""

    active_garages = serializers.IntegerField(help_text="Garages active on the period's last day, in their region.")
    referrals_sent = serializers.IntegerField(help_text="Referrals first sent in the period.")
    quotes_proposed = serializers.IntegerField(help_text="Quotes proposed to them, each once whatever its versions.")
    repairs_done = serializers.IntegerField(help_text="Repairs done for them.")
    conversion_rate = serializers.CharField(allow_null=True, help_text=f"Repairs done / quotes proposed. {_RATE}")
    conversion_interval = serializers.ListField(
        child=serializers.CharField(), allow_null=True, help_text=f"Wilson's 95 % interval, low and high. {_RATE}"
    )
    referral_yield = serializers.CharField(allow_null=True, help_text=f"Repairs done / referrals sent. {_RATE}")
    open_quotes = serializers.IntegerField(help_text="Quotes that may still become a repair.")


class ReportRowSerializer(FiguresSerializer):
    """The figures of a region, of a month, or of a region's month."""

    region = PlaceSerializer(required=False, help_text="The person's region, when asked by region.")
    month = serializers.CharField(required=False, help_text="Such as `2015-03`, when asked by month.")


class ReportSerializer(serializers.Serializer):
    """Rows of fewer than five referrals are left out, with one more where the total would give them away."""

    to = serializers.DateField(help_text="Last day of the period.")
    basis = serializers.ChoiceField(
        ["cohort"], help_text="`cohort`: what became of the referrals first sent in the period."
    )
    by = serializers.ListField(child=serializers.ChoiceField(measures.DIMENSIONS), help_text="What the rows are.")
    total = FiguresSerializer(allow_null=True, help_text="The whole network; null below five referrals.")
    rows = ReportRowSerializer(many=True, help_text="One row for each region or month that has anything to show.")

    def get_fields(self) -> dict[str, serializers.Field]:
        first = serializers.DateField(help_text="First day of the period.")
        return {"from": first, **super().get_fields()}  # `from` is a word of Python


class DimensionsField(serializers.Field):
    """ "region", "month" or both, separated by a comma."""

    def to_internal_value(self, data: Any) -> tuple[str, ...]:
        asked = tuple(str(data).split(","))
        if not set(asked) <= set(measures.DIMENSIONS) or len(set(asked)) < len(asked):
            raise serializers.ValidationError(
                _("Demandez « region », « month » ou « region,month »."), "invalid_choice"
            )
        return asked


class ReportParameters(serializers.Serializer):
    by = DimensionsField(default=("region",))

    def get_fields(self) -> dict[str, serializers.Field]:
        days = {"from": serializers.DateField(), "to": serializers.DateField()}
        return {**days, **super().get_fields()}


class Conversion(ApiView):
    required_scopes = {"GET": "reports:read"}

    @extend_schema(
        operation_id="report_conversion",
        tags=["reports"],
        summary="Report the network's conversion rate",
        description="Repairs done / quotes proposed, and repairs done / referrals sent, of the whole network.",
        parameters=[
            OpenApiParameter("from", date, required=True, description="First day of a month."),
            OpenApiParameter("to", date, required=True, description="Last day of a month, or today."),
            OpenApiParameter(
                "by", str, description="`region` (the default), `month`, `region,month` or `month,region`."
            ),
        ],
        responses=ReportSerializer,
    )
    def get(self, request: Request) -> Response:
        asked = read_parameters(ReportParameters, request)
        _check_period(asked["from"], asked["to"])
        report = measures.conversion_report(
            from_on=asked["from"], to_on=asked["to"], by=asked["by"], actor=request.actor
        )
        return Response(_as_json(report))


def _check_period(from_on: date, to_on: date) -> None:
    """Names the parameter at fault."""
    try:
        measures.check_period(from_on, to_on)
    except ValueError as refused:  # a PeriodError, or a year that no month has
        field = "from" if from_on.day != 1 else "to"
        raise ApiProblem("invalid_parameter", errors=[FieldError(field, "period", str(refused))]) from refused
    if to_on.year - from_on.year >= LONGEST_PERIOD_YEARS:
        message = _("La période compte moins de %(years)s ans.") % {"years": LONGEST_PERIOD_YEARS}
        raise ApiProblem("invalid_parameter", errors=[FieldError("from", "period", message)])


def _as_json(report: measures.ConversionReport) -> dict[str, Any]:
    return {
        "from": report.from_on,
        "to": report.to_on,
        "basis": report.basis,
        "by": report.by,
        "total": None if report.total is None else _figures(report.total),
        "rows": [_row(row) for row in report.rows],
    }


def _row(row: measures.ConversionRow) -> dict[str, Any]:
    where = {"region": {"code": row.region.code, "name": row.region.name}} if row.region else {}
    when = {"month": str(row.month)} if row.month else {}
    return {**_figures(row), **where, **when}


def _figures(row: measures.ConversionRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _FIGURES}
