"""Every referral that one sees: searched, filtered, sorted, page by page; the address keeps all of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from mobiliz.lib.narrowing import NarrowingForm
from mobiliz.lib.paging import DAYS, NUMBERS, Order, address, list_page, paged
from referrals import words
from referrals.desks.look import badge_of, only_senders_and_pilots
from referrals.models import Referral
from referrals.querysets import ReferralQuerySet

ORDERS = (
    Order("changement", _("Dernier changement"), "updated_at", DAYS, is_down=True),
    Order("personne", _("Personne"), "beneficiary__search_name"),
    Order("dossier", _("Dossier"), "number", NUMBERS, is_down=True),
)
OWN, ALL = "moi", "structure"


class ReferralFilter(NarrowingForm):
    """Narrows the list of referrals."""

    q = forms.CharField(
        label=_("Nom ou numéro de dossier"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "spellcheck": "false"}),
    )
    etat = forms.ChoiceField(
        label=_("État"),
        required=False,
        choices=[("", _("Tous les états")), *((value, capfirst(label)) for value, label in words.STATES)],
    )

    def narrow(self, referrals: ReferralQuerySet) -> ReferralQuerySet:
        asked = self.asked
        referrals = referrals.matching(asked["q"]) if "q" in asked else referrals
        return referrals.in_state(asked["etat"]) if "etat" in asked else referrals


@require_safe
def referral_list(request: HttpRequest) -> HttpResponse:
    only_senders_and_pilots(request.actor)
    narrowing = ReferralFilter(request.GET)
    whose = _whose(request, narrowing)
    rows = narrowing.narrow(Referral.objects.visible_to(request.actor)).for_list()
    found = paged(request, rows.of_adviser(request.actor.membership) if whose == OWN else rows, ORDERS)
    context = {
        "narrowing": narrowing,
        "chips": narrowing.chips(request),
        "found": found,
        "rows": [{"referral": row, "badge": badge_of(row, is_held=row.is_held)} for row in found.rows],
        "whose": whose,
        "tabs": _tabs(request, whose),
    }
    return list_page(request, "referrals/adviser/list.html", context)


def _whose(request: HttpRequest, narrowing: ReferralFilter) -> str:
    """The adviser's own; a search is made everywhere, since a colleague may follow the person."""
    is_own = request.actor.is_adviser and "q" not in narrowing.asked and request.GET.get("qui") != ALL
    return OWN if is_own else ALL


def _tabs(request: HttpRequest, whose: str) -> list[dict[str, Any]]:
    if not request.actor.is_adviser:
        return []
    labels = {OWN: _("Les miennes"), ALL: _("De ma structure")}
    return [
        {
            "label": label,
            "url": address(request, {"qui": "" if who == OWN else who}, without="q"),
            "current": who == whose,
        }
        for who, label in labels.items()
    ]
