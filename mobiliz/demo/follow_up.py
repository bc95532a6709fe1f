"""What people noted on live cases, and who will be away: as colleagues would find it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import timedelta

from mobiliz.accounts.absences import go_absent
from mobiliz.accounts.actors import Actor
from mobiliz.demo.network import Cast
from mobiliz.lib import clock
from referrals import transitions
from referrals.models import Called, IncidentKind, Referral, Resolution
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
    _load_incidents(cast)


def _load_incidents(cast: Cast) -> None:
    """One that waits, one that is late, and one whose answer nobody has read yet."""
    by, pilot = Actor.member(cast.adviser), Actor.member(cast.pilot)
    kind = IncidentKind.DID_NOT_WORK
    with _days_ago(1):
        silent = _case(cast, "Roux")
        words = "Trois appels depuis lundi, personne ne rappelle."
        transitions.report_incident(silent, kind=kind, words=words, by=by)
    with _days_ago(6):
        late = Referral.objects.open().of_adviser(cast.colleague).matching("Camara").get()
        transitions.report_incident(late, kind=IncidentKind.PERSON_UNREACHABLE, by=Actor.member(cast.colleague))
    elsewhere = Referral.objects.open().of_adviser(cast.adie).matching("Lopes").get()
    transitions.report_incident(elsewhere, kind=IncidentKind.PERSON_UNREACHABLE, by=Actor.member(cast.adie))
    with _days_ago(4):
        answered = transitions.report_incident(
            _case(cast, "Haddad"), kind=kind, words="Le garage a oublié le rendez-vous.", by=by
        )
    with _days_ago(1):
        words = "J’ai eu le chef d’atelier : il rappelle Mme Haddad demain avant midi."
        transitions.answer_incident(answered, words=words, resolution=Resolution.GARAGE_REMINDED, by=pilot)


def _days_ago(days: int) -> AbstractContextManager[None]:
    return clock.moved_to(clock.now() - timedelta(days=days))


def _case(cast: Cast, last_name: str) -> Referral:
    """The open one of this name that the adviser follows."""
    return Referral.objects.open().of_adviser(cast.adviser).matching(last_name).get()
