"""PostgreSQL restarted or killed under web and workers: every act is done once or not at all, and can be done again."""

import os
import re
import signal
import threading
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

import pytest
from celery import current_app
from django.db import connections

from mobiliz.outbox.models import Message
from referrals import links
from referrals.models import LogEntry, PersonalLink
from tests.factories import journey
from tests.factories.garages import ContactFactory
from tests.faults import stage
from tests.faults.stage import wait_for


class Browser:
    """Somebody with the garage's link, who presses what the page offers."""

    def __init__(self, address: str, token: str) -> None:
        self.page = f"{address}/s/{token}/"
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def read(self, url: str = "", data: dict | None = None) -> tuple[int, str]:
        sent = urllib.parse.urlencode(data).encode() if data is not None else None
        request = urllib.request.Request(url or self.page, data=sent)
        try:
            with self.opener.open(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read().decode()

    def press(self, name: str, **data: str) -> tuple[int, str]:
        _status, said = self.read()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', said)
        return self.read(f"{self.page}{name}/", {"csrfmiddlewaretoken": token[1] if token else "", **data})


@pytest.fixture
def asked(adviser, garage):
    ContactFactory(garage=garage, email="chef@garage.example")
    return journey.sent(adviser, garage)


@pytest.fixture
def browser(asked, run):
    served = run(stage.web)
    return Browser(served.address, links.token_of(PersonalLink.objects.get(assignment=asked)))


def accepted():
    return LogEntry.objects.filter(verb="accept").count()


def test_restarted_between_two_requests_nobody_notices(browser, servers):
    assert browser.read()[0] == 200
    connections.close_all()
    servers.restart_postgres()
    assert browser.read()[0] == 200
    assert browser.press("accepter")[0] == 200
    assert accepted() == 1


def test_away_during_a_request_it_is_said_in_words_and_the_same_press_works_afterwards(browser, servers):
    _status, page = browser.read()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    connections.close_all()
    servers.postgres.stop()
    status, said = browser.read(f"{browser.page}accepter/", {"csrfmiddlewaretoken": token})
    assert status >= 500
    assert "Traceback" not in said
    assert "réessayez" in said.lower() or "recommencez" in said.lower()
    servers.postgres.start()
    assert browser.press("accepter")[0] == 200
    assert accepted() == 1


def test_restarted_while_many_press_it_is_accepted_once(browser, servers):
    """Eight presses, the database restarted among them; whoever got an error presses again."""
    connections.close_all()

    threads = [threading.Thread(target=_press_until_told, args=(browser.page,)) for _ in range(8)]
    for number, thread in enumerate(threads):
        thread.start()
        if number == 3:
            servers.restart_postgres()
    for thread in threads:
        thread.join()
    assert accepted() == 1


def _press_until_told(page: str) -> None:
    """Somebody with a browser of their own."""
    other = Browser("", "")
    other.page = page
    for _ in range(20):
        try:
            if other.press("accepter")[0] == 200:
                return
        except OSError:
            continue


def test_killed_hard_and_started_again_what_was_committed_is_there(asked, browser, servers):
    assert browser.press("accepter")[0] == 200
    connections.close_all()
    os.kill(servers.postgres.pid(), signal.SIGKILL)
    wait_for(lambda: servers.postgres.pid() is None, "the end of PostgreSQL")
    servers.postgres.start()
    assert journey.fresh(asked).referral.state == "accepted"
    assert accepted() == 1


def test_a_worker_whose_database_was_restarted_goes_on(asked, run, mail_server, servers):
    servers.empty_broker()
    run(stage.worker, mail_port=mail_server.port)
    connections.close_all()
    servers.restart_postgres()
    current_app.send_task("mobiliz.outbox.tasks.sweep")
    current_app.send_task("mobiliz.outbox.tasks.sweep")
    wait_for(lambda: Message.objects.get(template="referrals/garage_asked").sent_at, "the message")
    assert sum("chef@garage.example" in text for text in mail_server.received) == 1


def test_a_mail_scanner_that_opens_the_link_a_hundred_times_changes_nothing(asked, browser):
    before = LogEntry.objects.count()

    def scan():
        for _ in range(25):
            browser.read()

    threads = [threading.Thread(target=scan) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    fresh = journey.fresh(asked)
    assert (LogEntry.objects.count(), fresh.seen_at, fresh.accepted_at) == (before, None, None)
    assert browser.press("accepter")[0] == 200


def test_pressed_twice_at_the_same_moment_and_again_with_the_back_button_it_is_done_once(browser):
    _status, page = browser.read()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    answers = []

    def press():
        answers.append(browser.read(f"{browser.page}accepter/", {"csrfmiddlewaretoken": token})[0])

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    press()
    assert answers == [200] * 5
    assert accepted() == 1
