"""Two records of one person become one: what hung on the one hangs on the other, and the log of every case says so."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from referrals import permissions
from referrals.models import Beneficiary, Consent, Household, Lookalike, Need, Referral, Vehicle
from referrals.models.people import HOUSEHOLD, IDENTITY
from referrals.states import Outcome, State, Verb
from referrals.transitions.core import Refused, begin, finish, open_assignment, overtaken
from referrals.transitions.duplicates import ElsewhereInput, Identity, keep_answer, look_again, unsay, wait_for_turn
from referrals.transitions.reassessing import SETTLED, age_and_territory, assess_again, fall_back, no_longer_holds


@dataclass(slots=True)
class _Merge:
    """Both records as they were: what each case rested on, and whether a consent covered it."""

    kept: Beneficiary
    retired: Beneficiary
    by: Actor
    taken: list[str] = field(default_factory=list)
    rested_on: dict[int, tuple[date, str]] = field(default_factory=dict)
    uncovered: set[int] = field(default_factory=set)
    were: dict[int, Identity] = field(default_factory=dict)


@transaction.atomic
def merge_people(
    kept: Beneficiary,
    retired: Beneficiary,
    *,
    from_retired: Collection[str] = (),
    by: Actor,
    elsewhere: ElsewhereInput | None = None,
) -> None:
    """`from_retired` names the fields, "household" among them, whose value comes from the record that ends.

    It cannot be undone. Both people are locked in the order of their keys, then all their cases in the order of their
    numbers; the record that ends stays as a mark that leads to the other, without a way to reach the person. Whom
    another structure helps under what was taken from both: as in `correct_person`.
    """
    if not (permissions.can_merge(by, kept) and permissions.can_merge(by, retired)):
        raise PermissionDenied
    _refuse_unlike(kept, retired)
    wait_for_turn(_identity_of_both(kept, retired, from_retired))
    merge = _as_they_were(*_locked_people(kept, retired), by)
    cases = [
        begin(one, Verb.MERGE_PEOPLE, by=by)[0] for one in Referral.objects.of_people(merge.kept.pk, merge.retired.pk)
    ]
    _take_values(merge, from_retired)
    _take_household(merge, from_retired)
    _take_consents(merge)
    Vehicle.objects.of_beneficiary(merge.retired.pk).update(beneficiary=merge.kept)
    unsay(merge.kept, merge.were)
    _end(merge)
    for one in cases:
        _carry_over(one, merge)
    asking = next((one for one in cases if one.is_open), None)
    found = look_again(asking, merge.were, said=elsewhere, by=by)
    keep_answer(asking, found, said=elsewhere, by=by)


def _identity_of_both(kept: Beneficiary, retired: Beneficiary, from_retired: Collection[str]) -> Identity:
    names = ("last_name", "first_name", "birth_date", "phone")
    return Identity(**{name: getattr(retired if name in from_retired else kept, name) for name in names})


def _refuse_unlike(kept: Beneficiary, retired: Beneficiary) -> None:
    if kept.pk == retired.pk:
        raise Refused(_("C’est la même fiche : choisissez-en une autre."), code="same_record")
    if kept.organisation_id != retired.organisation_id:
        message = _("Ces fiches sont de deux organisations : chacune garde la sienne.")
        raise Refused(message, code="other_organisation")


def _locked_people(kept: Beneficiary, retired: Beneficiary) -> tuple[Beneficiary, Beneficiary]:
    """As they are now; whoever comes second is told who was quicker."""
    rows = Beneficiary.objects.both(kept.pk, retired.pk).select_for_update(no_key=True)
    people = {one.pk: one for one in rows}
    ended = [one for one in people.values() if one.merged_into_id is not None]
    for one in ended:
        case = Referral.objects.of_people(one.merged_into_id).first()  # type: ignore[arg-type]
        if case:
            raise overtaken(case)
    if ended:
        raise Refused(_("Ces fiches ont déjà été réunies."), code="already_done")
    return people[kept.pk], people[retired.pk]


def _as_they_were(kept: Beneficiary, retired: Beneficiary, by: Actor) -> _Merge:
    merge = _Merge(kept, retired, by)
    for one in (kept, retired):
        merge.rested_on[one.pk] = age_and_territory(one)
        merge.were[one.pk] = Identity.of(one)
        if not Consent.objects.in_force().of_beneficiary(one.pk).exists():
            merge.uncovered.add(one.pk)
    return merge


def _take_values(merge: _Merge, from_retired: Collection[str]) -> None:
    kept, retired = merge.kept, merge.retired
    for name in IDENTITY:
        if name in from_retired and getattr(kept, name) != getattr(retired, name):
            setattr(kept, name, getattr(retired, name))
            merge.taken.append(name)
    notes = dict.fromkeys(note for note in (kept.notes, retired.notes) if note)
    kept.notes = "\n".join(notes) or None
    kept.save()


def _take_household(merge: _Merge, from_retired: Collection[str]) -> None:
    """One stays. The income of the other has no purpose any more, and what was decided on it keeps its own facts."""
    own = Household.objects.of_beneficiary(merge.kept.pk).select_for_update().first()
    other = Household.objects.of_beneficiary(merge.retired.pk).select_for_update().first()
    if other is None:
        return
    if own and HOUSEHOLD not in from_retired:
        other.delete()
        return
    if own:
        own.delete()
    other.beneficiary = merge.kept
    other.save(update_fields=["beneficiary"])
    merge.taken.append(HOUSEHOLD)


def _take_consents(merge: _Merge) -> None:
    """At most one is in force: the older gives way to the newer, as it does when the person agrees anew."""
    of_both = Consent.objects.of_people(merge.kept.pk, merge.retired.pk)
    for older in of_both.in_force().newest_first()[1:]:
        older.replaced_at = clock.now()
        older.save(update_fields=["replaced_at"])
    Consent.objects.of_beneficiary(merge.retired.pk).update(beneficiary=merge.kept)


def _end(merge: _Merge) -> None:
    """Name and day of birth say which record it was; how to reach the person stands in the other alone."""
    retired = merge.retired
    retired.merged_into = merge.kept
    retired.phone = retired.email = retired.address = ""
    retired.notes = None
    retired.save()
    Need.objects.passed_on(retired.pk, merge.kept.pk)
    Lookalike.objects.passed_on(retired.pk, merge.kept.pk)
    # one step from any record that ended to the one that stands
    Beneficiary.objects.merged_into_record(retired.pk).update(merged_into=merge.kept)


def _carry_over(referral: Referral, merge: _Merge) -> None:
    state, before = State(referral.state), referral.beneficiary_id
    also = ["beneficiary"]
    referral.beneficiary = merge.kept
    if before in merge.uncovered and len(merge.uncovered) == 1 and referral.unshared_at is None:
        referral.unshared_at = clock.now()
        also.append("unshared_at")
    is_other = referral.is_open and state not in SETTLED and merge.rested_on[before] != age_and_territory(merge.kept)
    if is_other and referral.assessment:
        assess_again(referral, merge.kept, merge.by)
        also.append("assessment")
    told: dict[str, Any] = {"kept": str(merge.kept.uid), "retired": str(merge.retired.uid), "taken": merge.taken}
    outcome = Outcome(referral.outcome) if referral.outcome else None
    detail = {**told, "moved": before == merge.retired.pk}
    # no garage is told: nothing of what it sees is said to come from another record
    finish(referral, Verb.MERGE_PEOPLE, state, by=merge.by, outcome=outcome, detail=detail, also=tuple(also))
    if is_other and no_longer_holds(referral):
        fall_back(referral, open_assignment(referral), merge.by)
