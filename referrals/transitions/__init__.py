"""Every verb that moves a referral: the only writers of its state.

Each locks the row, asks `referrals/states.py`, writes facts and state, and appends to the log and the queue of
changes, all in one transaction. Refused (and Overtaken) say in French what happened instead.
"""

from referrals.transitions.answering import (
    accept,
    decline,
    give_back,
    give_back_as_closed,
    lapse,
    no_show,
    settle_by_telephone,
)
from referrals.transitions.appointments import (
    cancel_appointment,
    confirm_appointment,
    hold_slot,
    keep_appointment,
    move_appointment,
    propose_appointment,
    publish_slots,
    withdraw_slot,
)
from referrals.transitions.chasing import (
    MOST_ATTEMPTS,
    claim_due,
    look,
    pause_reminders,
    report_given_up,
    resume_reminders,
)
from referrals.transitions.closing import close, reopen, tell_refusal, withdraw, withdraw_consent
from referrals.transitions.colleagues import hand_all_to_colleague, hand_to_colleague
from referrals.transitions.consenting import ConsentInput, record_consent, stop_naming
from referrals.transitions.core import Overtaken, Refused
from referrals.transitions.duplicates import ElsewhereInput, HelpedElsewhere, connect
from referrals.transitions.expiring import tell_of_expiry
from referrals.transitions.handing_over import queue, report_closed_garage, report_long_wait, take_place
from referrals.transitions.history import PastReferral, load_history
from referrals.transitions.incidents import (
    acknowledge_answer,
    answer_incident,
    close_without_garage,
    complete_incident,
    report_incident,
    take_incident,
    withdraw_incident,
)
from referrals.transitions.merging import merge_people
from referrals.transitions.messages import read_messages, write_message
from referrals.transitions.moving import move_to_person
from referrals.transitions.opening import PersonInput, open_referral
from referrals.transitions.people import IdentityInput, correct_person, update_person
from referrals.transitions.quoting import (
    accept_quote,
    decline_quote,
    expire_quote,
    issue_quote,
    supersede_quote,
    supplement,
)
from referrals.transitions.reminding import is_due as is_reminder_due
from referrals.transitions.reminding import remind_of_appointment, remind_person
from referrals.transitions.repairing import cancel_repair, record_repair
from referrals.transitions.sending import (
    approve_review,
    assign,
    refuse_review,
    send,
    send_for_review,
    unsend,
)
from referrals.transitions.telling_photos import tell_of_photos
from referrals.transitions.undelivered import tell_undelivered

__all__ = [
    "MOST_ATTEMPTS",
    "ConsentInput",
    "ElsewhereInput",
    "HelpedElsewhere",
    "IdentityInput",
    "Overtaken",
    "PastReferral",
    "PersonInput",
    "Refused",
    "accept",
    "accept_quote",
    "acknowledge_answer",
    "answer_incident",
    "approve_review",
    "assign",
    "cancel_appointment",
    "cancel_repair",
    "claim_due",
    "close",
    "close_without_garage",
    "complete_incident",
    "confirm_appointment",
    "connect",
    "correct_person",
    "decline",
    "decline_quote",
    "expire_quote",
    "give_back",
    "give_back_as_closed",
    "hand_all_to_colleague",
    "hand_to_colleague",
    "hold_slot",
    "is_reminder_due",
    "issue_quote",
    "keep_appointment",
    "lapse",
    "load_history",
    "look",
    "merge_people",
    "move_appointment",
    "move_to_person",
    "no_show",
    "open_referral",
    "pause_reminders",
    "propose_appointment",
    "publish_slots",
    "queue",
    "read_messages",
    "record_consent",
    "record_repair",
    "refuse_review",
    "remind_of_appointment",
    "remind_person",
    "reopen",
    "report_closed_garage",
    "report_given_up",
    "report_incident",
    "report_long_wait",
    "resume_reminders",
    "send",
    "send_for_review",
    "settle_by_telephone",
    "stop_naming",
    "supersede_quote",
    "supplement",
    "take_incident",
    "take_place",
    "tell_of_expiry",
    "tell_of_photos",
    "tell_refusal",
    "tell_undelivered",
    "unsend",
    "update_person",
    "withdraw",
    "withdraw_consent",
    "withdraw_incident",
    "withdraw_slot",
    "write_message",
]
