"""The state table: whole, and walked through by the verbs themselves."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from mobiliz.accounts.actors import Actor, ActorKind
from mobiliz.lib import clock
from referrals import transitions
from referrals.models import Assignment, LogEntry
from referrals.states import TABLE, End, Party, State, Verb, is_allowed, verbs_from
from referrals.transitions import Overtaken, Refused
from tests.cast import actor
from tests.factories import journey

pytestmark = pytest.mark.django_db

PERSON = Actor(ActorKind.LINK)

# The table of docs: verb, from, to. Written out again on purpose: a slip in states.py must show.
MOVES = [
    ("open", "", "draft"),
    ("send", "draft", "waiting"),
    ("send_for_review", "draft", "review"),
    ("approve_review", "review", "waiting"),
    ("refuse_review", "review", "closed"),
    ("tell_refusal", "closed", "closed"),
    ("unsend", "waiting", "draft"),
    ("assign", "waiting", "waiting"),
    ("queue", "waiting", "waiting"),
    ("accept", "waiting", "accepted"),
    ("decline", "waiting", "waiting"),
    ("lapse", "waiting", "waiting"),
    ("settle_by_telephone", "waiting", "accepted"),
    ("give_back", "accepted quoted", "waiting"),
    ("propose_appointment", "accepted quoted agreed", "accepted quoted agreed"),
    ("confirm_appointment", "accepted quoted agreed", "accepted quoted agreed"),
    ("move_appointment", "accepted quoted agreed", "accepted quoted agreed"),
    ("cancel_appointment", "accepted quoted agreed", "accepted quoted agreed"),
    ("keep_appointment", "accepted quoted agreed", "accepted quoted agreed"),
    ("remind_person", "accepted quoted agreed", "accepted quoted agreed"),
    ("write_message", "accepted quoted agreed completed", "accepted quoted agreed completed"),
    ("no_show", "accepted", "accepted closed"),
    ("issue_quote", "accepted", "quoted"),
    ("supersede_quote", "quoted", "quoted"),
    ("accept_quote", "quoted", "agreed"),
    ("decline_quote", "quoted", "closed agreed"),
    ("expire_quote", "quoted", "closed agreed"),
    ("supplement", "agreed", "quoted"),
    ("record_repair", "agreed", "completed"),
    ("cancel_repair", "agreed", "closed"),
    ("withdraw", "draft review waiting accepted quoted agreed", "closed"),
    ("close", "draft review waiting accepted quoted agreed", "closed"),
    ("reopen", "closed", "draft"),
    (
        "hand_to_colleague",
        "draft review waiting accepted quoted agreed",
        "draft review waiting accepted quoted agreed",
    ),
    (
        "correct_person",
        "draft review waiting accepted quoted agreed completed closed",
        "draft review waiting accepted quoted agreed completed closed",
    ),
    ("fall_back", "review waiting accepted quoted", "draft"),
    (
        "merge_people",
        "draft review waiting accepted quoted agreed completed closed",
        "draft review waiting accepted quoted agreed completed closed",
    ),
    *[
        (verb, "review waiting accepted quoted agreed", "review waiting accepted quoted agreed")
        for verb in ("remind", "pause_reminders", "resume_reminders")
    ],
    *[
        (
            verb,
            "draft review waiting accepted quoted agreed completed closed",
            "draft review waiting accepted quoted agreed completed closed",
        )
        for verb in ("report_incident", "withdraw_incident", "take_incident", "answer_incident")
    ],
    ("move_to_person", "draft review waiting", "draft"),
    ("tell_of_photos", "review waiting accepted quoted agreed", "review waiting accepted quoted agreed"),
]


def test_the_table_is_the_one_of_the_documents():
    written = {
        verb.value: ({state.value for state in move.sources}, {state.value for state in move.targets})
        for verb, move in TABLE.items()
    }
    assert written == {verb: (set(sources.split()), set(targets.split())) for verb, sources, targets in MOVES}


# No function of its own: what another verb entails
ENTAILED = {"fall_back", "remind"}


def test_every_verb_has_a_function_that_does_it():
    functions = {verb: verb if verb != "open" else "open_referral" for verb, *_ in MOVES if verb not in ENTAILED}
    assert all(hasattr(transitions, name) for name in functions.values())


def test_only_the_workshop_issues_quotes_and_only_the_system_lets_lapse():
    assert not is_allowed(Verb.ISSUE_QUOTE, State.ACCEPTED, frozenset({Party.GARAGE}))
    assert is_allowed(Verb.ISSUE_QUOTE, State.ACCEPTED, frozenset({Party.WORKSHOP}))
    assert Verb.LAPSE not in verbs_from(State.WAITING, frozenset(Party) - {Party.SYSTEM})


# --- every verb in every state ----------------------------------------------------------------------------
STATES = ["draft", "review", "waiting", "accepted", "quoted", "agreed", "completed", "closed"]


ON_ASSIGNMENTS = {
    "accept", "decline", "lapse", "settle_by_telephone", "give_back", "no_show", "issue_quote", "supersede_quote",
    "accept_quote", "decline_quote", "expire_quote", "supplement", "record_repair", "cancel_repair",
    "propose_appointment", "confirm_appointment", "move_appointment", "cancel_appointment", "keep_appointment",
    "write_message", "remind_person",
}  # fmt: skip


# Some verbs are for a moment that has passed
DAYS_LATER = {"expire_quote": 40, "keep_appointment": 15}


@pytest.mark.parametrize(
    ("verb", "sources"),
    [(verb, sources.split()) for verb, sources, _ in MOVES if sources and verb not in ENTAILED],
)
@pytest.mark.parametrize("state", STATES)
def test_a_verb_moves_the_states_of_its_row_and_is_told_off_in_the_others(stage, prepare, do, verb, sources, state):
    referral, held = stage(state, verb)
    if verb in ON_ASSIGNMENTS and held is None:
        assert state in {"draft", "review"}  # the address of such an act does not exist
        return
    before = LogEntry.objects.of_referral(referral).count()
    if state in sources:
        prepare(verb, referral, held)
        with clock.moved_to(clock.now() + timedelta(days=DAYS_LATER.get(verb, 0))):
            do(verb, referral, held)
        _assert_moved(verb, referral, before)
    elif state == "draft" and verb.endswith("_review") and verb != "send_for_review":
        with pytest.raises(PermissionDenied):  # a draft is nothing that a pilot sees
            do(verb, referral, held)
    else:
        with pytest.raises(Overtaken, match="Déjà fait"):
            do(verb, referral, held)
        referral.refresh_from_db()
        assert (referral.state, LogEntry.objects.of_referral(referral).count()) == (state, before)


def _assert_moved(verb, referral, before):
    referral.refresh_from_db()
    log = LogEntry.objects.of_referral(referral)
    done = log.of_verb(verb).latest_first().first()
    assert done.position > before
    assert referral.state == done.to_state == log.latest_first().first().to_state
    assert State(referral.state) in TABLE[Verb(verb)].targets
    assert done.change.referral_id == referral.pk


def test_the_log_tells_the_state_at_every_step(adviser, workshop):
    referral = journey.completed(adviser, workshop).referral
    steps = list(LogEntry.objects.of_referral(referral).order_by("position").values_list("from_state", "to_state"))
    assert [came for came, _to in steps] == ["", *[to for _came, to in steps[:-1]]]
    assert steps[-1][1] == referral.state


# --- who --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("who", "may"),
    [("workshop", True), ("owner", True), ("reception", True), ("adviser", False), ("other_garage_workshop", False),
     ("pilot", False), ("volunteer", False), ("administrator", False), ("stranger", False)],
)  # fmt: skip
def test_only_the_garage_that_holds_it_accepts(adviser, garage, member, who, may):
    assignment = journey.sent(adviser, garage)
    if may:
        transitions.accept(assignment, by=actor(member(who)))
    else:
        with pytest.raises(PermissionDenied):
            transitions.accept(assignment, by=actor(member(who)))


@pytest.mark.parametrize(("who", "may"), [("workshop", True), ("owner", True), ("reception", False)])
def test_only_owner_and_workshop_issue_quotes(adviser, workshop, member, who, may):
    assignment = journey.accepted(adviser, workshop)
    if may:
        transitions.issue_quote(assignment, lines=journey.LINES, by=actor(member(who)))
    else:
        with pytest.raises(PermissionDenied):
            transitions.issue_quote(assignment, lines=journey.LINES, by=actor(member(who)))


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("pilot", True),
        ("regional_pilot", True),
        ("other_regional_pilot", False),
        ("adviser", False),
        ("workshop", False),
    ],
)
def test_only_a_pilot_of_the_region_decides_a_review(adviser, member, who, may):
    referral = journey.in_review(adviser)
    if may:
        transitions.approve_review(referral, why="Vit seul", evidence="Avis de bourse", by=actor(member(who)))
    else:
        with pytest.raises(PermissionDenied):
            transitions.approve_review(referral, why="Vit seul", evidence="Avis", by=actor(member(who)))


@pytest.mark.parametrize("verb", ["unsend", "withdraw", "reopen"])
def test_another_structure_moves_nothing(adviser, other_adviser, garage, verb):
    referral = journey.sent(adviser, garage).referral
    acts = {
        "unsend": lambda by: transitions.unsend(referral, by=by),
        "withdraw": lambda by: transitions.withdraw(referral, reason="x", by=by),
        "reopen": lambda by: transitions.reopen(referral, by=by),
    }
    with pytest.raises(PermissionDenied):
        acts[verb](actor(other_adviser))


def test_the_person_answers_by_link(adviser, workshop):
    assignment = journey.quoted(adviser, workshop)
    transitions.accept_quote(
        assignment, version=1, piec_choice="declined", answered_on=clock.today(), channel="link", by=PERSON
    )
    assert journey.fresh(assignment).referral.state == "agreed"


def test_an_adviser_never_accepts_for_the_person(adviser, workshop):
    assignment = journey.quoted(adviser, workshop)
    with pytest.raises(PermissionDenied):
        transitions.accept_quote(
            assignment, version=1, piec_choice="wanted", answered_on=clock.today(), channel="adviser", by=actor(adviser)
        )


# --- a pilot's no, told to the person ---------------------------------------------------------------------
def test_a_refusal_that_was_told_stays_closed_as_it_was(adviser, pilot):
    with journey.days_ago(3):
        referral = journey.refused(adviser, pilot)
    closed_at = referral.closed_at
    transitions.tell_refusal(referral, by=actor(adviser))
    told = journey.fresh(referral)
    assert (told.state, told.outcome, told.closed_at) == ("closed", "not_eligible", closed_at)


def test_a_refusal_is_told_once(adviser, pilot):
    referral = journey.refused(adviser, pilot)
    transitions.tell_refusal(referral, by=actor(adviser))
    with pytest.raises(Overtaken, match="refus annoncé à la personne par Aline Dubois"):
        transitions.tell_refusal(referral, by=actor(adviser))


def test_a_case_that_no_pilot_refused_has_no_refusal_to_tell(stage, adviser):
    referral, _held = stage("closed")
    with pytest.raises(Overtaken):
        transitions.tell_refusal(referral, by=actor(adviser))


def test_a_second_refusal_after_a_reopening_is_to_be_told_again(adviser, pilot):
    referral = journey.refused(adviser, pilot)
    transitions.tell_refusal(referral, by=actor(adviser))
    transitions.reopen(referral, by=actor(adviser))
    transitions.send_for_review(referral, by=actor(adviser))
    transitions.refuse_review(referral, why="Toujours hors champ", by=actor(pilot))
    transitions.tell_refusal(referral, by=actor(adviser))
    assert LogEntry.objects.of_referral(referral).of_verb(Verb.TELL_REFUSAL).count() == 2


# --- what becomes of the assignment -----------------------------------------------------------------------
def test_a_decline_leaves_the_referral_waiting_without_a_garage(adviser, workshop):
    assignment = journey.declined(adviser, workshop)
    assert (assignment.end, assignment.end_reason) == (End.DECLINED, "no_capacity")
    assert assignment.referral.state == "waiting"
    assert not Assignment.objects.of_referral(assignment.referral).open().exists()


def test_a_garage_that_said_no_is_not_asked_again(adviser, workshop, garage):
    referral = journey.declined(adviser, workshop).referral
    with pytest.raises(Refused, match="déjà répondu non"):
        transitions.assign(referral, garage=garage, by=actor(adviser))


def test_the_second_no_show_closes_as_unreachable(adviser, workshop):
    assignment = journey.accepted(adviser, workshop)
    transitions.no_show(assignment, by=actor(workshop))
    transitions.no_show(assignment, by=actor(workshop))
    referral = journey.fresh(assignment).referral
    assert (referral.state, referral.outcome) == ("closed", "unreachable")


def test_a_garage_that_lost_the_assignment_is_told_in_words(adviser, workshop):
    assignment = journey.sent(adviser, journey.garage_of(workshop))
    transitions.unsend(assignment.referral, by=actor(adviser))
    with pytest.raises(Overtaken, match="reprise avant réponse du garage par Aline Dubois"):
        transitions.accept(assignment, by=actor(workshop))


def test_reopening_is_for_thirty_days(adviser, workshop):
    assignment = journey.quoted(adviser, workshop)
    transitions.withdraw(assignment.referral, reason="Hésite", by=actor(adviser))
    with clock.moved_to(clock.now() + timedelta(days=31)), pytest.raises(Refused, match="plus de 30 jours"):
        transitions.reopen(assignment.referral, by=actor(adviser))


def test_withdrawing_consent_stops_the_sharing(adviser, workshop):
    assignment = journey.accepted(adviser, workshop)
    by = actor(adviser)
    transitions.withdraw(assignment.referral, reason="Ne veut plus", by=by, withdraws_consent=True)
    transitions.reopen(assignment.referral, by=by)
    with pytest.raises(Refused, match="Enregistrez l’accord"):
        transitions.send(assignment.referral, garage=assignment.garage, by=by)
