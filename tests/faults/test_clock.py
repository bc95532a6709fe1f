"""The clock's rounds: killed, doubled, late or set back, they chase each garage once and lose sight of none."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import redis
from celery import current_app
from django.db import connection, transaction

from garages.models import Garage, GarageStatus
from mobiliz.accounts.actors import SYSTEM
from mobiliz.lib import clock
from mobiliz.outbox import tasks as outbox_tasks
from mobiliz.outbox.models import Message
from referrals import tasks, transitions
from referrals.models import Assignment, Incident, LogEntry, Referral
from referrals.transitions import chasing
from tests.cast import actor
from tests.factories import journey
from tests.factories.garages import ContactFactory, GarageFactory
from tests.faults import stage
from tests.faults.stage import wait_for

LOOK = "referrals.tasks.look_at_what_is_due"
TUESDAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SATURDAY_BEFORE_THE_CLOCK_GOES_BACK = datetime(2026, 10, 24, 12, 0, tzinfo=UTC)


def ahead_of(moment):
    """How far a worker's clock must go for it to be this moment there now."""
    return int((moment - datetime.now(UTC)).total_seconds())


def reminders():
    return LogEntry.objects.filter(verb="remind").count()


@pytest.fixture
def asked(adviser, garage):
    ContactFactory(garage=garage, rank=1, email="chef@garage.example")
    ContactFactory(garage=garage, rank=2, email="second@garage.example")
    with clock.moved_to(TUESDAY):
        return journey.sent(adviser, garage)


def test_a_worker_killed_in_mid_look_leaves_it_to_another_and_the_garage_is_reminded_once(asked, run, servers):
    servers.empty_broker()
    with transaction.atomic(), connection.cursor() as cursor:  # the worker waits in the middle of its look
        cursor.execute("LOCK TABLE referrals_logentry IN ACCESS EXCLUSIVE MODE")
        first = run(stage.worker, at=ahead_of(TUESDAY + timedelta(days=1, hours=1)))
        current_app.send_task(LOOK)
        wait_for(_somebody_waits, "the worker in the middle of its look")
        first.kill()
    wait_for(lambda: not _somebody_waits(), "the end of the killed worker's connection")
    claimed = Referral.objects.get(pk=asked.referral_id)
    assert claimed.look_attempts == 1
    assert reminders() == 0
    servers.empty_broker()
    over = chasing.LEASE + timedelta(days=1, hours=1, seconds=30)
    run(stage.worker, at=ahead_of(TUESDAY + over), name="two")
    current_app.send_task(LOOK)
    wait_for(lambda: reminders() == 1, "the reminder by the second worker")
    assert Message.objects.filter(template="referrals/garage_reminded").count() == 1
    assert Referral.objects.get(pk=asked.referral_id).look_attempts == 0


def _somebody_waits():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0


def test_ten_rounds_at_once_by_two_workers_remind_each_garage_once(adviser, garage, run, servers):
    ContactFactory(garage=garage, email="chef@garage.example")
    Garage.objects.filter(pk=garage.pk).update(weekly_cap=20)
    with clock.moved_to(TUESDAY):
        for _ in range(12):
            journey.sent(adviser, garage)
    servers.empty_broker()
    for _ in range(10):
        current_app.send_task(LOOK)
    late = ahead_of(TUESDAY + timedelta(days=1, hours=1))
    run(stage.worker, at=late, concurrency=2)
    run(stage.worker, at=late, name="two", concurrency=2)
    wait_for(lambda: reminders() >= 12, "twelve reminders")
    current_app.send_task(LOOK)
    current_app.send_task("referrals.tasks.report_long_waits")
    wait_for(lambda: not _is_queued(servers), "an empty queue")
    assert reminders() == 12


def _is_queued(servers):
    with redis.Redis(unix_socket_path=str(servers.valkey.socket)) as broker:
        return broker.llen("celery") or broker.hlen("unacked")


def test_a_clock_that_jumps_two_days_ahead_catches_up_once_and_one_set_back_repeats_nothing(asked):
    def rounds(moment):
        with clock.moved_to(moment):
            return sum(tasks.look_at_what_is_due() for _ in range(3))

    assert rounds(TUESDAY + timedelta(days=6, hours=1)) == 1
    assert rounds(TUESDAY + timedelta(days=6)) == 0
    assert rounds(TUESDAY + timedelta(days=1, hours=1)) == 0
    assert rounds(TUESDAY + timedelta(days=7, hours=1)) == 1
    assert reminders() == 2


def test_the_night_on_which_the_clock_goes_back_nine_oclock_is_nine_oclock(adviser, garage):
    ContactFactory(garage=garage, email="chef@garage.example")
    with clock.moved_to(SATURDAY_BEFORE_THE_CLOCK_GOES_BACK):
        journey.sent(adviser, garage)
    # Saturday counts from Monday; the reminder is due on Tuesday at nine in Paris, eight in UTC by then
    for hour, expected in ((7, 0), (8, 1), (9, 0)):
        with clock.moved_to(datetime(2026, 10, 27, hour, 30, tzinfo=UTC)):
            assert tasks.look_at_what_is_due() == expected


