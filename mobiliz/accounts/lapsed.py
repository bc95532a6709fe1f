"""A form sent after the session ended, or with the token of an ended one: nothing typed is lost.

Only what our own page sent is offered again. Offering what another site sent would let that site have it
confirmed by the person's own click.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers, patch_vary_headers

from mobiliz.lib.forms import posted_fields


def is_from_our_own_page(request: HttpRequest) -> bool:
    """What the browser says of the page that sent this; when it says nothing, no."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    own = f"{request.scheme}://{request.get_host()}"
    return request.headers.get("Origin") in {own, *settings.CSRF_TRUSTED_ORIGINS}


def lapsed(request: HttpRequest) -> HttpResponse:
    """What was typed, ready to be sent again; in the messages of the page for htmx, where it still stands."""
    if getattr(request, "htmx", False):
        response = render(request, "accounts/lapsed.html#notice", status=401)
        response["HX-Retarget"], response["HX-Reswap"] = "#messages", "innerHTML show:top"
    else:
        context = {"posted": posted_fields(request), "resend_to": request.get_full_path()}
        response = render(request, "accounts/lapsed.html", context, status=401)
    add_never_cache_headers(response)
    patch_vary_headers(response, ["HX-Request"])
    return response
