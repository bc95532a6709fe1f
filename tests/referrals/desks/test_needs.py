"""Needs that no offer covers: noted in a press, taken back, counted for pilots and never shown one by one."""

from datetime import date, datetime
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse

from mobiliz.lib import clock
from referrals import transitions
from referrals.models import Need, NeedKind
from referrals.needs import record_need, withdraw_need
from tests.cast import actor, sign_in
from tests.factories import journey
from tests.factories.territory import commune

pytestmark = pytest.mark.django_db

NEEDS, COUNTED = "/besoins/", "/besoins/bilan/"


def text_of(response):
    return unescape(response.content.decode())


def case(referral):
    return reverse("referral_case", args=[referral.uid])


def note(member, kind=NeedKind.INSURANCE, **said):
    return record_need(kind=kind, by=actor(member), **said)


def on(day):
    return clock.moved_to(datetime(2026, *day, 10, 0, tzinfo=ZoneInfo("Europe/Paris")))


def many(member, count, at="42218", kind=NeedKind.DRIVING_LICENCE):
    for _ in range(count):
        note(member, kind, commune=commune(at))


@pytest.fixture
def referral(adviser, garage):
    return journey.sent(adviser, garage).referral


# --- noted ------------------------------------------------------------------------------------------------
def test_noted_on_a_case_in_a_press(as_adviser, referral):
    address = reverse("referral_need", args=[referral.uid])
    assert address in text_of(as_adviser.get(case(referral)))
    page = text_of(as_adviser.post(address, {"kind": "child_seat", "words": "Deux enfants"}, follow=True))
    assert "Siège enfant" in page
    assert "Deux enfants" in page
    need = Need.objects.get()
    assert (need.referral, need.beneficiary, need.region_id) == (referral, referral.beneficiary, "84")


def test_a_double_click_notes_it_once_and_later_words_are_added(as_adviser, referral):
    for words in ("", "", "Avant décembre"):
        as_adviser.post(reverse("referral_need", args=[referral.uid]), {"kind": "fuel", "words": words})
    assert Need.objects.get().words == "Avant décembre"


def test_the_same_need_on_another_day_is_another(adviser, referral):
    with on((11, 2)):
        note(adviser, referral=referral)
    with on((11, 3)):
        note(adviser, referral=referral)
    assert Need.objects.count() == 2


def test_without_a_kind_it_is_asked_for_and_the_words_are_kept(as_adviser, referral):
    response = as_adviser.post(reverse("referral_need", args=[referral.uid]), {"words": "Pour aller travailler"})
    assert response.status_code == 422
    assert "Choisissez le besoin" in text_of(response)
    assert "Pour aller travailler" in text_of(response)


def test_noted_for_a_person_whom_the_structure_knows(as_adviser, adviser):
    person = journey.draft(adviser, at="23096").beneficiary
    page = text_of(as_adviser.get(NEEDS, {"personne": str(person.uid)}))
    assert "Un besoin de Nadia Benali" in page
    assert "Commune où" not in page
    as_adviser.post(NEEDS, {"personne": str(person.uid), "kind": "driving_licence", "words": ""})
    need = Need.objects.get()
    assert (need.beneficiary, need.referral, need.region_id) == (person, None, "75")


def test_noted_for_somebody_whom_nobody_registers_by_the_commune_alone(as_adviser):
    assert as_adviser.post(NEEDS, {"kind": "insurance", "words": ""}).status_code == 422
    as_adviser.post(NEEDS, {"kind": "insurance", "commune": "42218", "words": ""})
    need = Need.objects.get()
    assert (need.beneficiary, need.region_id) == (None, "84")


def test_words_are_sealed(adviser, referral):
    note(adviser, referral=referral, words="Amende de stationnement")
    with connection.cursor() as cursor:
        cursor.execute("SELECT convert_from(words, 'UTF8') FROM referrals_need")
        assert "Amende" not in cursor.fetchone()[0]
    assert Need.objects.get().words == "Amende de stationnement"


def test_a_social_security_number_is_refused(as_adviser, referral):
    said = {"kind": "other", "words": "2 85 05 42 218 123 46"}
    assert as_adviser.post(reverse("referral_need", args=[referral.uid]), said).status_code == 422
    assert not Need.objects.exists()


def test_of_two_records_that_become_one_each_need_stays_once(adviser):
    kept, ended = (journey.draft(adviser, last_name=name).beneficiary for name in ("Benali", "Bennali"))
    note(adviser, beneficiary=kept)
    note(adviser, beneficiary=ended)
    note(adviser, NeedKind.FUEL, beneficiary=ended)
    transitions.merge_people(kept, ended, by=actor(adviser))
    assert sorted(Need.objects.of_people(kept.pk).values_list("kind", flat=True)) == ["fuel", "insurance"]


# --- by whom ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["other_adviser", "agency_adviser", "workshop", "pilot", "volunteer", "administrator"])
def test_nobody_else_notes_takes_back_or_reads_one(request, adviser, referral, who):
    need, other = note(adviser, referral=referral), request.getfixturevalue(who)
    with pytest.raises(PermissionDenied):
        note(other, NeedKind.FUEL, referral=referral)
    with pytest.raises(PermissionDenied):
        note(other, NeedKind.FUEL, beneficiary=referral.beneficiary)
    with pytest.raises(PermissionDenied):
        withdraw_need(need, by=actor(other))
    assert not Need.objects.visible_to(actor(other)).exists()


