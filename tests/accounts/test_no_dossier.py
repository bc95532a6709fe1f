"""Whoever does not accompany, repair or pilot sees no dossier, whatever it became."""

import pytest
from django.apps import apps

from eligibility.models import Drift
from referrals import links, transitions
from referrals.models import ElsewhereAnswer, GarageChoice, IncidentKind, NeedKind, Note, Photo, Unfinished
from referrals.models.unfinished import Step
from referrals.needs import record_need
from referrals.transitions import ElsewhereInput
from tests.cast import actor
from tests.factories import journey
from tests.factories.garages import PriceScheduleFactory, VatRateFactory

# What the programme asks of everyone, and who has read or tried it: of nobody's dossier
RULES = {"RuleSet", "Trial", "Acknowledgement"}
DOSSIER = [
    model
    for app in ("referrals", "eligibility")
    for model in apps.get_app_config(app).get_models()
    if model.__name__ not in RULES and hasattr(model._default_manager.all(), "visible_to")
]


def _around(referral, adviser, other_adviser, workshop):
    """What a dossier may have beside what each has."""
    garage = journey.garage_of(workshop)
    GarageChoice.objects.create(referral=referral, garage=garage, chosen_by=adviser)
    Note.objects.create(referral=referral, organisation=adviser.organisation, by=adviser, text="rappeler jeudi")
    Photo.objects.create(referral=referral, position=1, size=1, width=1, height=1, sha256="0" * 64)
    told = ElsewhereInput(answer=ElsewhereAnswer.NOT_SAME)
    journey.draft(other_adviser, looks_elsewhere=True, elsewhere=told)
    record_need(kind=NeedKind.FUEL, referral=referral, by=actor(adviser))
    transitions.report_incident(referral, kind=IncidentKind.DID_NOT_WORK, by=actor(adviser))
    held = journey.accepted(adviser, workshop, first_name="Samir", phone="")
    journey.appointment(held, workshop)
    journey.slot(workshop)
    journey.message(held, workshop, pictures=1)
    links.make(held, links.Holder("Sophie Faure", workshop.user.email, membership=workshop))
    Drift.objects.create(assessment=referral.assessment)
    Unfinished.objects.create(membership=adviser, dossier=referral.uid, step=Step.values[0], values={})


@pytest.mark.parametrize("role", ["administrator", "volunteer", "stranger"])
def test_no_row_of_a_dossier_is_visible(adviser, other_adviser, workshop, member, role):
    PriceScheduleFactory()
    VatRateFactory()
    _around(journey.completed(adviser, workshop).referral, adviser, other_adviser, workshop)
    seen = {model.__name__: model.objects.visible_to(actor(member(role))).count() for model in DOSSIER}
    assert set(seen.values()) == {0}, seen
    assert [model.__name__ for model in DOSSIER if not model.objects.exists()] == []
