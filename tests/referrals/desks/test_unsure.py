"""A pilot reads why a case waits: every reason in French with what is missing, on the desk and on the review."""

import re
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.urls import reverse

from eligibility.facts import REASON_SENTENCES, Reason, Value
from mobiliz.accounts.roles import Role
from mobiliz.lib import clock
from referrals.desks.unsure import IN_SHORT, doubts_of, in_short
from tests.factories import journey, ruling
from tests.factories.accounts import MembershipFactory, UserFactory

PAPER = {"leaf": "family_quotient_at_most", "needs_proof": True, "proof_max_age_days": 60, "limit_eur": "800"}
WORK = {"leaf": "needs_vehicle_for_work", "needs_proof": False, "proof_max_age_days": 90}


def text_of(response):
    assert response.status_code == 200
    main = response.content.decode().split("<main")[1].split("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


@pytest.mark.parametrize("reason", [one for one in Reason if one.condition is Value.UNKNOWN])
def test_every_reason_that_leads_to_a_pilot_has_its_few_words_and_its_sentence(reason):
    assert str(IN_SHORT[reason])[0].islower()
    assert REASON_SENTENCES[reason].endswith(".")


@contextmanager
def by_rule(pilot, definition):
    second = MembershipFactory(user=UserFactory(), role=Role.PILOT)
    ruling.approved(pilot, second, definition)
    with clock.moved_to(clock.now() + timedelta(days=ruling.SOON + 1)):
        yield


STUDENT = ("le seuil ne vaut pas pour son logement ou son territoire", "")
NO_INCOME = ("il manque une information", "le revenu disponible du foyer")
CASES = [
    # the rule; the household; each reason with what is missing
    (ruling.INCOME, {"dwelling": "student_alone"}, [STUDENT]),
    (ruling.INCOME, {"income": None}, [NO_INCOME]),
    (ruling.INCOME, {"income": "-1"}, [("le revenu disponible est négatif", "")]),
    (PAPER, {}, [("il manque une information", "le quotient familial")]),
    (
        ruling.EITHER,
        {"dwelling": "student_alone"},
        [STUDENT, ("il manque une information", "les minima sociaux reçus")],
    ),
    # what is known to be no is not asked for
    ({"op": "any", "of": [ruling.INCOME, WORK]}, {"income": "40000"}, [("il manque une information", None)]),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("definition", "household", "told"), CASES)
def test_each_reason_is_told_with_what_is_missing(adviser, pilot, definition, household, told):
    with by_rule(pilot, definition):
        referral = journey.assessed(adviser, **household)
        found = doubts_of(referral.assessment)
        assert referral.assessment.outcome == "needs_review"
    assert [one.what for one in found] == [what for what, _missing in told]
    for one, (what, missing) in zip(found, told, strict=True):
        assert missing is None or one.missing == missing
        assert what in in_short(referral)
        assert one.condition.endswith(".")


@pytest.mark.django_db
def test_a_yes_has_no_doubt(adviser):
    referral = journey.assessed(adviser)
    assert (doubts_of(referral.assessment), in_short(referral)) == ([], "")


@pytest.mark.django_db
def test_desk_and_review_say_them(as_pilot, adviser, django_assert_max_num_queries):
    referral = journey.in_review(adviser)
    assert "attend votre décision : le seuil ne vaut pas pour son logement" in text_of(as_pilot.get("/bureau/"))
    with django_assert_max_num_queries(12):
        page = text_of(as_pilot.get(reverse("review", args=[referral.uid])))
    assert "Le seuil ne vaut pas pour son logement ou son territoire." in page
    assert "La condition : Le revenu du foyer est en dessous du seuil de pauvreté" in page
    assert "Ce que le conseiller a lu : « Le seuil de l’INSEE ne vaut que" in page


# --- two working days, over a week-end and a day off --------------------------------------------------------
SENT_AND_DUE = [
    # sent at (UTC), due on, what stands on the day it is due, and on the next working day
    (datetime(2026, 11, 16, 9, tzinfo=UTC), "mercredi 18 novembre", (18, 19)),
    (datetime(2026, 11, 13, 9, tzinfo=UTC), "mardi 17 novembre", (17, 18)),  # a Friday
    (datetime(2026, 11, 13, 17, tzinfo=UTC), "mercredi 18 novembre", (18, 19)),  # after 17:00 there
    (datetime(2026, 11, 10, 9, tzinfo=UTC), "vendredi 13 novembre", (13, 16)),  # the 11th is a day off
]


@pytest.mark.django_db
@pytest.mark.parametrize(("sent_at", "due", "days"), SENT_AND_DUE)
def test_the_clock_of_two_working_days_stands_on_desk_and_review(as_pilot, adviser, sent_at, due, days):
    with clock.moved_to(sent_at):
        referral = journey.in_review(adviser)
    for day, said in zip(days, ("À décider avant ce soir", "En retard de 1 jour"), strict=True):
        with clock.moved_to(datetime(2026, 11, day, 10, tzinfo=UTC)):
            for address in ("/bureau/", reverse("review", args=[referral.uid])):
                page = text_of(as_pilot.get(address))
                assert said in page
                assert f"attendu le {due} au plus tard" in page
