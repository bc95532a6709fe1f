"""Cover in absence, and cases that pass to a colleague: one, some, all; nothing is lost when someone leaves."""

from datetime import timedelta
from html import unescape

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from mobiliz.accounts import absences, actions
from mobiliz.accounts.models import Absence, Membership
from mobiliz.lib import clock
from referrals import transitions
from referrals.models import LogEntry
from referrals.transitions import Overtaken, Refused
from tests.cast import actor, sign_in
from tests.factories import journey

pytestmark = pytest.mark.django_db

TEAM = "/orientations/collegues/"
MANY = "/orientations/collegues/confier/"


def url(name, *args):
    return reverse(f"referral_{name}", args=args)


def text_of(response):
    return unescape(response.content.decode())


def away(member, cover, first=0, last=7):
    today = clock.today()
    return absences.go_absent(
        member,
        covered_by=cover,
        from_on=today + timedelta(days=first),
        until_on=today + timedelta(days=last),
        by=actor(member),
    )


@pytest.fixture
def as_colleague(client, colleague):
    return sign_in(client, colleague)


# --- cover ------------------------------------------------------------------------------------------------
def test_the_covering_colleague_finds_the_cases_on_the_own_desk(as_colleague, adviser, colleague):
    journey.draft(adviser)
    assert "Nadia Benali" not in text_of(as_colleague.get("/bureau/"))
    away(adviser, colleague)
    page = text_of(as_colleague.get("/bureau/"))
    assert "Nadia Benali" in page
    assert "vous remplacez Aline Dubois" in page


def test_cover_ends_by_itself(as_colleague, adviser, colleague):
    journey.draft(adviser)
    with clock.moved_to(clock.now() - timedelta(days=20)):
        away(adviser, colleague, 0, 7)
    assert "Nadia Benali" not in text_of(as_colleague.get("/bureau/"))


def test_the_case_says_who_answers_with_a_direct_line(as_adviser, as_colleague, adviser, colleague):
    referral = journey.draft(adviser)
    away(adviser, colleague)
    page = text_of(as_adviser.get(url("case", referral.uid)))
    assert "Remplace Aline Dubois jusqu’au" in page
    assert 'href="tel:+33612345678"' in page
    assert "Absence jusqu’au" in page
    assert "Vous remplacez Aline Dubois jusqu’au" in text_of(as_colleague.get(url("case", referral.uid)))


def test_an_absence_is_noted_and_ended_from_the_team(as_adviser, adviser, colleague):
    tomorrow = clock.today() + timedelta(days=1)
    typed = {"from_on": f"{tomorrow:%d/%m/%Y}", "until_on": f"{tomorrow:%d/%m/%Y}", "covered_by": colleague.uid}
    page = text_of(as_adviser.post(url("absence", adviser.uid), typed, follow=True))
    assert "C’est noté : Zoé Martin répond le" in page
    assert "Absence à venir" in page
    page = text_of(as_adviser.post(url("come_back", Absence.objects.get().uid), follow=True))
    assert "L’absence d’Aline Dubois est finie." in page
    assert not Absence.objects.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"from_on": ""}, "Indiquez le premier jour."),
        ({"until_on": "31/02/2027"}, "date"),
        ({"until_on": "01/01/2020"}, "vient avant le premier"),
        ({"covered_by": ""}, "Choisissez qui répond."),
        ({"covered_by": "00000000-0000-4000-8000-000000000000"}, "ne fait plus partie de vos collègues"),
    ],
)
def test_a_wrong_absence_is_said_beside_the_field(as_adviser, adviser, colleague, changes, said):
    today = f"{clock.today():%d/%m/%Y}"
    typed = {"from_on": today, "until_on": today, "covered_by": colleague.uid, **changes}
    response = as_adviser.post(url("absence", adviser.uid), typed)
    assert response.status_code == 422
    assert said in text_of(response)
    for name in {"from_on", "until_on"} & set(changes):
        assert changes[name] in text_of(response)


