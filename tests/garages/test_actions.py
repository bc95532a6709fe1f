"""The verbs of the directory of garages."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from garages import actions
from garages.actions import ContactFacts, GarageFacts
from garages.models import Contact, DistributionGroup, Garage, Status
from mobiliz.accounts.actors import SYSTEM
from mobiliz.accounts.models import Organisation
from mobiliz.lib import clock
from mobiliz.lib.refusals import Refused
from tests import cast
from tests.factories.garages import ContactFactory, siret
from tests.factories.territory import commune

SIRET = siret(1)


def _facts(**changed):
    return GarageFacts(
        **{
            "name": "Garage du Furan",
            "level": "RA2",
            "siret": SIRET,
            "address": "3 rue du Mont",
            "commune": commune("42218"),
            "joined_on": date(2020, 5, 4),
            "joined_how": "own_wish",
        }
        | changed
    )


def _contact_facts(**changed):
    facts = {"first_name": "Karim", "last_name": "Benali", "function": "workshop", "phone": "+33612345678"}
    return ContactFacts(**facts | changed)


def _ranks(garage):
    return [(contact.rank, contact.last_name) for contact in garage.contacts.current().order_by("rank")]


# --- register and correct ---------------------------------------------------------------------------------
def test_a_garage_enters_with_its_organisation_and_its_first_status(pilot):
    garage = actions.register_garage(_facts(), by=cast.actor(pilot))
    line = garage.statuses.get()
    assert (garage.organisation.kind, garage.organisation.name) == ("garage", "Garage du Furan")
    assert (line.status, line.from_on, line.until_on, line.set_by) == ("active", date(2020, 5, 4), None, pilot)
    assert garage.search_name == "garage du furan saint etienne"
    assert garage.postcode == "42000"


def test_it_stands_where_its_commune_does_unless_its_position_is_known(pilot):
    by = cast.actor(pilot)
    default = actions.register_garage(_facts(), by=by)
    exact = actions.register_garage(_facts(siret=siret(2), latitude=45.43, longitude=4.41), by=by)
    assert (default.latitude, default.longitude) == (45.4396, 4.3875)
    assert (exact.latitude, exact.longitude) == (45.43, 4.41)


def test_a_position_far_from_its_commune_is_refused(pilot):
    with pytest.raises(Refused, match=r"Cette position est à \d+ km de Saint-Étienne") as refused:
        actions.register_garage(_facts(latitude=4.41, longitude=45.43), by=cast.actor(pilot))
    assert refused.value.field == "latitude"
    assert not Organisation.objects.filter(kind="garage").exists()


def test_a_siret_is_had_by_one_garage_which_is_named(pilot, garage):
    with pytest.raises(Refused) as refused:
        actions.register_garage(_facts(siret=garage.siret), by=cast.actor(pilot))
    assert refused.value.message == "Ce SIRET est déjà celui du garage « Garage de la Loire », à Saint-Étienne."
    assert refused.value.field == "siret"
    assert Organisation.objects.filter(kind="garage").count() == 1


def test_a_regional_pilot_registers_and_moves_only_within_the_region(regional_pilot, garage):
    by = cast.actor(regional_pilot)
    actions.register_garage(_facts(), by=by)
    for refused_act in (
        lambda: actions.register_garage(_facts(siret=siret(2), commune=commune("23096")), by=by),
        lambda: actions.update_garage(garage, _facts(siret=siret(3), commune=commune("23096")), by=by),
    ):
        with pytest.raises(Refused, match="n’est pas dans votre région") as refused:
            refused_act()
        assert refused.value.field == "commune"


def test_the_system_registers_anywhere(db):
    assert actions.register_garage(_facts(commune=commune("97411")), by=SYSTEM).statuses.get().set_by is None


def test_a_group_is_found_whatever_its_capitals(pilot):
    by = cast.actor(pilot)
    first = actions.register_garage(_facts(group="Groupe  Maurin"), by=by)
    second = actions.register_garage(_facts(siret=siret(2), group="GROUPE MAURIN"), by=by)
    assert first.group == second.group
    assert DistributionGroup.objects.get().name == "Groupe Maurin"


def test_correcting_keeps_organisation_and_search_name_in_step(pilot, garage):
    before = garage.updated_at
    actions.update_garage(garage, _facts(name="Atelier Denis", commune=commune("42207")), by=cast.actor(pilot))
    garage.refresh_from_db()
    assert garage.organisation.name == "Atelier Denis"
    assert garage.search_name == "atelier denis saint chamond"
    assert (garage.latitude, garage.postcode) == (45.4766, "42400")
    assert garage.updated_at > before
    assert garage.statuses.count() == 1


def test_a_corrected_siret_is_not_that_of_another(pilot, garage, other_garage):
    with pytest.raises(Refused, match="Garage de la Creuse"):
        actions.update_garage(garage, _facts(siret=other_garage.siret), by=cast.actor(pilot))
    garage.refresh_from_db()
    assert garage.name == "Garage de la Loire"


# --- status -----------------------------------------------------------------------------------------------
def test_a_pause_closes_one_line_and_opens_another(pilot, garage):
    before, on = garage.updated_at, clock.today() - timedelta(days=2)
    actions.change_status(garage, Status.PAUSED, on=on, reason="travaux", by=cast.actor(pilot))
    lines = list(garage.statuses.all())
    assert [(line.status, line.until_on) for line in lines] == [("active", on), ("paused", None)]
    assert (lines[1].from_on, lines[1].reason, lines[1].set_by) == (on, "travaux", pilot)
    assert Garage.objects.get(pk=garage.pk).updated_at > before


def test_a_status_may_change_twice_in_a_day(pilot, garage):
    today, by = clock.today(), cast.actor(pilot)
    actions.change_status(garage, Status.PAUSED, on=today, reason="erreur", by=by)
    actions.change_status(garage, Status.ACTIVE, on=today, by=by)
    assert [line.status for line in garage.statuses.all()] == ["active", "paused", "active"]
    assert Garage.objects.with_status().get(pk=garage.pk).standing == Status.ACTIVE


@pytest.mark.parametrize(
    ("status", "days", "says", "field"),
    [
        (Status.ACTIVE, 0, "Ce garage est déjà « actif » depuis le", "status"),
        (Status.PAUSED, 1, "Choisissez aujourd’hui ou un jour passé.", "on"),
        (Status.CLOSED, -20000, "Le statut actuel date du", "on"),
    ],
)
def test_a_status_that_makes_no_sense_is_refused(pilot, garage, status, days, says, field):
    with pytest.raises(Refused, match=says) as refused:
        actions.change_status(garage, status, on=clock.today() + timedelta(days=days), by=cast.actor(pilot))
    assert refused.value.field == field
    assert garage.statuses.count() == 1


def test_a_garage_that_closes_only_changes_its_status(pilot, garage):
    contact = ContactFactory(garage=garage)
    actions.change_status(garage, Status.CLOSED, on=clock.today(), reason="retraite", by=cast.actor(pilot))
    contact.refresh_from_db()
    assert contact.ended_on is None


# --- contacts ---------------------------------------------------------------------------------------------
def test_who_is_added_is_called_after_the_others(pilot, garage):
    for name in ("Un", "Deux", "Trois"):
        actions.add_contact(garage, _contact_facts(last_name=name), by=cast.actor(pilot))
    assert _ranks(garage) == [(1, "Un"), (2, "Deux"), (3, "Trois")]
    assert garage.contacts.first().confirmed_on == clock.today()


@pytest.mark.parametrize(
    ("moved", "order"),
    [("Un", ["Un", "Deux", "Trois"]), ("Deux", ["Deux", "Un", "Trois"]), ("Trois", ["Un", "Trois", "Deux"])],
)
def test_one_may_be_called_before_the_one_before(pilot, garage, moved, order):
    made = {
        name: ContactFactory(garage=garage, last_name=name, rank=rank)
        for rank, name in enumerate(("Un", "Deux", "Trois"), 1)
    }
    actions.move_contact_up(made[moved], by=cast.actor(pilot))
    assert _ranks(garage) == list(enumerate(order, start=1))


def test_who_leaves_makes_room(pilot, garage):
    first, _, _ = (
        ContactFactory(garage=garage, last_name=name, rank=rank)
        for rank, name in ((1, "Un"), (2, "Deux"), (4, "Quatre"))
    )
    actions.end_contact(first, on=clock.today(), by=cast.actor(pilot))
    assert _ranks(garage) == [(1, "Deux"), (2, "Quatre")]
    first.refresh_from_db()
    assert first.ended_on == clock.today()


def test_a_rank_left_free_is_filled_before_one_is_added(pilot, garage):
    ContactFactory(garage=garage, last_name="Deux", rank=2)
    actions.add_contact(garage, _contact_facts(last_name="Nouveau"), by=cast.actor(pilot))
    assert _ranks(garage) == [(1, "Deux"), (2, "Nouveau")]


def test_a_contact_is_corrected_and_confirmed(pilot, garage):
    contact = ContactFactory(garage=garage)
    actions.update_contact(contact, _contact_facts(phone="+33699887766"), by=cast.actor(pilot))
    contact.refresh_from_db()
    assert (contact.first_name, contact.phone, contact.confirmed_on) == ("Karim", "+33699887766", clock.today())


def _gone(garage):
    return ContactFactory(garage=garage, rank=5, ended_on=date(2024, 1, 2))


@pytest.mark.parametrize(
    ("act", "says"),
    [
        (lambda garage, by: actions.add_contact(garage, _contact_facts(first_name=" KARIM "), by=by), "déjà parmi"),
        (lambda garage, by: actions.update_contact(_gone(garage), _contact_facts(), by=by), "est déjà noté"),
        (
            lambda garage, by: actions.end_contact(_gone(garage), on=clock.today(), by=by),
            "est déjà noté, au 2 janvier 2024",
        ),
        (lambda garage, by: actions.move_contact_up(_gone(garage), by=by), "est déjà noté"),
        (
            lambda garage, by: actions.end_contact(
                garage.contacts.first(), on=clock.today() + timedelta(days=1), by=by
            ),
            "un jour passé",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(pilot, garage, act, says):
    ContactFactory(garage=garage, first_name="Karim", last_name="Benali")
    with pytest.raises(Refused, match=says.replace(" ", r"\s")):
        act(garage, cast.actor(pilot))
    assert _ranks(garage) == [(1, "Benali")]


def test_a_garage_has_at_most_nine_contacts(pilot, garage):
    for rank in range(1, 10):
        ContactFactory(garage=garage, rank=rank)
    with pytest.raises(Refused, match="au plus neuf"):
        actions.add_contact(garage, _contact_facts(), by=cast.actor(pilot))


def test_a_closed_garage_gets_no_new_contact(pilot, garage):
    garage.statuses.update(status=Status.CLOSED)
    with pytest.raises(Refused, match="Ce garage est sorti du réseau"):
        actions.add_contact(garage, _contact_facts(), by=cast.actor(pilot))


def test_the_database_keeps_two_from_the_same_rank(garage):
    ContactFactory(garage=garage, rank=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactFactory(garage=garage, rank=1)
    ContactFactory(garage=garage, rank=1, ended_on=date(2024, 1, 1))
    assert Contact.objects.count() == 2
