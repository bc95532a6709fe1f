"""What went wrong, as a problem document (RFC 9457) with a stable code, a French sentence and the field at fault."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson
from django.conf import settings
from django.core import exceptions as django
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.encoding import force_str
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions as drf

CONTENT_TYPE = "application/problem+json"
log = logging.getLogger("mobiliz.api")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: its code never changes, its words may."""

    code: str
    status: HTTPStatus
    title: str | Promise
    advice: str | Promise


_S = HTTPStatus
_KINDS = (
    Kind(
        "bad_request",
        _S.BAD_REQUEST,
        _("Requête refusée"),
        _("La requête ne peut pas être lue. Vérifiez son adresse et ses en-têtes."),
    ),
    Kind(
        "malformed_body",
        _S.BAD_REQUEST,
        _("Corps illisible"),
        _("Le corps de la requête n’est pas du JSON. Envoyez un objet JSON encodé en UTF-8."),
    ),
    Kind(
        "invalid_parameter",
        _S.BAD_REQUEST,
        _("Paramètre refusé"),
        _("Corrigez les paramètres nommés dans « errors »."),
    ),
    Kind(
        "invalid_cursor",
        _S.BAD_REQUEST,
        _("Curseur inconnu"),
        _("Suivez le lien « next » tel quel, ou reprenez la liste sans « cursor »."),
    ),
    Kind(
        "not_authenticated",
        _S.UNAUTHORIZED,
        _("Jeton absent"),
        _("Demandez un jeton à /o/token/ et envoyez-le dans l’en-tête « Authorization: Bearer »."),
    ),
    Kind(
        "invalid_token",
        _S.UNAUTHORIZED,
        _("Jeton refusé"),
        _("Le jeton est inconnu, a expiré ou son client n’est plus actif. Demandez-en un autre à /o/token/."),
    ),
    Kind(
        "insufficient_scope",
        _S.FORBIDDEN,
        _("Portée manquante"),
        _("Votre jeton ne porte pas la portée demandée. Demandez-la à /o/token/, ou à votre pilote."),
    ),
    Kind(
        "forbidden",
        _S.FORBIDDEN,
        _("Action interdite"),
        _("Votre organisation ne peut pas faire cela."),
    ),
    Kind(
        "not_found",
        _S.NOT_FOUND,
        _("Introuvable"),
        _("Rien à cette adresse, ou rien que votre organisation puisse voir. Vérifiez l’identifiant."),
    ),
    Kind(
        "method_not_allowed",
        _S.METHOD_NOT_ALLOWED,
        _("Méthode refusée"),
        _("Cette adresse n’accepte que les méthodes de l’en-tête « Allow »."),
    ),
    Kind(
        "not_acceptable",
        _S.NOT_ACCEPTABLE,
        _("Format non proposé"),
        _("L’API répond en JSON. Envoyez « Accept: application/json »."),
    ),
    Kind(
        "body_too_large",
        _S.REQUEST_ENTITY_TOO_LARGE,
        _("Corps trop long"),
        _("Le corps de la requête dépasse un mégaoctet. Envoyez moins à la fois."),
    ),
    Kind(
        "unsupported_media_type",
        _S.UNSUPPORTED_MEDIA_TYPE,
        _("Format non lu"),
        _("Envoyez du JSON avec « Content-Type: application/json »."),
    ),
    Kind(
        "invalid_body",
        _S.UNPROCESSABLE_ENTITY,
        _("Contenu refusé"),
        _("Corrigez les champs nommés dans « errors »."),
    ),
    Kind(
        "too_many_requests",
        _S.TOO_MANY_REQUESTS,
        _("Trop de requêtes"),
        _("Attendez le nombre de secondes de l’en-tête « Retry-After »."),
    ),
    Kind(
        "internal_error",
        _S.INTERNAL_SERVER_ERROR,
        _("Erreur de notre côté"),
        _("Votre demande est correcte, nous n’avons pas su y répondre. L’erreur est notée ; réessayez plus tard."),
    ),
)
KINDS: dict[str, Kind] = {kind.code: kind for kind in _KINDS}

