"""What a failure leaves in the log: where it was and of what kind, and nothing that anybody typed."""

import logging
from io import StringIO
from smtplib import SMTPRecipientsRefused

import pytest
import structlog
from celery import shared_task
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import RequestFactory

from mobiliz.accounts.models import User
from mobiliz.lib.api.problems import problem_document
from mobiliz.lib.logs import WithoutTokens, in_short, without_token
from tests.factories.accounts import UserFactory

MARK = "zoe-mark-1850"


def raised(error, cause=None):
    try:
        raise error from cause
    except type(error) as caught:
        return caught


@pytest.fixture
def written():
    """`written()`: what the handler of the settings has written."""
    (handler,) = [one for one in logging.getLogger().handlers if one.name == "console"]
    # not by `setStream`, which flushes the one before: it may be of a test that is over, and closed
    before, handler.stream = handler.stream, StringIO()
    yield handler.stream.getvalue
    handler.stream = before


def test_the_settings_scrub_every_line():
    steps = settings.LOGGING["formatters"]["lines"]["foreign_pre_chain"]
    assert [getattr(step, "__name__", "") for step in steps][-1] == "scrubbed_exception"
    assert not any(getattr(step, "__name__", "") == "format_exc_info" for step in structlog.get_config()["processors"])


@pytest.mark.parametrize(
    ("error", "short"),
    [
        (ValueError(f"invalid literal: '{MARK}'"), "ValueError"),
        (KeyError(MARK), "KeyError"),
        (ValidationError(MARK), "django.core.exceptions.ValidationError"),
        (SMTPRecipientsRefused({MARK: (550, b"no")}), "smtplib.SMTPRecipientsRefused"),
        (
            AttributeError("'NoneType' object has no attribute 'x'"),
            "AttributeError: 'NoneType' object has no attribute 'x'",
        ),
        (ExceptionGroup(MARK, [ValueError(MARK), KeyError(MARK)]), "ExceptionGroup: ValueError, KeyError"),
    ],
)
def test_an_exception_is_named_by_its_kind(error, short):
    assert in_short(error) == short


def test_a_refused_row_is_named_by_its_constraint(db):
    UserFactory(email=f"{MARK}@mobiliz.example")
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        User.objects.create(email=f"{MARK.upper()}@mobiliz.example")
    assert MARK in str(refused.value).lower()
    assert in_short(refused.value) == "django.db.utils.IntegrityError: 23505 accounts_user user_email_unique"


def test_the_traceback_says_where_and_which_error_led_to_which(written):
    first = raised(ValueError(MARK))
    try:
        raise RuntimeError(MARK) from first
    except RuntimeError:
        structlog.get_logger("mobiliz.tests").exception("it failed")
    line = written()
    assert MARK not in line
    assert line.count("test_logs.py") >= 2
    assert line.index("ValueError") < line.index("Which led to") < line.index("RuntimeError")


def test_a_circle_of_causes_ends(written):
    one, other = ValueError(MARK), KeyError(MARK)
    one.__cause__, other.__cause__ = other, one
    logging.getLogger("mobiliz.tests").error("it failed", exc_info=one)
    assert MARK not in written()


def test_an_exception_written_into_a_line_loses_its_words(written):
    logging.getLogger("mobiliz.tests").error("it failed: %s, then %r", ValueError(MARK), KeyError(MARK))
    line = written()
    assert MARK not in line
    assert "ValueError, then 'KeyError'" in line


@shared_task
def failing_task(what):
    int(what)


def test_a_failed_task_is_logged_without_its_arguments(written, settings):
    settings.CELERY_TASK_EAGER_PROPAGATES = False
    failing_task.apply(args=[MARK], throw=False)
    line = written()
    assert MARK not in line
    assert "ValueError" in line


def test_a_failed_page_is_logged_without_what_was_asked_and_typed(client, db, written, monkeypatch):
    def fail(*args, **kwargs):
        raise ValueError(MARK)

    monkeypatch.setattr("mobiliz.home.render", fail)
    client.raise_request_exception = False
    client.get("/", {"q": MARK}, headers={"Referer": f"http://testserver/?{MARK}"})
    line = written()
    assert MARK not in line
    assert "ValueError" in line


def test_a_failed_call_of_the_api_is_logged_without_its_words(written, settings):
    settings.DEBUG = False
    request = RequestFactory().get("/api/v1/garages/", {"q": MARK})
    request._request = request
    try:
        raise RuntimeError(MARK)
    except RuntimeError as error:
        answer = problem_document(error, {"request": request})
    line = written()
    assert MARK not in line
    assert "RuntimeError" in line
    assert answer.status_code == 500
    assert MARK not in answer.content.decode()


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/s/abc.def/accepter/", "/s/…/accepter/"),
        ("GET /compte/mot-de-passe/nouveau/1-d7x-0af/ HTTP/1.1", "GET /compte/mot-de-passe/nouveau/…/ HTTP/1.1"),
        ("http://x/compte/mot-de-passe/nouveau/1-d7x-0af/?a", "http://x/compte/mot-de-passe/nouveau/…/?a"),
        ("/compte/mot-de-passe/nouveau/fait/", "/compte/mot-de-passe/nouveau/fait/"),
        ("/compte/mot-de-passe/oublie/", "/compte/mot-de-passe/oublie/"),
    ],
)
def test_no_token_that_opens_something_stands_in_a_line(path, shown):
    assert without_token(path) == shown
    record = logging.LogRecord("x", logging.INFO, "f", 1, "%s", (path,), None)
    WithoutTokens().filter(record)
    assert record.getMessage() == shown
