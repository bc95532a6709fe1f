"""Step 1: the person, known already or new, and what they agree to."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mobiliz.lib import clock
from mobiliz.lib.pages import page, require
from referrals import consent, permissions, transitions
from referrals.desks.adviser import elsewhere, known_people, steps, typed
from referrals.desks.adviser.typed import Typed
from referrals.desks.look import only_senders_and_pilots
from referrals.forms.person import ConsentForm, NewPersonForm, PersonForm, SamePersonForm
from referrals.models import Beneficiary, Consent, Referral, Step
from referrals.transitions import ConsentInput, PersonInput

RECENTLY = timedelta(minutes=15)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    only_senders_and_pilots(request.actor)
    require(permissions.can_create(request.actor))
    entry = typed.at_step(request, _key(request), Step.PERSON, {})
    if request.method == "POST":
        return _posted(request, entry)
    if opened := Referral.objects.visible_to(request.actor).with_uid(entry.dossier).first():
        return redirect("referral_person", opened.uid)
    known = _known(request, entry)
    stored = PersonForm.known(known, latest_case(known)) if known else {}
    form = NewPersonForm(initial={**stored, **entry.initial_of(PersonForm), "key": entry.dossier})
    asked = None if consent_of(known) else ConsentForm(initial=entry.initial_of(ConsentForm))
    return _show_new(request, entry, form, asked, known)


def _posted(request: HttpRequest, entry: Typed) -> HttpResponse:
    known = _known(request, entry)
    form = NewPersonForm(request.POST)
    asked = None if consent_of(known) else ConsentForm(request.POST, person=form)
    is_complete = all([form.is_valid(), asked is None or asked.is_valid()])
    same = _same_person(request, form) if known is None and form.is_valid() else None
    is_complete = is_complete and (same is None or same.is_valid())
    helped = None
    try:
        referral = _opened(request, form, asked, known, same) if is_complete else None
    except transitions.HelpedElsewhere as found:
        referral, helped = None, found
    if referral:
        entry.submitted(request)
        said = _("Le dossier %(number)s est ouvert.")
        messages.success(request, said % {"number": referral.spoken_number})
        return redirect("referral_household", referral.uid)
    return _show_new(request, entry, form, asked, known, same, helped, status=422)


def _show_new(
    request: HttpRequest,
    entry: Typed,
    form: NewPersonForm,
    asked: ConsentForm | None,
    known: Beneficiary | None,
    same: SamePersonForm | None = None,
    helped: transitions.HelpedElsewhere | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        **elsewhere.question(request, helped),
        "form": form,
        "same": same,
        "consent_form": asked,
        "consent_in_force": consent_of(known),
        "known": known_people.card(known) if known else None,
        "typed": entry,
        "steps": steps.bar(None, "person"),
        **consent_words(),
    }
    if not form.is_bound:
        started = typed.started_by(request.actor, but=entry.dossier)
        context |= {"just_opened": _just_opened(request), "started": started}
    return page(request, "referrals/adviser/new.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@steps.step()
def person(request: HttpRequest, referral: Referral) -> HttpResponse:
    known = referral.beneficiary
    stored = PersonForm.known(known, referral)
    entry = typed.at_step(request, referral.uid, Step.PERSON, stored, known.pk)
    consents = list(known.consents.newest_first())
    form, asked = _forms_of_a_draft(request, entry, stored, is_agreed=any(one.is_in_force for one in consents))
    is_complete = all([form.is_valid(), asked is None or asked.is_valid()])
    helped = None
    if is_complete and entry.is_in_order(request, form):
        try:
            is_done = _corrected(request, referral, form, asked, entry)
        except transitions.HelpedElsewhere as found:
            is_done, helped = False, found
        if is_done:
            return redirect("referral_household", referral.uid)
    context = steps.context(
        referral,
        "person",
        form=form,
        consent_form=asked,
        consents=consents,
        typed=entry,
        **elsewhere.question(request, helped),
        **consent_words(),
    )
    return page(request, "referrals/adviser/person.html", context, status=422 if form.is_bound else 200)


def _forms_of_a_draft(
    request: HttpRequest, entry: Typed, stored: dict[str, Any], *, is_agreed: bool
) -> tuple[PersonForm, ConsentForm | None]:
    """A draft whose person withdrew what they had agreed to asks again."""
    if request.method == "POST":
        form = PersonForm(request.POST, initial=stored)
        return form, None if is_agreed else ConsentForm(request.POST, person=form)
    form = PersonForm(initial={**stored, **entry.initial_of(PersonForm)})
    return form, None if is_agreed else ConsentForm(initial=entry.initial_of(ConsentForm))


@require_safe
def consent_text(request: HttpRequest) -> HttpResponse:
    """To be printed, read and signed; it names nobody."""
    only_senders_and_pilots(request.actor)
    require(permissions.can_create(request.actor))
    place = request.actor.membership.organisation
    return page(request, "referrals/adviser/consent.html", {"place": place, **consent_words()})


def consent_words() -> dict[str, Any]:
    return {"consent_version": consent.TEXT_VERSION, "consent_text": consent.TEXT, "consent_naming": consent.NAMING}


# --- a dossier that is not opened yet ---------------------------------------------------------------------
def _key(request: HttpRequest) -> UUID:
    """The dossier that the form will open: named by the form, or by the address of one that was begun."""
    said = request.POST.get("key") if request.method == "POST" else request.GET.get("dossier")
    try:
        return UUID(said or "")
    except ValueError:
        return uuid4()


def _known(request: HttpRequest, entry: Typed) -> Beneficiary | None:
    """The person found in the search, whom the address, the form or what was typed names."""
    said = request.POST.get("known") or request.GET.get("personne") or entry.data.get("known")
    try:
        uid = UUID(said or "")
    except ValueError:
        return None
    known = Beneficiary.objects.visible_to(request.actor).with_cases(request.actor).standing_for(uid).first()
    if known is None:
        raise Http404
    return known


def latest_case(known: Beneficiary) -> Referral | None:
    return next(iter(known.referrals.all()), None)


def consent_of(known: Beneficiary | None) -> Consent | None:
    """What they agreed to holds for a new need, unless the text has changed since, or it was long ago."""
    if known is None:
        return None
    recent = Consent.objects.in_force().still_to_be_relied_on(consent.TEXT_VERSION, consent.oldest(clock.today()))
    return recent.of_beneficiary(known.pk).first()


def _same_person(request: HttpRequest, form: NewPersonForm) -> SamePersonForm | None:
    """Asked where a record of the same structure looks like this person; the verb looks for those of others."""
    said = {name: form.person[name] for name in ("last_name", "first_name", "birth_date", "phone")}
    # whom this very form has registered by a first click is no other person
    people = known_people.like(request.actor, **said, but_of=form.cleaned_data["key"])
    return SamePersonForm(request.POST, people=people) if people else None


def _opened(
    request: HttpRequest,
    form: NewPersonForm,
    asked: ConsentForm | None,
    known: Beneficiary | None,
    same: SamePersonForm | None,
) -> Referral | None:
    person = PersonInput(**form.person)
    if same and same.chosen:
        known, person = same.chosen, added_to(same.chosen, person)
    try:
        return transitions.open_referral(
            person=person,
            consent=ConsentInput(**asked.consent) if asked else None,
            known=known,
            distance_agreed_km=form.cleaned_data["distance_agreed_km"],
            key=form.cleaned_data["key"],
            elsewhere=elsewhere.said(request),
            by=request.actor,
        )
    except transitions.HelpedElsewhere:
        raise
    except transitions.Refused as refused:
        form.add_error(None, refused.message)
        return None


def added_to(known: Beneficiary, person: PersonInput) -> PersonInput:
    """The record keeps its name, its day of birth and whatever was left empty; notes are put after its own."""
    notes = "\n".join(note for note in (known.notes, person.notes) if note)
    said = {name: getattr(person, name) or getattr(known, name) for name in ("phone", "email", "address")}
    own = {name: getattr(known, name) for name in ("first_name", "last_name", "birth_date")}
    return replace(person, **own, **said, notes=notes)


def _just_opened(request: HttpRequest) -> Referral | None:
    """The browser's back button leads to an empty form: the dossier that it had opened is one click away."""
    own = Referral.objects.visible_to(request.actor).for_list()
    return own.just_opened_by(request.actor.membership, clock.now() - RECENTLY).first()