# The first that fits counts: subclasses stand before their parents.
_KIND_OF_EXCEPTION: tuple[tuple[type[Exception], str], ...] = (
    (Http404, "not_found"),
    (drf.NotFound, "not_found"),
    (django.PermissionDenied, "forbidden"),
    (drf.PermissionDenied, "forbidden"),
    (drf.NotAuthenticated, "not_authenticated"),
    (drf.AuthenticationFailed, "invalid_token"),
    (drf.MethodNotAllowed, "method_not_allowed"),
    (drf.NotAcceptable, "not_acceptable"),
    (drf.UnsupportedMediaType, "unsupported_media_type"),
    (drf.Throttled, "too_many_requests"),
    (drf.ParseError, "malformed_body"),
    (drf.ValidationError, "invalid_body"),
    (django.ValidationError, "invalid_body"),
    (django.RequestDataTooBig, "body_too_large"),
    (django.BadRequest, "bad_request"),
    (django.SuspiciousOperation, "bad_request"),
)


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong where: `field` is a path such as "lines.0.quantity", empty for the whole."""

    field: str
    code: str
    message: str

    def as_json(self) -> dict[str, str]:
        return {"field": self.field, "code": self.code, "message": str(self.message)}


class ApiProblem(drf.APIException):
    """Raise it anywhere below a view of the API; `code` is one of KINDS."""

    def __init__(
        self,
        code: str,
        *,
        detail: str | Promise | None = None,
        errors: Iterable[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.kind = KINDS[code]
        self.status_code = self.kind.status
        self.detail = drf.ErrorDetail(force_str(detail or self.kind.advice), code)
        self.errors = tuple(errors)
        self.headers = dict(headers or {})


def problem_document(exc: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """What the API answers to this exception. One that nobody expected is logged and told without its words."""
    request = context["request"]
    problem = _as_problem(exc)
    if problem is not None:
        return as_response(problem)
    if settings.DEBUG:
        return None  # Django's own page says more to whoever writes the code
    log.exception("The API failed at %s %s", request.method, request.path)
    got_request_exception.send(sender=problem_document, request=request._request)
    return as_response(ApiProblem("internal_error"))


def as_response(problem: ApiProblem) -> HttpResponse:
    """The document itself: always JSON, whatever the view would have rendered."""
    kind = problem.kind
    body = {
        "type": f"{settings.SITE_ADDRESS}/api/docs/#{kind.code}",
        "title": str(kind.title),
        "status": int(kind.status),
        "code": kind.code,
        "detail": problem.detail,
        "errors": [error.as_json() for error in problem.errors],
    }
    headers = {"Cache-Control": "no-store", **problem.headers}
    return HttpResponse(orjson.dumps(body), status=kind.status, content_type=CONTENT_TYPE, headers=headers)


def not_found(request: HttpRequest) -> HttpResponse:
    """The answer of every address below /api/ that is no address."""
    return as_response(ApiProblem("not_found"))


def _as_problem(exc: Exception) -> ApiProblem | None:
    if isinstance(exc, ApiProblem):
        return exc
    code = next((code for kind, code in _KIND_OF_EXCEPTION if isinstance(exc, kind)), None)
    return ApiProblem(code, errors=_errors_of(exc), headers=_headers_of(exc)) if code else None


def _headers_of(exc: Exception) -> dict[str, str]:
    headers = {}
    if challenge := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(exc, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return headers


def _errors_of(exc: Exception) -> tuple[FieldError, ...]:
    if isinstance(exc, drf.ValidationError):
        return tuple(field_errors(exc.detail))
    if isinstance(exc, django.ValidationError):
        return tuple(_django_errors(exc))
    return ()


def field_errors(detail: Any, path: str = "") -> Iterator[FieldError]:
    """Errors as a serializer nests them, one by one with the path to the field."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from field_errors(inner, path if name == "non_field_errors" else _below(path, name))
    elif isinstance(detail, list):
        for place, inner in enumerate(detail):
            # a list holds messages of one field, or the errors of the items of a list
            yield from field_errors(inner, _below(path, place) if isinstance(inner, Mapping | list) else path)
    else:
        yield FieldError(path, getattr(detail, "code", "invalid"), str(detail))


def _below(path: str, name: object) -> str:
    return f"{path}.{name}" if path else str(name)


def _django_errors(exc: django.ValidationError) -> Iterator[FieldError]:
    by_field = exc.error_dict if hasattr(exc, "error_dict") else {"": exc.error_list}
    for field, errors in by_field.items():
        for error in errors:
            for message in error.messages:
                yield FieldError("" if field == "__all__" else field, error.code or "invalid", str(message))
