"""A case opened on the wrong record: the right person is found or registered, then the case passes to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mobiliz.lib.pages import get_visible_or_404, page, require
from referrals import permissions, transitions
from referrals.desks.adviser import elsewhere, known_people
from referrals.desks.adviser.person import added_to, consent_of, consent_words, latest_case
from referrals.desks.attempts import attempt
from referrals.forms.moving import MoveForm
from referrals.forms.person import ConsentForm, PersonForm, SamePersonForm
from referrals.models import Assignment, Beneficiary, Consent, Referral
from referrals.states import Verb
from referrals.transitions import ConsentInput, PersonInput


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, uid: UUID) -> HttpResponse:
    referral = get_visible_or_404(Referral.objects.for_step(request.actor), request.actor, uid)
    require(permissions.may_ever(request.actor, Verb.MOVE_TO_PERSON, referral))
    if request.POST.get("leaving", str(referral.beneficiary.uid)) != str(referral.beneficiary.uid):
        messages.info(request, _("Ce dossier vient de passer à une autre personne. Rien n’a changé de nouveau."))
        return redirect("referral_case", uid)
    if _is_too_late(request, referral):
        return page(request, "referrals/adviser/move_too_late.html", _shown(referral))
    if "nouvelle" in request.GET:
        return _to_someone_new(request, referral)
    if "personne" in request.GET:
        return _to_someone_known(request, referral)
    return _search(request, referral)


def _is_too_late(request: HttpRequest, referral: Referral) -> bool:
    asked = Assignment.objects.visible_to(request.actor).of_referral(referral)
    return not permissions.can(request.actor, Verb.MOVE_TO_PERSON, referral) or asked.once_accepted().exists()


def _shown(referral: Referral, **more: Any) -> dict[str, Any]:
    return {"referral": referral, "person": referral.beneficiary, **more}


# --- who it is --------------------------------------------------------------------------------------------
def _search(request: HttpRequest, referral: Referral) -> HttpResponse:
    """What is searched with travels in the body: a name has no place in an address, which is logged."""
    text = request.POST.get("connu", "").strip()[:100]
    people = known_people.matching(request.actor, text).beside(referral.beneficiary)
    found = list(people[: known_people.SHOWN + 1]) if text else []
    context = _shown(
        referral,
        text=text,
        found=[known_people.card(one) for one in found[: known_people.SHOWN]],
        has_more=len(found) > known_people.SHOWN,
        is_searched=bool(text) and known_people.is_long_enough(text),
    )
    return page(request, "referrals/adviser/move_search.html", context)


# --- to someone known, or new -----------------------------------------------------------------------------
@dataclass(slots=True, kw_only=True)
class _Asked:
    """The forms of one page; what is not asked is None."""

    move: MoveForm
    consent: ConsentForm | None
    person: PersonForm | None = None
    same: SamePersonForm | None = None
    helped: transitions.HelpedElsewhere | None = None

    @property
    def all(self) -> list[Any]:
        return [form for form in (self.person, self.same, self.move, self.consent) if form is not None]

    def are_valid(self) -> bool:
        return not [form for form in self.all if not form.is_valid()]  # each says what is wrong with it


def _to_someone_known(request: HttpRequest, referral: Referral) -> HttpResponse:
    other = _known(request, referral)
    if other is None:
        messages.info(request, _("Ce dossier est déjà celui de cette personne. Rien n’a changé."))
        return redirect("referral_case", referral.uid)
    data = request.POST if request.method == "POST" else None
    in_force = consent_of(other)
    last = latest_case(other)
    initial = {"leaving": referral.beneficiary.uid, **({"distance_agreed_km": last.distance_agreed_km} if last else {})}
    asked = _Asked(
        move=MoveForm(data, initial=initial, referral=referral, asks_distance=True),
        consent=None if in_force else ConsentForm(data, born=other.birth_date),
    )
    try:
        if data is not None and asked.are_valid() and _moved(request, referral, asked, other):
            return redirect("referral_person", referral.uid)
    except transitions.HelpedElsewhere as found:
        asked.helped = found
    return _ask(request, referral, asked, known=known_people.card(other), in_force=in_force)


def _to_someone_new(request: HttpRequest, referral: Referral) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    person, initial = PersonForm(data), {"leaving": referral.beneficiary.uid}
    asked = _Asked(
        person=person,
        move=MoveForm(data, initial=initial, referral=referral, asks_distance=False),
        consent=ConsentForm(data, person=person),
    )
    if data is not None and person.is_valid():
        asked.same = _alike(request, referral, person)
    try:
        if data is not None and asked.are_valid() and _moved(request, referral, asked):
            return redirect("referral_person", referral.uid)
    except transitions.HelpedElsewhere as found:
        asked.helped = found
    return _ask(request, referral, asked)


def _ask(
    request: HttpRequest,
    referral: Referral,
    asked: _Asked,
    known: known_people.Card | None = None,
    in_force: Consent | None = None,
) -> HttpResponse:
    context = _shown(
        referral,
        form=asked.person,
        same=asked.same,
        move_form=asked.move,
        consent_form=asked.consent,
        consent_in_force=in_force,
        known=known,
        **elsewhere.question(request, asked.helped),
        **consent_words(),
    )
    return page(request, "referrals/adviser/move.html", context, status=422 if asked.move.is_bound else 200)


def _known(request: HttpRequest, referral: Referral) -> Beneficiary | None:
    """Whom the address names, or whoever took their record's place; None: it is their case already."""
    try:
        uid = UUID(request.GET["personne"])
    except ValueError:
        raise Http404 from None
    visible = Beneficiary.objects.visible_to(request.actor).with_cases(request.actor)
    other = visible.standing_for(uid).first()
    if other is None or other.organisation_id != referral.beneficiary.organisation_id:
        raise Http404
    return None if other.pk == referral.beneficiary_id else other


def _alike(request: HttpRequest, referral: Referral, form: PersonForm) -> SamePersonForm | None:
    """Asked where a record of the same organisation looks like this person."""
    said = {name: form.person[name] for name in ("last_name", "first_name", "birth_date", "phone")}
    like = known_people.like(request.actor, **said, but_of=referral.uid)
    people = [one for one in like if one.organisation_id == referral.beneficiary.organisation_id]
    return SamePersonForm(request.POST, people=people) if people else None


def _moved(request: HttpRequest, referral: Referral, asked: _Asked, known: Beneficiary | None = None) -> bool:
    person = PersonInput(**asked.person.person) if asked.person else None
    if asked.same and asked.same.chosen and person:
        known = asked.same.chosen
        person = added_to(known, person)

    def do() -> None:
        transitions.move_to_person(
            referral,
            leaving=referral.beneficiary,
            known=known,
            person=person,
            consent=ConsentInput(**asked.consent.consent) if asked.consent else None,
            distance_agreed_km=(asked.person or asked.move).cleaned_data["distance_agreed_km"],
            takes_vehicle=asked.move.takes_vehicle,
            elsewhere=elsewhere.said(request),
            by=request.actor,
        )

    said = _("Le dossier a changé de personne : relisez-la, puis refaites les étapes qui dépendent d’elle.")
    return attempt(request, asked.move, do, said)
