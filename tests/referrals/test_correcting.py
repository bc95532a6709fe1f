"""A person corrected after sending: logged without values, and never without what it means for eligibility."""

from datetime import date
from html import unescape

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from referrals import transitions
from referrals.models import LogEntry
from referrals.transitions import Refused
from tests.cast import actor, sign_in
from tests.factories import journey
from tests.factories.journey import identity
from tests.factories.territory import commune

pytestmark = pytest.mark.django_db

# One adult and a child: 14,400 euros are below for a mother of 40, and above once she is a baby of the household
TOO_YOUNG = date(2024, 5, 1)


def correct(referral, by, *, was_wrong=True, **changes):
    person = identity(referral, **changes)
    return transitions.correct_person(referral, person=person, was_wrong=was_wrong, why="Papier relu", by=actor(by))


def verbs(referral):
    return list(LogEntry.objects.of_referral(referral).order_by("position").values_list("verb", flat=True))


def test_a_name_is_corrected_and_the_log_says_which_field_but_no_value(adviser, workshop):
    referral = journey.quoted(adviser, workshop).referral
    assert correct(referral, adviser, last_name="Benally", phone="+33600000000") == ["last_name", "phone"]
    entry = LogEntry.objects.of_referral(referral).latest_first().first()
    assert entry.detail == {"fields": ["last_name", "phone"], "kind": "error", "why": "Papier relu"}
    fresh = journey.fresh(referral)
    assert (fresh.state, fresh.beneficiary.last_name, fresh.assessment) == ("quoted", "Benally", referral.assessment)


@pytest.mark.parametrize(
    ("step", "state"),
    [
        ("waiting", "draft"),
        ("accepted", "draft"),
        ("quoted", "draft"),
        ("agreed", "agreed"),
        ("completed", "completed"),
    ],
)
def test_a_case_that_is_no_longer_eligible_never_goes_on_silently(adviser, workshop, stage, step, state):
    referral, held = stage(step)
    correct(referral, adviser, birth_date=TOO_YOUNG)
    fresh = journey.fresh(referral)
    assert fresh.state == state
    if state == "draft":
        assert verbs(referral)[-2:] == ["correct_person", "fall_back"]
        assert fresh.assessment.outcome != "eligible"
        assert journey.fresh(held).was_handed_over
    else:
        assert fresh.assessment == referral.assessment


def test_a_quote_that_rested_on_it_is_no_longer_on_offer(adviser, workshop):
    held = journey.quoted(adviser, workshop)
    correct(held.referral, adviser, birth_date=TOO_YOUNG)
    assert journey.fresh(held).quote.withdrawn_at is not None


def test_still_eligible_the_case_goes_on_upon_a_new_assessment(adviser, workshop):
    referral = journey.accepted(adviser, workshop).referral
    correct(referral, adviser, birth_date=date(1985, 5, 1))
    fresh = journey.fresh(referral)
    assert fresh.state == "accepted"
    assert fresh.assessment != referral.assessment
    assert fresh.assessment.supersedes == referral.assessment
    assert fresh.assessment.facts["birth_dates"][0] == "1985-05-01"


def test_the_persons_other_open_case_is_corrected_with_it(adviser, garage):
    referral = journey.sent(adviser, garage).referral
    other = transitions.open_referral(
        person=transitions.PersonInput(
            first_name="Nadia", last_name="Benali", birth_date=date(1986, 5, 1), commune=commune("42218")
        ),
        consent=None,
        known=referral.beneficiary,
        by=actor(adviser),
    )
    correct(referral, adviser, last_name="Benally")
    assert verbs(other)[-1] == "correct_person"


@pytest.mark.parametrize(
    ("step", "was_wrong", "region"),
    [("waiting", True, "75"), ("waiting", False, "84"), ("accepted", True, "84")],
)
def test_the_place_of_reports_is_mended_only_where_it_was_an_error_and_nobody_accepted(
    adviser, stage, step, was_wrong, region
):
    referral, _held = stage(step)
    correct(referral, adviser, was_wrong=was_wrong, commune=commune("23096"))
    assert journey.fresh(referral).region_id == region


def test_a_closed_case_stays_closed_as_it_was(adviser, stage):
    referral, _held = stage("closed")
    correct(referral, adviser, last_name="Benally")
    fresh = journey.fresh(referral)
    assert (fresh.state, fresh.outcome, fresh.closed_at) == ("closed", referral.outcome, referral.closed_at)


