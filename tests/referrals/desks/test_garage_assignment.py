"""One assignment on one page: what its garage sees, and each act by role, state and wrong input."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from eligibility.models import Assessment
from mobiliz.lib import clock
from referrals import actions, transitions
from referrals.models import LogEntry
from referrals.states import DeclineReason, Outcome, State
from tests.cast import actor, sign_in
from tests.factories import journey
from tests.factories.accounts import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def garage(garage):
    garage.weekly_cap = 50
    garage.save()
    return garage


@pytest.fixture
def waiting(adviser, garage):
    return journey.sent(adviser, garage, first_name="Nadia", last_name="Benali")


def _address(assignment):
    return reverse("assignment", args=[assignment.uid])


def _do(client, member, assignment, name, **typed):
    return sign_in(client, member).post(reverse("assignment_act", args=[assignment.uid, name]), typed)


def _page(client, member, assignment, status=200):
    answer = sign_in(client, member).get(_address(assignment))
    assert answer.status_code == status
    return answer.content.decode()


def _today():
    return f"{clock.today():%d/%m/%Y}"


# --- what it says -------------------------------------------------------------------------------------------
def test_a_workshop_that_never_heard_of_it_reads_who_what_and_how_much(client, adviser, workshop, waiting):
    html = _page(client, workshop, waiting)
    for said in [
        "Aline Dubois (Wimoov) vous envoie Nadia et sa voiture, Renault Clio 2015.",
        "06 12 34 56 78".replace(" ", "\u00a0"),
        "Renault Clio",
        "Elle chauffe dans les montées.",
        "Saint-Étienne",
        "tout près de vous",
        "Garage Renault Solidaire",
        "35,00\u00a0€\u00a0HT",
        "42,00\u00a0€\u00a0TTC",
    ]:
        assert said in html, said


def test_the_day_until_which_the_person_is_eligible_is_shown(client, workshop, waiting):
    from mobiliz.lib.templatetags.mobiliz import day_fr

    assert f"jusqu’au {day_fr(waiting.referral.assessment.valid_until)}" in _page(client, workshop, waiting)


def test_before_accepting_only_the_first_name(client, workshop, waiting):
    html = _page(client, workshop, waiting)
    assert "Nadia" in html
    for unsaid in ["Benali", "06\u00a039", "+33639981247", "DA-123-BC"]:
        assert unsaid not in html, unsaid


@pytest.mark.parametrize("name", ["workshop", "owner", "reception"])
def test_after_accepting_name_telephone_and_plate(client, member, adviser, workshop, name):
    html = _page(client, member(name), journey.accepted(adviser, workshop))
    for said in ["Nadia Benali", "06\u00a039\u00a098\u00a012\u00a047", "DA-123-BC"]:
        assert said in html, said


@pytest.mark.parametrize("step", ["accepted", "quoted", "agreed", "completed"])
def test_income_household_and_notes_are_never_shown(client, adviser, workshop, step):
    assignment = getattr(journey, step)(adviser, workshop)
    person = assignment.referral.beneficiary
    person.notes = {"text": "Note réservée au conseiller"}
    person.save()
    html = _page(client, workshop, assignment)
    for unsaid in ["14400", "14 400", "14\u202f400", "1986", "2018", "Note réservée", "1288", "1 288"]:
        assert unsaid not in html, unsaid


def test_what_the_adviser_wrote_when_closing_is_not_for_the_garage(client, adviser, workshop):
    assignment = journey.accepted(adviser, workshop)
    transitions.withdraw(assignment.referral, reason="Hospitalisée en psychiatrie", by=actor(adviser))
    html = _page(client, workshop, assignment)
    assert "psychiatrie" not in html
    assert "abandonnée" in html


def test_opening_it_at_the_garage_marks_it_seen_once(client, workshop, waiting):
    _page(client, workshop, waiting)
    first = journey.fresh(waiting).seen_at
    assert first is not None
    with clock.moved_to(clock.now() + timedelta(hours=1)):
        actions.mark_seen(journey.fresh(waiting), by=actor(workshop))
        actions.mark_seen(waiting, by=actor(workshop))
    assert journey.fresh(waiting).seen_at == first


@pytest.mark.parametrize("name", ["adviser", "pilot"])
def test_others_who_look_do_not_mark_it_seen(member, waiting, name):
    actions.mark_seen(waiting, by=actor(member(name)))
    assert journey.fresh(waiting).seen_at is None


# --- who may come -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("workshop", 200),
        ("owner", 200),
        ("reception", 200),
        ("other_garage_workshop", 404),
        ("other_adviser", 404),
        ("other_regional_pilot", 404),
        ("volunteer", 404),
        ("administrator", 404),
        ("stranger", 404),
        ("adviser", 403),
        ("pilot", 403),
        ("regional_pilot", 403),
    ],
)
def test_the_page_is_for_the_garage_that_is_asked(client, member, waiting, name, status):
    someone = member(name)
    assert sign_in(client, someone).get(_address(waiting)).status_code == status
    assert _do(client, someone, waiting, "accepter").status_code == (302 if status == 200 else status)


def test_an_act_opened_as_an_address_leads_back_to_the_page(client, workshop, waiting):
    answer = sign_in(client, workshop).get(reverse("assignment_act", args=[waiting.uid, "accepter"]))
    assert answer.headers["Location"] == _address(waiting)
    assert journey.fresh(waiting).accepted_at is None


def test_an_unknown_act_does_not_exist(client, workshop, waiting):
    assert _do(client, workshop, waiting, "detruire").status_code == 404


# --- acts by state ------------------------------------------------------------------------------------------
REASON = {"reason": "no_capacity", "comment": ""}
TYPED = {
    "accepter": dict,
    "decliner": lambda: REASON,
    "telephone": lambda: {"spoke_with": "Aline Dubois", "on": _today()},
    "rendre": lambda: REASON,
    "absence": lambda: {"already": "0"},
    "clore": lambda: {"reason": "Moteur cassé"},
    "devis-accepte": lambda: {"version": "1", "piec_choice": "wanted", "answered_on": _today()},
    "devis-refuse": lambda: {"version": "1", "reason": "Trop cher", "answered_on": _today()},
    "reparation": lambda: {"done_on": _today(), "final_total_incl_tax": "207,60", "mileage_km": "186 500"},
    "annuler": lambda: {"reason": "Rétractation"},
}
# step -> act -> state of the referral afterwards; every other act leaves it as it is
POSSIBLE = {
    "sent": {
        "accepter": State.ACCEPTED,
        "decliner": State.WAITING,
        "telephone": State.ACCEPTED,
        "clore": State.CLOSED,
    },
    "accepted": {"rendre": State.WAITING, "absence": State.ACCEPTED, "clore": State.CLOSED},
    "quoted": {
        "rendre": State.WAITING,
        "clore": State.CLOSED,
        "devis-accepte": State.AGREED,
        "devis-refuse": State.CLOSED,
    },
    "agreed": {"reparation": State.COMPLETED, "annuler": State.CLOSED, "clore": State.CLOSED},
    "completed": {},
}
STATES = {"sent": "waiting", "accepted": "accepted", "quoted": "quoted", "agreed": "agreed", "completed": "completed"}


def _at(step, adviser, workshop):
    if step == "sent":
        return journey.sent(adviser, journey.garage_of(workshop))
    return getattr(journey, step)(adviser, workshop)


@pytest.mark.parametrize("step", POSSIBLE)
@pytest.mark.parametrize("name", TYPED)
def test_every_act_in_every_state(client, adviser, workshop, reception, step, name):
    """What the table allows is done, by reception too; the rest is told in words, and nothing is written."""
    assignment = _at(step, adviser, workshop)
    before = LogEntry.objects.count()
    answer = _do(client, reception, assignment, name, **TYPED[name]())
    assert answer.status_code == 302
    after = POSSIBLE[step].get(name)
    assert journey.fresh(assignment).referral.state == (after or STATES[step])
    # a pilot is told where no other garage is left
    assert LogEntry.objects.exclude(verb="report_incident").count() == before + (1 if after else 0)
    if not after:
        told = client.get(answer.headers["Location"]).content.decode()
        assert "Déjà fait" in told


@pytest.mark.parametrize("step", POSSIBLE)
def test_the_page_offers_only_what_the_table_allows(client, adviser, workshop, step):
    html = _page(client, workshop, _at(step, adviser, workshop))
    for name in TYPED:
        if f"/actes/{name}/" in html:
            assert name in POSSIBLE[step], name


@pytest.mark.parametrize("name", [name for name in TYPED if name != "absence"])
def test_a_double_click_does_it_once_and_says_so(client, adviser, workshop, name):
    step = next(step for step, acts in POSSIBLE.items() if name in acts)
    assignment = _at(step, adviser, workshop)
    _do(client, workshop, assignment, name, **TYPED[name]())
    before = LogEntry.objects.count()
    answer = _do(client, workshop, assignment, name, **TYPED[name]())
    assert LogEntry.objects.count() == before
    told = client.get(answer.headers["Location"]).content.decode()
    assert "Déjà fait" in told
    assert "Sophie Faure (Garage de la Loire)" in told


def test_a_double_click_notes_one_absence_and_a_second_absence_closes(client, adviser, workshop):
    assignment = journey.accepted(adviser, workshop)
    _do(client, workshop, assignment, "absence", already="0")
    _do(client, workshop, assignment, "absence", already="0")
    assert journey.fresh(assignment).referral.state == "accepted"
    _do(client, workshop, assignment, "absence", already="1")
    assert journey.fresh(assignment).referral.outcome == Outcome.UNREACHABLE


def test_whoever_comes_second_is_told_who_was_first(client, workshop, owner, waiting):
    _do(client, owner, waiting, "accepter")
    answer = _do(client, workshop, waiting, "decliner", **REASON)
    told = client.get(answer.headers["Location"]).content.decode()
    assert "Déjà fait" in told
    assert "acceptée par Marc Roux (Garage de la Loire)" in told
    assert journey.fresh(waiting).referral.state == "accepted"


# --- wrong input --------------------------------------------------------------------------------------------
WRONG = [
    ("sent", "decliner", {"comment": "Essaie ailleurs"}, "Choisissez une raison", "Essaie ailleurs"),
    ("sent", "decliner", {"reason": "parce que"}, "Choisissez une raison dans la liste", ""),
    (
        "sent",
        "decliner",
        {"reason": "no_capacity", "comment": "2 69 05 49 588 157 80"},
        "Retirez le numéro de sécurité sociale",
        "2 69 05 49 588 157 80",
    ),
    ("sent", "telephone", {"spoke_with": "", "on": "12/03/2026"}, "Dites avec qui", "12/03/2026"),
    ("sent", "telephone", {"spoke_with": "Aline", "on": "31/02/2026"}, "n’existe pas", "31/02/2026"),
    ("sent", "telephone", {"spoke_with": "Aline", "on": "01/01/2020"}, "L’appel a eu lieu entre", "01/01/2020"),
    ("accepted", "rendre", {}, "Choisissez une raison", ""),
    ("accepted", "clore", {"reason": " "}, "Dites pourquoi", ""),
    ("quoted", "devis-accepte", {"version": "1", "answered_on": "x"}, "Notez ce que la personne souhaite", "x"),
    (
        "quoted",
        "devis-accepte",
        {"version": "1", "piec_choice": "wanted", "answered_on": "01/01/2199"},
        "ne peut pas être dans le futur",
        "01/01/2199",
    ),
    (
        "quoted",
        "devis-refuse",
        {"version": "1", "reason": "Trop cher", "answered_on": "01/01/2020"},
        "La réponse ne peut pas précéder le devis",
        "Trop cher",
    ),
    ("agreed", "reparation", {"done_on": "hier", "final_total_incl_tax": "200"}, "Écrivez la date comme", "hier"),
    ("agreed", "reparation", {"final_total_incl_tax": "deux cents"}, "seulement des chiffres", "deux cents"),
    ("agreed", "reparation", {"final_total_incl_tax": "-1"}, "ne peut pas être négatif", "-1"),
    (
        "agreed",
        "reparation",
        {"done_on": "TODAY", "final_total_incl_tax": "9 999,99"},
        "dépasse le devis accepté (207,60\u00a0€)",
        "9 999,99",
    ),
    (
        "agreed",
        "reparation",
        {"done_on": "TODAY", "final_total_incl_tax": "200", "mileage_km": "beaucoup"},
        "seulement des chiffres",
        "beaucoup",
    ),
    ("agreed", "annuler", {"reason": ""}, "Dites pourquoi", ""),
]


@pytest.mark.parametrize(("step", "name", "typed", "said", "kept"), WRONG)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(
    client, adviser, workshop, step, name, typed, said, kept
):
    assignment = _at(step, adviser, workshop)
    typed = {field: _today() if text == "TODAY" else text for field, text in typed.items()}
    answer = _do(client, workshop, assignment, name, **typed)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert said in html
    assert html.count(said) >= 2  # in the summary and beside the field
    assert kept in html
    assert f'id="{name}" open' in html
    assert journey.fresh(assignment).referral.state == STATES[step]


def test_an_answer_to_a_version_that_was_replaced_is_not_recorded(client, adviser, workshop):
    assignment = journey.quoted(adviser, workshop)
    transitions.supersede_quote(assignment, lines=journey.LINES, replaces=1, by=actor(workshop))
    answer = _do(client, workshop, assignment, "devis-accepte", **TYPED["devis-accepte"]())
    assert "une version 2 de ce devis a été émise" in client.get(answer.headers["Location"]).content.decode()
    assert journey.fresh(assignment).referral.state == "quoted"


def test_what_was_said_of_reused_parts_and_the_day_are_kept(client, adviser, workshop):
    assignment = journey.quoted(adviser, workshop)
    _do(client, workshop, assignment, "devis-accepte", version="1", piec_choice="declined", answered_on=_today())
    answer = assignment.quote.versions.get().answer
    assert (answer.piec_choice, answer.channel, answer.answered_on) == ("declined", "paper", clock.today())


def test_a_declined_supplement_leaves_what_was_agreed_before(client, adviser, workshop):
    assignment = journey.agreed(adviser, workshop)
    transitions.supplement(assignment, lines=journey.LINES * 2, replaces=1, by=actor(workshop))
    html = _page(client, workshop, assignment)
    assert "Version acceptée auparavant" in html
    _do(client, workshop, assignment, "devis-refuse", version="2", reason="Trop cher", answered_on=_today())
    assert journey.fresh(assignment).referral.state == "agreed"


# --- after a hand-over --------------------------------------------------------------------------------------
def _later(adviser, other_garage_workshop, assignment):
    """The referral goes on elsewhere, where everything is said that the first garage must not read."""
    referral, elsewhere = journey.fresh(assignment.referral), journey.garage_of(other_garage_workshop)
    put = transitions.send if referral.state == State.DRAFT else transitions.assign
    new = put(referral, garage=elsewhere, choice_reason="Plus près du travail", by=actor(adviser))
    transitions.accept(new, by=actor(other_garage_workshop))
    transitions.issue_quote(new, lines=journey.LINES[:1], by=actor(other_garage_workshop))
    return new


def _declined(adviser, workshop):
    return journey.declined(adviser, workshop)


def _lapsed(adviser, workshop):
    from mobiliz.accounts.actors import SYSTEM

    assignment = journey.sent(adviser, journey.garage_of(workshop))
    transitions.lapse(assignment, by=SYSTEM)
    return assignment


def _unsent(adviser, workshop):
    assignment = journey.sent(adviser, journey.garage_of(workshop))
    transitions.unsend(assignment.referral, by=actor(adviser))
    return assignment


def _given_back(adviser, workshop):
    assignment = journey.quoted(adviser, workshop)
    transitions.give_back(assignment, reason=DeclineReason.NO_CAPACITY, by=actor(workshop), comment="Pont en panne")
    return assignment


def _closed_then_reopened(adviser, workshop):
    assignment = journey.quoted(adviser, workshop)
    transitions.withdraw(assignment.referral, reason="Hésite", by=actor(adviser))
    transitions.reopen(journey.fresh(assignment.referral), by=actor(adviser))
    return assignment


@pytest.mark.parametrize("handed_over", [_declined, _lapsed, _unsent, _given_back, _closed_then_reopened])
def test_after_a_hand_over_nothing_of_the_person_and_nothing_newer(
    client, adviser, workshop, other_garage_workshop, handed_over
):
    assignment = journey.fresh(handed_over(adviser, workshop))
    _later(adviser, other_garage_workshop, assignment)
    pages = [_page(client, workshop, assignment), _page_of(client, "/affectations/"), _page_of(client, "/bureau/")]
    if hasattr(assignment, "quote"):
        pages.append(_page_of(client, reverse("quote", args=[assignment.quote.uid])))
    later = ["Garage de la Creuse", "Plus près du travail", "Paul Henry", "devis proposé", "75,60"]
    for html in pages:
        for unsaid in ["Nadia", "Benali", "DA-123-BC", "06\u00a039", "+33639981247", "chauffe", "Clio", *later]:
            assert unsaid not in html, unsaid


def _page_of(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_after_a_hand_over_its_own_answer_and_quote_remain(client, adviser, workshop, other_garage_workshop):
    assignment = journey.fresh(_given_back(adviser, workshop))
    html = _page(client, workshop, assignment)
    for said in ["Pont en panne", "pas de place en ce moment", assignment.quote.number, "207,60\u00a0€"]:
        assert said in html, said
    assert "/actes/" not in html


def test_a_closed_case_keeps_its_page_while_nothing_newer_happened(client, adviser, workshop):
    assignment = journey.quoted(adviser, workshop)
    _do(client, workshop, assignment, "devis-refuse", **TYPED["devis-refuse"]())
    html = _page(client, workshop, assignment)
    assert "Nadia Benali" in html
    assert "devis refusé" in html
    assert "/actes/" not in html


# --- expiry, queries ----------------------------------------------------------------------------------------
def test_an_expired_eligibility_is_said_with_whom_to_call(client, adviser, workshop):
    assignment = journey.accepted(adviser, workshop)
    with clock.moved_to(clock.now() + timedelta(days=181)):
        html = _page(client, workshop, assignment)
    assert "L’éligibilité a expiré" in html
    assert "06\u00a012\u00a034\u00a056\u00a078" in html


def test_what_a_system_has_sent_names_the_structure(client, workshop, waiting):
    type(waiting.referral).objects.filter(pk=waiting.referral_id).update(adviser=None)
    assert "Wimoov vous envoie" in _page(client, workshop, waiting)


def test_without_a_direct_line_the_structure_is_called(client, adviser, workshop, structure, waiting):
    structure.phone = "+33155667788"
    structure.save()
    adviser.phone = ""
    adviser.save()
    assert "01\u00a055\u00a066\u00a077\u00a088" in _page(client, workshop, waiting)


@pytest.mark.parametrize("step", POSSIBLE)
def test_the_page_takes_few_queries(client, adviser, workshop, step, django_assert_max_num_queries):
    assignment = _at(step, adviser, workshop)
    _page(client, workshop, assignment)
    with django_assert_max_num_queries(12):
        client.get(_address(assignment))


def test_the_page_of_a_long_story_takes_no_more(client, adviser, workshop, django_assert_max_num_queries):
    assignment = journey.quoted(adviser, workshop)
    for replaced in range(1, 8):
        transitions.supersede_quote(assignment, lines=journey.LINES, replaces=replaced, by=actor(workshop))
    _page(client, workshop, assignment)
    with django_assert_max_num_queries(12):
        client.get(_address(assignment))


def test_someone_who_left_the_garage_sees_nothing(client, workshop, waiting, garage):
    gone = MembershipFactory(role="garage_workshop", organisation=garage.organisation, ended_on=date(2024, 6, 1))
    client.force_login(gone.user)
    assert client.get(_address(waiting)).status_code == 404


def test_the_assessment_is_never_decrypted_for_a_garage(client, workshop, waiting, monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("income was read")

    for name in ("facts", "trace"):
        monkeypatch.setattr(Assessment._meta.get_field(name), "from_db_value", refuse, raising=False)
    with pytest.raises(AssertionError):
        Assessment.objects.get(pk=waiting.referral.assessment_id)
    _page(client, workshop, waiting)
