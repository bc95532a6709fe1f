"""The five steps of a new referral: one address each, saved as one goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eligibility.assess import is_usable
from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from mobiliz.lib.pages import get_visible_or_404, require
from referrals import permissions
from referrals.desks.adviser.typed import Typed
from referrals.desks.next_steps import step_url
from referrals.models import Referral
from referrals.states import Verb

LABELS = {
    "person": gettext_lazy("La personne"),
    "household": gettext_lazy("Le foyer"),
    "vehicle": gettext_lazy("La voiture"),
    "garage": gettext_lazy("Le garage"),
    "send": gettext_lazy("Relire et envoyer"),
}

Step = Callable[[HttpRequest, Referral], HttpResponse]
May = Callable[[Actor, Referral], bool]


def step(may: May = permissions.can_edit_draft) -> Callable[[Step], Callable[..., HttpResponse]]:
    """The view gets the draft; whoever comes back to it once it was sent is led to the case."""

    def of_a_draft(view: Step) -> Callable[..., HttpResponse]:
        @wraps(view)
        def found(request: HttpRequest, uid: UUID) -> HttpResponse:
            referral = get_visible_or_404(Referral.objects.for_step(request.actor), request.actor, uid)
            require(permissions.may_ever(request.actor, Verb.SEND, referral))
            return view(request, referral) if may(request.actor, referral) else to_case(request, referral)

        return found

    return of_a_draft


def to_case(request: HttpRequest, referral: Referral) -> HttpResponse:
    """The step is behind: nothing was changed, the case says where it stands."""
    messages.info(request, _("Ce dossier n’est plus un brouillon : voici où il en est. Rien n’a été changé."))
    return redirect("referral_case", referral.uid)


def context(
    referral: Referral, current: str, *, also_done: Iterable[str] = (), typed: Typed | None = None, **more: Any
) -> dict[str, Any]:
    """What every step shows: whose dossier it is, and the five steps; `typed` is what was not submitted of it."""
    words = {"number": list(LABELS).index(current) + 1, "case": referral.spoken_number}
    return {
        "referral": referral,
        "person": referral.beneficiary,
        "typed": typed,
        "steps": bar(referral, current, also_done, typed.elsewhere if typed else ()),
        "eyebrow": _("Étape %(number)d sur 5 · Dossier %(case)s") % words,
        **more,
    }


def bar(
    referral: Referral | None, current: str, also_done: Iterable[str] = (), typed: Iterable[str] = ()
) -> list[dict[str, str]]:
    """The five steps: the current one, those that are done, those begun, those left out on the way here."""
    done = {*_done(referral), *also_done} if referral else set()
    names = list(LABELS)
    left_out = {name for name in names[: names.index(current)] if name not in done}
    states = {**dict.fromkeys(left_out, "missing"), **dict.fromkeys(done, "done"), **dict.fromkeys(typed, "typed")}
    states[current] = "current"
    return [
        {
            "label": str(label),
            "state": states.get(name, "todo"),
            "url": step_url(referral, name) if referral else "",
        }
        for name, label in LABELS.items()
    ]


def after_vehicle(referral: Referral) -> str:
    """The garage is chosen once eligibility holds; else the last step says what can be done."""
    return "garage" if is_usable(referral.assessment, clock.today()) else "send"


def _done(referral: Referral) -> set[str]:
    done = {"person"}
    if referral.assessment_id:
        done.add("household")
    if referral.vehicle_id and hasattr(referral, "prediagnosis"):
        done.add("vehicle")
    return done
