"""Written with the change, delivered after it: at least once, never before the commit, never for ever."""

import smtplib
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.core import mail
from django.db import transaction
from kombu.exceptions import OperationalError

from mobiliz.lib import clock
from mobiliz.outbox import actions, tasks
from mobiliz.outbox.actions import Recipient
from mobiliz.outbox.models import Fault, Message

pytestmark = pytest.mark.django_db
KARIM = Recipient("karim@garage.example", "Karim Belkacem")
LINES = {"lines": [{"line": "La Clio de Guéret attend votre réponse.", "url": ""}], "count": 1}


def post(key="one", to=KARIM, **more):
    actions.post("outbox/digest", to=to, context=LINES, key=key, **more)
    return Message.objects.newest_first().first()


def failing(failure):
    return patch("django.core.mail.EmailMessage.send", side_effect=failure)


def test_what_is_posted_together_is_written_in_one_statement_each_message_once(django_assert_num_queries):
    with django_assert_num_queries(1), actions.together():
        for key in ("one", "two", "one"):
            actions.post("outbox/digest", to=KARIM, context=LINES, key=key)
    assert Message.objects.count() == 2


def test_nothing_of_what_was_posted_together_is_written_where_it_broke_off():
    def broken_off():
        with actions.together():
            actions.post("outbox/digest", to=KARIM, context=LINES, key="one")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken_off()
    assert not Message.objects.exists()


def test_a_message_goes_out_in_two_forms_with_a_lasting_identity():
    message = post(reply_to="claire@wimoov.example")
    assert actions.deliver(message.pk)
    sent = mail.outbox[0]
    assert sent.to == ['"Karim Belkacem" <karim@garage.example>']
    assert sent.subject == "Mobiliz\u00a0: 1 dossier vous attend"
    assert "La Clio de Guéret" in sent.body
    assert "La Clio de Guéret" in sent.alternatives[0].content
    assert sent.extra_headers["Message-ID"].startswith(f"<{message.uid}@")
    assert sent.reply_to == ["claire@wimoov.example"]


def test_the_same_event_is_told_once_to_each():
    post()
    post()
    post(to=Recipient("KARIM@garage.example"))
    post(to=Recipient("monique@garage.example"))
    assert Message.objects.count() == 2


def test_what_was_sent_is_not_sent_again():
    message = post()
    assert actions.deliver(message.pk)
    assert not actions.deliver(message.pk)
    assert tasks.sweep() == 0
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_nothing_is_told_before_the_commit_nor_after_a_rollback():
    with patch("mobiliz.outbox.actions.current_app.send_task") as told:
        with transaction.atomic():
            post()
            told.assert_not_called()
        assert told.call_count == 1
        with transaction.atomic():
            post(key="two")
            transaction.set_rollback(True)
        assert told.call_count == 1
    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_where_the_broker_is_away_the_change_stands_and_the_sweep_delivers():
    with patch("mobiliz.outbox.actions.current_app.send_task", side_effect=OperationalError), transaction.atomic():
        post()
    assert tasks.sweep() == 1
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("failure", "fault", "is_parked"),
    [
        (ConnectionRefusedError(), Fault.SERVER_AWAY, False),
        (TimeoutError(), Fault.SERVER_AWAY, False),
        (smtplib.SMTPServerDisconnected(), Fault.SERVER_AWAY, False),
        (smtplib.SMTPResponseException(421, b"later"), Fault.SERVER_AWAY, False),
        (smtplib.SMTPAuthenticationError(535, b"no"), Fault.SERVER_AWAY, False),
        (smtplib.SMTPRecipientsRefused({"a@b.example": (450, b"greylisted")}), Fault.SERVER_AWAY, False),
        (smtplib.SMTPRecipientsRefused({"a@b.example": (550, b"no such user")}), Fault.REFUSED, True),
        (smtplib.SMTPDataError(550, b"no such user"), Fault.REFUSED, True),
        (ValueError("a template that fails"), Fault.UNREADABLE, True),
    ],
)
def test_a_failure_is_tried_again_or_given_up_by_its_kind(failure, fault, is_parked):
    message = post()
    with failing(failure):
        assert not actions.deliver(message.pk)
    message.refresh_from_db()
    assert (message.fault, message.is_undelivered) == (fault, is_parked)
    assert is_parked or message.next_at > clock.now()


