"""Pilots: they decide on what is unsure, and answer incidents; some late."""

from __future__ import annotations

from mobiliz.accounts.actors import Actor
from mobiliz.simulation.world import News, World
from referrals import transitions
from referrals.candidates import Candidate, candidates
from referrals.models import Incident, IncidentKind, Resolution
from referrals.states import Outcome, State
from referrals.steps import Step

LATE = 12  # of a hundred
SOON, LONG = (0, 2), (3, 6)


def hear_of_a_review(world: World, news: News) -> None:
    if not world.chances(15):  # the others until they are reminded
        _decide_later(world, news.referral_id)


def hear_of_a_reminder(world: World, news: News) -> None:
    if Step(news.detail["step"]) == Step.REVIEW_LATE:
        _decide_later(world, news.referral_id)


def _decide_later(world: World, pk: int) -> None:
    world.after(LONG if world.chances(LATE) else SOON, world.cases[pk].department, lambda: _decide(world, pk))


def _decide(world: World, pk: int) -> None:
    referral, by = world.referral(pk), world.network.pilot_of(world.cases[pk].region)
    if world.chances(70):
        why, evidence = "Vit seule, logement indépendant.", "Bail"
        world.attempt(lambda: transitions.approve_review(referral, why=why, evidence=evidence, by=by), on=pk)
    else:
        world.attempt(lambda: transitions.refuse_review(referral, why="À la charge de ses parents.", by=by), on=pk)


def hear_of_an_incident(world: World, news: News) -> None:
    pk, uid = news.referral_id, news.detail["incident"]
    days = LONG if world.chances(LATE) else SOON
    world.after(days, world.cases[pk].department, lambda: _see_to(world, pk, uid))


def _see_to(world: World, pk: int, uid: str) -> None:
    incident = Incident.objects.select_related("referral__beneficiary__commune__department").get(uid=uid)
    by = world.network.pilot_of(world.cases[pk].region)
    world.attempt(lambda: transitions.take_incident(incident, by=by), on=pk)
    act = ACTS.get(IncidentKind(incident.kind), _answer)
    act(world, pk, incident, by)


def _find_a_garage(world: World, pk: int, incident: Incident, by: Actor) -> None:
    """Farther, where the person agrees to it; else the case is closed."""
    referral = world.referral(pk)
    if referral.state != State.WAITING or referral.assignments.open().exists():
        _answer(world, pk, incident, by)
        return
    found = _farther(candidates(referral, by=by).shown) if world.chances(60) else None
    if found is None:
        words = "Aucun garage assez près."
        world.attempt(lambda: transitions.close_without_garage(incident, words=words, by=by), on=pk)
        return
    km = None if found.is_within_agreed else found.least_word_km
    done = world.attempt(
        lambda: transitions.assign(referral, garage=found.garage, agreed_km=km, choice_reason="Vu avec lui.", by=by),
        on=pk,
    )
    _answer(world, pk, incident, by, Resolution.GARAGE_FOUND if done else Resolution.ADVISER_HELPED)


def _farther(shown: list[Candidate]) -> Candidate | None:
    return next((one for one in shown if not one.is_full), None)


def _end_at_closed_garage(world: World, pk: int, incident: Incident, by: Actor) -> None:
    """The repair was agreed at a garage that is no more: the case ends here, and a new one begins elsewhere."""
    referral = world.referral(pk)
    if referral.state == State.AGREED:
        outcome, reason = Outcome.NO_GARAGE, "Le garage a fermé."
        world.attempt(lambda: transitions.close(referral, outcome=outcome, reason=reason, by=by), on=pk)
    _answer(world, pk, incident, by)


def _answer(
    world: World, pk: int, incident: Incident, by: Actor, resolution: Resolution = Resolution.ADVISER_HELPED
) -> None:
    words = "Vu avec la structure."
    world.attempt(lambda: transitions.answer_incident(incident, words=words, resolution=resolution, by=by), on=pk)


ACTS = {
    IncidentKind.NO_GARAGE: _find_a_garage,
    IncidentKind.QUEUED_TOO_LONG: _find_a_garage,
    IncidentKind.OUT_OF_PROGRAMME: _find_a_garage,
    IncidentKind.GARAGE_CLOSED: _end_at_closed_garage,
}
