"""Someone whom another structure helps, noticed later: the person is put right, becomes another, or two records one."""

from datetime import date

import pytest
from django.db import transaction

from mobiliz.lib import clock
from referrals import transitions
from referrals.models import Beneficiary, Consent, ElsewhereAnswer, Incident, Lookalike, Referral
from referrals.states import Outcome
from referrals.transitions import ConsentInput, ElsewhereInput, HelpedElsewhere, PersonInput, Refused
from tests.cast import actor
from tests.factories import journey
from tests.factories.territory import commune

pytestmark = pytest.mark.django_db

BORN = date(1986, 5, 1)
PHONE, OTHER_PHONE = "+33639981247", "+33600000009"
ASK, OTHER_NEED, NOT_SAME = (ElsewhereInput(answer=one, words="Une autre voiture") for one in ElsewhereAnswer)


def correct(referral, by, elsewhere=None, **changes):
    person = journey.identity(referral, **changes)
    transitions.correct_person(referral, person=person, was_wrong=True, why="Faute", elsewhere=elsewhere, by=actor(by))


def move(referral, by, elsewhere=None, **who):
    transitions.move_to_person(
        referral,
        leaving=referral.beneficiary,
        distance_agreed_km=45,
        takes_vehicle=True,
        consent=ConsentInput(channel="oral", given_on=clock.today()) if "person" in who else None,
        elsewhere=elsewhere,
        by=actor(by),
        **who,
    )


def nadia(**changes):
    said = {"first_name": "Nadia", "last_name": "Benali", "birth_date": BORN, "commune": commune("42218")}
    return PersonInput(**{**said, **changes})


# --- each verb: its stage, and how it comes to Nadia Benali ---------------------------------------------------
def by_correcting(member):
    case = journey.draft(member, last_name="Bennali", phone="")
    return case, lambda said=None: correct(case, member, said, last_name="Benali")


def by_correcting_the_telephone(member):
    case = journey.draft(member, last_name="Bennali", phone="")
    return case, lambda said=None: correct(case, member, said, phone=PHONE)


def by_correcting_the_day(member):
    case = journey.draft(member, birth_date=date(1986, 1, 5))
    return case, lambda said=None: correct(case, member, said, birth_date=BORN)


def by_updating_a_draft(member):
    case = journey.draft(member, last_name="Bennali", phone="")
    return case, lambda said=None: transitions.update_person(
        case, distance_agreed_km=30, last_name="Benali", elsewhere=said, by=actor(member)
    )


def by_moving_to_someone_new(member):
    case = journey.draft(member, first_name="Inès", last_name="Barbier", phone="")
    return case, lambda said=None: move(case, member, said, person=nadia())


def by_moving_to_someone_known(member):
    case = journey.draft(member, first_name="Inès", last_name="Barbier", phone="")
    known = journey.draft(member, phone="").beneficiary
    return case, lambda said=None: move(case, member, said, known=known)


def by_moving_to_someone_known_under_another_name(member):
    case = journey.draft(member, first_name="Inès", last_name="Barbier", phone="")
    known = journey.draft(member, last_name="Bennali", phone="").beneficiary
    return case, lambda said=None: move(case, member, said, known=known, person=nadia())


def by_uniting(member):
    case = journey.draft(member, first_name="Samia", last_name="Benali", phone="")
    retired = journey.draft(member, first_name="Nadia", last_name="Autre", phone="").beneficiary
    return case, lambda said=None: transitions.merge_people(
        fresh(case).beneficiary, retired, from_retired=["first_name"], elsewhere=said, by=actor(member)
    )


ACTS = [
    by_correcting,
    by_correcting_the_telephone,
    by_correcting_the_day,
    by_updating_a_draft,
    by_moving_to_someone_new,
    by_moving_to_someone_known,
    by_moving_to_someone_known_under_another_name,
    by_uniting,
]


def fresh(case):
    return Referral.objects.select_related("beneficiary").get(pk=case.pk)


def everything():
    people = Beneficiary.objects.order_by("pk").values_list("pk", "last_name", "first_name", "merged_into")
    return list(people), list(Referral.objects.order_by("pk").values_list("pk", "beneficiary", "state"))


def told(act):
    """What is told of other structures; None when nothing is, and it is done."""
    try:
        with transaction.atomic():
            act()
    except HelpedElsewhere as found:
        return found
    return None


