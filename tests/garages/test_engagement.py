"""What binds a garage: confirmations, another owner, the charter, what was agreed; and the history of all this."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from garages import actions, reading
from garages.actions import CharterFacts, TermsFacts
from garages.models import Garage, Term
from mobiliz.accounts.actors import SYSTEM
from mobiliz.lib import clock
from mobiliz.lib.refusals import Refused
from mobiliz.lib.seen import Overtaken, fingerprint
from tests import cast
from tests.factories.garages import ContactFactory, GarageFactory
from tests.garages.test_actions import _contact_facts, _facts


def _again(garage):
    return Garage.objects.for_page().get(pk=garage.pk)


def _days(count):
    return timedelta(days=count)


# --- confirmed ------------------------------------------------------------------------------------------------
def test_who_confirms_a_page_confirms_whom_to_call_too(pilot, garage):
    contact, gone = ContactFactory(garage=garage), ContactFactory(garage=garage, rank=2, ended_on=date(2024, 1, 2))
    actions.confirm_garage(garage, by=cast.actor(pilot))
    for row in (_again(garage), garage.contacts.get(pk=contact.pk)):
        assert (row.confirmed_on, row.confirmed_by) == (clock.today(), pilot)
    assert garage.contacts.get(pk=gone.pk).confirmed_on is None


def test_a_contact_is_confirmed_alone(owner, garage):
    contact, other = ContactFactory(garage=garage), ContactFactory(garage=garage, rank=2)
    actions.confirm_contact(contact, by=cast.actor(owner))
    contact.refresh_from_db()
    other.refresh_from_db()
    assert (contact.confirmed_by, other.confirmed_by) == (owner, None)


@pytest.mark.parametrize(("days", "is_stale"), [(0, False), (365, False), (366, True), (None, True)])
def test_a_page_is_to_be_confirmed_again_after_a_year(garage, days, is_stale):
    with clock.moved_to(clock.now().replace(year=2026, month=7, day=2)):
        Garage.objects.update(confirmed_on=None if days is None else clock.today() - _days(days))
        assert _again(garage).freshness.is_stale is is_stale
        assert Garage.objects.to_be_confirmed().exists() is is_stale


def test_a_garage_that_left_is_not_confirmed(pilot):
    closed = GarageFactory(status="closed")
    for verb in (actions.confirm_garage, actions.confirm_engagement):
        with pytest.raises(Refused, match="sorti du réseau"):
            verb(closed, by=cast.actor(pilot))


# --- another owner --------------------------------------------------------------------------------------------
def test_another_owner_inherits_an_engagement_that_is_to_be_confirmed(pilot, garage):
    by, on = cast.actor(pilot), clock.today() - _days(10)
    actions.confirm_engagement(garage, by=by)
    ContactFactory(garage=garage, confirmed_on=clock.today() - _days(30))
    ContactFactory(garage=garage, rank=2, confirmed_on=clock.today())
    actions.note_owner_change(garage, on=on, owner="Nadège Fournier", by=by)
    page = reading.page_of(_again(garage), by)
    assert (page["engagement"].is_stale, page["engagement"].on) == (True, None)
    assert page["owner_change"].owner == "Nadège Fournier"
    # a line given under the owner before may have changed with him
    assert [contact.age.is_stale for contact in page["contacts"]] == [True, False]
    actions.confirm_engagement(garage, by=by)
    assert not reading.page_of(_again(garage), by)["engagement"].is_stale


@pytest.mark.parametrize(
    ("days", "says"), [(-1, "un jour passé"), (20000, "après ce jour-là"), (10, "est déjà noté ce jour-là")]
)
def test_a_change_of_owner_that_makes_no_sense_is_refused(pilot, garage, days, says):
    by = cast.actor(pilot)
    actions.note_owner_change(garage, on=clock.today() - _days(10), by=by)
    with pytest.raises(Refused, match=says) as refused:
        actions.note_owner_change(garage, on=clock.today() - _days(days), by=by)
    assert refused.value.field == "on"


@pytest.mark.parametrize(("how", "is_engaged"), [("own_wish", True), ("inherited", False)])
def test_who_inherits_has_promised_nothing_yet(pilot, how, is_engaged):
    made = actions.register_garage(_facts(joined_how=how), by=cast.actor(pilot))
    assert (made.engaged_on is not None) is is_engaged


# --- the charter ----------------------------------------------------------------------------------------------
def test_a_charter_counts_once_both_sides_have_signed(pilot, garage):
    by = cast.actor(pilot)
    half = actions.sign_charter(garage, CharterFacts(version="2", garage_signed_on=date(2024, 5, 6)), by=by)
    assert not half.is_signed
    whole = CharterFacts(version="2", garage_signed_on=date(2024, 5, 6), programme_signed_on=date(2024, 5, 10))
    assert actions.sign_charter(garage, whole, by=by).is_signed
    actions.sign_charter(garage, CharterFacts(version="3", programme_signed_on=date(2025, 1, 6)), by=by)
    assert [charter.version for charter in garage.charters.latest_first()] == ["3", "2"]


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        (CharterFacts(version="2"), "au moins une des deux"),
        (CharterFacts(version="2", garage_signed_on=date(2199, 1, 1)), "un jour passé"),
    ],
)
def test_a_charter_that_nobody_signed_is_none(pilot, garage, facts, says):
    with pytest.raises(Refused, match=says) as refused:
        actions.sign_charter(garage, facts, by=cast.actor(pilot))
    assert refused.value.field == "garage_signed_on"


# --- what was agreed ------------------------------------------------------------------------------------------
def _agree(garage, by, days=0, **terms):
    return actions.agree_terms(
        garage, TermsFacts(**terms), on=clock.today() - _days(days), agreed_with="Karim Benali", by=cast.actor(by)
    )


def test_what_was_agreed_is_a_line_for_each_thing(pilot, garage):
    _agree(garage, pilot, instalments="yes", instalments_max=3, reused_parts="yes", courtesy_car="no")
    terms = reading.terms_of(garage)
    assert [one.sentence for one in terms.in_force] == [
        "Paiement en 3 fois au plus, sans frais",
        "Pièces de réemploi d’abord",
        "Ne prête pas de voiture",
    ]
    assert (terms.past, terms.unspoken) == ([], [])
    assert {(one.term.agreed_with, one.term.noted_by) for one in terms.in_force} == {("Karim Benali", pilot)}


def test_what_does_not_change_keeps_the_day_on_which_it_was_agreed(pilot, garage):
    _agree(garage, pilot, days=100, instalments="yes", instalments_max=3, reused_parts="yes")
    made = _agree(garage, pilot, instalments="yes", instalments_max=4, reused_parts="yes", other="Diagnostic gratuit")
    assert {term.kind for term in made} == {"instalments", "other"}
    terms = reading.terms_of(garage)
    assert [(one.term.kind, one.term.agreed_on) for one in terms.in_force] == [
        ("instalments", clock.today()),
        ("reused_parts", clock.today() - _days(100)),
        ("other", clock.today()),
    ]
    assert [(one.sentence, one.term.ended_on) for one in terms.past] == [
        ("Paiement en 3 fois au plus, sans frais", clock.today())
    ]
    assert terms.unspoken == ["voiture de prêt"]


def test_what_is_no_longer_agreed_ends(pilot, garage):
    _agree(garage, pilot, days=3, courtesy_car="yes")
    _agree(garage, pilot)
    terms = reading.terms_of(garage)
    assert (terms.in_force, len(terms.past)) == ([], 1)


def test_an_agreement_is_not_older_than_the_one_that_it_replaces(pilot, garage):
    _agree(garage, pilot, days=3, courtesy_car="yes")
    with pytest.raises(Refused, match="Le dernier accord date du") as refused:
        _agree(garage, pilot, days=4, courtesy_car="no")
    assert refused.value.field == "on"
    assert Term.objects.get().answer == "yes"


@pytest.mark.parametrize(
    "line",
    [
        {"kind": "instalments", "answer": "yes"},
        {"kind": "instalments", "answer": "no", "instalments": 3},
        {"kind": "instalments", "answer": "yes", "instalments": 1},
        {"kind": "instalments", "answer": "yes", "instalments": 13},
        {"kind": "courtesy_car", "answer": "yes", "instalments": 3},
        {"kind": "courtesy_car", "answer": "conditional"},
        {"kind": "other", "answer": "yes"},
        {"kind": "courtesy_car", "answer": "yes", "ended_on": date(2020, 1, 1)},
    ],
)
def test_the_database_refuses_terms_that_make_no_sense(garage, line):
    with pytest.raises(IntegrityError), transaction.atomic():
        Term.objects.create(garage=garage, agreed_on=date(2024, 1, 1), **line)


def test_the_database_keeps_one_term_of_a_kind_in_force(garage):
    line = {"garage": garage, "kind": "courtesy_car", "answer": "yes", "agreed_on": date(2024, 1, 1)}
    Term.objects.create(**line)
    Term.objects.create(**line, ended_on=date(2024, 2, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Term.objects.create(**line)


# --- two at once ----------------------------------------------------------------------------------------------
def test_who_saves_second_is_told_and_overwrites_nothing(pilot, regional_pilot, garage):
    seen = fingerprint(actions.facts_of(_again(garage)))
    actions.update_garage(garage, _facts(name="Premier"), seen=seen, by=cast.actor(pilot))
    with pytest.raises(Overtaken) as overtaken:
        actions.update_garage(garage, _facts(name="Second"), seen=seen, by=cast.actor(regional_pilot))
    assert (_again(garage).name, overtaken.value.recorded.name) == ("Premier", "Premier")
    again = fingerprint(overtaken.value.recorded)
    actions.update_garage(garage, _facts(name="Second"), seen=again, by=cast.actor(regional_pilot))
    assert _again(garage).name == "Second"


def test_what_others_change_elsewhere_on_the_page_is_not_in_the_way(pilot, garage):
    by, seen = cast.actor(pilot), fingerprint(actions.facts_of(_again(garage)))
    actions.confirm_garage(garage, by=by)
    _agree(garage, pilot, courtesy_car="yes")
    actions.update_garage(garage, _facts(), seen=seen, by=by)


# --- the history ----------------------------------------------------------------------------------------------
def test_each_change_is_kept_with_its_author_and_what_was_there_before(pilot, owner, garage):
    contact = ContactFactory(garage=garage, first_name="Karim", last_name="Benali", phone="+33612345678")
    actions.update_contact(contact, _contact_facts(phone="+33699887766"), by=cast.actor(pilot))
    with clock.moved_to(clock.now() + _days(1)):
        actions.update_garage(garage, _facts(weekly_cap=5, joined_on=garage.joined_on), by=cast.actor(pilot))
        actions.confirm_garage(garage, by=cast.actor(owner))
    told = [(one.by, one.row, {field.label: field[1:] for field in one.fields}) for one in reading.changes_of(garage)]
    _who, _row, fields = next(one for one in told if one[1] == "Karim Benali" and one[0] == "Hélène Caron")
    assert fields["Ligne directe"] == ("06 12 34 56 78", "06 99 88 77 66")
    who, _row, fields = next(one for one in told if "Réparations solidaires par semaine, au plus" in one[2])
    assert (who, fields["Réparations solidaires par semaine, au plus"]) == ("Hélène Caron", ("2", "5"))
    assert {who for who, _what, _fields in told} == {"Hélène Caron", "Marc Roux"}
    assert [one.at for one in reading.changes_of(garage)] == sorted(
        (one.at for one in reading.changes_of(garage)), reverse=True
    )


def test_what_is_changed_by_hand_is_kept_too(garage):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE garages_garage SET phone = '+33400000000' WHERE id = %s", [garage.pk])
    assert garage.past.get().phone == "+33477123456"


def test_what_changed_nothing_leaves_no_trace(garage):
    actions.update_garage(garage, actions.facts_of(_again(garage)), by=SYSTEM)
    assert not garage.past.exists()


def test_the_history_is_not_rewritten(pilot, garage):
    actions.confirm_garage(garage, by=cast.actor(pilot))
    with pytest.raises(Exception, match="Cannot update or delete"), transaction.atomic():
        garage.past.update(phone="")
