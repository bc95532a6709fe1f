"""The communes to choose from while one types."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from mobiliz.territory.forms import suggestions


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """A fragment: `?q=st etienne`, or what a field sends, whatever its name: htmx says which."""
    name = request.htmx.trigger_name or "commune"
    text = request.GET.get("q", request.GET.get(name, ""))
    context = {"name": name, "text": text.strip(), "communes": suggestions(text), "target": request.htmx.target}
    # nothing found for nothing typed is really nothing: the style sheet hides an empty list
    return HttpResponse(render_to_string("territory/suggestions.html", context, request).strip())
