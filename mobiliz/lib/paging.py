"""A long list, fifty rows at a time; the addresses of the pages before and after keep every filter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext

PAGE_LENGTH = 50
LAST_PAGE = 10_000  # no list of ours is longer; a number beyond it is not looked for


@dataclass(frozen=True)
class Page:
    rows: list[Any]
    total: int
    first: int
    before_url: str
    after_url: str

    @property
    def position(self) -> str:
        """Which rows of how many, where there is more than one page."""
        if not (self.before_url or self.after_url):
            return ""
        last = self.first + len(self.rows) - 1
        return gettext("%(first)s à %(last)s sur %(total)s") % {
            "first": self.first,
            "last": last,
            "total": self.total,
        }


def paged(request: HttpRequest, rows: models.QuerySet[Any], *, length: int = PAGE_LENGTH) -> Page:
    """The page that `?page=` asks for, the first when it asks for nonsense; two queries."""
    total = rows.count()
    pages = max(1, -(-total // length))
    number = min(_asked(request), pages)
    start = (number - 1) * length
    found = list(rows[start : start + length])
    return Page(
        rows=found,
        total=total,
        first=start + 1 if found else 0,
        before_url=_address(request, number - 1) if number > 1 else "",
        after_url=_address(request, number + 1) if number < pages else "",
    )


def _asked(request: HttpRequest) -> int:
    typed = request.GET.get("page", "")
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 5 else 1
    return min(max(number, 1), LAST_PAGE)


def _address(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number)
    return f"{request.path}?{query.urlencode()}"
