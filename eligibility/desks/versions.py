"""The versions of every rule, for pilots: in force, announced, being written, over."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from eligibility import actions
from eligibility.forms import NewVersionForm
from eligibility.models import RuleSet, Status, Subject
from mobiliz.accounts.roles import Permission
from mobiliz.lib import clock
from mobiliz.lib.pages import page, require
from mobiliz.programme.models import Offer


@dataclass(slots=True)
class Shelf:
    """The versions of one offer about one thing."""

    offer: Offer
    subject: Subject
    in_force: RuleSet | None = None
    announced: list[RuleSet] = field(default_factory=list)
    being_written: list[RuleSet] = field(default_factory=list)
    older: list[RuleSet] = field(default_factory=list)

    def put(self, one: RuleSet, today: date) -> None:
        if one.status in (Status.DRAFT, Status.PROPOSED):
            self.being_written.append(one)
        elif not one.is_approved or (one.in_force_until and one.in_force_until <= today):
            self.older.append(one)
        elif one.in_force_from and one.in_force_from > today:
            self.announced.insert(0, one)
        else:
            self.in_force = one


@require_safe
def versions(request: HttpRequest) -> HttpResponse:
    require(request.actor.can(Permission.DRAFT_RULES))
    shelves = {(offer.pk, subject): Shelf(offer, subject) for offer in Offer.objects.all() for subject in Subject}
    today = clock.today()
    for one in RuleSet.objects.visible_to(request.actor).on_shelves():
        shelves[one.offer_id, Subject(one.subject)].put(one, today)
    return page(request, "eligibility/versions.html", {"shelves": [*shelves.values()], "me": request.actor.user})


@require_POST
def new_version(request: HttpRequest) -> HttpResponse:
    """A draft, as a copy of what is in force."""
    require(request.actor.can(Permission.DRAFT_RULES))
    form = NewVersionForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Choisissez une règle de la liste."))
        return redirect("rule_sets")
    offer, subject = form.cleaned_data["offer"], Subject(form.cleaned_data["subject"])
    draft = RuleSet.objects.of_offer(offer.pk, subject).just_drafted_by(request.actor.membership).first()
    if draft is not None:  # the button was pressed twice
        messages.info(request, _("Vous venez d’ouvrir cette version : la voici."))
    else:
        draft = actions.draft_rule_set(offer, subject, by=request.actor)
    return redirect("edit_rule_set", uid=draft.uid)