@pytest.fixture(params=[("adviser", "other_adviser"), ("other_adviser", "adviser")], ids=lambda one: f"{one[1]} asks")
def sides(request, member):
    """Whoever helps Nadia Benali, and whoever comes to her later."""
    helping, asking = (member(name) for name in request.param)
    return journey.draft(helping, phone=PHONE), helping, asking


@pytest.mark.parametrize("stage", ACTS)
def test_it_is_asked_first_and_nothing_is_done_nor_told_but_the_day(sides, stage):
    helped, _helping, asking = sides
    _case, act = stage(asking)
    before = everything()
    found = told(act)
    assert found.message == f"Cette personne est déjà aidée depuis le {_day(helped)}."
    assert found.names == []
    assert everything() == before
    assert not Lookalike.objects.exists()


def _day(referral):
    from mobiliz.lib.templatetags.mobiliz import day_fr

    return day_fr(clock.day_of(referral.created_at))


@pytest.mark.parametrize("said", [ASK, OTHER_NEED, NOT_SAME], ids=lambda one: str(one.answer))
@pytest.mark.parametrize("stage", ACTS)
def test_then_it_is_done_and_the_pair_is_kept_once(sides, stage, said):
    helped, helping, asking = sides
    case, act = stage(asking)
    act(said)
    kept = Lookalike.objects.get()
    assert (kept.referral, kept.other_referral, kept.answer) == (case, helped, said.answer)
    assert (kept.person, kept.other) == (fresh(case).beneficiary, helped.beneficiary)
    assert [one.referral for one in Incident.objects.all()] == ([case] if said is ASK else [])
    assert not Lookalike.objects.visible_to(actor(helping)).exists()
    assert not Incident.objects.visible_to(actor(helping)).exists()


@pytest.mark.parametrize("stage", ACTS)
def test_another_need_wants_its_reason(sides, stage):
    _case, act = stage(sides[2])
    with pytest.raises(Refused, match="quel autre besoin"):
        act(ElsewhereInput(answer=ElsewhereAnswer.OTHER_NEED, words=" "))


@pytest.mark.parametrize("stage", ACTS)
def test_the_structure_is_named_where_the_person_agreed(adviser, other_adviser, stage):
    journey.draft(adviser, phone=PHONE, names_structure=True)
    assert told(stage(other_adviser)[1]).names == ["Wimoov"]


@pytest.mark.parametrize("stage", ACTS)
def test_of_ones_own_structure_nothing_is_asked(adviser, colleague, stage):
    journey.draft(adviser, phone=PHONE)
    assert told(stage(colleague)[1]) is None


@pytest.mark.parametrize("stage", ACTS)
def test_of_a_person_who_took_consent_back_nothing_is_told(sides, stage):
    helped, helping, asking = sides
    transitions.withdraw_consent(helped.beneficiary, reason="Ne veut plus", by=actor(helping))
    assert told(stage(asking)[1]) is None


@pytest.mark.parametrize("stage", [by_correcting, by_updating_a_draft])
def test_nobody_is_looked_for_who_took_back_their_own(sides, stage):
    case, act = stage(sides[2])
    Consent.objects.of_beneficiary(case.beneficiary_id).update(replaced_at=clock.now())
    assert told(act) is None


def test_nor_of_whom_no_case_runs(sides):
    case, act = by_correcting(sides[2])
    transitions.close(case, outcome=Outcome.UNREACHABLE, reason="Trois appels", by=actor(sides[2]))
    assert told(act) is None


# --- what was said stays said, while nothing more is the same --------------------------------------------------
@pytest.fixture(params=["here", "there"])
def said_apart(request, adviser, other_adviser):
    """Two Nadia Benali of one day, said to be two people by this side or by the other."""
    theirs = journey.draft(adviser, phone=PHONE)
    if request.param == "here":
        return journey.draft(other_adviser, phone=OTHER_PHONE, looks_elsewhere=True, elsewhere=NOT_SAME)
    case = journey.draft(other_adviser, phone=OTHER_PHONE)
    again = nadia(phone=PHONE)
    transitions.open_referral(
        person=again, known=theirs.beneficiary, consent=None, elsewhere=NOT_SAME, by=actor(adviser)
    )
    return case


