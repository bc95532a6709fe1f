"""The stage and the cast are what the tests believe."""

import pytest
from stdnum.fr import siret

from garages.models import Garage
from mobiliz.territory.models import Commune
from tests import cast
from tests.factories.garages import ContactFactory, GarageFactory, PriceScheduleFactory, VatRateFactory
from tests.factories.territory import COMMUNES


@pytest.mark.parametrize("name", cast.NAMES)
def test_each_of_the_cast_can_act_and_sign_in(name, member, client):
    person = member(name)
    assert cast.actor(person).user is not None
    assert cast.sign_in(client, person).session["_auth_user_id"]


def test_a_garage_is_active_unless_told_otherwise(db):
    GarageFactory(status="paused")
    active = GarageFactory()
    assert list(Garage.objects.active()) == [active]
    assert siret.is_valid(active.siret)


def test_a_garage_may_be_made_without_any_status(db):
    assert not GarageFactory(status="").statuses.exists()


def test_the_small_things_can_be_made(db):
    assert ContactFactory().pk
    assert PriceScheduleFactory().pk == PriceScheduleFactory().pk
    assert VatRateFactory().pk


@pytest.mark.django_db(transaction=True)
def test_the_stage_stands_in_tests_with_real_transactions():
    assert Commune.objects.count() == len(COMMUNES)


@pytest.mark.django_db(transaction=True)
def test_the_stage_stands_again_after_them():
    assert Commune.objects.count() == len(COMMUNES)
