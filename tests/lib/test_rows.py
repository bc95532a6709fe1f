"""Rows of another table, read with the row that they belong to."""

import pytest
from django.db.models import OuterRef

from garages.models import Contact, Garage
from mobiliz.lib.rows import RowsOf
from referrals.models import Consent, Photo, Referral
from tests.factories import journey
from tests.factories.garages import ContactFactory, GarageFactory

pytestmark = pytest.mark.django_db


def with_contacts():
    of_garage = Contact.objects.filter(garage=OuterRef("pk")).order_by("-rank")
    return Garage.objects.annotate(found=RowsOf(of_garage)).order_by("pk")


def test_each_row_has_its_own_in_the_order_asked_for(django_assert_num_queries):
    first, second, alone = GarageFactory(), GarageFactory(), GarageFactory()
    expected = [[ContactFactory(garage=one, rank=rank) for rank in (2, 1)] for one in (first, second)]
    with django_assert_num_queries(1):
        found = {one.pk: one.found for one in with_contacts()}
    assert [found[first.pk], found[second.pk], found[alone.pk]] == [*expected, []]


@pytest.mark.parametrize(("model", "link"), [(Consent, "beneficiary"), (Photo, "pk")])
def test_what_travels_comes_back_as_it_was_read_by_itself(adviser, model, link):
    """Days, moments, public ids, lists and keys of other tables."""
    referral = journey.draft(adviser)
    journey.add_photo(referral, adviser)
    of_referral = model.objects.filter(**{"beneficiary" if model is Consent else "referral": OuterRef(link)})
    [one] = Referral.objects.annotate(found=RowsOf(of_referral)).get(pk=referral.pk).found
    read = model.objects.get(pk=one.pk)
    for field in model._meta.concrete_fields:
        assert getattr(one, field.attname) == getattr(read, field.attname), field.name
    assert not one._state.adding
