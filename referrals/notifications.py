"""Who is told what: one line a verb. Messages are written in the transaction of what they tell.

No message names the person or says anything of a household: the case number, the car, and a link. Whoever did it is not
told of it. What can wait goes into one message a day (`can_wait`); what someone has to act upon today goes at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from eligibility.models import Assessment
from mobiliz.accounts.actors import SYSTEM, Actor
from mobiliz.accounts.models import Membership
from mobiliz.accounts.querysets import Told
from mobiliz.lib import clock
from mobiliz.lib.templatetags.mobiliz import day_fr
from mobiliz.outbox.actions import Recipient, post, together
from referrals import links, words
from referrals.clock import DUE_AT, PARIS, next_working_day, zone_of
from referrals.models import Appointment, Assignment, IncidentKind, LogEntry, Referral
from referrals.states import LEADS, DeclineReason, End, Lead, State, Verb
from referrals.steps import Step

SOON = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class News:
    """One line of the log, and whom it concerns."""

    entry: LogEntry
    referral: Referral
    assignment: Assignment | None
    by: Actor

    @property
    def event(self) -> str:
        return f"log:{self.entry.pk}"

    @property
    def garage(self) -> str:
        return self.assignment.garage.name if self.assignment else ""

    @property
    def is_by_garage(self) -> bool:
        return self.by.is_garage or self.by.link is not None

    def adviser(self, line: str, *, can_wait: bool = False) -> None:
        tell_adviser(self.referral, line, event=self.event, by=self.by, can_wait=can_wait)

    def garage_people(self, line: str, *, can_wait: bool = False) -> None:
        if self.assignment is not None and not self.is_by_garage:
            tell_garage(self.assignment, line, event=self.event, can_wait=can_wait)

    def pilots(self, line: str, *, can_wait: bool = True) -> None:
        tell_pilots(self.referral, line, event=self.event, by=self.by, can_wait=can_wait)


def announce(entry: LogEntry, referral: Referral, assignment: Assignment | None, *, by: Actor) -> None:
    """Write the messages of this line of the log, with the line."""
    tell = _TOLD.get(Verb(entry.verb))
    if tell is not None:
        with together():
            tell(News(entry, referral, assignment, by))


# --- to whom ----------------------------------------------------------------------------------------------
def tell_adviser(referral: Referral, line: str, *, event: str, by: Actor, can_wait: bool = False) -> None:
    """Whoever follows the case, or answers for them today; every adviser of the place where nobody follows it.

    `line`: what happened, in a sentence. `event`: what the message tells of; the same is told once.
    """
    told = Membership.objects.told_for(referral.adviser_id, organisation_id=referral.organisation_id, on=clock.today())
    _tell_members("referrals/adviser", told, referral, line, event=event, by=by, can_wait=can_wait)


def tell_pilots(referral: Referral, line: str, *, event: str, by: Actor, can_wait: bool = True) -> None:
    """The pilots of the person's region; the national ones where it has none."""
    pilots = list(Membership.objects.pilots_for(referral.region_id))
    told = [one for one in pilots if one.region_id is not None] or pilots
    _tell_members(
        "referrals/pilot", [Told.of(one) for one in told], referral, line, event=event, by=by, can_wait=can_wait
    )


def tell_garage(
    assignment: Assignment,
    line: str,
    *,
    event: str,
    template: str = "referrals/garage",
    can_wait: bool = False,
    to_backup: bool = False,
    **more: Any,
) -> bool:
    """The garage's first contact, or its back-up, with a fresh link; False where nobody there can be written to."""
    holders = links.holders_at(assignment.garage)
    if not holders:
        return False
    holder = holders[min(len(holders) - 1, 1)] if to_backup else holders[0]
    _write_to(holder, assignment, line, event=event, template=template, can_wait=can_wait, **more)
    return True


def tell_fresh_link(assignment: Assignment, holder: links.Holder) -> None:
    """Asked for by whoever came too late to an old one."""
    line = _("voici un nouveau lien pour répondre.")
    event = f"fresh:{assignment.uid}:{clock.now().isoformat()}"
    _write_to(holder, assignment, line, event=event, template="referrals/garage", can_wait=False)


