"""Two records of one person: the other is looked for, both are read side by side, then they become one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mobiliz.accounts.actors import Actor
from mobiliz.lib.pages import get_visible_or_404, page, require
from referrals import permissions, transitions
from referrals.desks.adviser import elsewhere
from referrals.desks.adviser.known_people import SHOWN, card, is_long_enough, matching
from referrals.desks.attempts import attempt
from referrals.forms.merging import MergeForm
from referrals.models import Beneficiary, Consent, Referral
from referrals.states import Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One of the two, with what hangs on it. Expects `for_merging`."""

    person: Beneficiary
    cases: list[Referral]
    consents: list[Consent]
    vehicles: int

    @property
    def open_cases(self) -> list[Referral]:
        return [one for one in self.cases if one.is_open]

    @property
    def consent(self) -> Consent | None:
        """In force, or else the last that was withdrawn."""
        by_day = sorted(self.consents, key=lambda one: (one.is_in_force, one.given_on), reverse=True)
        return by_day[0] if by_day else None

    @property
    def last_used(self) -> Any:
        return max([one.created_at for one in self.cases], default=self.person.created_at)


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, uid: UUID) -> HttpResponse:
    referral = get_visible_or_404(Referral.objects.for_step(request.actor), request.actor, uid)
    require(permissions.may_ever(request.actor, Verb.MERGE_PEOPLE, referral))
    if "autre" not in request.GET:
        return _search(request, referral)
    other = _other(request, referral)
    if other is None:
        messages.info(request, _("Déjà fait : ces deux fiches n’en font plus qu’une. Rien n’a changé de nouveau."))
        return redirect("referral_case", uid)
    if str(other.uid) != request.GET["autre"]:
        messages.info(request, _("Cette fiche a été réunie avec une autre entre-temps : voici celle qui reste."))
        return redirect(f"{reverse('referral_merge_people', args=[uid])}?autre={other.uid}")
    return _compare(request, referral, other)


def _search(request: HttpRequest, referral: Referral) -> HttpResponse:
    """What is searched with travels in the body; before that, those who look alike are proposed."""
    text = request.POST.get("connu", "").strip()[:100]
    people = matching(request.actor, text) if request.method == "POST" else _alike(request.actor, referral)
    found = list(people.beside(referral.beneficiary)[: SHOWN + 1])
    context = {
        "referral": referral,
        "person": referral.beneficiary,
        "text": text,
        "found": [card(one) for one in found[:SHOWN]],
        "has_more": len(found) > SHOWN,
        "is_searched": bool(text) and is_long_enough(text),
    }
    return page(request, "referrals/adviser/merge_search.html", context)


def _alike(actor: Actor, referral: Referral):
    """The same names and day of birth, or the same telephone."""
    one = referral.beneficiary
    names = {"last_name": one.last_name, "first_name": one.first_name, "birth_date": one.birth_date}
    return Beneficiary.objects.visible_to(actor).with_cases(actor).perhaps(**names, phone=one.phone)


def _other(request: HttpRequest, referral: Referral) -> Beneficiary | None:
    """The record that the address names, or the one that took its place; None: it is this person's own by now."""
    try:
        uid = UUID(request.GET["autre"])
    except ValueError:
        raise Http404 from None
    visible = Beneficiary.objects.visible_to(request.actor).for_merging(request.actor)
    other = visible.standing_for(uid).first()
    if other is None or other.organisation_id != referral.beneficiary.organisation_id:
        raise Http404
    return None if other.pk == referral.beneficiary_id else other


def _compare(request: HttpRequest, referral: Referral, other: Beneficiary) -> HttpResponse:
    visible = Beneficiary.objects.visible_to(request.actor).for_merging(request.actor)
    own, there = _record(visible.with_key(referral.beneficiary_id).get()), _record(other)
    form = MergeForm(
        request.POST if request.method == "POST" else None,
        own=own.person,
        other=there.person,
        is_newer=there.last_used > own.last_used,
    )
    helped = None
    try:
        if form.is_valid() and _merged(request, form, own.person, there.person):
            return redirect("referral_case", referral.uid)
    except transitions.HelpedElsewhere as found:
        helped = found
    context = {
        **elsewhere.question(request, helped),
        "referral": referral,
        "form": form,
        "own": own,
        "other": there,
        "twice": _same_need(own, there),
        "is_unlike": _is_unlike(own.person, there.person),
    }
    return page(request, "referrals/adviser/merge.html", context, status=422 if form.is_bound else 200)


def _merged(request: HttpRequest, form: MergeForm, own: Beneficiary, other: Beneficiary) -> bool:
    def do() -> None:
        said = elsewhere.said(request)
        transitions.merge_people(own, other, from_retired=form.from_other, elsewhere=said, by=request.actor)

    return attempt(request, form, do, _("Les deux fiches n’en font plus qu’une ; c’est noté dans chaque dossier."))


def _record(person: Beneficiary) -> Record:
    return Record(
        person=person,
        cases=list(person.referrals.all()),
        consents=list(person.consents.all()),
        vehicles=len(person.vehicles.all()),
    )


def _same_need(own: Record, other: Record) -> list[Referral]:
    """Open cases of both for the same offer: one of them is probably one too many."""
    shared = {one.offer_id for one in own.open_cases} & {one.offer_id for one in other.open_cases}
    return [one for one in (*own.open_cases, *other.open_cases) if one.offer_id in shared]


def _is_unlike(own: Beneficiary, other: Beneficiary) -> bool:
    """Neither the name nor the day of birth: two people, it seems, and this cannot be undone."""
    return own.search_name != other.search_name and own.birth_date != other.birth_date
