"""Who may call and how often, and the JSON that goes in and out. The settings name these classes."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from mobiliz.lib import clock
from mobiliz.lib.api.problems import ApiProblem

MAX_BODY_BYTES = 1_000_000


class OrjsonRenderer(BaseRenderer):
    """UUIDs and moments as orjson writes them (RFC 3339 with offset); a Decimal as a string, never a float."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, context: Any = None) -> bytes:
        return b"" if data is None else orjson.dumps(data, default=_as_json)


def _as_json(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in JSON.")


class OrjsonParser(BaseParser):
    """JSON in UTF-8, bounded in length and depth."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, context: Mapping[str, Any] | None = None) -> Any:
        body = stream.read(MAX_BODY_BYTES + 1)
        if len(body) > MAX_BODY_BYTES:
            raise ApiProblem("body_too_large")
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as unreadable:
            raise ParseError from unreadable


class HasScope(BasePermission):
    """The view names the scope that each of its methods asks for: `required_scopes = {"GET": "directory:read"}`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.auth is None:
            return False  # the answer is then 401
        method = "GET" if request.method == "HEAD" else str(request.method)
        if method not in view.allowed_methods:
            return True  # nothing is there: the answer is 405
        scope = _scope_for(view, method)
        if scope not in request.actor.scopes:
            challenge = f'Bearer realm="api", error="insufficient_scope", scope="{scope}"'
            raise ApiProblem("insufficient_scope", headers={"WWW-Authenticate": challenge})
        return True


def _scope_for(view: Any, method: str) -> str:
    try:
        return str(view.required_scopes[method])
    except (AttributeError, KeyError):
        # closed rather than open: a view that forgot is a mistake, not a public address
        raise ImproperlyConfigured(f"{type(view).__name__} does not say which scope {method} asks for.") from None


class ClientThrottle(SimpleRateThrottle):
    """So many calls of one client in each minute, counted in the cache; the rest is told in RateLimit headers."""

    scope = "client"

    def allow_request(self, request: Request, view: Any) -> bool:
        if request.auth is None:
            return True  # public addresses know no client
        moment = int(clock.now().timestamp())
        window, into = divmod(moment, self.duration)
        key = f"api-calls:{request.actor.client.pk}:{window}"
        cache.add(key, 0, timeout=2 * self.duration)
        calls = _one_more(key)
        self.left_seconds = self.duration - into
        request._request.rate_limit = {  # `ApiView` puts them on the answer
            "RateLimit-Policy": f'"client";q={self.num_requests};w={self.duration}',
            "RateLimit": f'"client";r={max(self.num_requests - calls, 0)};t={self.left_seconds}',
        }
        return calls <= self.num_requests

    def wait(self) -> float:
        return float(self.left_seconds)


def _one_more(key: str) -> int:
    """How many calls with this one; 0 while the cache is down, since a limit is no reason to stop answering."""
    try:
        return cache.incr(key) or 0
    except ValueError:  # dropped by a full cache between the two calls
        cache.set(key, 1)
        return 1