def tell_in_place_of(assignment: Assignment, holder: links.Holder, *, event: str) -> None:
    """To another of the garage, since the message to the first did not arrive."""
    line = _("pouvez-vous réparer cette voiture ? Réponse attendue %(day)s.") % {"day": _due(assignment)}
    _write_to(holder, assignment, line, event=event, template="referrals/garage_asked", can_wait=False)


def _write_to(
    holder: links.Holder, assignment: Assignment, line: str, *, event: str, template: str, can_wait: bool, **more: Any
) -> None:
    """With a link made for this very message."""
    url = links.url_of(links.make(assignment, holder))
    referral = _with_adviser(assignment.referral)
    department = assignment.garage.commune.department_id
    _post(
        template,
        Recipient(holder.email, holder.name),
        referral,
        line,
        url,
        event=event,
        digest_on=_digest_day(department) if can_wait else None,
        garage=assignment.garage.name,
        sender=_sender(referral),
        sender_phone=_sender_phone(referral),
        due=day_fr(assignment.due_on, "full") if assignment.due_on else "",
        **more,
    )


def _tell_members(
    template: str,
    members: Iterable[Told],
    referral: Referral,
    line: str,
    *,
    event: str,
    by: Actor,
    can_wait: bool,
) -> None:
    url = f"{settings.SITE_ADDRESS}{reverse('referral_case', kwargs={'uid': referral.uid})}"
    for one in members:
        if by.membership is not None and one.pk == by.membership.pk:
            continue
        to = Recipient(one.email, one.name)
        digest_on = _digest_day(PARIS) if can_wait else None
        _post(template, to, referral, line, url, event=event, digest_on=digest_on)


def _post(
    template: str, to: Recipient, referral: Referral, line: str, url: str, *, event: str, digest_on: date | None,
    **more: Any,
) -> None:  # fmt: skip
    case = case_in_words(referral)
    told = {"line": f"{case} : {line}", "news": line, "case": case, "url": url, **more}
    about = f"referral:{referral.uid}"
    post(template, to=to, context=told, key=f"{event}:{template}", about=about, digest_on=digest_on)


def case_in_words(referral: Referral) -> str:
    """ "Dossier 104 512 (Renault Clio)": the number that people say, and the car; never a name."""
    if referral.vehicle is None:
        return _("Dossier %(number)s") % {"number": referral.spoken_number}
    car = f"{referral.vehicle.make} {referral.vehicle.model}"
    return _("Dossier %(number)s (%(car)s)") % {"number": referral.spoken_number, "car": car}


def _with_adviser(referral: Referral) -> Referral:
    """Name and telephone number of whoever follows it, in one question."""
    if referral.adviser_id is not None and not Referral.adviser.is_cached(referral):
        referral.adviser = Membership.objects.select_related("user").get(pk=referral.adviser_id)
    return referral


def _sender(referral: Referral) -> str:
    name = referral.adviser.user.get_full_name() if referral.adviser else ""
    return f"{name} ({referral.organisation.name})" if name else referral.organisation.name


def _sender_phone(referral: Referral) -> str:
    return referral.adviser.phone if referral.adviser else ""


def _digest_day(department: str) -> date:
    """Today while people work there, else the next working day's."""
    local = clock.now().astimezone(zone_of(department))
    first = local.date() if local.time() < DUE_AT else local.date() + timedelta(days=1)
    return next_working_day(first, department)


# --- what, verb by verb -----------------------------------------------------------------------------------
def _due(assignment: Assignment | None) -> str:
    return day_fr(assignment.due_on, "weekday") if assignment and assignment.due_on else _("bientôt")


def _put(news: News) -> None:
    """A garage is asked, unless all are full; the adviser is told where the platform chose it."""
    if news.assignment is None:
        return
    line = _("pouvez-vous réparer cette voiture ? Réponse attendue %(day)s.") % {"day": _due(news.assignment)}
    is_reached = tell_garage(news.assignment, line, event=news.event, template="referrals/garage_asked")
    words_ = {"garage": news.garage, "day": _due(news.assignment)}
    if not is_reached:
        line = _("%(garage)s n’a pas d’adresse électronique : téléphonez-lui.") % words_
        tell_adviser(news.referral, line, event=news.event, by=SYSTEM)  # also whoever has just sent it
    elif news.entry.verb == Verb.ASSIGN:
        news.adviser(_("proposé à %(garage)s, réponse attendue %(day)s.") % words_, can_wait=True)


def _accepted(news: News) -> None:
    news.adviser(_("%(garage)s accepte. Prévenez la personne.") % {"garage": news.garage})


