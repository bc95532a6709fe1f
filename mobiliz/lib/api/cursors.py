"""Long lists, read from cursor to cursor: nothing is counted, and page 2,000 costs what page 1 costs.

Rows come in the order in which they last changed. What is added or changed while a client reads comes later in
the list, so that nothing is left out; a row that did not change comes once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from mobiliz.lib.api.problems import ApiProblem, FieldError

DEFAULT_SIZE, MAX_SIZE = 50, 200


class PageParameters(serializers.Serializer):
    """What every list may be asked."""

    cursor = serializers.CharField(
        required=False, help_text="Where to go on, from the `next` link of the page before; opaque."
    )
    page_size = serializers.IntegerField(
        required=False,
        min_value=1,
        default=DEFAULT_SIZE,
        help_text=f"Rows on a page; more than {MAX_SIZE} are read as {MAX_SIZE}.",
    )


def page_of(
    rows: QuerySet[Any], fields: Sequence[str], *, by: str, request: Request, asked: dict[str, Any]
) -> tuple[list[dict[str, Any]], str | None]:
    """One page as dictionaries of these fields, and the link to the next; `by` is the moment that orders the list."""
    size = min(asked["page_size"], MAX_SIZE)
    signer = Signer(salt=f"mobiliz.api.cursor {request.path}")
    if cursor := asked.get("cursor"):
        rows = _after(rows, by, *_read(signer, cursor))
    found = list(rows.order_by(by, "pk").values(*dict.fromkeys((*fields, by, "pk")))[: size + 1])
    if len(found) <= size:
        return found, None
    last = found[size - 1]
    link = signer.sign_object([last[by].isoformat(), last["pk"]])
    return found[:size], replace_query_param(request.build_absolute_uri(), "cursor", link)


def _after(rows: QuerySet[Any], by: str, moment: datetime, pk: int) -> QuerySet[Any]:
    # the first condition alone lets the database start in the middle of its index
    return rows.filter(**{f"{by}__gte": moment}).filter(Q(**{f"{by}__gt": moment}) | Q(pk__gt=pk))


def _read(signer: Signer, cursor: str) -> tuple[datetime, int]:
    try:
        moment, pk = signer.unsign_object(cursor)
    except BadSignature:
        message = _("Ce curseur ne vient pas de cette liste. Reprenez-la sans « cursor ».")
        raise ApiProblem("invalid_cursor", errors=[FieldError("cursor", "invalid_cursor", message)]) from None
    return datetime.fromisoformat(moment), pk
