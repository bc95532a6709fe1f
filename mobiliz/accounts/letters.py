"""Messages about an account: written in the transaction of what they tell, delivered by the outbox like every other."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.urls import reverse

from mobiliz.accounts.models import User
from mobiliz.outbox.actions import Recipient, post


def tell(user: User, what: str, *, key: str = "", good_until: datetime | None = None, **context: Any) -> None:
    """Write to the person the letter of templates/emails/accounts so named; context: plain values.

    key: says which event is told, where the same may be told again; good_until: until when the link in it serves.
    """
    post(
        f"accounts/{what}",
        to=Recipient(user.email, user.get_full_name()),
        context={**_addresses(), **context},
        key=f"account:{what}:{key or uuid4()}",
        about=f"account:{user.uid}",
        good_until=good_until,
    )


def _addresses() -> dict[str, str]:
    return {"account_url": absolute("my_account"), "reset_url": absolute("account_reset_password")}


def absolute(name: str, **kwargs: Any) -> str:
    """The whole address of a page, as it stands in a message: from the settings, not from what a client wrote."""
    return f"{settings.SITE_ADDRESS}{reverse(name, kwargs=kwargs)}"
