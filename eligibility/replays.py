"""Old assessments recomputed from their own facts and pinned rules: the same trace, byte for byte, or an alarm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import structlog
from cryptography.fernet import InvalidToken
from django.core.exceptions import PermissionDenied
from django.db import transaction

from eligibility.assess import replay, thresholds_on_record
from eligibility.models import Assessment, Drift
from eligibility.querysets import AssessmentQuerySet
from mobiliz.accounts.actors import Actor
from mobiliz.accounts.roles import Permission
from mobiliz.lib import clock

log = structlog.get_logger(__name__)

SAMPLE = 500
CHUNK = 500


class Came(StrEnum):
    SAME = "same"
    DIFFERENT = "different"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Replayed:
    """fault: why it could not be recomputed at all, where that is so."""

    assessment: Assessment
    came: Came
    fault: str = ""


def replay_each(assessments: AssessmentQuerySet) -> Iterator[Replayed]:
    """One after the other. What cannot be read or computed any more is a drift too, and stops none of the others."""
    known = thresholds_on_record()
    for one in _one_by_one(assessments):
        if one.is_erased:
            yield Replayed(one, Came.ERASED)
            continue
        try:
            came = Came.SAME if replay(one, known) else Came.DIFFERENT
        except Exception as failed:
            fault = type(failed).__name__  # without its words, which may hold a fact
            log.error("an assessment cannot be replayed", assessment=str(one.uid), fault=fault)
            yield Replayed(one, Came.DIFFERENT, fault)
        else:
            yield Replayed(one, came)


def _one_by_one(assessments: AssessmentQuerySet) -> Iterator[Assessment]:
    """In the order of their keys, so many at a time. Of those that no key opens, what is sealed is not read here: it
    fails where it is asked for."""
    reached = 0
    while keys := assessments.keys_after(reached, CHUNK):
        reached = keys[-1]
        rows = Assessment.objects.for_replay(keys)
        try:
            yield from list(rows)
        except InvalidToken:
            yield from rows.unread()


def replay_a_sample(size: int = SAMPLE) -> Counter[Came]:
    """At random; each drift is a row that the pilots' desk shows until one of them has looked at it."""
    counts: Counter[Came] = Counter()
    for one in replay_each(Assessment.objects.at_random(size)):
        counts[one.came] += 1
        if one.came is Came.DIFFERENT:
            log.error("an assessment comes out otherwise than it did", assessment=str(one.assessment.uid))
            Drift.objects.get_or_create(assessment=one.assessment, defaults={"fault": one.fault})
    return counts


@transaction.atomic
def note_seen(drift: Drift, *, by: Actor) -> None:
    """A pilot has looked at it; twice is once, by whoever was first."""
    if by.membership is None or not by.can(Permission.DRAFT_RULES):
        raise PermissionDenied
    Drift.objects.unseen().of_key(drift.pk).update(seen_at=clock.now(), seen_by=by.membership)
