"""The grammar of a page: load what this actor may see, ask whether they may, answer a page or its fragment."""

from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

M = TypeVar("M", bound=models.Model)


def get_visible_or_404(model: type[M] | models.QuerySet[M], actor: Any, uid: UUID) -> M:
    """The one row with this public id among those that the actor may see; what is not visible does not exist."""
    queryset = model._default_manager.all() if isinstance(model, type) else model
    try:
        return queryset.visible_to(actor).get(uid=uid)  # type: ignore[attr-defined, no-any-return]
    except queryset.model.DoesNotExist:
        raise Http404 from None


def require(allowed: bool) -> None:
    """Go on only if allowed: the answer is 403 otherwise."""
    if not allowed:
        raise PermissionDenied


def page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    partial: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """The whole page, or for an HTMX request the named partial of the same template."""
    is_fragment = bool(partial and getattr(request, "htmx", False))
    name = f"{template}#{partial}" if is_fragment else template
    response = render(request, name, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