def test_alone_one_is_told_so(as_other_adviser, other_adviser):
    assert "Personne d’autre ne voit ces dossiers" in text_of(as_other_adviser.get(url("absence", other_adviser.uid)))


def test_a_member_of_another_structure_does_not_exist_here(as_adviser, other_adviser, workshop):
    for stranger in (other_adviser, workshop):
        assert as_adviser.get(url("absence", stranger.uid)).status_code == 404
        assert as_adviser.get(MANY, {"de": stranger.uid}).status_code == 404


# --- hand over --------------------------------------------------------------------------------------------
def test_a_case_passes_to_a_colleague_and_the_log_tells_it(as_adviser, adviser, colleague, garage):
    referral = journey.sent(adviser, garage).referral
    typed = {"to": colleague.uid, "why": "Congé maternité"}
    page = text_of(as_adviser.post(url("hand_one", referral.uid), typed, follow=True))
    assert "1 dossier est confié à Zoé Martin." in page
    assert "Dossier confié à Zoé Martin" in page
    assert "Avant, Aline Dubois le suivait. « Congé maternité » Par Aline Dubois (Wimoov)." in page
    fresh = journey.fresh(referral)
    assert (fresh.adviser, fresh.state, fresh.state_since) == (colleague, "waiting", referral.state_since)


def test_a_double_click_hands_it_once(adviser, colleague):
    referral = journey.draft(adviser)
    transitions.hand_to_colleague(referral, to=colleague, by=actor(adviser))
    with pytest.raises(Overtaken, match="Déjà fait : confiée à un collègue par Aline Dubois"):
        transitions.hand_to_colleague(referral, to=colleague, by=actor(adviser))
    assert LogEntry.objects.of_verb("hand_to_colleague").count() == 1


@pytest.mark.parametrize(
    ("who", "may"),
    [("adviser", True), ("colleague", True), ("agency_adviser", False), ("other_adviser", False), ("pilot", False)],
)
def test_the_structure_hands_over_and_nobody_else(request, adviser, colleague, garage, who, may):
    referral = journey.sent(adviser, garage).referral
    by = actor(request.getfixturevalue(who))
    if may:
        transitions.hand_to_colleague(referral, to=colleague, by=by)
    else:
        with pytest.raises(PermissionDenied):
            transitions.hand_to_colleague(referral, to=colleague, by=by)


@pytest.mark.parametrize("to", ["other_adviser", "agency_adviser", "pilot"])
def test_only_someone_who_sees_the_case_gets_it(request, adviser, to):
    referral = journey.draft(adviser)
    with pytest.raises(Refused, match="ne voit pas ce dossier"):
        transitions.hand_to_colleague(referral, to=request.getfixturevalue(to), by=actor(adviser))


def test_an_agencys_case_passes_to_the_head_office(agency_adviser, adviser):
    referral = journey.draft(agency_adviser)
    transitions.hand_to_colleague(referral, to=adviser, by=actor(agency_adviser))
    assert journey.fresh(referral).adviser == adviser


def test_an_ended_case_has_nothing_to_hand_over(as_adviser, adviser, colleague, workshop):
    referral = journey.completed(adviser, workshop).referral
    page = text_of(as_adviser.get(url("hand_one", referral.uid), follow=True))
    assert "il n’y a plus rien à suivre" in page
    assert url("hand_one", referral.uid) not in page


def test_some_or_all_of_ones_cases_pass_in_one_go(as_adviser, adviser, colleague):
    rows = [journey.draft(adviser, first_name=name) for name in ("Une", "Deux", "Trois")]
    as_adviser.post(MANY, {"dossier": [rows[0].uid], "to": colleague.uid})
    assert [journey.fresh(row).adviser for row in rows] == [colleague, adviser, adviser]
    page = text_of(as_adviser.post(MANY, {"tous": "oui", "to": colleague.uid}, follow=True))
    assert "2 dossiers sont confiés à Zoé Martin." in page
    assert {journey.fresh(row).adviser for row in rows} == {colleague}


