"""What the pages between adviser and garage share: who stands where, and where the case is now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from mobiliz.accounts.actors import Actor
from referrals import permissions
from referrals.desks.garage_tasks import who_and_what
from referrals.models import Assignment, CaseMessage, Referral, Side
from referrals.states import State, Verb
from referrals.words import moment_in_words

UNREAD_LENGTH = 20


@dataclass(frozen=True, slots=True)
class Talk:
    """One assignment, seen from one side."""

    held: Assignment
    side: Side
    may_write: bool

    @property
    def is_garage(self) -> bool:
        return self.side == Side.GARAGE

    @property
    def referral(self) -> Referral:
        return self.held.referral

    @property
    def other(self) -> str:
        """Who reads what this side writes."""
        if not self.is_garage:
            return self.held.garage.name
        adviser = self.referral.adviser
        place = self.referral.organisation.name
        return f"{adviser.user.get_full_name()} ({place})" if adviser else place

    @property
    def who(self) -> str:
        """The person and the car, as far as this side may know; only the number once a garage lost the case."""
        if not self.is_garage:
            return str(self.referral.beneficiary)
        gone = self.held.was_handed_over
        return _("dossier %(number)s") % {"number": self.referral.spoken_number} if gone else who_and_what(self.held)

    @property
    def back(self) -> str:
        if self.is_garage:
            return reverse("assignment", args=[self.held.uid])
        return reverse("referral_case", args=[self.referral.uid])

    @property
    def is_waiting(self) -> bool:
        """Asked, and without an answer: nothing is written before it says yes."""
        return self.held.is_open and self.referral.state == State.WAITING

    @property
    def ended(self) -> str:
        """Since when this garage no longer has it."""
        if self.held.ended_at is None:
            return ""
        words = {"garage": self.held.garage.name, "end": self.held.get_end_display()}
        when = moment_in_words(self.held.ended_at)
        if self.is_garage:
            return _("Cette orientation n’est plus chez vous : %(end)s, %(when)s.") % {**words, "when": when}
        return _("%(garage)s n’a plus ce dossier : %(end)s, %(when)s.") % {**words, "when": when}

    @property
    def now(self) -> dict[str, str]:
        """Where the case is now, for the side that follows it; a garage is not told of the next one."""
        if self.is_garage:
            return {}
        after = Assignment.objects.of_referral(self.referral).open().select_related("garage").first()
        if after is None:
            return {"said": _("Aucun garage ne l’a en ce moment."), "url": "", "label": ""}
        said = _("Il est maintenant chez %(garage)s.") % {"garage": after.garage.name}
        if after.accepted_at is None:
            return {"said": f"{said} {_('Le fil s’ouvrira quand ce garage aura accepté.')}", "url": "", "label": ""}
        label = _("Écrire à %(garage)s") % {"garage": after.garage.name}
        return {"said": said, "url": reverse("messages", args=[after.uid]), "label": label}


def talk_of(held: Assignment, actor: Actor) -> Talk:
    side = Side.GARAGE if actor.is_garage else Side.SENDER
    may_write = held.is_open and permissions.can(actor, Verb.WRITE_MESSAGE, held.referral, held)
    return Talk(held, side, may_write)


def threads_of(assignments: Iterable[Assignment], referral: Referral, actor: Actor) -> list[dict[str, Any]]:
    """For the page of a case: each garage that took it on, with how much was written and what is unread."""
    side = Side.GARAGE if actor.is_garage else Side.SENDER
    counts = CaseMessage.objects.visible_to(actor).of_referral(referral).counted_by_assignment(side.value)
    return [
        {"held": one, "count": counts.get(one.pk, (0, 0))[0], "unread": counts.get(one.pk, (0, 0))[1]}
        for one in assignments
        if one.accepted_at is not None and (one.is_open or one.pk in counts)
    ]


def unread_of(actor: Actor) -> list[Assignment]:
    """For a desk: what the other side wrote and nobody of this one has read, the newest first."""
    rows = Assignment.objects.visible_to(actor).with_person_shown() if actor.is_garage else own_threads(actor)
    side = Side.GARAGE if actor.is_garage else Side.SENDER
    return list(rows.with_unread(side.value).for_unread_line()[:UNREAD_LENGTH])


def own_threads(actor: Actor) -> Any:
    """The cases that this adviser follows or covers."""
    mine = Referral.objects.visible_to(actor).to_be_done_by(actor.membership)
    return Assignment.objects.visible_to(actor).of_cases(mine)
