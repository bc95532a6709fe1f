"""The OpenAPI document, and the page that shows it: public, and complete without the Internet."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.views import SpectacularAPIView

from mobiliz.lib.api.problems import KINDS


class ApiSchema(SpectacularAPIView):
    """JSON unless YAML is asked for."""

    renderer_classes: ClassVar[list[Any]] = [
        OpenApiJsonRenderer2,
        OpenApiJsonRenderer,
        OpenApiYamlRenderer,
        OpenApiYamlRenderer2,
    ]


@login_not_required
@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    """How to begin, what every address does (and a way to try it), and what each problem code means."""
    return render(request, "api/docs.html", {"kinds": KINDS.values()})
