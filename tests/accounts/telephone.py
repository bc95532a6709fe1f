"""The telephone that gives the codes, the addresses where they are asked for, and time that passes."""

import time
from datetime import timedelta

import time_machine
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

ACTIVATE = "/compte/deuxieme-facteur/application/activer/"
VERIFY = "/compte/deuxieme-facteur/verifier/"
CODES = "/compte/deuxieme-facteur/codes/"
ACCOUNT = "/compte/"
OFF = "/compte/deuxieme-facteur/application/desactiver/"
REVERIFY = "/compte/deuxieme-facteur/reverifier/"


def code_for(secret, step=0):
    """What the telephone shows now; with a step what it shows half a minute later or earlier."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def later(**span):
    """`with later(minutes=16):`, in the zone in which the machine is."""
    return time_machine.travel(time.time() + timedelta(**span).total_seconds())
