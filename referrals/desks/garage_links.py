"""The personal links that were sent for an assignment: whose they are, and taking one back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mobiliz.accounts.roles import Permission
from mobiliz.lib.pages import get_visible_or_404, require
from referrals import links
from referrals.models import PersonalLink


@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A link that was forwarded or went to the wrong person opens nothing from here on."""
    link = get_visible_or_404(PersonalLink.objects.for_page(), request.actor, uid)
    require(request.actor.can(Permission.ANSWER_ASSIGNMENTS))
    if request.method == "POST":
        links.revoke(link)
        messages.success(request, _("Le lien envoyé à %(who)s n’ouvre plus rien.") % {"who": link.holder})
    return redirect("assignment", uid=link.assignment.uid)
