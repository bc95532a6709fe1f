"""Ready: database, broker, a worker and a beat seen less than two minutes ago."""

from datetime import timedelta

import pytest
from celery.signals import before_task_publish

from mobiliz.lib import clock
from reporting import heartbeat, readiness, tasks

pytestmark = pytest.mark.django_db


@pytest.fixture
def _everyone_is_at_work():
    heartbeat.note(heartbeat.BEAT)
    heartbeat.note(heartbeat.WORKER)


@pytest.mark.usefixtures("_everyone_is_at_work")
def test_ready_when_everyone_is_at_work(client):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "broker": "ok", "worker": "ok", "beat": "ok"}


def test_not_ready_before_the_worker_was_seen(client):
    heartbeat.note(heartbeat.BEAT)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"database": "ok", "broker": "ok", "worker": "absent", "beat": "ok"}


@pytest.mark.usefixtures("_everyone_is_at_work")
@pytest.mark.parametrize(("seconds", "status"), [(119, 200), (120, 503)])
def test_not_ready_once_worker_and_beat_are_silent_for_two_minutes(client, seconds, status):
    with clock.moved_to(heartbeat.worker_seen_at() + timedelta(seconds=seconds)):
        assert client.get("/readyz").status_code == status


@pytest.mark.usefixtures("_everyone_is_at_work")
def test_whatever_breaks_is_not_ready_and_says_nothing_more(client, monkeypatch):
    def broken():
        raise OSError("secret address")

    monkeypatch.setitem(readiness.QUESTIONS, "broker", broken)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["broker"] == "absent"
    assert "secret" not in answer.content.decode()


def test_the_worker_is_seen_when_it_runs_the_task():
    tasks.beat_of_the_worker.delay()
    assert heartbeat.is_recent(heartbeat.worker_seen_at())


def test_beat_is_seen_when_it_sends_the_task_even_if_nobody_runs_it(monkeypatch):
    monkeypatch.setattr(tasks, "close_old_connections", lambda: None)
    before_task_publish.send(sender=tasks.beat_of_the_worker.name, body=None, headers={})
    assert heartbeat.is_recent(heartbeat.beat_seen_at())
    assert heartbeat.worker_seen_at() is None


def test_the_beat_schedule_names_tasks_that_exist(settings):
    from celery import current_app

    current_app.loader.import_default_modules()
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        assert entry["task"] in current_app.tasks
