"""The two acts on what is typed at a step and not submitted: keep it, forget it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mobiliz.lib import clock
from mobiliz.lib.pages import page, require
from mobiliz.lib.uploads import accepts_files
from referrals import permissions, unfinished
from referrals.desks.adviser import steps, typed
from referrals.desks.look import only_senders_and_pilots
from referrals.desks.next_steps import step_url
from referrals.forms.person import said_of_birth
from referrals.models import Referral, Step
from referrals.states import Verb

# What is not an answer: buttons, the page's own marks, and lines that are only added up
BUTTONS = {"ajouter", "ajouter-photos", "retirer", "suite", "additionner"}
NOT_TYPED = {"csrfmiddlewaretoken", "version", "page", "key", "vu", "photos", *BUTTONS}
ONLY_ADDED_UP = "ligne-"
KEPT = "referrals/adviser/_kept.html"
MAY = {Step.HOUSEHOLD: permissions.can_reassess}


@accepts_files  # the step of the vehicle sends its photos along; they are not kept here
@require_POST
def keep(request: HttpRequest, uid: UUID, step: str) -> HttpResponse:
    """Quietly while one types; or by the button "later", which accepts whatever stands in the form."""
    referral = _referral(request, uid, step)
    if referral and not MAY.get(Step(step), permissions.can_edit_draft)(request.actor, referral):
        return page(request, KEPT, {"is_behind": True}) if request.htmx else steps.to_case(request, referral)
    if not typed.is_done_with(request):
        rests_on = request.POST.get("version", "")
        unfinished.keep(uid, step, typed=_answers(request), rests_on=rests_on, by=request.actor)
    if request.htmx:
        return _kept(request, uid, step, referral)
    messages.success(request, _("Votre saisie est gardée : reprenez-la ici quand vous voulez, dans les deux semaines."))
    return redirect("desk")


@require_POST
def forget(request: HttpRequest, uid: UUID, step: str) -> HttpResponse:
    referral = _referral(request, uid, step)
    unfinished.forget(uid, step, by=request.actor)
    messages.info(request, _("La saisie qui n’était pas enregistrée est effacée."))
    return redirect(step_url(referral, step) if referral else "desk")


def _referral(request: HttpRequest, uid: UUID, step: str) -> Referral | None:
    """The dossier, or None before it is opened. Somebody else's does not exist."""
    only_senders_and_pilots(request.actor)
    if step not in Step:
        raise Http404
    referral = Referral.objects.visible_to(request.actor).for_step(request.actor).with_uid(uid).first()
    if referral is None and Referral.objects.with_uid(uid).exists():
        raise Http404
    may = (
        permissions.may_ever(request.actor, Verb.SEND, referral) if referral else permissions.can_create(request.actor)
    )
    require(may)
    return referral


def _answers(request: HttpRequest) -> dict[str, list[str]]:
    return {
        name: values
        for name, values in request.POST.lists()
        if name not in NOT_TYPED and not name.startswith(ONLY_ADDED_UP)
    }


def _kept(request: HttpRequest, uid: UUID, step: str, referral: Referral | None) -> HttpResponse:
    context = {"step": step, "at": clock.now(), "age": said_of_birth(request.POST.get("birth_date", ""))}
    response = page(request, KEPT, context)
    if referral is None:
        # loaded anew, the page is that of the dossier that was begun
        response.headers["HX-Replace-Url"] = f"{reverse('referral_new')}?dossier={uid}"
    return response
