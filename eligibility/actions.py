"""What is done to rule sets: drafted, saved, tried, proposed, approved by another, announced, read.

An approved one is never changed, but for the day on which its successor ends it; the database holds both.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from eligibility import notifications, rules
from eligibility.leaves import BadRule
from eligibility.models import Acknowledgement, RuleSet, Status, Subject, Trial, TrialStatus
from mobiliz.accounts.actors import Actor
from mobiliz.accounts.models import Membership
from mobiliz.accounts.roles import Permission
from mobiliz.lib import clock
from mobiliz.lib.refusals import Refused
from mobiliz.programme.models import Offer, Phase


@dataclass(frozen=True, slots=True)
class DraftInput:
    """What a pilot may set in a draft."""

    definition: dict[str, Any]
    validity_days: int
    in_force_from: date | None
    why: str
    source: str = ""
    frozen_until: date | None = None


@transaction.atomic
def draft_rule_set(offer: Offer, subject: Subject, *, by: Actor, like: RuleSet | None = None) -> RuleSet:
    """A new draft, as a copy of `like`, or of the version in force; the next number of this offer and subject."""
    membership = _may_draft(by)
    Offer.objects.select_for_update().get(pk=offer.pk)  # one number at a time
    versions = RuleSet.objects.of_offer(offer.pk, subject)
    model = like or versions.in_force_on(clock.today()).first() or versions.approved().first()
    last = versions.order_by("-version").values_list("version", flat=True).first() or 0
    return RuleSet.objects.create(
        offer=offer,
        subject=subject,
        version=last + 1,
        definition=model.definition if model else {"op": "all", "of": []},
        validity_days=model.validity_days if model else 180,
        drafted_by=membership,
    )


@transaction.atomic
def save_draft(rule_set: RuleSet, *, given: DraftInput, by: Actor, seen_at: str = "") -> RuleSet:
    """Keep what was typed. A rule that is not whole yet is kept too: only a proposal has to be one.

    seen_at: `changed_at` in ISO as the form had it; where somebody else saved since, Refused.
    """
    _may_draft(by)
    draft = _locked_draft(rule_set)
    if seen_at and seen_at != draft.changed_at.isoformat():
        raise Refused(_("Ce brouillon a été changé entre-temps. Relisez-le, puis enregistrez de nouveau."))
    draft.definition, draft.validity_days = given.definition, given.validity_days
    draft.in_force_from, draft.why, draft.source = given.in_force_from, given.why.strip(), given.source.strip()
    draft.frozen_until = given.frozen_until
    draft.phase = Phase.FROZEN if given.frozen_until else Phase.EXPLORING
    draft.changed_at = clock.now()
    draft.save()
    return draft


@transaction.atomic
def discard_draft(rule_set: RuleSet, *, by: Actor) -> None:
    """Given up; it stays to be read, and its number is not used again."""
    _may_draft(by)
    draft = _locked(rule_set)
    if draft.status not in (Status.DRAFT, Status.PROPOSED):
        raise Refused(_("Ce barème n’est plus un brouillon."))
    draft.status = Status.DISCARDED
    draft.save(update_fields=["status"])


@transaction.atomic
def ask_for_trial(rule_set: RuleSet, *, since: date, by: Actor) -> Trial:
    """Try this draft on the cases assessed since that day; a worker does it. One at a time: twice is once."""
    membership = _may_draft(by)
    draft = _locked(rule_set)
    if draft.status not in (Status.DRAFT, Status.PROPOSED):
        raise Refused(_("Seul un brouillon s’essaie."))
    _whole(draft)
    under_way = Trial.objects.of_rule(draft).under_way()
    if (same := under_way.of_digest(draft.digest).first()) is not None:
        return same
    # of what the draft no longer says: whoever works on it finds it ended
    under_way.update(status=TrialStatus.FAILED, ended_at=clock.now(), leased_until=None, tally=None)
    return Trial.objects.create(rule_set=draft, digest=draft.digest, since=since, asked_by=membership)


@transaction.atomic
def propose(rule_set: RuleSet, *, by: Actor) -> RuleSet:
    """Ask another pilot to approve it: whole, with its first day and its reason, and tried as it stands."""
    _may_draft(by)
    draft = _locked_draft(rule_set)
    _require_ready(draft)
    draft.status, draft.proposed_at, draft.sent_back_because = Status.PROPOSED, clock.now(), ""
    draft.save(update_fields=["status", "proposed_at", "sent_back_because"])
    notifications.tell_of_proposal(draft, by=by)
    return draft


@transaction.atomic
def send_back(rule_set: RuleSet, *, because: str, by: Actor) -> RuleSet:
    """Not like this: it is a draft again, with the reason."""
    _may_draft(by)
    draft = _locked(rule_set)
    if draft.status != Status.PROPOSED:
        raise Refused(_("Ce barème n’attend plus d’approbation."))
    if not because.strip():
        raise Refused(_("Dites ce qui est à changer."), field="because")
    draft.status, draft.sent_back_because = Status.DRAFT, because.strip()
    draft.save(update_fields=["status", "sent_back_because"])
    notifications.tell_of_return(draft, by=by)
    return draft


@transaction.atomic
def approve(rule_set: RuleSet, *, by: Actor) -> RuleSet:
    """Another pilot's yes: from its first day on it is the rule, and the one before it ends. Announced to everyone.

    Two approvals at once of rules of one offer wait for each other; what would leave two in force is refused.
    """
    membership = _may_draft(by)
    Offer.objects.select_for_update().get(pk=rule_set.offer_id)  # versions of one offer, one at a time
    draft = _locked(rule_set)
    if draft.status != Status.PROPOSED:
        raise Refused(_("Ce barème n’attend plus d’approbation."), code="already_done")
    if draft.drafted_by is None or membership.user_id == draft.drafted_by.user_id:
        raise Refused(_("Un barème s’approuve à deux : demandez à un autre pilote."), code="four_eyes")
    _require_ready(draft)
    _require_free_day(draft)
    _require_two_nationals(draft, by)
    _end_the_one_before(draft)
    draft.status, draft.approved_by, draft.approved_at = Status.APPROVED, membership, clock.now()
    draft.save()
    notifications.announce(draft, by=by)
    return draft


def acknowledge(rule_set: RuleSet, *, by: Actor) -> None:
    """Read; twice is once."""
    if by.membership is None or not notifications.is_concerned(by, rule_set.subject):
        raise PermissionDenied
    if not rule_set.is_approved:
        raise Refused(_("Ce barème n’est pas approuvé."))
    Acknowledgement.objects.get_or_create(rule_set=rule_set, membership=by.membership)


# --- what has to be so ------------------------------------------------------------------------------------
def frozen_on(rule_set: RuleSet, day: date) -> RuleSet | None:
    """The version, in force or announced, that has begun by that day and is frozen beyond it; None where none is."""
    found: RuleSet | None = RuleSet.objects.like(rule_set).frozen_over(day).first()
    return found


def _may_draft(by: Actor) -> Membership:
    if by.membership is None or not by.can(Permission.DRAFT_RULES):
        raise PermissionDenied
    return by.membership


def _locked(rule_set: RuleSet) -> RuleSet:
    return RuleSet.objects.select_for_update(of=("self",)).select_related("offer", "drafted_by").get(pk=rule_set.pk)


def _locked_draft(rule_set: RuleSet) -> RuleSet:
    draft = _locked(rule_set)
    if draft.status != Status.DRAFT:
        raise Refused(_("Ce barème n’est plus un brouillon : faites-en un nouveau à partir de lui."))
    return draft


def _whole(draft: RuleSet) -> None:
    try:
        rules.parse(draft.definition, draft.subject)  # type: ignore[arg-type]
    except BadRule as bad:
        raise Refused(_("La règle n’est pas complète : %(what)s") % {"what": bad.message}, field="rule") from None


def _require_ready(draft: RuleSet) -> None:
    _whole(draft)
    if draft.in_force_from is None or draft.in_force_from < clock.today():
        message = _("Indiquez le premier jour de la règle : aujourd’hui ou un jour à venir.")
        raise Refused(message, field="in_force_from")
    if not draft.why:
        raise Refused(_("Dites pourquoi la règle change : chacun le lira."), field="why")
    if not Trial.objects.of_rule(draft).of_digest(draft.digest).done().exists():
        raise Refused(_("Essayez d’abord ce brouillon, tel qu’il est, sur des cas passés."), code="not_tried")


def _require_free_day(draft: RuleSet) -> None:
    """No rule of the same offer begins on the same day."""
    if RuleSet.objects.like(draft).approved().filter(in_force_from=draft.in_force_from).exists():
        message = _("Une autre version commence déjà ce jour-là : choisissez un autre jour.")
        raise Refused(message, field="in_force_from")


def _require_two_nationals(draft: RuleSet, by: Actor) -> None:
    """While the rule in force is frozen, only national pilots draft and approve."""
    assert draft.in_force_from is not None
    assert draft.drafted_by is not None
    frozen = frozen_on(draft, draft.in_force_from)
    if frozen is None:
        return
    is_national = Actor.member(draft.drafted_by).can(Permission.APPROVE_FROZEN_RULES)
    if not (is_national and by.can(Permission.APPROVE_FROZEN_RULES)):
        message = _("La règle est stabilisée jusqu’au %(day)s : il faut deux pilotes nationaux.")
        raise Refused(message % {"day": f"{frozen.frozen_until:%d/%m/%Y}"}, code="frozen")


def _end_the_one_before(draft: RuleSet) -> None:
    """Whatever is in force on the first day ends there; what begins later ends this one."""
    assert draft.in_force_from is not None
    before = RuleSet.objects.like(draft).in_force_on(draft.in_force_from).select_for_update().first()
    if before is not None:
        before.in_force_until = draft.in_force_from
        before.save(update_fields=["in_force_until"])
    later = RuleSet.objects.like(draft).starting_after(draft.in_force_from).first()
    draft.in_force_until = later.in_force_from if later else None