def test_another_structures_person_does_not_exist(client, other_adviser, referral):
    sign_in(client, other_adviser)
    uid = str(referral.beneficiary.uid)
    assert client.get(NEEDS, {"personne": uid}).status_code == 404
    assert client.post(NEEDS, {"personne": uid, "kind": "fuel", "words": ""}).status_code == 404
    assert client.get(NEEDS, {"personne": "nobody"}).status_code == 404


def test_taken_back_it_is_gone_from_the_case_and_counted_no_more(as_adviser, as_pilot, adviser, referral):
    need = note(adviser, referral=referral)
    for _ in range(2):
        as_adviser.post(reverse("need_take_back", args=[need.uid]))
    assert reverse("need_take_back", args=[need.uid]) not in text_of(as_adviser.get(case(referral)))
    assert not Need.objects.counted_by(actor(adviser)).exists()
    assert "Aucun besoin noté" in text_of(as_pilot.get(COUNTED))
    assert note(adviser, referral=referral).pk != need.pk  # noted again, it is a new one


# --- counted ----------------------------------------------------------------------------------------------
def row_of(page, label):
    """The cells of this kind's row, as they are read."""
    row = page.split(f'<th scope="row">{label}</th>')[1].split("</tr>")[0]
    return [cell.split("</td>")[0].replace("<strong>", "").replace("</strong>", "") for cell in row.split('">')[1:]]


def test_counted_by_kind_and_month(as_pilot, adviser):
    with on((1, 15)):
        many(adviser, 6)
    with on((3, 31)):
        many(adviser, 7)
        many(adviser, 5, kind=NeedKind.CHILD_SEAT)
    with on((4, 30)):
        page = text_of(as_pilot_now(as_pilot).get(COUNTED))
    assert row_of(page, "Permis de conduire") == ["6", "0", "7", "0", "13"]
    assert row_of(page, "Siège enfant") == ["0", "0", "5", "0", "5"]
    assert page.index("Permis de conduire") < page.index("Siège enfant")


def as_pilot_now(client):
    """Signed in at the moment to which the clock was moved."""
    from mobiliz.accounts.models import Membership

    return sign_in(client, Membership.objects.get(role="pilot"))


def test_small_counts_are_hidden_with_what_would_give_them_away(as_pilot, adviser):
    with on((1, 15)):
        many(adviser, 3)
    with on((2, 15)):
        many(adviser, 6)
    with on((3, 15)):
        many(adviser, 9)
        many(adviser, 2, kind=NeedKind.FINES)
        page = text_of(as_pilot_now(as_pilot).get(COUNTED))
    assert row_of(page, "Permis de conduire") == ["trop peu", "trop peu", "9", "18"]
    assert row_of(page, "Amendes, fourrière") == ["0", "0", "trop peu", "trop peu"]


def test_a_regional_pilot_counts_the_region_and_the_national_one_any(as_pilot, as_regional_pilot, adviser):
    many(adviser, 6, at="42218")
    many(adviser, 8, at="23096")
    many(adviser, 2, at="75056")
    year = str(clock.today().year)
    own, every, one = (
        text_of(client.get(COUNTED, asked))
        for client, asked in ((as_regional_pilot, {"region": "75"}), (as_pilot, {}), (as_pilot, {"region": "75"}))
    )
    assert [row_of(page, "Permis de conduire")[-1] for page in (own, every, one)] == ["6", "16", "8"]
    assert "Par région" in every
    assert "Par région" not in own
    beside = every.split('id="regions"')[1]
    # Paris is few, and the next smallest would give it away
    assert [beside.count(text) for text in ("trop peu", ">8<", ">6<", ">2<")] == [2, 1, 0, 0]
    assert year in every


def test_another_year_is_asked_for(as_pilot, adviser):
    with clock.moved_to(datetime(2025, 5, 5, 10, tzinfo=ZoneInfo("Europe/Paris"))):
        many(adviser, 6)
    many(adviser, 5)
    page = text_of(as_pilot.get(COUNTED, {"annee": "2025"}))
    assert row_of(page, "Permis de conduire")[-1] == "6"
    assert len(row_of(page, "Permis de conduire")) == 13


def test_no_word_and_no_person_stands_on_the_pilots_page(as_pilot, adviser, referral):
    for number in range(6):
        other = journey.draft(adviser, first_name=f"Inès {number}").beneficiary
        note(adviser, beneficiary=other, words="Assurance trop chère")
    page = text_of(as_pilot.get(COUNTED))
    assert row_of(page, "Assurance")[-1] == "6"
    assert not [said for said in ("Inès", "Benali", "trop chère", "Wimoov") if said in page]


def test_it_is_counted_where_the_person_lived_that_day(adviser):
    referral = journey.draft(adviser, at="42218")
    note(adviser, referral=referral)
    person = journey.identity(referral, commune=commune("23096"))
    transitions.correct_person(referral, person=person, was_wrong=False, why="Déménage", by=actor(adviser))
    assert Need.objects.get().region_id == "84"
    assert Need.objects.get().recorded_on == clock.today() >= date(2026, 1, 1)


# --- their cost -------------------------------------------------------------------------------------------
def test_many_needs_cost_as_many_queries_as_one(as_adviser, as_pilot, adviser, referral, django_assert_max_num_queries):
    def open_all():
        for who, address, most in ((as_adviser, NEEDS, 6), (as_adviser, case(referral), 12), (as_pilot, COUNTED, 8)):
            with django_assert_max_num_queries(most) as asked:
                who.get(address)
            yield len(asked)

    note(adviser, referral=referral)
    few = list(open_all())
    for kind in NeedKind:
        note(adviser, kind, referral=referral)
        many(adviser, 2, kind=kind)
    assert list(open_all()) == few
