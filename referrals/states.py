"""The life of a referral: one table, verb -> from, to, who. Pure: knows no framework.

Whoever asks "who may decline, and when?" finds it here; `transitions` is the only writer that follows it.
"""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    DRAFT = "draft"
    REVIEW = "review"
    WAITING = "waiting"
    ACCEPTED = "accepted"
    QUOTED = "quoted"
    AGREED = "agreed"
    COMPLETED = "completed"
    CLOSED = "closed"


class Outcome(StrEnum):
    """Why a referral was closed without a repair."""

    NOT_ELIGIBLE = "not_eligible"
    NO_GARAGE = "no_garage_found"
    QUOTE_DECLINED = "quote_declined"
    QUOTE_EXPIRED = "quote_expired"
    REPAIR_CANCELLED = "repair_cancelled"
    WITHDRAWN = "withdrawn"
    NOT_WORTH_REPAIRING = "not_worth_repairing"
    UNREACHABLE = "unreachable"
    DUPLICATE = "duplicate"


class Party(StrEnum):
    """The part someone plays in one referral; one actor may play several."""

    ADVISER = "adviser"  # of the structure that sent it
    VOLUNTEER = "volunteer"
    CLIENT = "client"  # the structure's own system
    GARAGE = "garage"  # any member of the garage that holds the assignment
    WORKSHOP = "workshop"  # those of them who issue quotes: owner and workshop
    PILOT = "pilot"
    PERSON = "person"  # by personal link
    SYSTEM = "system"


class Verb(StrEnum):
    OPEN = "open"
    SEND = "send"
    SEND_FOR_REVIEW = "send_for_review"
    APPROVE_REVIEW = "approve_review"
    REFUSE_REVIEW = "refuse_review"
    TELL_REFUSAL = "tell_refusal"  # the person knows of the pilot's no
    UNSEND = "unsend"
    ASSIGN = "assign"
    QUEUE = "queue"  # every garage within reach is full: it waits for the first place
    ACCEPT = "accept"
    DECLINE = "decline"
    LAPSE = "lapse"
    SETTLE_BY_TELEPHONE = "settle_by_telephone"
    GIVE_BACK = "give_back"
    PROPOSE_APPOINTMENT = "propose_appointment"
    CONFIRM_APPOINTMENT = "confirm_appointment"
    MOVE_APPOINTMENT = "move_appointment"
    CANCEL_APPOINTMENT = "cancel_appointment"
    KEEP_APPOINTMENT = "keep_appointment"  # the person came
    REMIND_PERSON = "remind_person"  # of the appointment, the day before
    WRITE_MESSAGE = "write_message"  # adviser and garage, to each other
    NO_SHOW = "no_show"
    ISSUE_QUOTE = "issue_quote"
    SUPERSEDE_QUOTE = "supersede_quote"
    ACCEPT_QUOTE = "accept_quote"
    DECLINE_QUOTE = "decline_quote"
    EXPIRE_QUOTE = "expire_quote"
    SUPPLEMENT = "supplement"
    RECORD_REPAIR = "record_repair"
    CANCEL_REPAIR = "cancel_repair"
    WITHDRAW = "withdraw"
    CLOSE = "close"
    REOPEN = "reopen"
    HAND_TO_COLLEAGUE = "hand_to_colleague"
    CORRECT_PERSON = "correct_person"
    FALL_BACK = "fall_back"
    REMIND = "remind"  # the clock wrote to someone who owes an act
    PAUSE_REMINDERS = "pause_reminders"
    RESUME_REMINDERS = "resume_reminders"
    TELL_OF_PHOTOS = "tell_of_photos"  # more of them, after it was sent
    MERGE_PEOPLE = "merge_people"  # two records of one person become one
    REPORT_INCIDENT = "report_incident"
    WITHDRAW_INCIDENT = "withdraw_incident"  # by whoever's side reported it
    TAKE_INCIDENT = "take_incident"  # a pilot sees to it
    ANSWER_INCIDENT = "answer_incident"
    MOVE_TO_PERSON = "move_to_person"  # it was opened on the record of somebody else


