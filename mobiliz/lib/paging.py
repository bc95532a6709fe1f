"""A long list, fifty rows at a time, read from where one is: page 2,000 costs what page 1 costs.

A page is asked for by what stands at its edge (`?apres=` the last row of the page before, `?avant=` the first of the
page after), not by its number: a row that comes or goes meanwhile neither repeats nor hides another. The mark is
sealed, since it may hold a person's name and addresses are logged; one that was cut or made up leads to page 1.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from cryptography.fernet import InvalidToken
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import BooleanField, F, Func, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mobiliz.lib.pages import page
from mobiliz.lib.sealed import seal, unseal

PAGE_LENGTH = 50
COUNTED = 1000  # farther one does not count: "more than a thousand" is as good, and costs nothing
SORT, AFTER, BEFORE = "tri", "apres", "avant"

ALPHABET = (_("de A à Z"), _("de Z à A"))
DAYS = (_("la plus ancienne d’abord"), _("la plus récente d’abord"))
NUMBERS = (_("du plus petit au plus grand"), _("du plus grand au plus petit"))


@dataclass(frozen=True, slots=True)
class Order:
    """One way to sort a list: its name in the address, the heading of its column, what is compared.

    `empty` stands for NULL, before or after everything; an index over the same expression and the primary key keeps
    deep pages quick. `ways` says both directions in words, `is_down` which of them comes first.
    """

    name: str
    label: str | Promise
    by: str
    ways: tuple[str | Promise, str | Promise] = ALPHABET
    is_down: bool = False
    empty: Any = None

    @property
    def key(self) -> Any:
        return F(self.by) if self.empty is None else Coalesce(self.by, Value(self.empty))

    @property
    def value(self) -> str:
        """As the address writes it: the name, after a dash where the last comes first."""
        return f"-{self.name}" if self.is_down else self.name

    @property
    def way(self) -> str | Promise:
        return self.ways[self.is_down]

    def turned(self) -> Order:
        return replace(self, is_down=not self.is_down)


class Beyond(Func):
    """(key, pk) > (value, pk): one comparison of rows, which an index answers from its middle, however many ties."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, sign: str, *expressions: Any) -> None:
        super().__init__(*expressions)
        self.sign = sign

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> Any:  # type: ignore[override]
        compiled = [compiler.compile(one) for one in self.source_expressions]
        key, pk, value, last = (sql for sql, _params in compiled)
        return f"({key}, {pk}) {self.sign} ({value}, {last})", [one for _sql, params in compiled for one in params]


class Mark(NamedTuple):
    """The row at the edge of a page, and on which side of it one looks."""

    value: Any
    pk: Any
    is_before: bool


class Head(NamedTuple):
    """The heading of a column that sorts: where it leads, what that does, how the list is sorted by it now."""

    name: str
    label: str | Promise
    url: str
    way: str | Promise
    sorted: str  # "ascending", "descending" or ""


class Choice(NamedTuple):
    """One way of sorting, for those who see no headings: what the address says, and whether it is so now."""

    value: str
    order: Order
    is_now: bool


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Any]
    total: int  # one more than is counted where there are more
    before_url: str
    after_url: str
    heads: Mapping[str, Head]
    choices: Sequence[Choice]

    @property
    def is_uncounted(self) -> bool:
        return self.total > COUNTED


def paged(request: HttpRequest, rows: models.QuerySet[Any], orders: Sequence[Order], *, length: int = 0) -> Page:
    """The page that the address asks for, the first when it asks for nonsense, sorted as it asks; two queries."""
    length = length or PAGE_LENGTH
    order = _asked_order(request, orders)
    rows = rows.annotate(sort_key=order.key)
    found, has_before, has_after = _find(rows, order, _asked_mark(request, rows, order), length)
    return Page(
        rows=found,
        total=rows.order_by()[: COUNTED + 1].count(),
        before_url=_address_of(request, order, BEFORE, found[0]) if has_before else "",
        after_url=_address_of(request, order, AFTER, found[-1]) if has_after else "",
        heads={one.name: _head(request, one, order, orders[0]) for one in orders},
        choices=[Choice(_said(way, orders[0]), way, way == order) for way in _ways(orders)],
    )


