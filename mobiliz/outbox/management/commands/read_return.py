"""Note that a message came back: the mail server pipes what it receives for the sender's address into this."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from mobiliz.outbox.actions import note_return
from mobiliz.outbox.returns import returned_message


class Command(BaseCommand):
    help = "Read one returned message (RFC 3464) from standard input; it is then shown where it was about."

    def handle(self, *args: Any, **options: Any) -> None:
        uid = returned_message(sys.stdin.buffer.read())
        is_ours = uid is not None and note_return(uid)
        self.stdout.write("noted" if is_ours else "not about a message of ours")
