"""What goes to the log of something that failed: where, and of what kind; never the words of the exception.

The words of an exception may hold what a person typed: PostgreSQL writes the row that it refused, `int` the text that
was no number, a mail server the address. Kinds whose words can only name our own code keep them.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterator, MutableMapping
from types import TracebackType
from typing import Any

from django.core.exceptions import FieldDoesNotExist, FieldError, ImproperlyConfigured
from django.db import DatabaseError
from django.template import TemplateDoesNotExist

# Their words name modules, names, fields and settings: what we wrote, not what people did.
WORDS_OF_CODE = (
    AttributeError,
    NameError,
    ImportError,
    NotImplementedError,
    RecursionError,
    FieldDoesNotExist,
    FieldError,
    ImproperlyConfigured,
    TemplateDoesNotExist,
)
_MOST_CAUSES = 10
# personal links, and those by which a password is chosen
_TOKEN = re.compile(r"(/s/|/mot-de-passe/nouveau/(?!fait/))[^/\s?]+")


def scrubbed_exception(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A step of structlog, instead of `format_exc_info`: the traceback without the exceptions' words."""
    exc_info = event.pop("exc_info", None)
    error = _error_of(exc_info)
    if error is not None:
        event["exception"] = "".join(_lines_of(error))
    return event


def _error_of(exc_info: Any) -> BaseException | None:
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        return exc_info[1]  # type: ignore[no-any-return]
    if exc_info:
        import sys

        return sys.exc_info()[1]
    return None


def _lines_of(error: BaseException) -> Iterator[str]:
    """The chain of causes, the first of them first, as Python prints it."""
    chain = list(_chain(error))
    for place, one in enumerate(reversed(chain)):
        if place:
            yield "\nWhich led to:\n\n"
        yield from _frames(one.__traceback__)
        yield f"{in_short(one)}\n"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen and len(seen) < _MOST_CAUSES:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _frames(trace: TracebackType | None) -> Iterator[str]:
    if trace is not None:
        yield "Traceback (most recent call last):\n"
        yield from traceback.format_tb(trace)


def in_short(error: BaseException) -> str:
    """The kind; of a database error the constraint and the table too; its words only where they are of our code."""
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    if isinstance(error, BaseExceptionGroup):
        return f"{kind}: {', '.join(in_short(one) for one in error.exceptions[:_MOST_CAUSES])}"
    if isinstance(error, WORDS_OF_CODE):
        return f"{kind}: {error}"
    details = _database_details(error)
    return f"{kind}: {details}" if details else kind


def _database_details(error: BaseException) -> str:
    origin = error.__cause__ if isinstance(error, DatabaseError) else error
    known = getattr(origin, "diag", None)
    names = [getattr(known, name, None) for name in ("sqlstate", "table_name", "constraint_name", "column_name")]
    return " ".join(name for name in names if name)


class WithoutWords(logging.Filter):
    """Exceptions that are written into a line of the log, as Celery does with those of tasks: named by their kind."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, dict) and "exc" in record.args:
            error = record.exc_info[1] if record.exc_info else None
            short = in_short(error) if error else str(record.args["exc"]).partition("(")[0]
            record.args = {**record.args, "exc": short, "traceback": ""}
        elif isinstance(record.args, tuple):
            record.args = tuple(in_short(one) if isinstance(one, BaseException) else one for one in record.args)
        return True


class WithoutTokens(logging.Filter):
    """Addresses of personal links open without a password, or choose one: what follows is not for who reads the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(without_token(one) if isinstance(one, str) else one for one in record.args)
        if isinstance(record.msg, str):
            record.msg = without_token(record.msg)
        return True


def without_token(text: str) -> str:
    """ "/s/…/accepter/" for the address of a personal link; any other text as it is."""
    return _TOKEN.sub(r"\1…", text)
