"""Who is away and who answers: within the structure, never twice at once, ending by itself."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from mobiliz.accounts import absences
from mobiliz.accounts.models import Absence, Membership
from mobiliz.lib import clock
from mobiliz.lib.refusals import Refused
from tests.cast import actor
from tests.factories.accounts import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


def days(first, last):
    """From today on."""
    return {
        "from_on": clock.today() + timedelta(days=first),
        "until_on": clock.today() + timedelta(days=last),
    }


def away(member, cover, first=0, last=7, by=None):
    return absences.go_absent(member, covered_by=cover, by=actor(by or member), **days(first, last))


def told_for(member, on=None):
    place = member.organisation_id
    told = Membership.objects.told_for(member.pk, organisation_id=place, on=on or clock.today())
    assert all(one.name and one.email for one in told)
    return set(Membership.objects.filter(pk__in=[one.pk for one in told]))


# --- who answers ------------------------------------------------------------------------------------------
def test_messages_go_to_whoever_answers_and_come_back_by_themselves(adviser, colleague):
    away(adviser, colleague, 0, 7)
    assert told_for(adviser) == {colleague}
    assert told_for(adviser, clock.today() + timedelta(days=7)) == {colleague}
    assert told_for(adviser, clock.today() + timedelta(days=8)) == {adviser}
    assert told_for(colleague) == {colleague}


def test_messages_for_someone_who_left_go_to_the_whole_place(adviser, colleague, agency_adviser):
    away(adviser, colleague)
    Membership.objects.filter(pk__in=[colleague.pk, adviser.pk]).update(ended_on=clock.today())
    assert told_for(adviser) == set()
    Membership.objects.filter(pk=colleague.pk).update(ended_on=None)
    Absence.objects.all().delete()
    assert told_for(adviser) == {colleague}
    nobody = Membership.objects.told_for(None, organisation_id=adviser.organisation_id, on=clock.today())
    assert [one.pk for one in nobody] == [colleague.pk]


def test_where_the_cover_has_left_the_member_is_told_after_all(adviser, colleague):
    away(adviser, colleague)
    Membership.objects.filter(pk=colleague.pk).update(ended_on=clock.today())
    assert told_for(adviser) == {adviser}


# --- who may be asked -------------------------------------------------------------------------------------
def test_an_agencys_adviser_is_covered_by_the_head_office_and_not_the_other_way(adviser, agency_adviser):
    away(agency_adviser, adviser, by=adviser)
    with pytest.raises(Refused, match="ne travaille pas là où ces dossiers sont suivis"):
        away(adviser, agency_adviser, 10, 12)


def test_nobody_of_another_structure_answers(adviser, other_adviser):
    with pytest.raises(Refused, match="ne travaille pas là"):
        away(adviser, other_adviser)
    with pytest.raises(IntegrityError, match="same structure"), transaction.atomic():
        Absence.objects.create(member=adviser, covered_by=other_adviser, declared_by=adviser, **days(0, 1))


@pytest.mark.parametrize(
    ("who", "may"),
    [("adviser", True), ("colleague", True), ("agency_adviser", False), ("other_adviser", False), ("pilot", False)],
)
def test_oneself_and_colleagues_declare_an_absence(request, adviser, colleague, who, may):
    by = request.getfixturevalue(who)
    if may:
        assert away(adviser, colleague, by=by).declared_by == by
    else:
        with pytest.raises(PermissionDenied):
            away(adviser, colleague, by=by)


def test_one_does_not_cover_oneself(adviser):
    with pytest.raises(Refused, match="on ne se remplace pas soi-même"):
        away(adviser, adviser)


# --- days -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("first", "last", "said"), [(3, 1, "vient avant le premier"), (-9, -1, "déjà finie"), (0, 400, "Plus d’un an")]
)
def test_days_that_make_no_sense_are_refused_in_words(adviser, colleague, first, last, said):
    with pytest.raises(Refused, match=said) as refused:
        away(adviser, colleague, first, last)
    assert refused.value.field == "until_on"


@pytest.mark.parametrize(("first", "last"), [(7, 9), (0, 0), (-2, 3), (3, 4)])
def test_nobody_is_away_twice_at_once(adviser, colleague, first, last):
    away(adviser, colleague, 0, 7)
    with pytest.raises(Refused, match="Zoé Martin répond à sa place"):
        away(adviser, colleague, first, last)
    with pytest.raises(IntegrityError, match="absence_never_two"), transaction.atomic():
        Absence.objects.create(member=adviser, covered_by=colleague, declared_by=adviser, **days(first, last))


def test_the_day_after_is_another_absence(adviser, colleague):
    away(adviser, colleague, 0, 7)
    assert away(adviser, colleague, 8, 9)


def test_whoever_is_away_covers_nobody_and_whoever_covers_says_so_first(adviser, colleague, agency_adviser):
    away(colleague, adviser, 5, 9)
    with pytest.raises(Refused, match="a aussi une absence notée"):
        away(agency_adviser, colleague, 0, 7, by=adviser)
    third = MembershipFactory(user=UserFactory(), organisation=adviser.organisation)
    with pytest.raises(Refused, match="confiez d’abord ce remplacement"):
        away(adviser, third, 0, 6)


# --- coming back ------------------------------------------------------------------------------------------
def test_coming_back_early_ends_it_yesterday(adviser, colleague):
    with clock.moved_to(clock.now() - timedelta(days=3)):
        absence = away(adviser, colleague, 0, 9)
    absences.come_back(absence, by=actor(adviser))
    absence.refresh_from_db()
    assert absence.until_on == clock.today() - timedelta(days=1)
    assert told_for(adviser) == {adviser}


def test_an_absence_that_has_not_begun_never_was(adviser, colleague):
    absences.come_back(away(adviser, colleague, 1, 9), by=actor(colleague))
    assert not Absence.objects.exists()


def test_an_absence_that_is_over_is_told(adviser, colleague):
    with clock.moved_to(clock.now() - timedelta(days=9)):
        absence = away(adviser, colleague, 0, 2)
    with pytest.raises(Refused, match="déjà finie"):
        absences.come_back(absence, by=actor(adviser))


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [(3, 14, "du 3 novembre 2026 au 14 novembre 2026"), (3, 3, "le 3 novembre 2026")],
)
def test_its_days_in_words(first, last, said):
    absence = Absence(from_on=date(2026, 11, first), until_on=date(2026, 11, last))
    assert absences.days_in_words(absence).replace("\u00a0", " ") == said
