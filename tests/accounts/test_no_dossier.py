"""Whoever does not accompany, repair or pilot sees no dossier, whatever it became."""

import pytest
from django.apps import apps

from tests.cast import actor
from tests.factories import journey
from tests.factories.garages import PriceScheduleFactory, VatRateFactory

DOSSIER = [
    model
    for app in ("referrals", "eligibility")
    for model in apps.get_app_config(app).get_models()
    if hasattr(model._default_manager.all(), "visible_to")
]


@pytest.mark.parametrize("role", ["administrator", "volunteer", "stranger"])
def test_no_row_of_a_dossier_is_visible(adviser, workshop, member, role):
    PriceScheduleFactory()
    VatRateFactory()
    journey.completed(adviser, workshop)
    seen = {model.__name__: model.objects.visible_to(actor(member(role))).count() for model in DOSSIER}
    assert set(seen.values()) == {0}, seen
    assert all(model.objects.exists() for model in DOSSIER)
