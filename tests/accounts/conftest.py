"""Signed in as one of the cast; with a second factor switched on."""

import pytest

from tests.accounts.telephone import ACTIVATE, CODES, code_for


@pytest.fixture
def signed_in(client, member):
    """`signed_in("administrator")`: a client, working as this one of the cast."""
    from tests.cast import sign_in

    return lambda name: sign_in(client, member(name))


@pytest.fixture
def switch_on():
    """`switch_on(client)`: by the code of half a minute ago; the telephone's secret."""

    def switched(client):
        secret = client.get(ACTIVATE).context["form"].secret
        answer = client.post(ACTIVATE, {"code": code_for(secret, -1)})
        assert answer.headers["Location"] == CODES
        return secret

    return switched