def _declined(news: News) -> None:
    reason = dict(words.DECLINE_REASONS).get(news.entry.detail.get("reason", ""), "")
    told = {"garage": news.garage, "reason": reason}
    if news.entry.detail.get("end") == End.GARAGE_LEFT:
        news.adviser(_("%(garage)s a quitté le réseau : il n’ira pas plus loin.") % told)
        return
    if news.entry.verb == Verb.GIVE_BACK:
        news.adviser(_("%(garage)s rend le dossier : %(reason)s.") % told)
        news.garage_people(_("ce dossier n’est plus chez vous."), can_wait=True)
    else:
        goes_on = LEADS[DeclineReason(news.entry.detail["reason"])] == Lead.NEXT_GARAGE
        news.adviser(_("%(garage)s décline : %(reason)s.") % told, can_wait=goes_on)


def _lapsed(news: News) -> None:
    if news.entry.detail.get("end") == End.GARAGE_LEFT:
        news.adviser(_("%(garage)s ne prend plus d’orientation.") % {"garage": news.garage}, can_wait=True)
        return
    news.adviser(_("%(garage)s n’a pas répondu à temps.") % {"garage": news.garage}, can_wait=True)
    news.garage_people(_("sans réponse de votre part, ce dossier est allé ailleurs."), can_wait=True)


def _released(news: News) -> None:
    """Taken back or fallen back to a draft: the garage need not answer any more."""
    news.garage_people(_("repris par la structure : vous n’avez plus rien à faire."), can_wait=True)


def _ended(news: News) -> None:
    """The case is over; whoever has the car in its diary is told at once."""
    was_accepted = news.assignment is not None and news.assignment.accepted_at is not None
    news.garage_people(_("le dossier est fermé : n’attendez plus la personne."), can_wait=not was_accepted)
    outcome = dict(words.OUTCOMES).get(news.referral.outcome, "")
    news.adviser(_("dossier fermé : %(outcome)s.") % {"outcome": outcome}, can_wait=True)


def _no_show(news: News) -> None:
    if news.entry.to_state == State.CLOSED:
        news.adviser(_("deuxième rendez-vous manqué : le dossier est fermé. Rappelez la personne."))
    else:
        news.adviser(_("la personne n’est pas venue à %(garage)s. Rappelez-la.") % {"garage": news.garage})


def _quoted(news: News) -> None:
    until = day_fr(date.fromisoformat(news.entry.detail["valid_until"]))
    told = {"garage": news.garage, "day": until}
    news.adviser(_("%(garage)s propose un devis, valable jusqu’au %(day)s. Lisez-le avec la personne.") % told)


def _quote_accepted(news: News) -> None:
    news.adviser(_("le devis est accepté."), can_wait=True)
    news.garage_people(_("la personne accepte votre devis : vous pouvez réparer."))


def _quote_declined(news: News) -> None:
    news.adviser(_("le devis est refusé."), can_wait=True)
    news.garage_people(_("la personne refuse le devis. Merci de l’avoir fait."), can_wait=True)


def _quote_expired(news: News) -> None:
    news.adviser(_("le devis a expiré sans réponse."))
    news.garage_people(_("votre devis a expiré sans réponse."), can_wait=True)


def _reviewed(news: News) -> None:
    if news.entry.verb == Verb.APPROVE_REVIEW:
        news.adviser(_("éligibilité accordée. Choisissez un garage."))
    else:
        news.adviser(_("éligibilité refusée. Lisez pourquoi, et dites-le à la personne."))


def _appointment(line: str) -> Callable[[News], None]:
    """Whoever did not do it is told at once: a day stands in somebody's diary."""

    def tell(news: News) -> None:
        starts_at = news.entry.detail.get("starts_at")
        assert news.assignment is not None
        when = words.moment_at_garage(datetime.fromisoformat(starts_at), news.assignment.garage) if starts_at else ""
        said = _(line) % {"when": when}
        news.adviser(said) if news.is_by_garage else news.garage_people(said)

    return tell


def _written(news: News) -> None:
    """A message waits for the morning, unless the car is seen today or tomorrow."""
    assert news.assignment is not None
    is_soon = Appointment.objects.of_assignment(news.assignment).live().before(clock.now() + SOON).exists()
    if news.is_by_garage:
        news.adviser(_("%(garage)s vous a écrit.") % {"garage": news.garage}, can_wait=not is_soon)
    else:
        news.garage_people(_("la structure vous a écrit : connectez-vous pour lire le message."), can_wait=not is_soon)