# --- a draft ----------------------------------------------------------------------------------------------
def _corrected(
    request: HttpRequest, referral: Referral, form: PersonForm, asked: ConsentForm | None, entry: Typed
) -> bool:
    """Whether it is settled: done now, or no longer the case of this person."""
    try:
        _correct(request, referral, form, asked)
    except transitions.HelpedElsewhere:
        raise
    except transitions.Overtaken as overtaken:
        messages.info(request, overtaken.message)
    except transitions.Refused as refused:
        form.add_error(None, refused.message)
        return False
    else:
        entry.submitted(request)
    return True


def _correct(request: HttpRequest, referral: Referral, form: PersonForm, asked: ConsentForm | None) -> None:
    before = referral.assessment_id
    said = {**form.person, "distance_agreed_km": form.cleaned_data["distance_agreed_km"]}
    with transaction.atomic():
        if asked:  # first: nobody is looked for elsewhere before they agreed
            transitions.record_consent(referral, consent=ConsentInput(**asked.consent), by=request.actor)
        transitions.update_person(referral, by=request.actor, elsewhere=elsewhere.said(request), **said)
    referral.refresh_from_db(fields=["assessment"])
    if referral.assessment_id != before:
        messages.info(request, _("L’éligibilité a été recalculée : relisez la réponse."))
