"""The persons themselves: they come or not, take the quote or not, change their minds."""

from __future__ import annotations

from datetime import datetime, timedelta

from mobiliz.lib import clock
from mobiliz.simulation.acts import garages
from mobiliz.simulation.world import News, World
from referrals import transitions
from referrals.models import Assignment, QuoteVersion
from referrals.states import State

COME, DO_NOT_COME = 74, 16  # of a hundred; of the others nobody notes whether they came
ACCEPT, DECLINE = 48, 28  # of a hundred quotes; the others are never answered
CHANGE_THEIR_MIND, TAKE_CONSENT_BACK = 4, 1


def draw_a_change_of_mind(world: World, pk: int) -> None:
    department = world.cases[pk].department
    if world.chances(TAKE_CONSENT_BACK):
        world.after((1, 40), department, lambda: _take_consent_back(world, pk))
    elif world.chances(CHANGE_THEIR_MIND):
        world.after((1, 30), department, lambda: withdraw(world, pk))


def withdraw(world: World, pk: int, *, only_if_queued: bool = False) -> None:
    referral = world.referral(pk)
    if only_if_queued and referral.queued_at is None:
        return
    by = world.cases[pk].adviser
    world.attempt(lambda: transitions.withdraw(referral, reason="A trouvé autre chose.", by=by), on=pk)


def _take_consent_back(world: World, pk: int) -> None:
    person, by = world.referral(pk).beneficiary, world.cases[pk].adviser
    world.attempt(lambda: transitions.withdraw_consent(person, reason="Ne veut plus.", by=by), on=pk)


def hear_of_their_appointment(world: World, news: News) -> None:
    """They come or not; the garage notes it after, if it does."""
    starts_at, held = datetime.fromisoformat(news.detail["starts_at"]), news.assignment_id
    assert held is not None
    roll, later = world.chance.randrange(100), starts_at + timedelta(hours=world.chance.randint(1, 6))
    if roll < COME:
        world.plan(later, lambda: garages.note_visit(world, news.referral_id, held))
    elif roll < COME + DO_NOT_COME:
        world.plan(later, lambda: garages.note_no_show(world, news.referral_id, held))


def hear_of_a_quote(world: World, news: News) -> None:
    held, roll = news.assignment_id, world.chance.randrange(100)
    assert held is not None
    days = (0, 3) if news.detail["version"] > 1 else (0, 14)
    if roll < ACCEPT:
        world.after(days, world.cases[news.referral_id].department, lambda: _accept(world, news.referral_id, held))
    elif roll < ACCEPT + DECLINE:
        world.after(days, world.cases[news.referral_id].department, lambda: _decline(world, news.referral_id, held))


def think_of_the_quote_again(world: World, news: News) -> None:
    """Called by their adviser before the quote expires."""
    held = news.assignment_id
    if held is not None and world.chances(30):
        world.after((0, 1), world.cases[news.referral_id].department, lambda: _accept(world, news.referral_id, held))


def _asked(world: World, assignment_id: int) -> tuple[Assignment, QuoteVersion] | None:
    held = world.assignment(assignment_id)
    if held.referral.state != State.QUOTED:
        return None
    version = held.quote.versions.latest_first()[0]
    return (held, version) if version.valid_until >= clock.today() else None


def _accept(world: World, pk: int, assignment_id: int) -> None:
    """On paper, at the garage; wherever nobody holds it any more, the verb says so."""
    asked = _asked(world, assignment_id)
    if asked is None:
        return
    held, version = asked
    by = world.place(held.garage_id).workshop
    world.attempt(
        lambda: transitions.accept_quote(
            held, version=version.number, piec_choice="wanted", answered_on=clock.today(), channel="paper", by=by
        ),
        on=pk,
    )


def _decline(world: World, pk: int, assignment_id: int) -> None:
    asked = _asked(world, assignment_id)
    if asked is None:
        return
    held, version = asked
    by = world.cases[pk].adviser
    world.attempt(
        lambda: transitions.decline_quote(
            held, version=version.number, reason="Trop cher.", answered_on=clock.today(), channel="adviser", by=by
        ),
        on=pk,
    )