def tell_person_of_appointment(appointment: Appointment) -> None:
    """To the person, the day before: when, where, whom to call. No link: what is asked of them is to come."""
    held, person = appointment.assignment, appointment.assignment.referral.beneficiary
    garage, referral = held.garage, held.referral
    context = {
        "when": words.moment_at_garage(appointment.starts_at, garage),
        "garage": garage.name,
        "address": f"{garage.address}, {garage.postcode} {garage.commune.name}",
        "garage_phone": garage.phone,
        "car": str(referral.vehicle or ""),
        "is_accompanied": appointment.needs_accompaniment,
        "sender": _sender(referral),
        "sender_phone": _sender_phone(referral),
    }
    to = Recipient(person.email, person.first_name)
    about = f"referral:{referral.uid}"
    post("referrals/appointment_tomorrow", to=to, context=context, key=f"appointment:{appointment.pk}", about=about)


def ask_for_a_call(appointment: Appointment) -> None:
    """To the adviser: the person has no address, and the appointment is near."""
    when = words.moment_at_garage(appointment.starts_at, appointment.assignment.garage)
    line = _(
        "rendez-vous le %(when)s, et la personne n’a pas d’adresse électronique : appelez-la pour le lui rappeler."
    )
    event = f"call:{appointment.pk}"
    tell_adviser(appointment.assignment.referral, line % {"when": when}, event=event, by=SYSTEM)


def event_of_expiry(assessment: Assessment) -> str:
    """What such a message tells of: this answer, whoever reads it."""
    return f"expiry:{assessment.uid}"


def tell_of_expiry(referral: Referral, *, event: str) -> None:
    """To whoever follows the case, in the day's message: the answer it rests on ends soon."""
    assert referral.assessment is not None
    line = _("l’éligibilité se termine le %(day)s : refaites l’évaluation avant, sans elle aucun devis n’est possible.")
    words_ = {"day": day_fr(referral.assessment.valid_until, "weekday")}
    tell_adviser(referral, line % words_, event=event, by=SYSTEM, can_wait=True)


def _reported(news: News) -> None:
    kind = dict(IncidentKind.choices).get(news.entry.detail["incident_kind"], "")
    news.pilots(_("incident à traiter : %(kind)s.") % {"kind": kind}, can_wait=False)
    news.adviser(_("un pilote est prévenu : %(kind)s.") % {"kind": kind}, can_wait=True)


def _answered(news: News) -> None:
    """To the garage only what it reported itself: of another's incident the log names no assignment."""
    news.adviser(_("un pilote a répondu à l’incident."))
    news.garage_people(_("un pilote a répondu à ce que vous avez signalé : connectez-vous pour lire sa réponse."))


def _reminded(news: News) -> None:
    _REMINDED[Step(news.entry.detail["step"])](news)


def _ask_again(news: News) -> None:
    assert news.assignment is not None
    line = _("réponse attendue %(day)s.") % {"day": _due(news.assignment)}
    tell_garage(
        news.assignment, line, event=news.event, template="referrals/garage_reminded", can_wait=True, is_last=False
    )


def _ask_backup(news: News) -> None:
    assert news.assignment is not None
    line = _("réponse attendue au plus tard %(day)s.") % {"day": _due(news.assignment)}
    tell_garage(
        news.assignment, line, event=news.event, template="referrals/garage_reminded", to_backup=True, is_last=True
    )
    said = _("%(garage)s n’a pas encore répondu ; son remplaçant est prévenu, et demain le dossier va ailleurs.")
    news.adviser(said % {"garage": news.garage})


def _both(line_for_adviser: str, line_for_garage: str) -> Callable[[News], None]:
    def tell(news: News) -> None:
        news.adviser(_(line_for_adviser) % {"garage": news.garage}, can_wait=True)
        news.garage_people(_(line_for_garage), can_wait=True)

    return tell


