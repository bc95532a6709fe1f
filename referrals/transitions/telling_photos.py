"""Photos that came after a case was sent stand in its log, once: whoever looks at the car sees that there are more."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from mobiliz.accounts.actors import Actor
from referrals.models import LogEntry, Photo, Referral
from referrals.states import State, Verb
from referrals.transitions.core import begin, finish, open_assignment


@transaction.atomic
def tell_of_photos(referral: Referral, *, photos: Sequence[Photo], by: Actor) -> None:
    """`photos` are kept already. Those of which the log tells, as after a double click, are not told again."""
    referral, _nothing = begin(referral, Verb.TELL_OF_PHOTOS, by=by)
    told = {uid for entry in LogEntry.objects.of_referral(referral).of_verb(Verb.TELL_OF_PHOTOS) for uid in _of(entry)}
    new = [uid for uid in (str(photo.uid) for photo in photos) if uid not in told]
    if new:
        held = open_assignment(referral)
        finish(referral, Verb.TELL_OF_PHOTOS, State(referral.state), by=by, assignment=held, detail={"photos": new})


def _of(entry: LogEntry) -> list[str]:
    return list(entry.detail["photos"])
