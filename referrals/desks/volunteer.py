"""The volunteer's desk: says what will come; it shows no dossier."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from mobiliz.lib.pages import page


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    return page(request, "referrals/volunteer/desk.html")