_REMINDED: dict[Step, Callable[[News], None]] = {
    Step.ASK_AGAIN: _ask_again,
    Step.ASK_BACKUP: _ask_backup,
    Step.CHOOSE_GARAGE: lambda news: news.adviser(_("aucun garage n’est demandé : choisissez-en un."), can_wait=True),
    Step.CHOOSE_GARAGE_AGAIN: lambda news: news.adviser(_("toujours sans garage : choisissez-en un.")),
    Step.REVIEW_LATE: lambda news: news.pilots(
        _("votre décision sur l’éligibilité est attendue aujourd’hui."), can_wait=False
    ),
    Step.NO_APPOINTMENT: _both(
        gettext_noop("accepté, mais sans rendez-vous : appelez %(garage)s ou la personne."),
        gettext_noop("accepté, mais sans rendez-vous : appelez la personne, ou notez le jour."),
    ),
    Step.NO_QUOTE: _both(
        gettext_noop("rendez-vous passé à %(garage)s, et pas encore de devis. La personne est-elle venue ?"),
        gettext_noop("rendez-vous passé : écrivez le devis, ou notez que la personne n’est pas venue."),
    ),
    Step.CALL_PERSON: lambda news: news.adviser(
        _("le devis expire dans une semaine : appelez la personne."), can_wait=True
    ),
    Step.CALL_PERSON_LAST: lambda news: news.adviser(_("le devis expire dans deux jours : appelez la personne.")),
    Step.ASK_REPAIR: _both(
        gettext_noop("devis accepté depuis deux semaines, et pas encore de réparation notée à %(garage)s."),
        gettext_noop("où en est la réparation ? Notez-la dès qu’elle est faite."),
    ),
    Step.ASK_REPAIR_AGAIN: _both(
        gettext_noop("devis accepté depuis un mois, et pas encore de réparation notée à %(garage)s : appelez-le."),
        gettext_noop("devis accepté depuis un mois : notez la réparation, ou dites ce qui la retarde."),
    ),
}

_TOLD: dict[Verb, Callable[[News], None]] = {
    Verb.SEND: _put,
    Verb.ASSIGN: _put,
    Verb.SEND_FOR_REVIEW: lambda news: news.pilots(_("une éligibilité est à examiner.")),
    Verb.APPROVE_REVIEW: _reviewed,
    Verb.REFUSE_REVIEW: _reviewed,
    Verb.UNSEND: _released,
    Verb.FALL_BACK: _released,
    Verb.QUEUE: lambda news: news.adviser(
        _("tous les garages proches sont complets : le dossier prend la première place qui se libère.")
    ),
    Verb.ACCEPT: _accepted,
    Verb.SETTLE_BY_TELEPHONE: _accepted,
    Verb.DECLINE: _declined,
    Verb.GIVE_BACK: _declined,
    Verb.LAPSE: _lapsed,
    Verb.NO_SHOW: _no_show,
    Verb.ISSUE_QUOTE: _quoted,
    Verb.SUPERSEDE_QUOTE: _quoted,
    Verb.SUPPLEMENT: _quoted,
    Verb.ACCEPT_QUOTE: _quote_accepted,
    Verb.DECLINE_QUOTE: _quote_declined,
    Verb.EXPIRE_QUOTE: _quote_expired,
    Verb.RECORD_REPAIR: lambda news: news.adviser(_("la voiture est réparée."), can_wait=True),
    Verb.CANCEL_REPAIR: _ended,
    Verb.WITHDRAW: _ended,
    Verb.CLOSE: _ended,
    Verb.HAND_TO_COLLEAGUE: lambda news: news.adviser(_("ce dossier vous est confié."), can_wait=True),
    Verb.MOVE_TO_PERSON: _released,
    Verb.TELL_OF_PHOTOS: lambda news: news.garage_people(_("il y a de nouvelles photos de la voiture."), can_wait=True),
    Verb.PROPOSE_APPOINTMENT: _appointment(gettext_noop("rendez-vous proposé le %(when)s : demandez à la personne.")),
    Verb.CONFIRM_APPOINTMENT: _appointment(gettext_noop("rendez-vous confirmé : le %(when)s.")),
    Verb.MOVE_APPOINTMENT: _appointment(gettext_noop("rendez-vous déplacé au %(when)s : dites si cela va.")),
    Verb.CANCEL_APPOINTMENT: _appointment(gettext_noop("rendez-vous annulé.")),
    Verb.WRITE_MESSAGE: _written,
    Verb.REPORT_INCIDENT: _reported,
    Verb.ANSWER_INCIDENT: _answered,
    Verb.REMIND: _reminded,
}
