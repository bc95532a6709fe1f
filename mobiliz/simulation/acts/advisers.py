"""Advisers: they open and send, see to what comes back, confirm appointments, follow up, and sometimes forget."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from garages.models import Garage
from mobiliz.demo.names import Draw
from mobiliz.lib import clock
from mobiliz.simulation.acts import people
from mobiliz.simulation.post_office import MARKS
from mobiliz.simulation.times import visit
from mobiliz.simulation.world import Case, News, World
from mobiliz.territory.models import Commune
from referrals import transitions
from referrals.actions import FaultInput, HouseholdInput, VehicleInput, assess_household, describe_vehicle
from referrals.candidates import Candidate, within_agreed
from referrals.models import Appointment, IncidentKind, Referral
from referrals.states import Outcome, State
from referrals.steps import Step
from referrals.transitions import Refused

DISTANCES_KM = (15, 30, 30, 50, 70)
REVIEWED, TOO_RICH, FORGOTTEN = 5, 3, 2


def open_one(world: World, draw: Draw) -> None:
    """A person comes: their dossier is opened, filled, and sent on the same day."""
    town, adviser = world.chance.choice(world.network.towns), world.chance.choice(world.network.advisers)
    person, key = _person(world, draw, town), UUID(int=world.chance.getrandbits(128))
    consent = transitions.ConsentInput(channel="paper", given_on=clock.today())
    km = world.chance.choice(DISTANCES_KM)
    referral = world.attempt(
        lambda: transitions.open_referral(person=person, consent=consent, by=adviser, distance_agreed_km=km, key=key)
    )
    assert isinstance(referral, Referral)
    world.opened += 1
    world.cases[referral.pk] = Case(adviser, town.department_id, town.department.region_id)
    kind = _fill(world, draw, referral)
    people.draw_a_change_of_mind(world, referral.pk)
    if world.chances(FORGOTTEN):
        return  # a draft that nobody sends: it stays on its adviser's desk
    world.after((0, 1), town.department_id, lambda: _send(world, referral.pk, kind))


def _person(world: World, draw: Draw, town: Commune) -> transitions.PersonInput:
    first, last = MARKS[0].capitalize(), f"{MARKS[1].capitalize()}-{world.opened}"
    return transitions.PersonInput(
        first_name=first,
        last_name=last,
        birth_date=draw.birth_date(clock.today().year),
        commune=town,
        phone=f"{MARKS[2]}{world.opened % 10_000:04d}",
    )


def _fill(world: World, draw: Draw, referral: Referral) -> str:
    """Vehicle, fault, household; "eligible", "unsure" or "not"."""
    by = world.cases[referral.pk].adviser
    make, model, year = draw.car(clock.today().year)
    car = VehicleInput(make=make, model=model, first_registered_year=year, mileage_km=120_000)
    fault = FaultInput(complaint=draw.fault(), is_drivable=world.chances(60), since="weeks")
    world.attempt(
        lambda: describe_vehicle(referral, vehicle=car, fault=fault, by=by), on=referral.pk, is_repeatable=True
    )
    kind = "unsure" if world.chances(REVIEWED) else "not" if world.chances(TOO_RICH) else "eligible"
    household = HouseholdInput(
        birth_dates=(referral.beneficiary.birth_date,),
        income_eur=Decimal(world.chance.randint(2400, 3900) if kind == "not" else world.chance.randint(450, 900)),
        income_basis="last_month",
        dwelling="student_alone" if kind == "unsure" else "ordinary",
    )
    world.attempt(lambda: assess_household(referral, household=household, by=by), on=referral.pk, is_repeatable=True)
    return kind


def _send(world: World, pk: int, kind: str) -> None:
    by, referral = world.cases[pk].adviser, world.referral(pk)
    if kind == "not":
        reason = "Au-dessus du seuil."
        world.attempt(lambda: transitions.close(referral, outcome=Outcome.NOT_ELIGIBLE, reason=reason, by=by), on=pk)
    elif kind == "unsure":
        world.attempt(lambda: transitions.send_for_review(referral, by=by), on=pk)
    elif referral.state == State.DRAFT:
        choice = _choice(world, referral)
        garage, why = (choice.garage, "Conseillé par la personne.") if choice else (None, "")
        world.attempt(lambda: transitions.send(referral, garage=garage, choice_reason=why, by=by), on=pk)
        if world.chances(2):
            world.after((0, 1), world.cases[pk].department, lambda: _unsend(world, pk))


def _unsend(world: World, pk: int) -> None:
    referral = world.referral(pk)
    world.attempt(lambda: transitions.unsend(referral, by=world.cases[pk].adviser), on=pk)


def _choice(world: World, referral: Referral) -> Candidate | None:
    """The first proposed, most of the time; None where all are full, or none is there."""
    free = [one for one in within_agreed(referral) if not one.is_full][:5]
    if not free:
        return None
    return free[0] if world.chances(60) else world.chance.choice(free)


# --- what comes back ----------------------------------------------------------------------------------------
def hear_of_a_no(world: World, news: News) -> None:
    """Some noes are the adviser's to settle: nobody holds the case, and it does not wait for a place."""
    world.after((0, 3), world.cases[news.referral_id].department, lambda: _settle(world, news.referral_id))


def hear_of_a_yes(world: World, news: News) -> None:
    hear_of_a_no(world, news)


