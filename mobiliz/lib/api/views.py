"""What an address of the API is made of: its scopes by method, parameters read strictly, answers that say their tag."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.middleware.http import ConditionalGetMiddleware
from django.urls import Resolver404, resolve
from django.utils.cache import patch_vary_headers
from django.utils.decorators import decorator_from_middleware
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.views import APIView

from mobiliz.lib.api.problems import ApiProblem, FieldError, field_errors, not_found

_with_its_tag = decorator_from_middleware(ConditionalGetMiddleware)


class ApiView(APIView):
    """One address; a class because its methods ask for different scopes."""

    required_scopes: ClassVar[dict[str, str]] = {}
    http_method_names: ClassVar[list[str]] = ["get", "head", "post", "put", "patch", "delete"]

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        return _with_its_tag(super().as_view(**initkwargs))

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        for name, value in getattr(request._request, "rate_limit", {}).items():
            answer.headers[name] = value
        # kept by the client only, and asked again with its tag
        answer.headers.setdefault("Cache-Control", "private, no-cache")
        patch_vary_headers(answer, ["Authorization"])
        return answer


def read_parameters(kind: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    """What the address asks for; a parameter that is wrong or unknown is named, not passed over in silence."""
    form = kind(data=request.query_params)
    errors = [] if form.is_valid() else list(field_errors(form.errors))
    unknown = [name for name in request.query_params if name not in form.fields]
    errors += [FieldError(name, "unknown_parameter", _("Ce paramètre n’existe pas ici.")) for name in unknown]
    if errors:
        raise ApiProblem("invalid_parameter", errors=errors)
    return dict(form.validated_data)


class StrictSerializer(serializers.Serializer):
    """A body in which an unknown field is a typing error that is told."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = [name for name in data if name not in self.fields] if isinstance(data, dict) else []
        errors: dict[str, Any] = {
            name: [ErrorDetail(_("Ce champ n’existe pas ici."), "unknown_field")] for name in unknown
        }
        try:
            value = super().to_internal_value(data)
        except serializers.ValidationError as refused:
            errors = {**refused.detail, **errors}  # type: ignore[dict-item]
        if errors:
            raise serializers.ValidationError(errors)
        return value


def nothing_here(request: HttpRequest) -> HttpResponse:
    """No such address: a problem document; or where only the last slash is wrong, the way there, body kept."""
    path = request.path_info
    spelling = path.rstrip("/") if path.endswith("/") else f"{path}/"
    if not _is_address(spelling):
        return not_found(request)
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(f"{spelling}?{query}" if query else spelling, preserve_request=True)


def _is_address(path: str) -> bool:
    try:
        return resolve(path).func is not nothing_here
    except Resolver404:
        return False


# the API tells a client in JSON, not by a sign-in page
nothing_here.login_required = False  # type: ignore[attr-defined]
nothing_here.csrf_exempt = True  # type: ignore[attr-defined]