def list_page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The whole page, or for htmx its partial "list"; the address bar then says what is asked, and nothing empty."""
    response = page(request, template, context, partial="list")
    if getattr(request, "htmx", False):
        response["HX-Push-Url"] = address(request, keep_place=True)
    return response


def address(
    request: HttpRequest, changes: Mapping[str, str] | None = None, *, without: str = "", keep_place: bool = False
) -> str:
    """This page's address with other values; what is empty is left out, and the place in the list too."""
    query = request.GET.copy()
    for name, value in (changes or {}).items():
        query[name] = value
    places = set() if keep_place else {AFTER, BEFORE} - set(changes or ())
    for name in list(query):
        if name == without or name in places or not any(query.getlist(name)):
            del query[name]
    return f"{request.path}?{query.urlencode()}" if query else request.path


# --- sorting --------------------------------------------------------------------------------------------------
def _ways(orders: Sequence[Order]) -> list[Order]:
    return [way for one in orders for way in (one, one.turned())]


def _asked_order(request: HttpRequest, orders: Sequence[Order]) -> Order:
    asked = request.GET.get(SORT, "")
    return next((way for way in _ways(orders) if way.value == asked), orders[0])


def _said(order: Order, usual: Order) -> str:
    """As an address says it: nothing where it is the usual one."""
    return "" if order == usual else order.value


def _head(request: HttpRequest, one: Order, now: Order, usual: Order) -> Head:
    is_now = one.name == now.name
    following = now.turned() if is_now else one
    state = ("descending" if now.is_down else "ascending") if is_now else ""
    return Head(one.name, one.label, address(request, {SORT: _said(following, usual)}), following.way, state)


def _in_order(rows: models.QuerySet[Any], *, is_down: bool) -> models.QuerySet[Any]:
    key = F("sort_key")
    return rows.order_by(key.desc(), "-pk") if is_down else rows.order_by(key.asc(), "pk")


# --- where one is ---------------------------------------------------------------------------------------------
def _find(rows: models.QuerySet[Any], order: Order, mark: Mark | None, length: int) -> tuple[list[Any], bool, bool]:
    """The rows of the page, whether there are some before it, and after it."""
    if mark and mark.is_before:
        found = list(_past(rows, mark, is_down=not order.is_down)[: length + 1])
        if len(found) > length:
            return found[length - 1 :: -1], True, True
        mark = None  # nothing precedes: page one, and whole
    if mark:
        found = list(_past(rows, mark, is_down=order.is_down)[: length + 1])
        if found:
            return found[:length], True, len(found) > length
    found = list(_in_order(rows, is_down=order.is_down)[: length + 1])
    return found[:length], False, len(found) > length


def _past(rows: models.QuerySet[Any], mark: Mark, *, is_down: bool) -> models.QuerySet[Any]:
    """What comes after the mark in this direction."""
    edge = Value(mark.value, rows.query.annotations["sort_key"].output_field)
    beyond = Beyond("<" if is_down else ">", F("sort_key"), F("pk"), edge, Value(mark.pk))
    # said twice: where the key is another table's, only the simple comparison lets an index begin there
    simple = {"sort_key__lte" if is_down else "sort_key__gte": mark.value}
    return _in_order(rows.filter(beyond, **simple), is_down=is_down)


def _address_of(request: HttpRequest, order: Order, side: str, row: Any) -> str:
    held = seal([request.path, order.value, str(row.sort_key), row.pk]).decode().rstrip("=")
    return address(request, {side: held})


def _asked_mark(request: HttpRequest, rows: models.QuerySet[Any], order: Order) -> Mark | None:
    """None where the address holds none, or one of another list, of another order, or made up."""
    side = AFTER if AFTER in request.GET else BEFORE
    token = request.GET.get(side, "").encode()
    try:
        path, value, key, pk = unseal(token + b"=" * (-len(token) % 4))
        if (path, value) != (request.path, order.value):
            return None
        return Mark(rows.query.annotations["sort_key"].output_field.to_python(key), pk, side == BEFORE)
    except (InvalidToken, json.JSONDecodeError, ValidationError, ValueError, TypeError):
        return None