def test_an_answer_in_the_middle_of_the_round_wins_and_nothing_is_chased_after_it(asked, workshop):
    """Twenty times: the clock and the workshop at the same moment."""
    answered = []

    def accept():
        try:
            with clock.moved_to(TUESDAY + timedelta(days=1, hours=1)):
                transitions.accept(journey.fresh(asked), by=actor(workshop))
                answered.append(True)
        finally:
            connection.close()

    def look():
        try:
            with clock.moved_to(TUESDAY + timedelta(days=1, hours=1)):
                tasks.look_at_what_is_due()
        finally:
            connection.close()

    threads = [threading.Thread(target=act) for act in (accept, *[look] * 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answered == [True]
    verbs = list(LogEntry.objects.of_referral(asked.referral).values_list("verb", flat=True))
    assert verbs.count("accept") == 1
    assert verbs.count("remind") <= 1
    assert verbs[-1] == "accept"
    with clock.moved_to(TUESDAY + timedelta(days=3)):
        assert tasks.look_at_what_is_due() == 0


def test_garages_that_close_give_everything_back_at_once_and_their_adviser_gets_one_message(adviser, run, servers):
    """Two hundred referrals re-routed by two workers, with places elsewhere for half of them."""
    closing = [GarageFactory(name=f"Groupe {number}", at="42218", weekly_cap=50) for number in range(4)]
    near = [GarageFactory(name=f"Voisin {number}", at="42218", weekly_cap=50) for number in range(2)]
    with clock.moved_to(TUESDAY):
        first = journey.ready(adviser)
        sent = [_copy_of(first, closing[number % 4], adviser) for number in range(200)]
    servers.empty_broker()
    GarageStatus.objects.filter(garage__in=closing).update(status="closed")
    workers = [run(stage.worker, at=ahead_of(TUESDAY + timedelta(hours=1)), name=name) for name in ("one", "two")]
    for _ in range(8):
        current_app.send_task("referrals.tasks.move_on_from_garages_that_left")
    wait_for(lambda: not any(_open_at(one) for one in closing), "empty garages", 180)
    for worker in workers:
        worker.kill()
    for one in near:
        assert Assignment.objects.open().of_garage(one.pk).count() == 50
    now = Referral.objects.filter(pk__in=[one.referral_id for one in sent])
    held = now.filter(assignments__ended_at__isnull=True).distinct().count()
    queued = now.filter(queued_at__isnull=False).count()
    assert (held, queued) == (100, 100)
    assert not Incident.objects.exists()
    with clock.moved_to(TUESDAY + timedelta(days=1)):
        outbox_tasks.gather_digests()
    digests = Message.objects.to(adviser.user.email).filter(template="outbox/digest")
    assert digests.count() == 1
    assert digests.get().context["count"] >= 200


def _open_at(garage):
    return Assignment.objects.open().of_garage(garage.pk).exists()


def _copy_of(first, garage, adviser):
    """Another referral of the same person, ready to be sent: one person, many cars, for the sake of speed."""
    copy = Referral.objects.get(pk=first.pk)
    copy.pk = copy.uid = copy.number = None
    copy = Referral(
        **{
            field.attname: getattr(first, field.attname)
            for field in Referral._meta.concrete_fields
            if field.attname not in {"id", "uid", "number"}
        }
    )
    copy.save()
    described = first.prediagnosis
    described.pk, described.referral = None, copy
    described.save(force_insert=True)
    return transitions.send(journey.fresh(copy), garage=garage, by=actor(adviser))


def test_what_fails_five_times_is_left_alone_for_a_day_and_holds_up_nobody(asked, adviser, garage, monkeypatch):
    with clock.moved_to(TUESDAY):
        other = journey.sent(adviser, garage, first_name="Aïcha")
    real = chasing.situation_of

    def poisonous(referral, held):
        if referral.pk == asked.referral_id:
            raise RuntimeError("poison")
        return real(referral, held)

    monkeypatch.setattr(chasing, "situation_of", poisonous)
    for minutes in range(0, 60, 6):
        with clock.moved_to(TUESDAY + timedelta(days=1, hours=1, minutes=minutes)):
            tasks.look_at_what_is_due()
    assert LogEntry.objects.of_referral(other.referral).filter(verb="remind").count() == 1
    assert Referral.objects.get(pk=asked.referral_id).look_attempts == chasing.MOST_ATTEMPTS + 1
    monkeypatch.setattr(chasing, "situation_of", real)
    with clock.moved_to(TUESDAY + timedelta(days=3)):
        transitions.claim_due(10)
        assert transitions.look(journey.fresh(asked.referral), by=SYSTEM) is not None
