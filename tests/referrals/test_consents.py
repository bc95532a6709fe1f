"""What the person agrees to: one in force at most, and when it is withdrawn everything open ends."""

import pytest
from django.core.exceptions import PermissionDenied

from mobiliz.lib import clock
from referrals import transitions
from referrals.models import Consent
from referrals.transitions import ConsentInput
from tests.cast import actor
from tests.factories import journey

pytestmark = pytest.mark.django_db


def test_withdrawing_closes_whatever_is_open_of_the_person(adviser, garage):
    referral = journey.sent(adviser, garage).referral
    person = referral.beneficiary
    transitions.withdraw_consent(person, reason="Ne veut plus", by=actor(adviser))
    closed = journey.fresh(referral)
    assert (closed.state, closed.outcome) == ("closed", "withdrawn")
    assert closed.assignments.get().end == "no_consent"
    assert person.consents.get().withdrawn_on == clock.today()


def test_withdrawing_after_the_repair_ends_the_consent_and_leaves_what_was_done(adviser, workshop):
    done = journey.completed(adviser, workshop)
    transitions.withdraw_consent(done.referral.beneficiary, reason="Ne veut plus", by=actor(adviser))
    assert journey.fresh(done.referral).state == "completed"
    assert not Consent.objects.in_force().exists()


@pytest.mark.parametrize("name", ["other_adviser", "workshop", "pilot"])
def test_nobody_else_withdraws_it(member, adviser, name):
    person = journey.draft(adviser).beneficiary
    with pytest.raises(PermissionDenied):
        transitions.withdraw_consent(person, reason="Ne veut plus", by=actor(member(name)))


def test_withdrawing_wants_a_word(adviser):
    person = journey.draft(adviser).beneficiary
    with pytest.raises(transitions.Refused, match="ce que la personne a dit"):
        transitions.withdraw_consent(person, reason=" ", by=actor(adviser))


def test_a_newer_one_replaces_the_one_in_force(adviser):
    referral = journey.draft(adviser)
    newer = ConsentInput(channel="paper", given_on=clock.today())
    transitions.record_consent(referral, consent=newer, by=actor(adviser))
    assert Consent.objects.in_force().get().channel == "paper"
    assert referral.beneficiary.consents.count() == 2


def test_someone_elses_person_is_not_taken_over(adviser, other_adviser):
    known = journey.draft(other_adviser).beneficiary
    person = transitions.PersonInput(
        first_name="Nadia", last_name="Benali", birth_date=known.birth_date, commune=known.commune
    )
    with pytest.raises(PermissionDenied):
        transitions.open_referral(person=person, consent=None, known=known, by=actor(adviser))


def test_without_any_consent_no_dossier_is_opened(adviser):
    known = journey.draft(adviser).beneficiary
    transitions.withdraw_consent(known, reason="Ne veut plus", by=actor(adviser))
    person = transitions.PersonInput(
        first_name="Nadia", last_name="Benali", birth_date=known.birth_date, commune=known.commune
    )
    with pytest.raises(transitions.Refused, match="l’accord de la personne"):
        transitions.open_referral(person=person, consent=None, known=known, by=actor(adviser))