@pytest.mark.parametrize(
    ("changes", "is_asked"),
    [
        ({"email": "nadia@mail.example"}, False),
        ({"phone": "+33600000010"}, False),  # another telephone, nobody's
        ({"phone": ""}, False),
        ({"last_name": "BÉNALI"}, False),  # the same name
        ({"phone": PHONE}, True),  # now the telephone is the same too
        ({"last_name": "Autre"}, False),
        ({"last_name": "Autre", "phone": PHONE}, True),
    ],
)
def test_two_people_stay_two_until_more_of_them_is_the_same(said_apart, other_adviser, changes, is_asked):
    found = told(lambda: correct(said_apart, other_adviser, **changes))
    assert (found is not None) == is_asked
    assert Lookalike.objects.get().answer == "not_same"


def test_what_is_answered_then_takes_its_place(said_apart, other_adviser):
    correct(said_apart, other_adviser, OTHER_NEED, phone=PHONE)
    assert Lookalike.objects.get().answer == "other_need"


def test_a_correction_that_is_none_of_who_they_are_asks_nothing(sides):
    case = journey.draft(sides[2], phone="")  # was opened before one looked
    correct(case, sides[2], email="nadia@mail.example")
    assert not Lookalike.objects.exists()


def test_united_what_one_record_was_told_is_not_asked_again(adviser, other_adviser):
    journey.draft(adviser, phone=PHONE)
    kept = journey.draft(other_adviser, last_name="Autre", phone="").beneficiary
    retired = journey.draft(other_adviser, phone="", looks_elsewhere=True, elsewhere=OTHER_NEED).beneficiary
    transitions.merge_people(kept, retired, from_retired=["last_name"], by=actor(other_adviser))
    assert Lookalike.objects.get().person == kept


@pytest.mark.parametrize(("of_kept", "of_retired"), [(NOT_SAME, OTHER_NEED), (OTHER_NEED, NOT_SAME), (ASK, NOT_SAME)])
def test_of_two_answers_about_one_the_one_that_denies_gives_way(adviser, other_adviser, of_kept, of_retired):
    journey.draft(adviser, phone=PHONE)
    kept = journey.draft(other_adviser, phone="", looks_elsewhere=True, elsewhere=of_kept).beneficiary
    retired = journey.draft(other_adviser, phone="", looks_elsewhere=True, elsewhere=of_retired).beneficiary
    transitions.merge_people(kept, retired, by=actor(other_adviser))
    pair = Lookalike.objects.get()
    assert pair.person == kept
    assert pair.answer == (of_retired if of_kept is NOT_SAME else of_kept).answer


def test_those_in_touch_stay_so_when_the_record_is_united(adviser, other_adviser, pilot):
    journey.draft(adviser, phone=PHONE)
    kept = journey.draft(other_adviser, phone="", looks_elsewhere=True, elsewhere=OTHER_NEED).beneficiary
    retired = journey.draft(other_adviser, phone="", looks_elsewhere=True, elsewhere=ASK).beneficiary
    transitions.connect(Incident.objects.get(), words="Voyez ensemble", by=actor(pilot))
    transitions.merge_people(kept, retired, by=actor(other_adviser))
    assert Lookalike.objects.get().linked_at is not None


# --- a case that leaves its person -----------------------------------------------------------------------------
def test_what_was_asked_of_the_person_before_is_not_asked_of_the_next(adviser, other_adviser, pilot):
    journey.draft(adviser, phone=PHONE)
    case = journey.draft(other_adviser, phone="", looks_elsewhere=True, elsewhere=ASK)
    move(case, other_adviser, person=nadia(first_name="Inès", last_name="Barbier"))
    assert not Lookalike.objects.exists()
    assert Incident.objects.get().resolution == "withdrawn"


def test_nor_do_others_who_asked_get_in_touch_over_it(adviser, other_adviser, pilot):
    case = journey.draft(adviser, phone=PHONE)
    journey.draft(other_adviser, phone="", looks_elsewhere=True, elsewhere=ASK)
    move(case, adviser, person=nadia(first_name="Inès", last_name="Barbier"))
    with pytest.raises(Refused, match="mettre en lien"):
        transitions.connect(Incident.objects.get(), words="Voyez ensemble", by=actor(pilot))


def test_that_two_are_two_outlives_the_case(adviser, other_adviser):
    journey.draft(adviser, phone=PHONE)
    case = journey.draft(other_adviser, phone="", looks_elsewhere=True, elsewhere=NOT_SAME)
    person = case.beneficiary
    move(case, other_adviser, person=nadia(first_name="Inès", last_name="Barbier"))
    assert told(lambda: move(fresh(case), other_adviser, known=person)) is None
