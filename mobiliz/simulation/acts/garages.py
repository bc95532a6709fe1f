"""Garages: they answer or not, see the car, quote, repair; some forget until they are reminded, one closes."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from garages.tariff import LineInput, LineKind, PartOrigin
from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from mobiliz.simulation.network import Place
from mobiliz.simulation.times import visit
from mobiliz.simulation.world import News, World
from referrals import transitions
from referrals.models import Appointment, Assignment, LogEntry, PersonalLink
from referrals.states import DeclineReason, Outcome, State, Verb
from referrals.steps import Step

REASONS = (
    *[DeclineReason.NO_CAPACITY] * 5,
    *[DeclineReason.NOT_OUR_TRADE] * 3,
    DeclineReason.BRAND_STANDARDS,
    DeclineReason.NOT_WORTH_REPAIRING,
    DeclineReason.UNSAFE_VEHICLE,
    DeclineReason.OUT_OF_PROGRAMME,
)
FORGET = 12  # of a hundred: nothing happens until somebody reminds them


def hear_of_a_referral(world: World, news: News) -> None:
    if news.assignment_id is None:
        return
    place, held = world.place(news.garage_id), news.assignment_id
    if world.chances(place.temper.answers):
        world.after(place.temper.days, place.department, lambda: _answer(world, news.referral_id, held))


def _answer(world: World, pk: int, assignment_id: int) -> None:
    held = world.assignment(assignment_id)
    place = world.place(held.garage_id)
    by, roll = _who(place, held), world.chance.randrange(100)
    if roll >= place.temper.accepts:
        reason = world.chance.choice(REASONS)
        world.attempt(lambda: transitions.decline(held, reason=reason, by=by), on=pk)
    elif roll % 20 == 0:
        on = clock.today()
        world.attempt(
            lambda: transitions.settle_by_telephone(held, spoke_with="La conseillère", on=on, by=place.workshop), on=pk
        )
    else:
        slot = visit(world.chance, clock.now(), place.department) if world.chances(40) else None
        world.attempt(lambda: transitions.accept(held, by=by, slot=slot), on=pk)


def _who(place: Place, held: Assignment) -> Actor:
    """By the link of its last mail, without an account; else signed in."""
    link = PersonalLink.objects.of_assignment(held).first() if place.temper.by_link else None
    return Actor.link_holder(link) if link else place.workshop


def hear_that_it_is_theirs(world: World, news: News) -> None:
    """They propose a moment to the person, unless they did so at once."""
    if (
        news.to != State.ACCEPTED
        or news.assignment_id is None
        or ("starts_at" in news.detail and news.verb == Verb.ACCEPT)
    ):
        return
    if not world.chances(FORGET):
        _later(world, news, (0, 3), _propose)


def hear_of_another_moment(world: World, news: News) -> None:
    """The adviser asked for it: the garage agrees, or lets it lie."""
    if not world.chances(FORGET):
        _later(world, news, (0, 1), _confirm)


def hear_of_a_no_show(world: World, news: News) -> None:
    if news.to == State.ACCEPTED:
        _later(world, news, (1, 4), _propose)


def hear_that_the_car_was_seen(world: World, news: News) -> None:
    if news.to == State.ACCEPTED and not world.chances(FORGET):
        _later(world, news, (0, 3), _quote)


def hear_of_a_yes(world: World, news: News) -> None:
    if not world.place(news.garage_id).is_leaving:
        _later(world, news, (2, 14), _repair)


def hear_that_they_go_on(world: World, news: News) -> None:
    """No yes to a supplement: what was agreed before is repaired."""
    if news.to == State.AGREED:
        _later(world, news, (1, 6), _repair)


def hear_of_a_reminder(world: World, news: News) -> None:
    """Some act on it: whoever said nothing answers, whoever forgot does it now."""
    act = REMINDED.get(Step(news.detail["step"]))
    place = world.place(news.garage_id) if news.assignment_id else None
    if act and place and world.chances(place.temper.heeds) and not place.is_leaving:
        _later(world, news, (0, 1), act)


def _later(world: World, news: News, days: tuple[int, int], act: object) -> None:
    held, pk = news.assignment_id, news.referral_id
    assert held is not None
    world.after(days, world.place(news.garage_id).department, lambda: act(world, pk, held))  # type: ignore[operator]


def _propose(world: World, pk: int, assignment_id: int) -> None:
    held = world.assignment(assignment_id)
    place = world.place(held.garage_id)
    at, is_agreed = visit(world.chance, clock.now(), place.department), world.chances(50)
    made = world.attempt(
        lambda: transitions.propose_appointment(held, starts_at=at, by=place.workshop, is_agreed=is_agreed), on=pk
    )
    if isinstance(made, Appointment) and is_agreed:
        _expect(world, pk, assignment_id, made)


def _expect(world: World, pk: int, assignment_id: int, made: Appointment) -> None:
    """Agreed on the telephone: the person comes, most of the time."""
    act = note_visit if world.chances(85) else note_no_show
    world.plan(made.starts_at + timedelta(hours=3), lambda: act(world, pk, assignment_id))


def _confirm(world: World, pk: int, assignment_id: int) -> None:
    live = _live(world, assignment_id)
    if live is not None:
        by = world.place(live.assignment.garage_id).workshop
        world.attempt(lambda: transitions.confirm_appointment(live, by=by), on=pk)


def note_visit(world: World, pk: int, assignment_id: int) -> None:
    """The car was seen; of one in twelve nothing more is to be had, one in thirty is too much for this garage."""
    live, held = _live(world, assignment_id), world.assignment(assignment_id)
    place, roll = world.place(held.garage_id), world.chance.randrange(100)
    if live is not None:
        world.attempt(lambda: transitions.keep_appointment(live, by=place.workshop), on=pk)
    if roll < 8 and held.is_open:
        reason, outcome = "La voiture ne vaut pas la réparation.", Outcome.NOT_WORTH_REPAIRING
        by, referral = place.workshop, held.referral
        world.attempt(
            lambda: transitions.close(referral, outcome=outcome, reason=reason, by=by, assignment=held), on=pk
        )
    elif roll < 11:
        world.attempt(lambda: transitions.give_back(held, reason=DeclineReason.NOT_OUR_TRADE, by=place.workshop), on=pk)


def note_no_show(world: World, pk: int, assignment_id: int) -> None:
    held = world.assignment(assignment_id)
    if held.referral.state != State.ACCEPTED:
        return
    by = world.place(held.garage_id).workshop
    already = LogEntry.objects.of_assignment(held).of_verb(Verb.NO_SHOW).count()
    world.attempt(lambda: transitions.no_show(held, by=by, already=already), on=pk)


def _quote(world: World, pk: int, assignment_id: int) -> None:
    held = world.assignment(assignment_id)
    place, lines = world.place(held.garage_id), _lines(world)
    if held.referral.state == State.ACCEPTED and not place.is_leaving:
        world.attempt(lambda: transitions.issue_quote(held, lines=lines, by=place.workshop), on=pk)


def _repair(world: World, pk: int, assignment_id: int) -> None:
    """Done as agreed, after more was found, or not at all."""
    held = world.assignment(assignment_id)
    if held.referral.state != State.AGREED:
        return
    by, roll = world.place(held.garage_id).workshop, world.chance.randrange(100)
    version = held.quote.versions.latest_first()[0]
    if roll < 6 and version.number == 1:
        lines = (*_lines(world), _labour("Fixation cassée, trouvée au démontage", 1))
        world.attempt(lambda: transitions.supplement(held, lines=lines, replaces=version.number, by=by), on=pk)
    elif roll < 10:
        world.attempt(lambda: transitions.cancel_repair(held, reason="La personne renonce.", by=by), on=pk)
    else:
        agreed = held.quote.versions.accepted().latest_first()[0]
        total, on = agreed.total_incl_tax, clock.today()
        world.attempt(lambda: transitions.record_repair(held, done_on=on, final_total_incl_tax=total, by=by), on=pk)


def _visited_or_not(world: World, pk: int, assignment_id: int) -> None:
    """Reminded after the appointment: the quote, or the word that nobody came."""
    held, live = world.assignment(assignment_id), _live(world, assignment_id)
    if live is not None and live.is_booked and world.chances(40):
        note_no_show(world, pk, held.pk)
    else:
        _quote(world, pk, held.pk)


def _live(world: World, assignment_id: int) -> Appointment | None:
    held = world.assignment(assignment_id)
    live = Appointment.objects.of_assignment(held).live().first()
    if live is not None:
        live.assignment = held
    return live


def _lines(world: World) -> tuple[LineInput, ...]:
    part = LineInput(
        LineKind.PART, "Pièce", Decimal(1), Decimal(world.chance.randint(20, 160)), Decimal(240), PartOrigin.NEW
    )
    return _labour("Main-d’œuvre", world.chance.randint(1, 6)), part


def _labour(text: str, hours: int) -> LineInput:
    return LineInput(LineKind.LABOUR, text, Decimal(hours), unit_public_excl_tax=Decimal(78))


REMINDED = {
    Step.ASK_AGAIN: _answer,
    Step.ASK_BACKUP: _answer,
    Step.NO_APPOINTMENT: _propose,
    Step.NO_QUOTE: _visited_or_not,
    Step.ASK_REPAIR: _repair,
    Step.ASK_REPAIR_AGAIN: _repair,
}
