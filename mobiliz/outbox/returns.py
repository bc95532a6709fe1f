"""Reads the notes that mail servers send back when a message could not be delivered (RFC 3464). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import Message

_OUR_ID = re.compile(r"<([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})@")


def returned_message(raw: bytes) -> str | None:
    """The uid of our message that was given back for good; None for a delay, a receipt, or anything else."""
    note = message_from_bytes(raw, policy=policy.compat32)
    if not any(action == "failed" for action in _actions(note)):
        return None
    found = next((_OUR_ID.search(headers) for headers in _original_headers(note)), None)
    return found[1] if found else None


def _actions(note: Message) -> Iterator[str]:
    for part in note.walk():
        if part.get_content_type() == "message/delivery-status":
            for block in part.get_payload():
                if isinstance(block, Message) and block.get("Action"):
                    yield str(block["Action"]).strip().lower()


def _original_headers(note: Message) -> Iterator[str]:
    """The Message-ID of what came back, whole or as headers alone."""
    for part in note.walk():
        if part.get_content_type() == "message/rfc822":
            for inner in part.get_payload():
                if isinstance(inner, Message):
                    yield str(inner.get("Message-ID", ""))
        elif part.get_content_type() == "text/rfc822-headers":
            yield str(part.get_payload())