class DeclineReason(StrEnum):
    """Why a garage declines or gives back; each leads somewhere."""

    NO_CAPACITY = "no_capacity"
    NOT_OUR_TRADE = "not_our_trade"
    NOT_WORTH_REPAIRING = "not_worth_repairing"
    UNSAFE_VEHICLE = "unsafe_vehicle"
    NO_SHOW = "no_show"
    DUPLICATE = "duplicate"
    OUT_OF_PROGRAMME = "out_of_programme"
    BRAND_STANDARDS = "brand_standards"


class Lead(StrEnum):
    """Where a garage's no leads: see docs/decisions/0017."""

    NEXT_GARAGE = "next_garage"
    ADVISER = "adviser"  # something to settle with the person first
    PILOT = "pilot"


LEADS: dict[DeclineReason, Lead] = {
    DeclineReason.NO_CAPACITY: Lead.NEXT_GARAGE,
    DeclineReason.NOT_OUR_TRADE: Lead.NEXT_GARAGE,
    DeclineReason.BRAND_STANDARDS: Lead.NEXT_GARAGE,
    DeclineReason.NOT_WORTH_REPAIRING: Lead.ADVISER,
    DeclineReason.UNSAFE_VEHICLE: Lead.ADVISER,
    DeclineReason.NO_SHOW: Lead.ADVISER,
    DeclineReason.DUPLICATE: Lead.ADVISER,
    DeclineReason.OUT_OF_PROGRAMME: Lead.PILOT,
}


class End(StrEnum):
    """How an assignment ended; the referral itself goes on unless it was closed."""

    DECLINED = "declined"
    LAPSED = "lapsed"
    GIVEN_BACK = "given_back"
    UNSENT = "unsent"
    GARAGE_LEFT = "left"  # paused before it answered, or out of the network before it quoted and was agreed to
    CLOSED = "closed"
    REOPENED = "reopened"  # closed with this garage, then begun again without it
    NO_CONSENT = "no_consent"  # closed, and the person no longer agrees to the sharing


# The referral went on without the garage: it then sees only what it did itself.
HANDED_OVER = frozenset(
    {End.DECLINED, End.LAPSED, End.GIVEN_BACK, End.UNSENT, End.GARAGE_LEFT, End.REOPENED, End.NO_CONSENT}
)

# The garage said no itself, or nothing: it is never asked again for the same referral.
NEVER_AGAIN = frozenset({End.DECLINED, End.LAPSED, End.GIVEN_BACK})


@dataclass(frozen=True, slots=True)
class Move:
    """One line of the table: from which states, to which, by whom."""

    sources: frozenset[State]
    targets: frozenset[State]
    who: frozenset[Party]

    def leads(self, source: State, target: State) -> bool:
        """Whether it may lead from the one to the other; a verb whose targets are its sources keeps each as it is."""
        keeps = self.targets == self.sources
        return target in self.targets and (not keeps or source == target)


def _move(sources: set[State], targets: set[State], who: set[Party]) -> Move:
    return Move(frozenset(sources), frozenset(targets), frozenset(who))


S, P = State, Party
OPEN_STATES = frozenset(State) - {S.COMPLETED, S.CLOSED}
# What the clock follows: someone owes the next act
CHASED = OPEN_STATES - {S.DRAFT}
SENDERS = frozenset({P.ADVISER, P.VOLUNTEER, P.CLIENT})
# A garage has it in hands: the car comes to be seen, and again to be repaired
IN_HAND = frozenset({S.ACCEPTED, S.QUOTED, S.AGREED})
# Both sides do these to each other, and read what the other says of it
APPOINTMENT_VERBS = frozenset(
    {
        Verb.PROPOSE_APPOINTMENT,
        Verb.CONFIRM_APPOINTMENT,
        Verb.MOVE_APPOINTMENT,
        Verb.CANCEL_APPOINTMENT,
        Verb.KEEP_APPOINTMENT,
        Verb.REMIND_PERSON,
    }
)
REOPEN_WITHIN_DAYS = 30