def _settle(world: World, pk: int, *, surely: bool = False) -> None:
    """Where nobody has it: the next garage, the queue, or the end."""
    referral = world.referral(pk)
    left = referral.state == State.WAITING and referral.queued_at is None and not referral.assignments.open().exists()
    if not left or not (surely or world.chances(75)):
        return
    by = world.cases[pk].adviser
    choice = _choice(world, referral)
    if choice is not None and world.chances(70):
        _assign(world, pk, choice.garage)
    elif choice is None and world.chances(50):
        world.attempt(lambda: transitions.queue(referral, by=by), on=pk)
    else:
        reason = "La voiture ne vaut pas la réparation."
        world.attempt(
            lambda: transitions.close(referral, outcome=Outcome.NOT_WORTH_REPAIRING, reason=reason, by=by), on=pk
        )


def _assign(world: World, pk: int, garage: Garage) -> None:
    referral, by = world.referral(pk), world.cases[pk].adviser
    reason = "Choisi avec la personne."
    world.attempt(lambda: transitions.assign(referral, garage=garage, choice_reason=reason, by=by), on=pk)


def hear_of_the_queue(world: World, news: News) -> None:
    """Whoever has waited for weeks gives up."""
    pk = news.referral_id
    if world.chances(10):
        world.after((15, 25), world.cases[pk].department, lambda: people.withdraw(world, pk, only_if_queued=True))


def hear_of_silence(world: World, news: News) -> None:
    pk = news.referral_id
    if not world.chances(8):
        return
    referral, by = world.referral(pk), world.cases[pk].adviser
    kind, words = IncidentKind.DID_NOT_WORK, "Personne ne répond."
    world.attempt(lambda: transitions.report_incident(referral, kind=kind, words=words, by=by), on=pk)


def hear_of_an_appointment(world: World, news: News) -> None:
    """Proposed by the garage: the person is asked; most say yes, some ask for another moment, some are not reached."""
    if "starts_at" not in news.detail or news.detail.get("appointment") != "proposed" or news.assignment_id is None:
        return
    roll, held = world.chance.randrange(100), news.assignment_id
    if roll < 80:
        world.after((0, 1), world.cases[news.referral_id].department, lambda: _confirm(world, news.referral_id, held))
    elif roll < 90:
        world.after((0, 1), world.cases[news.referral_id].department, lambda: _move(world, news.referral_id, held))


def _confirm(world: World, pk: int, assignment_id: int) -> None:
    live = _live(world, assignment_id)
    if live is not None:
        world.attempt(lambda: transitions.confirm_appointment(live, by=world.cases[pk].adviser), on=pk)


def _move(world: World, pk: int, assignment_id: int) -> None:
    live = _live(world, assignment_id)
    if live is None:
        return
    to = visit(world.chance, clock.now() + timedelta(days=1), live.assignment.garage.commune.department_id)
    by = world.cases[pk].adviser
    world.attempt(lambda: transitions.move_appointment(live, starts_at=to, by=by, why="La personne travaille."), on=pk)


def _live(world: World, assignment_id: int) -> Appointment | None:
    held = world.assignment(assignment_id)
    live = Appointment.objects.of_assignment(held).live().first()
    if live is not None:
        live.assignment = held
    return live


def hear_of_a_refusal(world: World, news: News) -> None:
    pk = news.referral_id
    world.after((0, 2), world.cases[pk].department, lambda: _tell_refusal(world, pk))


def _tell_refusal(world: World, pk: int) -> None:
    referral = world.referral(pk)
    world.attempt(lambda: transitions.tell_refusal(referral, by=world.cases[pk].adviser), on=pk)


def hear_of_a_withdrawal(world: World, news: News) -> None:
    """Some come back within the month."""
    pk = news.referral_id
    if world.chances(12) and news.detail.get("consent") != "withdrawn":
        world.after((3, 12), world.cases[pk].department, lambda: _reopen(world, pk))


def _reopen(world: World, pk: int) -> None:
    referral = world.referral(pk)
    world.attempt(lambda: transitions.reopen(referral, by=world.cases[pk].adviser), on=pk)


def hear_of_a_reopening(world: World, news: News) -> None:
    pk = news.referral_id
    world.after((0, 2), world.cases[pk].department, lambda: _send(world, pk, "eligible"))


def hear_of_an_answer(world: World, news: News) -> None:
    pk = news.referral_id
    world.after((0, 3), world.cases[pk].department, lambda: _settle(world, pk, surely=True))


def hear_of_a_reminder(world: World, news: News) -> None:
    pk, step = news.referral_id, Step(news.detail["step"])
    department = world.cases[pk].department
    if step in (Step.CHOOSE_GARAGE, Step.CHOOSE_GARAGE_AGAIN):
        world.after((0, 2), department, lambda: _settle(world, pk, surely=step == Step.CHOOSE_GARAGE_AGAIN))
    elif step in (Step.CALL_PERSON, Step.CALL_PERSON_LAST):
        people.think_of_the_quote_again(world, news)
    elif step in (Step.ASK_BACKUP, Step.NO_APPOINTMENT) and world.chances(8):
        world.after((0, 0), department, lambda: _pause(world, pk))


def _pause(world: World, pk: int) -> None:
    """The adviser has the garage on the telephone, and gives it time."""
    referral, by = world.referral(pk), world.cases[pk].adviser
    until = clock.today() + timedelta(days=world.chance.randint(2, 9))
    try:
        world.attempt(lambda: transitions.pause_reminders(referral, until=until, by=by), on=pk, is_repeatable=True)
    except Refused:
        return
