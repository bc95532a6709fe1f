"""What an attacker tries at the door."""

from smtplib import SMTPException

import pytest
from django.core.mail.backends.locmem import EmailBackend

from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "une phrase assez longue 7"


@pytest.fixture
def holder(db):
    user = UserFactory(email="pilote@mobiliz.example")
    user.set_password(PASSWORD)
    user.save()
    return user


def _sign_in(client, password, **request):
    return client.post("/connexion/", {"login": "pilote@mobiliz.example", "password": password}, **request)


def test_wrong_passwords_elsewhere_do_not_lock_the_holder_out(client, holder):
    for _attempt in range(8):
        _sign_in(client, "faux", REMOTE_ADDR="203.0.113.9")
    assert _sign_in(client, PASSWORD, REMOTE_ADDR="203.0.113.10").status_code == 302


def test_another_port_in_the_host_header_begins_no_new_count(client, holder):
    for port in range(9000, 9008):
        _sign_in(client, "faux", HTTP_HOST=f"testserver:{port}")
    assert _sign_in(client, PASSWORD, HTTP_HOST="testserver:9100").status_code != 302


def test_a_lost_password_is_answered_alike_while_mail_is_down(client, holder, monkeypatch):
    def refuse(self, messages):
        raise SMTPException("down")

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    answers = [
        client.post("/compte/mot-de-passe/oublie/", {"email": email})
        for email in ("pilote@mobiliz.example", "inconnu@ailleurs.example")
    ]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