TABLE: dict[Verb, Move] = {
    Verb.OPEN: _move(set(), {S.DRAFT}, {*SENDERS}),
    Verb.SEND: _move({S.DRAFT}, {S.WAITING}, {*SENDERS}),
    Verb.SEND_FOR_REVIEW: _move({S.DRAFT}, {S.REVIEW}, {*SENDERS}),
    Verb.APPROVE_REVIEW: _move({S.REVIEW}, {S.WAITING}, {P.PILOT}),
    Verb.REFUSE_REVIEW: _move({S.REVIEW}, {S.CLOSED}, {P.PILOT}),
    Verb.TELL_REFUSAL: _move({S.CLOSED}, {S.CLOSED}, {P.ADVISER}),
    Verb.UNSEND: _move({S.WAITING}, {S.DRAFT}, {*SENDERS}),
    Verb.ASSIGN: _move({S.WAITING}, {S.WAITING}, {P.ADVISER, P.VOLUNTEER, P.PILOT, P.SYSTEM}),
    Verb.QUEUE: _move({S.WAITING}, {S.WAITING}, {P.ADVISER, P.VOLUNTEER, P.PILOT, P.SYSTEM}),
    Verb.ACCEPT: _move({S.WAITING}, {S.ACCEPTED}, {P.GARAGE}),
    Verb.DECLINE: _move({S.WAITING}, {S.WAITING}, {P.GARAGE}),
    Verb.LAPSE: _move({S.WAITING}, {S.WAITING}, {P.SYSTEM}),
    Verb.SETTLE_BY_TELEPHONE: _move({S.WAITING}, {S.ACCEPTED}, {P.GARAGE, P.ADVISER}),
    Verb.GIVE_BACK: _move({S.ACCEPTED, S.QUOTED}, {S.WAITING}, {P.GARAGE, P.SYSTEM}),
    Verb.PROPOSE_APPOINTMENT: _move({*IN_HAND}, {*IN_HAND}, {P.GARAGE, P.ADVISER}),
    Verb.CONFIRM_APPOINTMENT: _move({*IN_HAND}, {*IN_HAND}, {P.GARAGE, P.ADVISER}),
    Verb.MOVE_APPOINTMENT: _move({*IN_HAND}, {*IN_HAND}, {P.GARAGE, P.ADVISER}),
    Verb.CANCEL_APPOINTMENT: _move({*IN_HAND}, {*IN_HAND}, {P.GARAGE, P.ADVISER}),
    Verb.KEEP_APPOINTMENT: _move({*IN_HAND}, {*IN_HAND}, {P.GARAGE}),
    Verb.REMIND_PERSON: _move({*IN_HAND}, {*IN_HAND}, {P.SYSTEM, P.ADVISER}),
    Verb.WRITE_MESSAGE: _move({*IN_HAND, S.COMPLETED}, {*IN_HAND, S.COMPLETED}, {P.GARAGE, P.ADVISER}),
    Verb.NO_SHOW: _move({S.ACCEPTED}, {S.ACCEPTED, S.CLOSED}, {P.GARAGE}),
    Verb.ISSUE_QUOTE: _move({S.ACCEPTED}, {S.QUOTED}, {P.WORKSHOP}),
    Verb.SUPERSEDE_QUOTE: _move({S.QUOTED}, {S.QUOTED}, {P.WORKSHOP}),
    Verb.ACCEPT_QUOTE: _move({S.QUOTED}, {S.AGREED}, {P.PERSON, P.GARAGE}),
    Verb.DECLINE_QUOTE: _move({S.QUOTED}, {S.CLOSED, S.AGREED}, {P.PERSON, P.ADVISER, P.GARAGE}),
    Verb.EXPIRE_QUOTE: _move({S.QUOTED}, {S.CLOSED, S.AGREED}, {P.SYSTEM}),
    Verb.SUPPLEMENT: _move({S.AGREED}, {S.QUOTED}, {P.WORKSHOP}),
    Verb.RECORD_REPAIR: _move({S.AGREED}, {S.COMPLETED}, {P.GARAGE}),
    Verb.CANCEL_REPAIR: _move({S.AGREED}, {S.CLOSED}, {P.GARAGE, P.PERSON}),
    Verb.WITHDRAW: _move({*OPEN_STATES}, {S.CLOSED}, {P.PERSON, P.ADVISER, P.CLIENT}),
    Verb.CLOSE: _move({*OPEN_STATES}, {S.CLOSED}, {P.ADVISER, P.GARAGE, P.PILOT}),
    Verb.REOPEN: _move({S.CLOSED}, {S.DRAFT}, {P.ADVISER, P.PILOT}),
    Verb.HAND_TO_COLLEAGUE: _move({*OPEN_STATES}, {*OPEN_STATES}, {P.ADVISER}),
    Verb.CORRECT_PERSON: _move({*State}, {*State}, {P.ADVISER}),
    # what a correction entails, where eligibility rested on what was wrong
    Verb.FALL_BACK: _move({S.REVIEW, S.WAITING, S.ACCEPTED, S.QUOTED}, {S.DRAFT}, {P.ADVISER}),
    Verb.REMIND: _move({*CHASED}, {*CHASED}, {P.SYSTEM}),
    Verb.PAUSE_REMINDERS: _move({*CHASED}, {*CHASED}, {P.ADVISER}),
    Verb.RESUME_REMINDERS: _move({*CHASED}, {*CHASED}, {P.ADVISER}),
    Verb.TELL_OF_PHOTOS: _move({*OPEN_STATES} - {S.DRAFT}, {*OPEN_STATES} - {S.DRAFT}, {P.ADVISER}),
    Verb.MERGE_PEOPLE: _move({*State}, {*State}, {P.ADVISER}),
    # what failed someone is said and answered whatever became of the case
    Verb.REPORT_INCIDENT: _move({*State}, {*State}, {P.ADVISER, P.GARAGE, P.PILOT, P.SYSTEM}),
    Verb.WITHDRAW_INCIDENT: _move({*State}, {*State}, {P.ADVISER}),
    Verb.TAKE_INCIDENT: _move({*State}, {*State}, {P.PILOT}),
    Verb.ANSWER_INCIDENT: _move({*State}, {*State}, {P.PILOT}),
    # until a garage knows the person by name
    Verb.MOVE_TO_PERSON: _move({S.DRAFT, S.REVIEW, S.WAITING}, {S.DRAFT}, {P.ADVISER}),
}

CLOSE_OUTCOMES: dict[Party, frozenset[Outcome]] = {
    P.ADVISER: frozenset({Outcome.NOT_WORTH_REPAIRING, Outcome.UNREACHABLE, Outcome.DUPLICATE, Outcome.NOT_ELIGIBLE}),
    P.GARAGE: frozenset({Outcome.NOT_WORTH_REPAIRING}),
    P.PILOT: frozenset(
        {
            Outcome.NOT_WORTH_REPAIRING,
            Outcome.UNREACHABLE,
            Outcome.DUPLICATE,
            Outcome.NOT_ELIGIBLE,
            Outcome.NO_GARAGE,
        }
    ),
}


def is_allowed(verb: Verb, state: State, parties: frozenset[Party]) -> bool:
    """Whether someone who plays these parts may do this to a referral in this state."""
    move = TABLE[verb]
    return state in move.sources and bool(move.who & parties)


def verbs_from(state: State, parties: frozenset[Party]) -> list[Verb]:
    """What someone who plays these parts may do now, in the table's order."""
    return [verb for verb in TABLE if is_allowed(verb, state, parties)]
