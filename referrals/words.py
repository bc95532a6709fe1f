"""States, verbs, outcomes and reasons in French: the words that people read."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from garages.hours import at_hour
from mobiliz.lib import clock
from mobiliz.lib.templatetags.mobiliz import day_fr
from referrals.clock import local
from referrals.states import DeclineReason, End, Outcome, State, Verb
from referrals.steps import Step

if TYPE_CHECKING:
    from garages.models import Garage

STATES = [
    (State.DRAFT.value, _("brouillon")),
    (State.REVIEW.value, _("éligibilité à examiner")),
    (State.WAITING.value, _("en attente du garage")),
    (State.ACCEPTED.value, _("acceptée")),
    (State.QUOTED.value, _("devis proposé")),
    (State.AGREED.value, _("devis accepté")),
    (State.COMPLETED.value, _("réparée")),
    (State.CLOSED.value, _("close sans suite")),
]

OUTCOMES = [
    (Outcome.NOT_ELIGIBLE.value, _("non éligible")),
    (Outcome.NO_GARAGE.value, _("aucun garage trouvé")),
    (Outcome.QUOTE_DECLINED.value, _("devis refusé")),
    (Outcome.QUOTE_EXPIRED.value, _("devis expiré")),
    (Outcome.REPAIR_CANCELLED.value, _("réparation annulée")),
    (Outcome.WITHDRAWN.value, _("abandon")),
    (Outcome.NOT_WORTH_REPAIRING.value, _("réparation plus chère que la voiture")),
    (Outcome.UNREACHABLE.value, _("personne injoignable")),
    (Outcome.DUPLICATE.value, _("doublon")),
]

ENDS = [
    (End.DECLINED.value, _("déclinée")),
    (End.LAPSED.value, _("restée sans réponse")),
    (End.GIVEN_BACK.value, _("rendue")),
    (End.UNSENT.value, _("reprise par le conseiller")),
    (End.GARAGE_LEFT.value, _("retirée : le garage ne prend plus d’orientation")),
    (End.CLOSED.value, _("close")),
    (End.REOPENED.value, _("close, puis rouverte")),
    (End.NO_CONSENT.value, _("close : la personne a retiré son accord")),
]

DECLINE_REASONS = [
    (DeclineReason.NO_CAPACITY.value, _("pas de place en ce moment")),
    (DeclineReason.NOT_OUR_TRADE.value, _("pas notre marque ou notre métier")),
    (DeclineReason.NOT_WORTH_REPAIRING.value, _("réparation plus chère que la voiture")),
    (DeclineReason.UNSAFE_VEHICLE.value, _("véhicule dangereux")),
    (DeclineReason.NO_SHOW.value, _("la personne n’est pas venue")),
    (DeclineReason.DUPLICATE.value, _("dossier déjà reçu")),
    (DeclineReason.OUT_OF_PROGRAMME.value, _("hors du programme")),
    (DeclineReason.BRAND_STANDARDS.value, _("contraire aux standards de la marque")),
]

# Where each reason leads, as the garage reads it when it chooses; the adviser's desk then says the same.
REASON_LEADS = {
    DeclineReason.NO_CAPACITY.value: _("Le dossier passe de lui-même au garage suivant."),
    DeclineReason.NOT_OUR_TRADE.value: _("Le dossier passe de lui-même au garage suivant."),
    DeclineReason.NOT_WORTH_REPAIRING.value: _("La structure cherche une autre solution avec la personne."),
    DeclineReason.UNSAFE_VEHICLE.value: _("La structure demande à la personne de ne plus rouler avec."),
    DeclineReason.NO_SHOW.value: _("La structure rappelle la personne."),
    DeclineReason.DUPLICATE.value: _("La structure vérifie et ferme le dossier de trop."),
    DeclineReason.OUT_OF_PROGRAMME.value: _("Un pilote du programme relit la demande."),
    DeclineReason.BRAND_STANDARDS.value: _(
        "Le dossier passe de lui-même au garage suivant ; la raison est comptée à part."
    ),
}

# What happened, as the log and the second of two people read it: "Déjà fait : acceptée par ..."
VERBS = [
    (Verb.OPEN.value, _("dossier ouvert")),
    (Verb.SEND.value, _("envoyée au garage")),
    (Verb.SEND_FOR_REVIEW.value, _("envoyée pour examen de l’éligibilité")),
    (Verb.APPROVE_REVIEW.value, _("éligibilité accordée après examen")),
    (Verb.REFUSE_REVIEW.value, _("éligibilité refusée après examen")),
    (Verb.TELL_REFUSAL.value, _("refus annoncé à la personne")),
    (Verb.UNSEND.value, _("reprise avant réponse du garage")),
    (Verb.ASSIGN.value, _("proposée à un autre garage")),
    (Verb.QUEUE.value, _("mise en attente d’une place")),
    (Verb.ACCEPT.value, _("acceptée")),
    (Verb.DECLINE.value, _("déclinée")),
    (Verb.LAPSE.value, _("restée sans réponse du garage")),
    (Verb.SETTLE_BY_TELEPHONE.value, _("acceptée par téléphone")),
    (Verb.GIVE_BACK.value, _("rendue par le garage")),
    (Verb.PROPOSE_APPOINTMENT.value, _("rendez-vous proposé")),
    (Verb.CONFIRM_APPOINTMENT.value, _("rendez-vous confirmé")),
    (Verb.MOVE_APPOINTMENT.value, _("rendez-vous déplacé")),
    (Verb.CANCEL_APPOINTMENT.value, _("rendez-vous annulé")),
    (Verb.KEEP_APPOINTMENT.value, _("personne venue au rendez-vous")),
    (Verb.REMIND_PERSON.value, _("rendez-vous rappelé à la personne")),
    (Verb.WRITE_MESSAGE.value, _("message écrit")),
    (Verb.NO_SHOW.value, _("rendez-vous manqué")),
    (Verb.ISSUE_QUOTE.value, _("devis émis")),
    (Verb.SUPERSEDE_QUOTE.value, _("devis remplacé")),
    (Verb.ACCEPT_QUOTE.value, _("devis accepté")),
    (Verb.DECLINE_QUOTE.value, _("devis refusé")),
    (Verb.EXPIRE_QUOTE.value, _("devis expiré")),
    (Verb.SUPPLEMENT.value, _("travaux supplémentaires proposés")),
    (Verb.RECORD_REPAIR.value, _("réparation enregistrée")),
    (Verb.CANCEL_REPAIR.value, _("réparation annulée")),
    (Verb.WITHDRAW.value, _("abandonnée")),
    (Verb.CLOSE.value, _("close")),
    (Verb.REOPEN.value, _("rouverte")),
    (Verb.HAND_TO_COLLEAGUE.value, _("confiée à un collègue")),
    (Verb.CORRECT_PERSON.value, _("personne corrigée")),
    (Verb.FALL_BACK.value, _("revenue en brouillon")),
    (Verb.REMIND.value, _("relance envoyée")),
    (Verb.PAUSE_REMINDERS.value, _("relances suspendues")),
    (Verb.RESUME_REMINDERS.value, _("relances reprises")),
    (Verb.TELL_OF_PHOTOS.value, _("photos ajoutées")),
    (Verb.MERGE_PEOPLE.value, _("fiches d’une même personne réunies")),
    (Verb.REPORT_INCIDENT.value, _("incident signalé")),
    (Verb.WITHDRAW_INCIDENT.value, _("incident retiré")),
    (Verb.TAKE_INCIDENT.value, _("incident pris en charge")),
    (Verb.ANSWER_INCIDENT.value, _("incident : réponse donnée")),
    (Verb.MOVE_TO_PERSON.value, _("dossier passé à une autre personne")),
]

# What the clock did by itself, as the timeline says it
STEPS: dict[Step, Any] = {
    Step.ASK_AGAIN: _("Rappel envoyé à %(garage)s"),
    Step.ASK_BACKUP: _("Le remplaçant est prévenu à %(garage)s"),
    Step.CHOOSE_GARAGE: _("Rappel au conseiller : aucun garage demandé"),
    Step.CHOOSE_GARAGE_AGAIN: _("Nouveau rappel au conseiller : aucun garage demandé"),
    Step.REVIEW_LATE: _("Rappel aux pilotes : décision attendue"),
    Step.NO_APPOINTMENT: _("Rappel : accepté, sans rendez-vous à %(garage)s"),
    Step.NO_QUOTE: _("Rappel : rendez-vous passé à %(garage)s, sans devis"),
    Step.CALL_PERSON: _("Rappel : le devis expire dans une semaine"),
    Step.CALL_PERSON_LAST: _("Rappel : le devis expire dans deux jours"),
    Step.ASK_REPAIR: _("Rappel : où en est la réparation à %(garage)s ?"),
    Step.ASK_REPAIR_AGAIN: _("Nouveau rappel : où en est la réparation à %(garage)s ?"),
}

ACTOR_KINDS = {
    "link": _("la personne, par son lien personnel"),
    "system": _("la plateforme"),
    "client": _("un système partenaire"),
    "member": _("un membre du réseau"),
}


def by_link(holder: str, place: str) -> str:
    """ "Sophie Faure (Garage de la Loire), par lien personnel"."""
    return gettext("%(who)s (%(place)s), par lien personnel") % {"who": holder, "place": place}


def moment_in_words(moment: datetime) -> str:
    """ "aujourd’hui à 10 h 42", "le 12 novembre à 10 h 42", in Paris time."""
    there = moment.astimezone(clock.PARIS)
    hour = f"{there.hour} h {there.minute:02d}"
    if there.date() == clock.today():
        return gettext("aujourd’hui à %(hour)s") % {"hour": hour}
    pattern = "j F" if there.year == clock.today().year else "j F Y"
    return gettext("le %(day)s à %(hour)s") % {"day": date_format(there, pattern), "hour": hour}


def moment_at_garage(moment: datetime, garage: Garage) -> str:
    """ "mardi 1er décembre à 10 h 30", as the garage's own clock shows it: the car is seen there."""
    here = local(moment, garage.commune.department_id)
    return gettext("%(day)s à %(hour)s") % {"day": day_fr(here.date(), "weekday"), "hour": at_hour(here.time())}
