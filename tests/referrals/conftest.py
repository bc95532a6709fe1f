"""A referral in each state, and each verb done to it by someone who may."""

import pytest

from mobiliz.accounts.actors import SYSTEM
from mobiliz.lib import clock
from referrals import transitions
from referrals.models import Appointment, Assignment, IncidentKind, Photo, Resolution
from referrals.states import DeclineReason, Outcome, State, Verb
from referrals.transitions.core import begin, finish
from tests.cast import actor
from tests.factories import journey
from tests.factories.garages import GarageFactory
from tests.factories.journey import identity, opening


@pytest.fixture
def stage(adviser, workshop, pilot):
    """`stage("quoted")`: a referral in that state, with the assignment its garage holds or held."""

    def reach(state, verb=""):
        """With the verb that is to be done: a pilot's no is told where a pilot said it."""
        makers = {
            "draft": lambda: journey.ready(adviser),
            "review": lambda: journey.in_review(adviser),
            "waiting": lambda: journey.sent(adviser, journey.garage_of(workshop)),
            "accepted": lambda: journey.accepted(adviser, workshop),
            "quoted": lambda: journey.quoted(adviser, workshop),
            "agreed": lambda: journey.agreed(adviser, workshop),
            "completed": lambda: journey.completed(adviser, workshop),
            "closed": lambda: journey.refused(adviser, pilot) if verb == "tell_refusal" else _closed(adviser, workshop),
        }
        made = makers[state]()
        if isinstance(made, Assignment):
            return made.referral, made
        return made, None

    return reach


def _closed(adviser, workshop):
    assignment = journey.quoted(adviser, workshop)
    transitions.withdraw(assignment.referral, reason="A trouvé une voiture", by=actor(adviser))
    return journey.fresh(assignment)


def _remind(referral, held):
    """What the clock does when a step is due."""
    referral, held = begin(referral, Verb.REMIND, by=SYSTEM, assignment=held)
    steps = {"review": "review_late", "accepted": "no_quote", "quoted": "call_person", "agreed": "ask_repair"}
    detail = {"step": steps.get(referral.state, "ask_again")}
    finish(referral, Verb.REMIND, State(referral.state), by=SYSTEM, assignment=held, detail=detail)


def _incident(referral, adviser):
    return transitions.report_incident(referral, kind=IncidentKind.DID_NOT_WORK, by=actor(adviser))


