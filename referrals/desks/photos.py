"""A photo itself, to whoever may see it: sender, pilots of the region, the garage that holds the case."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from mobiliz.lib import storage
from mobiliz.lib.pages import get_visible_or_404
from referrals.models import Photo

# A picture and nothing else; opened by itself, it stands in a frame of the browser's own making, which has a style.
ONLY_A_PICTURE = {"default-src": [CSP.NONE], "style-src": [CSP.UNSAFE_INLINE], "sandbox": True}


@require_safe
@csp_override(ONLY_A_PICTURE)
def photo(request: HttpRequest, uid: UUID) -> HttpResponse:
    return picture_of(request, get_visible_or_404(Photo, request.actor, uid))


@require_safe
@csp_override(ONLY_A_PICTURE)
def thumbnail(request: HttpRequest, uid: UUID) -> HttpResponse:
    return thumbnail_of(request, get_visible_or_404(Photo, request.actor, uid))


def picture_of(request: HttpRequest, found: Photo) -> HttpResponse:
    """Of a photo that they may see."""
    return _served(request, found, found.file_name, found.sha256)


def thumbnail_of(request: HttpRequest, found: Photo) -> HttpResponse:
    return _served(request, found, found.thumbnail_name, f"{found.sha256}-small")


def _served(request: HttpRequest, found: Photo, name: str, version: str) -> HttpResponse:
    """Kept by the browser, and asked for again each time: whoever lost the right to it is not shown it."""
    etag = f'"{version}"'
    response = get_conditional_response(request, etag=etag) or _file(found, name)
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _file(found: Photo, name: str) -> HttpResponse:
    try:
        with storage.private().open(name) as kept:
            response = HttpResponse(kept.read(), content_type="image/jpeg")
    except FileNotFoundError:
        raise Http404 from None
    # inline: it was encoded here, and is a JPEG whatever was sent
    response["Content-Disposition"] = f'inline; filename="photo-{found.position}.jpg"'
    return response
