"""Writing a draft: conditions and groups as nested fieldsets, read aloud as they will be read. Without script too.

Every press of a button brings all that was typed; only one of them saves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from eligibility import actions, tree
from eligibility.assess import compared, reading_of
from eligibility.forms import HeadForm
from eligibility.leaves import BadRule
from eligibility.models import RuleSet, Status
from eligibility.sheet import sheet_of, to_mend
from mobiliz.accounts.roles import Permission
from mobiliz.lib import clock
from mobiliz.lib.pages import get_visible_or_404, page, require
from mobiliz.lib.refusals import Refused

EDITOR = "eligibility/editor.html"
ACTS = ("ajouter", "groupe", "retirer", "monter", "descendre")


@dataclass
class Sheet:
    """The draft as it stands on the page."""

    draft: RuleSet
    definition: tree.Definition
    head: HeadForm
    is_judged: bool = True
    told: str = ""  # what could not be done
    overtaken_by: RuleSet | None = None


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, uid: UUID) -> HttpResponse:
    draft = get_visible_or_404(RuleSet.objects.for_page(), request.actor, uid)
    require(request.actor.can(Permission.DRAFT_RULES))
    if request.method == "POST":
        return _posted(request, draft)
    if draft.status != Status.DRAFT:
        messages.info(request, _("Ce barème n’est plus un brouillon : il se lit, il ne se change plus."))
        return redirect("rule_set", uid=draft.uid)
    return _show(request, _stored(draft))


def _stored(draft: RuleSet) -> Sheet:
    return Sheet(draft, tree.as_group(draft.definition), HeadForm.of(draft))


def _posted(request: HttpRequest, draft: RuleSet) -> HttpResponse:
    head = HeadForm(request.POST, draft=draft)
    try:
        sheet = Sheet(draft, tree.from_fields(request.POST), head)
    except BadRule as bad:
        # no such form is ours: of what it holds nothing can be shown
        sheet = _stored(draft)
        sheet.told = bad.message
        return _show(request, sheet, status=422)
    if request.htmx:
        return _show(request, sheet)
    if "enregistrer" in request.POST:
        return _save(request, sheet)
    sheet.head = head.unjudged()
    act = next((name for name in ACTS if name in request.POST), "")
    return _change(request, sheet, act) if act else _show(request, sheet)


def _change(request: HttpRequest, sheet: Sheet, act: str) -> HttpResponse:
    """One part more, less or elsewhere: the rest stands as it was typed, and nothing is judged."""
    sheet.is_judged = False
    path = tree.path_of(request.POST.get(act, ""))
    try:
        if path is not None:
            sheet.definition = _changed(request, sheet, act, path)
    except LookupError:
        pass  # it is gone already: the page shows what there is
    except BadRule as bad:
        sheet.told = bad.message
        return _show(request, sheet, status=422)
    return _show(request, sheet)


def _changed(request: HttpRequest, sheet: Sheet, act: str, path: tree.Path) -> tree.Definition:
    definition = sheet.definition
    if act == "groupe":
        return tree.added(definition, path, tree.GROUP)[0]
    if act == "ajouter":
        code = request.POST.get(tree.name_of(path, "new"), "")
        if code not in tree.choices_of(sheet.draft.subject):
            raise BadRule(_("Choisissez dans la liste la condition à ajouter."))
        return tree.added(definition, path, code)[0]
    if not path:
        raise LookupError
    if act == "retirer":
        return tree.removed(definition, path)
    return tree.moved(definition, path, -1 if act == "monter" else 1)[0]


def _save(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    if not sheet.head.is_valid():
        return _show(request, sheet, status=422)
    seen = sheet.head.cleaned_data["seen"]
    try:
        actions.save_draft(sheet.draft, given=sheet.head.given(sheet.definition), by=request.actor, seen_at=seen or "-")
    except Refused as refused:
        return _overtaken(request, sheet, refused.message)
    left = len(tree.faults(sheet.definition, sheet.draft.subject))
    if left:
        said = ngettext(
            "Brouillon enregistré. Il reste %(count)d point à compléter avant de le proposer.",
            "Brouillon enregistré. Il reste %(count)d points à compléter avant de le proposer.",
            left,
        )
        messages.warning(request, said % {"count": left})
    else:
        messages.success(request, _("Brouillon enregistré."))
    is_next = request.POST["enregistrer"] == "suite" and not left
    return redirect("rule_set" if is_next else "edit_rule_set", uid=sheet.draft.uid)


def _overtaken(request: HttpRequest, sheet: Sheet, message: str) -> HttpResponse:
    """Somebody saved or proposed it meanwhile: nothing that was typed is lost, and the difference is told."""
    now = get_visible_or_404(RuleSet.objects.for_page(), request.actor, sheet.draft.uid)
    sheet.told, sheet.overtaken_by = message, now
    sheet.head = sheet.head.seen_anew(now)
    return _show(request, sheet, status=409)


# --- the page ---------------------------------------------------------------------------------------------
def _show(request: HttpRequest, sheet: Sheet, *, status: int = 200) -> HttpResponse:
    draft, head = sheet.draft, sheet.head
    typed = RuleSet(
        offer_id=draft.offer_id,
        subject=draft.subject,
        version=draft.version,
        definition=sheet.definition,
        validity_days=head.read("validity_days") or draft.validity_days,
    )
    found = tree.faults(sheet.definition, draft.subject)
    before = RuleSet.objects.like(draft).in_force_on(head.read("in_force_from") or clock.today()).first()
    other = sheet.overtaken_by
    lines = sheet_of(sheet.definition, draft.subject, is_judged=sheet.is_judged)
    context: dict[str, Any] = {
        "draft": draft,
        "sheet": lines,
        "kinds": tree.choices_of(draft.subject).items(),
        "head": head,
        "told": sheet.told,
        "other": other,
        "other_changes": compared(other, typed) if other else [],
        "faults": to_mend(lines, found),
        "reading": reading_of(typed),
        "typed": typed,
        "before": before,
        "changes": compared(before, typed) if before else [],
    }
    return page(request, EDITOR, context, partial="preview", status=status)
