"""Faults are injected for real, and whatever they leave behind is seen."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection, transaction

from mobiliz.lib import clock
from mobiliz.outbox import tasks as outbox_tasks
from mobiliz.outbox.actions import Recipient, post
from mobiliz.outbox.models import Message
from mobiliz.simulation.faults import Crash, Faults, crash_at, failing_look, traces_of
from mobiliz.simulation.network import Network
from mobiliz.simulation.post_office import PostOffice, opened
from mobiliz.simulation.world import World
from referrals import transitions
from referrals.models import LogEntry
from referrals.tasks import look_at_what_is_due
from tests.cast import actor
from tests.factories import journey

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(adviser, garage, workshop):
    return journey.sent(adviser, garage)


@pytest.fixture
def world(pilot):
    nobody = Network(towns=[], places={}, advisers=[], pilot=actor(pilot), pilots={})
    return World(7, nobody, Faults(7, date(2026, 1, 5), 100), PostOffice())


def always(monkeypatch, faults: Faults, *, crash: int = 0, kind: str = "") -> None:
    monkeypatch.setattr(faults, "draws", lambda chances: bool(crash))
    monkeypatch.setattr(faults, "somewhere", lambda: crash)
    monkeypatch.setattr(faults, "strikes", lambda name, chances: name == kind)


def test_a_crash_at_any_statement_of_a_verb_leaves_nothing(world, sent, workshop):
    before = traces_of(sent.referral_id)
    for statement in range(1, 10):
        with pytest.raises(Crash), crash_at(statement), transaction.atomic():
            transitions.accept(sent, by=actor(workshop))
        assert traces_of(sent.referral_id) == before


def test_what_a_crash_leaves_of_an_act_that_is_not_one_transaction_is_seen(world, sent, monkeypatch):
    def half():
        for moment in ("2020-01-01", "2020-01-02"):
            with connection.cursor() as cursor:
                cursor.execute("UPDATE referrals_referral SET updated_at = %s", [moment])

    always(monkeypatch, world.faults, crash=2)
    world.attempt(half, on=sent.referral_id)
    assert world.broken == [f"dossier {sent.referral.number} : un arrêt au milieu d’un acte a laissé des traces"]


def test_whoever_was_stopped_in_the_middle_tries_again(world, sent, workshop, monkeypatch):
    always(monkeypatch, world.faults, crash=5)
    world.attempt(lambda: transitions.accept(sent, by=actor(workshop)), on=sent.referral_id)
    assert journey.fresh(sent).accepted_at
    assert world.broken == []


def test_a_second_click_that_counts_is_seen_and_one_that_does_not_is_not(world, sent, workshop, monkeypatch):
    always(monkeypatch, world.faults, kind="double clic")
    world.attempt(lambda: transitions.accept(sent, by=actor(workshop)), on=sent.referral_id)
    assert world.broken == []
    world.attempt(lambda: note_a_line(sent), on=sent.referral_id)
    assert world.broken == [f"dossier {sent.referral.number} : un double clic a compté deux fois"]


def test_a_verb_that_comes_too_late_is_counted_and_nothing_else(world, sent, workshop, monkeypatch):
    always(monkeypatch, world.faults)
    for _twice in range(2):
        world.attempt(lambda: transitions.accept(sent, by=actor(workshop)), on=sent.referral_id)
    assert world.refusals == {"quelqu’un a été plus rapide": 1}


def test_a_look_that_fails_holds_up_none_of_the_others(sent, adviser, garage):
    other = journey.sent(adviser, garage, first_name="Aïcha")
    with failing_look(sent.referral_id):
        look_at_what_is_due()
    assert (journey.fresh(sent).referral.look_attempts, journey.fresh(other).referral.look_attempts) == (1, 0)


def test_a_mail_server_that_is_away_is_asked_again_and_one_address_is_refused_for_ever(db):
    office = PostOffice(outages=[(at(8), at(12))], refused=frozenset({"injoignable"}))
    with opened(office):
        with clock.moved_to(at(9)):
            for name in ("karim", "injoignable"):
                post("outbox/digest", to=Recipient(f"{name}@garage.example"), context=LINES, key=name)
            assert outbox_tasks.sweep() == 0
        with clock.moved_to(at(13)):
            assert outbox_tasks.sweep() == 1
    assert office.refusals == {"outage": 2, "refused": 1}
    assert Message.objects.undelivered().get().recipient_email == "injoignable@garage.example"


def test_a_mail_that_names_a_person_is_seen_when_it_is_sent(db):
    office = PostOffice()
    named = {"lines": [{"line": "Zélindor attend.", "url": ""}], "count": 1}
    with opened(office):
        post("outbox/digest", to=Recipient("karim@garage.example"), context=named, key="named")
        outbox_tasks.sweep()
    assert len(office.naming) == 1


LINES = {"lines": [{"line": "La Clio attend.", "url": ""}], "count": 1}


def at(hour: int) -> datetime:
    return datetime(2026, 3, 3, hour, tzinfo=UTC)


def note_a_line(sent):
    LogEntry.objects.create(
        referral=sent.referral,
        position=sent.referral.log.count() + 1,
        verb="pause_reminders",
        from_state="waiting",
        to_state="waiting",
        actor_kind="system",
    )