def test_nothing_ticked_is_told_and_what_was_ticked_is_kept(as_adviser, adviser, colleague):
    row = journey.draft(adviser)
    response = as_adviser.post(MANY, {"to": colleague.uid})
    assert response.status_code == 422
    assert "Cochez au moins un dossier" in text_of(response)
    response = as_adviser.post(MANY, {"dossier": [row.uid], "to": ""})
    assert response.status_code == 422
    assert "checked" in text_of(response)
    assert journey.fresh(row).adviser == adviser


def test_a_case_of_someone_else_is_not_slipped_in(as_adviser, adviser, colleague, other_adviser):
    mine, hers, theirs = journey.draft(adviser), journey.draft(colleague), journey.draft(other_adviser)
    as_adviser.post(MANY, {"dossier": [mine.uid, hers.uid, theirs.uid], "to": colleague.uid})
    assert journey.fresh(theirs).adviser == other_adviser
    assert not LogEntry.objects.of_referral(hers).of_verb("hand_to_colleague").exists()


def test_when_someone_leaves_nothing_is_lost(as_colleague, adviser, colleague, administrator):
    referral = journey.draft(adviser)
    actions.end_membership(adviser, by=actor(administrator))
    assert "Nadia Benali" in text_of(as_colleague.get("/bureau/"))
    page = text_of(as_colleague.get(TEAM))
    assert "1 dossier que plus personne ne suit" in page
    assert "Ne travaille plus ici" in text_of(as_colleague.get(url("case", referral.uid)))
    as_colleague.post(f"{MANY}?de=personne", {"tous": "oui", "to": colleague.uid})
    assert journey.fresh(referral).adviser == colleague
    assert "plus personne ne suit" not in text_of(as_colleague.get(TEAM))


def test_a_colleagues_cases_are_handed_on_before_she_leaves(as_adviser, adviser, colleague):
    referral = journey.draft(colleague)
    page = text_of(as_adviser.get(MANY, {"de": colleague.uid}))
    assert "Confier les dossiers de Zoé Martin" in page
    as_adviser.post(f"{MANY}?de={colleague.uid}", {"tous": "oui", "to": adviser.uid})
    assert journey.fresh(referral).adviser == adviser


@pytest.mark.parametrize("asked", ["nobody", "1", "../..", ""])
def test_an_address_that_was_made_up_shows_nobodys_cases(as_adviser, colleague, asked):
    assert as_adviser.get(MANY, {"de": asked}).status_code == (200 if asked == "" else 404)


def test_the_head_office_sees_its_agencies_people(as_adviser, agency_adviser):
    journey.draft(agency_adviser)
    page = text_of(as_adviser.get(TEAM))
    assert "Ben Moreau" in page
    assert "1 dossier en cours" in page


def test_the_team_costs_the_same_whatever_its_size(as_adviser, adviser, colleague, django_assert_max_num_queries):
    journey.draft(adviser)
    with django_assert_max_num_queries(12) as few:
        as_adviser.get(TEAM)
    away(adviser, colleague)
    for number in range(5):
        journey.draft(colleague, first_name=f"N{number}")
    with django_assert_max_num_queries(12) as many:
        as_adviser.get(TEAM)
    assert len(many) == len(few)
    with django_assert_max_num_queries(12):
        as_adviser.get(MANY, {"de": colleague.uid})


def test_a_colleague_who_is_away_says_so_in_the_choice(as_adviser, adviser, colleague):
    referral = journey.draft(adviser)
    away(colleague, adviser)
    assert "Zoé Martin, Wimoov (absence jusqu’au" in text_of(as_adviser.get(url("hand_one", referral.uid)))


def test_memberships_of_agencies_are_colleagues_of_the_head_office(adviser, agency_adviser, other_adviser):
    seen = set(Membership.objects.visible_to(actor(adviser)))
    assert agency_adviser in seen
    assert other_adviser not in seen
    assert adviser not in set(Membership.objects.visible_to(actor(agency_adviser)))
