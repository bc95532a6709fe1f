"""Messages: written with the change, delivered at least once, whatever dies, is away or forgets in between."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from celery import current_app

from mobiliz.lib import clock
from mobiliz.outbox import actions, tasks
from mobiliz.outbox.models import Message
from referrals import transitions
from referrals.models import Incident
from referrals.tasks import tell_of_messages_that_were_lost
from tests.cast import actor
from tests.factories import journey
from tests.factories.garages import ContactFactory
from tests.faults import stage
from tests.faults.stage import wait_for

DELIVER = "mobiliz.outbox.tasks.deliver_key"
SWEEP = "mobiliz.outbox.tasks.sweep"
LEASE_OVER = int(actions.LEASE.total_seconds()) + 5


@pytest.fixture
def asked(adviser, garage):
    """A referral put to a garage with a contact: one message waits."""
    ContactFactory(garage=garage, email="chef@garage.example")
    return journey.sent(adviser, garage)


def the_message():
    return Message.objects.get(template="referrals/garage_asked")


def is_sent():
    return the_message().sent_at is not None


def hand(name, *arguments):
    current_app.send_task(name, arguments)


@pytest.mark.parametrize("who", ["child", "whole worker"])
def test_killed_while_it_speaks_with_the_mail_server_another_delivers_the_same_message(
    asked, run, mail_server, who, servers
):
    mail_server.hold()
    first = run(stage.worker, mail_port=mail_server.port)
    wait_for(mail_server.holding.is_set, "the message at the mail server")
    if who == "child":
        os.kill(first.children()[0], signal.SIGKILL)
    first.kill() if who == "whole worker" else None
    assert the_message().leased_until is not None
    first.kill()
    servers.empty_broker()
    mail_server.let_go.set()
    run(stage.worker, at=LEASE_OVER, mail_port=mail_server.port, name="two")
    hand(SWEEP)
    wait_for(is_sent, "the message sent by the second worker")
    # at least once, under one identity: a mail program shows a second copy as the same
    assert set(mail_server.ids()) == {mail_server.ids()[0]}
    assert the_message().attempts == 2


def test_the_same_task_delivered_five_times_to_two_workers_is_one_mail(asked, run, mail_server, servers):
    servers.empty_broker()
    for _ in range(5):
        hand(DELIVER, the_message().key)
    run(stage.worker, mail_port=mail_server.port)
    run(stage.worker, mail_port=mail_server.port, name="two")
    wait_for(is_sent, "the message")
    for _ in range(5):
        hand(DELIVER, the_message().key)
    hand(SWEEP)
    sentinel = "nobody@nowhere.example"
    actions.post("referrals/adviser", to=actions.Recipient(sentinel), context=_line(), key="last")
    wait_for(lambda: Message.objects.to(sentinel).get().sent_at, "what was handed over last")
    assert sum("chef@garage.example" in text for text in mail_server.received) == 1


def test_with_the_broker_away_the_change_is_made_and_the_message_goes_when_it_is_back(
    adviser, garage, run, mail_server, servers
):
    ContactFactory(garage=garage, email="chef@garage.example")
    servers.valkey.stop()
    assert journey.sent(adviser, garage).is_open
    servers.valkey.start()
    servers.empty_broker()
    run(stage.worker, mail_port=mail_server.port)
    hand(SWEEP)
    wait_for(is_sent, "the message")
    assert len(mail_server.received) == Message.objects.filter(sent_at__isnull=False).count()


def test_a_crash_between_commit_and_handing_over_loses_nothing(adviser, garage, run, mail_server, servers):
    ContactFactory(garage=garage, email="chef@garage.example")
    ready = journey.ready(adviser)
    script = f"""
import os, django; django.setup()
from mobiliz.accounts.actors import Actor
from mobiliz.accounts.models import Membership
from mobiliz.outbox import actions
from garages.models import Garage
from referrals import transitions
from referrals.models import Referral
actions._tell_a_worker = lambda key: os.kill(os.getpid(), 9)
transitions.send(Referral.objects.get(pk={ready.pk}), garage=Garage.objects.get(pk={garage.pk}),
                 by=Actor.member(Membership.objects.get(pk={adviser.pk})))
"""
    env = stage.environment(DJANGO_SETTINGS_MODULE="mobiliz.settings")
    died = subprocess.run([sys.executable, "-c", script], cwd=stage.ROOT, env=env, check=False, capture_output=True)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    assert journey.fresh(ready).state == "waiting"
    servers.empty_broker()
    run(stage.worker, mail_port=mail_server.port)
    hand(SWEEP)
    wait_for(is_sent, "the message")


def test_killed_before_the_commit_neither_the_change_nor_its_message_exists(adviser, garage):
    ContactFactory(garage=garage, email="chef@garage.example")
    ready = journey.ready(adviser)
    script = f"""
import os, django; django.setup()
from django.db import transaction
from mobiliz.accounts.actors import Actor
from mobiliz.accounts.models import Membership
from garages.models import Garage
from referrals import transitions
from referrals.models import Referral
with transaction.atomic():
    transitions.send(Referral.objects.get(pk={ready.pk}), garage=Garage.objects.get(pk={garage.pk}),
                     by=Actor.member(Membership.objects.get(pk={adviser.pk})))
    os.kill(os.getpid(), 9)
"""
    env = stage.environment(DJANGO_SETTINGS_MODULE="mobiliz.settings")
    subprocess.run([sys.executable, "-c", script], cwd=stage.ROOT, env=env, check=False, capture_output=True)
    assert journey.fresh(ready).state == "draft"
    assert not Message.objects.filter(template="referrals/garage_asked").exists()
    assert transitions.send(journey.fresh(ready), garage=garage, by=actor(adviser)).is_open


def test_a_mail_server_that_refuses_until_the_next_morning_delays_and_loses_nothing(asked, settings, mail_server):
    use(settings, mail_server)
    mail_server.refusing = True
    begun = clock.now()
    for hours in range(23):
        sweep(begun + timedelta(hours=hours))
    message = the_message()
    assert (message.sent_at, message.parked_at) == (None, None)
    assert message.attempts > 5
    mail_server.refusing = False
    sweep(begun + timedelta(hours=24))
    assert is_sent()
    assert sum("chef@garage.example" in text for text in mail_server.received) == 1


def test_a_mail_server_that_refuses_for_days_is_told_to_people_who_can_telephone(asked, settings, mail_server, pilot):
    use(settings, mail_server)
    mail_server.refusing = True
    begun = clock.now()
    for hours in range(60):
        sweep(begun + timedelta(hours=hours))
    assert the_message().parked_at is not None
    with clock.moved_to(begun + timedelta(hours=61)):
        tell_of_messages_that_were_lost()
        tell_of_messages_that_were_lost()
    assert Incident.objects.filter(referral=asked.referral, kind="message_undelivered").count() == 1


def use(settings, mail_server):
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": mail_server.port, "timeout": 5},
        }
    }


def sweep(moment):
    with clock.moved_to(moment):
        return tasks.sweep()


def _line():
    return {"line": "Dossier 1 : rien.", "news": "rien.", "case": "Dossier 1", "url": "http://127.0.0.1:8000/"}