def test_a_mail_server_that_is_away_for_a_day_loses_nothing_and_is_not_stormed():
    message, began = post(), clock.now()
    with failing(ConnectionRefusedError()):
        for minutes in range(0, 24 * 60, 5):
            with clock.moved_to(began + timedelta(minutes=minutes)):
                tasks.sweep()
    message.refresh_from_db()
    assert 20 <= message.attempts <= 32
    assert not message.is_undelivered
    with clock.moved_to(began + timedelta(hours=25)):
        tasks.sweep()
    assert len(mail.outbox) == 1


def test_after_a_day_it_is_given_up_and_shown_and_can_be_sent_again():
    message, began = post(), clock.now()
    with failing(ConnectionRefusedError()):
        for hours in range(60):
            for minutes in (0, 2, 5, 11, 22, 43):
                with clock.moved_to(began + timedelta(hours=hours, minutes=minutes)):
                    actions.deliver(message.pk)
    assert list(Message.objects.undelivered()) == [message]
    actions.send_again(message)
    assert actions.deliver(message.pk)
    assert not Message.objects.undelivered().exists()


def test_a_message_on_which_workers_die_is_parked_after_five():
    message, began = post(), clock.now()
    with patch("mobiliz.outbox.actions._send", side_effect=SystemExit):  # as kill -9 leaves it: claimed, nothing noted
        for times in range(8):
            with clock.moved_to(began + times * timedelta(minutes=6)):
                try:
                    actions.deliver(message.pk)
                except SystemExit:
                    continue
    message.refresh_from_db()
    assert (message.fault, message.attempts) == (Fault.LOST_TOO_OFTEN, 5)


def test_a_message_in_the_hands_of_one_worker_is_not_taken_by_another():
    message = post()
    actions._claim(message.pk)
    assert actions._claim(message.pk) is None
    with clock.moved_to(clock.now() + timedelta(minutes=6)):
        assert actions._claim(message.pk) == message


def test_what_can_wait_is_gathered_into_one_message_a_day():
    today = clock.today()
    for key in ("one", "two", "three"):
        actions.post("x", to=KARIM, context={"line": f"Dossier {key}.", "url": ""}, key=key, digest_on=today)
    actions.post("x", to=Recipient("a@b.example"), context={"line": "Seul."}, key="one", digest_on=today)
    actions.post("x", to=KARIM, context={"line": "Demain."}, key="later", digest_on=today + timedelta(days=1))
    assert tasks.gather_digests() == 2
    assert tasks.gather_digests() == 0
    assert tasks.sweep() == 2
    to_karim = next(sent for sent in mail.outbox if "karim" in sent.to[0])
    assert to_karim.subject == "Mobiliz\u00a0: 3 dossiers vous attendent"
    assert all(f"Dossier {key}." in to_karim.body for key in ("one", "two", "three"))
    assert "Demain" not in to_karim.body


def test_after_some_weeks_only_that_it_was_sent_is_kept():
    message = post()
    actions.deliver(message.pk)
    actions.forget_words(clock.now() + timedelta(days=29))
    assert Message.objects.get().context is not None
    actions.forget_words(clock.now() + timedelta(days=31))
    kept = Message.objects.get()
    assert (kept.context, kept.recipient_name, kept.sent_at is not None) == (None, "", True)


def test_the_words_are_sealed_in_the_database():
    from django.db import connection

    post()
    with connection.cursor() as cursor:
        cursor.execute("SELECT context FROM outbox_message")
        assert b"Clio" not in bytes(cursor.fetchone()[0])


# --- what comes back ---------------------------------------------------------------------------------------
RETURN = """From: MAILER-DAEMON@mail.example
To: ne-pas-repondre@mobiliz.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

This is the mail system.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; karim@garage.example
Action: {action}
Status: 5.1.1

--b
Content-Type: {original}

Message-ID: <{uid}@mobiliz.example>
Subject: Mobiliz

--b--
"""


@pytest.mark.parametrize("original", ["message/rfc822", "text/rfc822-headers"])
@pytest.mark.parametrize(("action", "is_noted"), [("failed", True), ("delayed", False), ("delivered", False)])
def test_a_returned_message_is_noted_where_it_was_about(action, is_noted, original, monkeypatch):
    import io

    from django.core.management import call_command

    message = post(about="referral:1")
    actions.deliver(message.pk)
    raw = RETURN.format(action=action, original=original, uid=message.uid).encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))
    call_command("read_return", stdout=io.StringIO())
    shown = Message.objects.about("referral:1").get()
    assert (shown.fault == Fault.RETURNED) is is_noted


@pytest.mark.parametrize("raw", [b"", b"\x00\xff", b"Subject: hello\n\nFailed", RETURN.encode()])
def test_anything_else_is_read_and_left(raw):
    from mobiliz.outbox.returns import returned_message

    assert returned_message(raw) is None