@pytest.mark.parametrize("who", ["other_adviser", "agency_adviser", "pilot", "workshop"])
def test_nobody_else_corrects(request, adviser, garage, who):
    referral = journey.sent(adviser, garage).referral
    with pytest.raises(PermissionDenied):
        correct(referral, request.getfixturevalue(who), last_name="Benally")


def test_nothing_changed_and_no_reason_are_refused_in_words(adviser, garage):
    referral = journey.sent(adviser, garage).referral
    with pytest.raises(Refused, match="Rien n’est différent"):
        correct(referral, adviser)
    person = identity(referral, last_name="X")
    with pytest.raises(Refused, match="Dites pourquoi"):
        transitions.correct_person(referral, person=person, was_wrong=True, why=" ", by=actor(adviser))


def test_from_the_page_what_was_corrected_is_read_in_the_thread(client, adviser, garage):
    as_adviser = sign_in(client, adviser)
    referral = journey.sent(adviser, garage).referral
    address = reverse("referral_correct_person", args=[referral.uid])
    assert "Benali" in unescape(as_adviser.get(address).content.decode())
    typed = {
        "first_name": "Nadia", "last_name": "Benally", "birth_date": "01/05/1986", "commune": "42218",
        "phone": "06 39 98 12 47", "kind": "error", "why": "Pièce d’identité relue",
    }  # fmt: skip
    assert as_adviser.post(address, {**typed, "kind": ""}).status_code == 422
    page = unescape(as_adviser.post(address, typed, follow=True).content.decode())
    assert "Personne corrigée" in page
    assert "Erreur : nom. « Pièce d’identité relue »" in page
    assert "Nadia Benally" in page


# --- said at another dossier of theirs --------------------------------------------------------------------
def said_at_opening(adviser, person, draft, **changes):
    known = {"first_name": "Nadia", "last_name": "Benali", "birth_date": date(1986, 5, 1), "phone": "+33639981247"}
    said = transitions.PersonInput(**{**known, "commune": commune("42218"), **changes})
    transitions.open_referral(person=said, consent=None, known=person, by=actor(adviser))


def said_at_a_draft(adviser, person, draft, **changes):
    transitions.update_person(draft, distance_agreed_km=30, by=actor(adviser), **changes)


def a_draft_beside(adviser, person):
    """Another need of the same person, begun and not sent."""
    said_at_opening(adviser, person, None)
    return person.referrals.in_state("draft").get()


@pytest.mark.parametrize("say", [said_at_opening, said_at_a_draft])
def test_what_is_said_at_another_dossier_is_told_in_the_case_that_runs(adviser, workshop, say):
    running = journey.accepted(adviser, workshop).referral
    draft = a_draft_beside(adviser, running.beneficiary)
    say(adviser, running.beneficiary, draft, phone="+33600000000")
    entry = LogEntry.objects.of_referral(running).latest_first().first()
    assert (entry.verb, entry.detail["fields"], entry.detail["kind"]) == ("correct_person", ["phone"], "change")
    assert journey.fresh(running).state == "accepted"


@pytest.mark.parametrize("say", [said_at_opening, said_at_a_draft])
def test_another_age_said_there_never_lets_the_case_go_on_silently(adviser, workshop, say):
    held = journey.quoted(adviser, workshop)
    draft = a_draft_beside(adviser, held.referral.beneficiary)
    say(adviser, held.referral.beneficiary, draft, birth_date=TOO_YOUNG)
    assert journey.fresh(held.referral).state == "draft"
    assert verbs(held.referral)[-2:] == ["correct_person", "fall_back"]


@pytest.mark.parametrize("say", [said_at_opening, said_at_a_draft])
def test_nothing_new_said_there_is_told_nowhere(adviser, garage, say):
    running = journey.sent(adviser, garage).referral
    draft = a_draft_beside(adviser, running.beneficiary)
    say(adviser, running.beneficiary, draft)
    assert verbs(running)[-1] == "send"


def test_the_drafts_own_assessment_follows_and_its_log_says_nothing(adviser):
    draft = journey.assessed(adviser)
    said_at_a_draft(adviser, draft.beneficiary, draft, birth_date=TOO_YOUNG)
    fresh = journey.fresh(draft)
    assert fresh.assessment.supersedes == draft.assessment
    assert (fresh.assessment.outcome, verbs(draft)) == ("needs_review", ["open"])