@pytest.fixture
def do(adviser, colleague, workshop, pilot, garage, other_garage):
    """`do("accept", referral, assignment)`: the verb by someone who may, with good input."""

    def act(verb, referral, held):
        today, by_adviser, by_workshop, by_pilot = clock.today(), actor(adviser), actor(workshop), actor(pilot)
        no = DeclineReason.NO_CAPACITY
        acts = {
            "send": lambda: transitions.send(referral, garage=garage, by=by_adviser),
            "send_for_review": lambda: transitions.send_for_review(referral, by=by_adviser),
            "approve_review": lambda: transitions.approve_review(
                referral, why="Vit seul", evidence="Avis", by=by_pilot
            ),
            "refuse_review": lambda: transitions.refuse_review(referral, why="Hors champ", by=by_pilot),
            "tell_refusal": lambda: transitions.tell_refusal(referral, by=by_adviser),
            "unsend": lambda: transitions.unsend(referral, by=by_adviser),
            "assign": lambda: transitions.assign(referral, garage=other_garage, by=by_adviser),
            "queue": lambda: transitions.queue(referral, by=by_adviser),
            "accept": lambda: transitions.accept(held, by=by_workshop),
            "decline": lambda: transitions.decline(held, reason=no, by=by_workshop),
            "lapse": lambda: transitions.lapse(held, by=SYSTEM),
            "settle_by_telephone": lambda: transitions.settle_by_telephone(
                held, spoke_with="Mme Faure", on=today, by=by_adviser
            ),
            "give_back": lambda: transitions.give_back(held, reason=no, by=by_workshop),
            "propose_appointment": lambda: transitions.propose_appointment(
                held, starts_at=opening(7), is_agreed=True, by=by_workshop
            ),
            "confirm_appointment": lambda: transitions.confirm_appointment(_appointment_of(held), by=by_adviser),
            "move_appointment": lambda: transitions.move_appointment(
                _appointment_of(held), starts_at=opening(8), by=by_adviser
            ),
            "cancel_appointment": lambda: transitions.cancel_appointment(
                _appointment_of(held), why="Travaille ce jour-là", by=by_adviser
            ),
            "keep_appointment": lambda: transitions.keep_appointment(_appointment_of(held), by=by_workshop),
            "remind_person": lambda: transitions.remind_person(_appointment_of(held), by=by_adviser),
            "write_message": lambda: transitions.write_message(held, text="Peut-elle venir à 9 h ?", by=by_workshop),
            "no_show": lambda: transitions.no_show(held, by=by_workshop),
            "issue_quote": lambda: transitions.issue_quote(held, lines=journey.LINES, by=by_workshop),
            "supersede_quote": lambda: transitions.supersede_quote(
                held, lines=journey.LINES, replaces=1, by=by_workshop
            ),
            "accept_quote": lambda: transitions.accept_quote(
                held, version=1, piec_choice="wanted", answered_on=today, channel="paper", by=by_workshop
            ),
            "decline_quote": lambda: transitions.decline_quote(
                held, version=1, reason="Trop cher", answered_on=today, channel="paper", by=by_workshop
            ),
            "expire_quote": lambda: transitions.expire_quote(held, by=SYSTEM),
            "supplement": lambda: transitions.supplement(held, lines=journey.LINES, replaces=1, by=by_workshop),
            "record_repair": lambda: transitions.record_repair(
                held, done_on=today, final_total_incl_tax=0, by=by_workshop
            ),
            "cancel_repair": lambda: transitions.cancel_repair(held, reason="Ne veut plus", by=by_workshop),
            "withdraw": lambda: transitions.withdraw(referral, reason="Ne veut plus", by=by_adviser),
            "close": lambda: transitions.close(
                referral, outcome=Outcome.UNREACHABLE, reason="Trois appels sans réponse", by=by_adviser
            ),
            "reopen": lambda: transitions.reopen(referral, by=by_adviser),
            "correct_person": lambda: transitions.correct_person(
                referral, person=identity(referral, last_name="Bennali"), was_wrong=True, why="Faute", by=by_adviser
            ),
            "merge_people": lambda: transitions.merge_people(
                referral.beneficiary, journey.draft(adviser).beneficiary, by=by_adviser
            ),
            "report_incident": lambda: transitions.report_incident(referral, kind=IncidentKind.NO_GARAGE, by=SYSTEM),
            "withdraw_incident": lambda: transitions.withdraw_incident(_incident(referral, adviser), by=by_adviser),
            "take_incident": lambda: transitions.take_incident(_incident(referral, adviser), by=by_pilot),
            "answer_incident": lambda: transitions.answer_incident(
                _incident(referral, adviser),
                words="J’ai appelé le garage",
                resolution=Resolution.GARAGE_REMINDED,
                by=by_pilot,
            ),
            "tell_of_photos": lambda: transitions.tell_of_photos(
                referral, photos=[Photo(referral=referral)], by=by_adviser
            ),
            "move_to_person": lambda: transitions.move_to_person(
                referral,
                leaving=referral.beneficiary,
                known=journey.draft(adviser, first_name="Inès", last_name="Barbier").beneficiary,
                consent=None,
                distance_agreed_km=30,
                takes_vehicle=True,
                by=by_adviser,
            ),
            "remind": lambda: _remind(referral, held),
            "pause_reminders": lambda: transitions.pause_reminders(referral, until=today, by=by_adviser),
            "resume_reminders": lambda: transitions.resume_reminders(referral, by=by_adviser),
            "hand_to_colleague": lambda: transitions.hand_to_colleague(referral, to=colleague, by=by_adviser),
        }
        return acts[verb]()

    return act


def _appointment_of(held):
    """The last of this assignment; one that is no more stands for a page left open."""
    return held.appointments.last() or Appointment(assignment=held)


@pytest.fixture
def prepare(adviser, workshop):
    """`prepare("assign", referral, assignment)`: what a row of the table takes for granted."""

    def make_ready(verb, referral, held):
        if verb in {
            "confirm_appointment",
            "move_appointment",
            "cancel_appointment",
            "keep_appointment",
            "remind_person",
        }:
            journey.appointment(held, workshop, is_agreed=verb in {"keep_appointment", "remind_person"})
        if verb == "send_for_review":
            journey.assess(referral, adviser, dwelling="student_alone")
        if verb in ("assign", "queue"):
            transitions.lapse(held, by=SYSTEM)
        if verb == "queue":
            GarageFactory(name="Garage complet", weekly_cap=0)

    return make_ready
