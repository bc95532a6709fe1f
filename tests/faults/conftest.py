"""Servers of these tests alone, which they may stop, kill and empty: `python3 dev.py prove faults` starts them."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis
from celery import current_app
from django.conf import settings
from django.db import connection, connections

from devtools.postgres import Postgres
from devtools.valkey import Valkey
from tests.factories.reference import reference_rows
from tests.factories.territory import small_territory
from tests.faults import stage


def pytest_configure(config):
    if not os.environ.get("MOBILIZ_FAULTS_STATE"):
        raise pytest.UsageError("These tests stop and empty their servers: run them by python3 dev.py prove faults")


@dataclass
class Servers:
    postgres: Postgres
    valkey: Valkey

    def restart_postgres(self) -> None:
        self.postgres.stop()
        self.postgres.start()

    def empty_broker(self) -> None:
        with redis.Redis(unix_socket_path=str(self.valkey.socket)) as broker:
            broker.flushall()


@pytest.fixture(scope="session")
def servers():
    state = Path(os.environ["MOBILIZ_FAULTS_STATE"])
    running = Servers(Postgres(state), Valkey(state))
    yield running
    running.valkey.start()
    running.postgres.start()


@pytest.fixture(scope="session", autouse=True)
def _stop_servers_at_the_end(servers, django_db_setup):
    """After the test database was dropped."""
    yield
    servers.valkey.stop()


@pytest.fixture(autouse=True)
def _real_broker(servers, transactional_db):
    """What a test writes is committed, and what it hands over goes to the broker."""
    assert servers.valkey.url() == settings.CELERY_BROKER_URL
    current_app.conf.update(task_always_eager=False)
    servers.empty_broker()
    small_territory()
    reference_rows()
    yield
    servers.postgres.start()
    servers.valkey.start()
    connections.close_all()
    connection.ensure_connection()


@pytest.fixture
def run(tmp_path):
    """`run(stage.worker, ...)`: a process that ends with the test, whatever happens."""
    started = []

    def start(make, *arguments, **more):
        started.append(make(tmp_path / f"{len(started)}.log", *arguments, **more))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        sys.stdout.write(process.said()[-4000:])  # pytest shows it where the test failed


@pytest.fixture
def mail_server():
    server = stage.MailServer()
    yield server
    server.close()
