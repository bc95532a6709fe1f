"""What the OpenAPI document says of every address alike: the problems that it may answer, and the headers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from mobiliz.lib.api.problems import CONTENT_TYPE, KINDS

_PROBLEM = {
    "type": "object",
    "description": "A problem document (RFC 9457). Rely on `code`: it never changes; the French words may.",
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "Where this kind of problem is explained."},
        "title": {"type": "string", "description": "The kind of problem, in French."},
        "status": {"type": "integer", "description": "The HTTP status, repeated."},
        "code": {"type": "string", "enum": list(KINDS), "description": "The kind of problem, stable."},
        "detail": {"type": "string", "description": "What to do about it, in French."},
        "errors": {
            "type": "array",
            "description": "The fields or parameters at fault; empty when the problem lies elsewhere.",
            "items": {"$ref": "#/components/schemas/FieldError"},
        },
    },
    "required": ["type", "title", "status", "code", "detail", "errors"],
}
_FIELD_ERROR = {
    "type": "object",
    "description": "One field at fault.",
    "properties": {
        "field": {
            "type": "string",
            "description": "Path to the field, such as `lines.0.quantity`; empty for the whole.",
        },
        "code": {"type": "string", "description": "What is wrong with it, stable."},
        "message": {"type": "string", "description": "What is wrong with it, in French."},
    },
    "required": ["field", "code", "message"],
}
_RATE_LIMIT = {
    "RateLimit-Policy": {"description": "Calls allowed in a window of seconds.", "schema": {"type": "string"}},
    "RateLimit": {"description": "Calls left, and seconds until the window ends.", "schema": {"type": "string"}},
}
_ETAG = {"ETag": {"description": "Send it back in `If-None-Match`: 304 if unchanged.", "schema": {"type": "string"}}}
_ALWAYS = (
    *("not_authenticated", "invalid_token", "insufficient_scope"),
    *("not_acceptable", "too_many_requests", "internal_error"),
)


def add_what_every_answer_has(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Postprocessing hook of drf-spectacular."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas |= {"Problem": _PROBLEM, "FieldError": _FIELD_ERROR}
    for path, methods in result["paths"].items():
        for method, operation in methods.items():
            for parameter in operation.get("parameters", ()):
                parameter.setdefault("description", "The public id.")
            answers = operation["responses"]
            _describe_success(answers, method)
            answers |= _problem_answers(_problems_of(path, operation))
            operation["responses"] = dict(sorted(answers.items()))
    return result


def _describe_success(answers: dict[str, Any], method: str) -> None:
    answers["200"]["description"] = "Found." if method == "get" else "Done."
    answers["200"]["headers"] = _RATE_LIMIT | _ETAG if method == "get" else dict(_RATE_LIMIT)
    if method == "get":
        answers["304"] = {"description": "Unchanged since the ETag that was sent in `If-None-Match`."}


def _problems_of(path: str, operation: dict[str, Any]) -> Iterator[str]:
    yield from _ALWAYS
    asked = {parameter["name"] for parameter in operation.get("parameters", ()) if parameter["in"] == "query"}
    if asked:
        yield "invalid_parameter"
    if "cursor" in asked:
        yield "invalid_cursor"
    if "{" in path:
        yield "not_found"
    if "requestBody" in operation:
        yield from ("malformed_body", "body_too_large", "unsupported_media_type", "invalid_body")


def _problem_answers(codes: Iterable[str]) -> dict[str, Any]:
    by_status: dict[str, list[str]] = {}
    for code in codes:
        by_status.setdefault(str(int(KINDS[code].status)), []).append(f"`{code}`")
    content = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": f"Problem {' or '.join(found)}.", "content": content}
        for status, found in by_status.items()
    }
