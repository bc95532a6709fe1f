"""What people noted on live cases, and who will be away: as colleagues would find it."""

from __future__ import annotations

from datetime import timedelta

from mobiliz.accounts.absences import go_absent
from mobiliz.accounts.actors import Actor
from mobiliz.demo.network import Cast
from mobiliz.lib import clock
from referrals.models import Called, Referral
from referrals.noting import CallInput, note_call, write_note


def load_follow_up(cast: Cast) -> None:
    by = Actor.member(cast.adviser)
    quoted = _case(cast, "Benali")
    with clock.moved_to(clock.now() - timedelta(days=1)):
        write_note(quoted, text="Préfère qu’on l’appelle après 17 h. Voudrait payer en trois fois.", by=by)
        missed = CallInput(called=Called.PERSON, is_reached=False, at=clock.now())
        note_call(quoted, call=missed, by=by)
    silent = _case(cast, "Roux")
    garage = silent.assignments.open().select_related("garage").get().garage
    contact = garage.contacts.current().first()
    spoken = CallInput(called=Called.GARAGE, is_reached=True, at=clock.now(), garage=garage, contact=contact)
    note_call(silent, call=spoken, text="Il regarde le planning et répond demain matin.", by=by)
    monday = clock.today() + timedelta(days=7 - clock.today().weekday())
    friday = monday + timedelta(days=4)
    away = Actor.member(cast.colleague)
    go_absent(cast.colleague, covered_by=cast.adviser, from_on=monday, until_on=friday, by=away)


def _case(cast: Cast, last_name: str) -> Referral:
    """The open one of this name that the adviser follows."""
    return Referral.objects.open().of_adviser(cast.adviser).matching(last_name).get()
