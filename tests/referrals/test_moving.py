"""A case opened on the wrong record passes to another person: what goes along, what does not, and who sees what."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from mobiliz.lib import clock
from referrals import transitions, unfinished
from referrals.models import (
    Beneficiary,
    Consent,
    GarageChoice,
    Household,
    LogEntry,
    Photo,
    PreDiagnosis,
    Referral,
    Unfinished,
    Vehicle,
)
from referrals.states import Party, State, Verb, is_allowed
from referrals.transitions import ConsentInput, Overtaken, PersonInput, Refused
from tests.cast import actor
from tests.factories import journey
from tests.factories.territory import commune

pytestmark = pytest.mark.django_db


def ines(**changes):
    said = {"first_name": "Inès", "last_name": "Barbier", "birth_date": date(1990, 4, 2), "commune": commune("23096")}
    return PersonInput(**{**said, **changes})


def agreed():
    return ConsentInput(channel="oral", given_on=clock.today())


def move(referral, by, *, takes_vehicle=True, leaving=None, **who):
    who.setdefault("consent", agreed() if "person" in who else None)
    return transitions.move_to_person(
        referral,
        leaving=leaving or referral.beneficiary,
        distance_agreed_km=45,
        takes_vehicle=takes_vehicle,
        by=actor(by),
        **who,
    )


def last_of(referral):
    return LogEntry.objects.of_referral(referral).latest_first().first()


@pytest.fixture
def other(adviser):
    return journey.draft(adviser, first_name="Inès", last_name="Barbier", at="23096").beneficiary


# --- who, and from where ----------------------------------------------------------------------------------
@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("party", list(Party))
def test_the_advisers_side_alone_until_a_garage_has_accepted(state, party):
    allowed = party == Party.ADVISER and state in {State.DRAFT, State.REVIEW, State.WAITING}
    assert is_allowed(Verb.MOVE_TO_PERSON, state, frozenset({party})) is allowed


@pytest.mark.parametrize("who", ["other_adviser", "pilot", "regional_pilot", "workshop", "volunteer", "administrator"])
def test_nobody_else_does_it(request, adviser, garage, other, who):
    referral = journey.sent(adviser, garage).referral
    with pytest.raises(PermissionDenied):
        move(referral, request.getfixturevalue(who), known=other)
    assert journey.fresh(referral).beneficiary == referral.beneficiary


@pytest.mark.parametrize("state", ["accepted", "quoted", "agreed"])
def test_once_a_garage_has_accepted_it_says_what_to_do_instead(stage, adviser, other, state):
    referral, held = stage(state)
    with pytest.raises(Overtaken, match=r"fermez-le tel quel .* ouvrez un dossier pour l’autre"):
        move(referral, adviser, known=other)
    assert journey.fresh(held).is_open


@pytest.mark.parametrize("verb", ["give_back", "reopen"])
def test_what_a_garage_had_accepted_and_gave_back_stays_with_its_person(stage, do, adviser, other, verb):
    referral, held = stage("accepted")
    if verb == "reopen":
        do("withdraw", referral, held)
    do(verb, referral, held)
    with pytest.raises(Refused, match="déjà accepté"):
        move(journey.fresh(referral), adviser, known=other)


def test_a_person_of_another_organisation_stays_there(adviser, agency_adviser, other_adviser):
    referral = journey.draft(adviser)
    with pytest.raises(PermissionDenied):
        move(referral, adviser, known=journey.draft(other_adviser).beneficiary)
    with pytest.raises(Refused, match="deux organisations"):
        move(referral, adviser, known=journey.draft(agency_adviser).beneficiary)


def test_a_record_that_was_united_meanwhile_is_looked_for_again(adviser, other):
    stands = journey.draft(adviser, first_name="Inès", last_name="Barbier").beneficiary
    transitions.merge_people(stands, other, by=actor(adviser))
    with pytest.raises(Refused, match="réunie avec une autre"):
        move(journey.draft(adviser), adviser, known=other)


# --- what becomes of the case -----------------------------------------------------------------------------
@pytest.mark.parametrize("state", ["draft", "review", "waiting"])
def test_it_is_a_draft_of_the_other_without_anything_of_the_first(stage, adviser, other, state):
    referral, held = stage(state)
    first = referral.beneficiary
    move(referral, adviser, known=other)
    fresh = journey.fresh(referral)
    assert (fresh.state, fresh.beneficiary, fresh.distance_agreed_km) == ("draft", other, 45)
    empty = ("assessment", "commune", "department", "region", "sent_at", "queued_at", "unshared_at")
    assert [getattr(fresh, name) for name in empty] == [None] * len(empty)
    assert Household.objects.get(beneficiary=first).facts["income_eur"] == "14400"
    assert not Household.objects.of_beneficiary(other.pk).exists()
    if held:
        assert (journey.fresh(held).end, held.garage.name) == ("unsent", "Garage de la Loire")


def test_the_place_of_the_garage_is_free_again(adviser, garage, other):
    garage.weekly_cap = 1
    garage.save(update_fields=["weekly_cap"])
    move(journey.sent(adviser, garage).referral, adviser, known=other)
    assert journey.sent(adviser, garage).is_open


def test_the_log_names_nobody(adviser, garage, other):
    held = journey.sent(adviser, garage)
    move(held.referral, adviser, known=other)
    entry = last_of(held.referral)
    assert (entry.verb, entry.from_state, entry.to_state) == ("move_to_person", "waiting", "draft")
    assert (entry.detail, entry.assignment, entry.change.referral) == ({}, held, held.referral)


def test_what_was_typed_by_anybody_and_the_garage_chosen_are_gone(adviser, colleague, garage, other):
    referral, elsewhere = journey.chosen(adviser, garage), journey.draft(adviser)
    for who in (adviser, colleague):
        for dossier in (referral, elsewhere):
            unfinished.keep(dossier.uid, "household", typed={"income": ["900"]}, by=actor(who))
    move(referral, adviser, known=other)
    assert not GarageChoice.objects.exists()
    assert {row.dossier for row in Unfinished.objects.all()} == {elsewhere.uid}


def test_it_goes_the_whole_way_again_for_the_other(adviser, garage, other_garage, other):
    referral = journey.sent(adviser, garage).referral
    move(referral, adviser, known=other)
    with pytest.raises(Refused, match="Évaluez l’éligibilité"):
        transitions.send(journey.fresh(referral), garage=other_garage, by=actor(adviser))
    journey.assess(journey.fresh(referral), adviser)
    transitions.send(journey.fresh(referral), garage=other_garage, by=actor(adviser))
    sent = journey.fresh(referral)
    assert (sent.state, sent.commune.code, sent.region.code) == ("waiting", "23096", "75")
    assert sent.sent_at is not None


# --- the car ----------------------------------------------------------------------------------------------
def test_the_car_goes_along_with_its_fault_and_photos_but_not_what_was_confided(adviser, other):
    referral = journey.ready(adviser)
    journey.add_photo(referral, adviser)
    PreDiagnosis.objects.of_referral(referral.pk).update(
        confided={"can_pay_eur": "150.00", "worries": ["price"]}, instalments=3, needs_accompaniment=True
    )
    move(referral, adviser, known=other)
    assert journey.fresh(referral).vehicle.beneficiary == other
    fault = PreDiagnosis.objects.get(referral=referral)
    assert fault.complaint == "Elle chauffe dans les montées."
    assert (fault.confided, fault.instalments, fault.needs_accompaniment) == (None, None, False)
    assert Photo.objects.of_referral(referral).count() == 1


def test_without_the_car_it_starts_without(adviser, other):
    referral = journey.ready(adviser)
    journey.add_photo(referral, adviser)
    move(referral, adviser, known=other, takes_vehicle=False)
    assert journey.fresh(referral).vehicle is None
    assert not PreDiagnosis.objects.exists()
    assert not Photo.objects.exists()
    assert Vehicle.objects.get().beneficiary == referral.beneficiary


def test_a_car_that_another_case_of_the_first_is_about_stays_there_too(adviser, other):
    referral, second = journey.ready(adviser), journey.draft(adviser)
    Referral.objects.with_uid(second.uid).update(vehicle=referral.vehicle)
    move(referral, adviser, known=other)
    assert journey.fresh(second).vehicle.beneficiary == referral.beneficiary
    moved = journey.fresh(referral).vehicle
    assert (moved.beneficiary, moved.plate, moved.pk != second.vehicle_id) == (other, "DA-123-BC", True)


# --- the other person and what they agree to --------------------------------------------------------------
def test_someone_new_is_registered_where_the_first_was(adviser):
    referral = journey.draft(adviser)
    made = move(referral, adviser, person=ines())
    assert (made.organisation, str(made)) == (referral.beneficiary.organisation, "Inès Barbier")
    assert Consent.objects.in_force().of_beneficiary(made.pk).count() == 1
    assert Consent.objects.in_force().of_beneficiary(referral.beneficiary_id).count() == 1


def test_without_a_consent_in_force_theirs_is_asked(adviser, other):
    referral = journey.draft(adviser)
    Consent.objects.of_beneficiary(other.pk).update(withdrawn_on=clock.today())
    for who in ({"known": other}, {"person": ines(), "consent": None}):
        with pytest.raises(Refused, match="Enregistrez l’accord"):
            move(referral, adviser, **who)
    assert Beneficiary.objects.count() == 2
    move(referral, adviser, known=other, consent=agreed())
    assert journey.fresh(referral).beneficiary == other


def test_what_more_is_said_of_someone_known_is_kept(adviser, other):
    move(journey.draft(adviser), adviser, known=other, person=ines(email="ines@example.org"))
    assert journey.fresh(other).email == "ines@example.org"


# --- who sees what ----------------------------------------------------------------------------------------
def test_the_garage_that_was_asked_sees_nothing_of_the_other(adviser, garage, workshop, other):
    held = journey.sent(adviser, garage)
    move(held.referral, adviser, known=other)
    by = actor(workshop)
    assert journey.fresh(held).was_handed_over
    assert not Beneficiary.objects.visible_to(by).exists()
    assert not Vehicle.objects.visible_to(by).exists()
    with pytest.raises(Overtaken, match="Déjà fait : dossier passé à une autre personne"):
        transitions.accept(held, by=by)


def test_pilots_lose_sight_of_it_until_it_is_sent_and_read_nothing_of_before(
    adviser, garage, other_garage, pilot, other
):
    referral = journey.sent(adviser, garage).referral
    move(referral, adviser, known=other)
    assert not Referral.objects.visible_to(actor(pilot)).exists()
    journey.assess(journey.fresh(referral), adviser)
    transitions.send(journey.fresh(referral), garage=other_garage, by=actor(adviser))
    seen = LogEntry.objects.visible_to(actor(pilot)).of_referral(referral)
    assert list(seen.values_list("verb", flat=True)) == ["move_to_person", "send"]
    own = LogEntry.objects.visible_to(actor(adviser)).of_referral(referral)
    assert list(own.values_list("verb", flat=True)) == ["open", "send", "move_to_person", "send"]


# --- twice ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["known", "person"])
def test_a_second_click_is_told_and_makes_nobody(adviser, colleague, other, who):
    referral = journey.draft(adviser)
    to = {"known": other} if who == "known" else {"person": ines()}
    move(referral, adviser, **to)
    people = Beneficiary.objects.count()
    with pytest.raises(Overtaken, match="Déjà fait : dossier passé à une autre personne par Aline Dubois"):
        move(journey.fresh(referral), colleague, leaving=referral.beneficiary, **to)
    assert Beneficiary.objects.count() == people
    assert LogEntry.objects.of_referral(referral).of_verb("move_to_person").count() == 1
