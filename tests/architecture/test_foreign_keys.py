"""A foreign key given as a string points down in the layers, as an import would have to."""

import pytest
from django.apps import apps
from django.db.models import ForeignKey, ManyToManyField, OneToOneField

from tests.architecture.layers import layers, place


def relations():
    """Every relation that a model of ours declares."""
    for model in apps.get_models(include_auto_created=False):
        if place(model.__module__) is None:
            continue
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
            if isinstance(field, ForeignKey | OneToOneField | ManyToManyField):
                yield pytest.param(model, field.related_model, id=f"{model._meta.label}.{field.name}")


def may_point(source, target):
    here, there = place(source.__module__), place(target.__module__)
    return there is None or there[0] > here[0] or there[1] == here[1]


@pytest.mark.parametrize(("source", "target"), list(relations()))
def test_a_foreign_key_points_down_or_stays_at_home(source, target):
    assert may_point(source, target), f"{source.__module__} must not know {target.__module__}"


def test_the_layers_are_those_of_the_import_contract():
    assert [package for layer in layers() for package in layer][-4:] == [
        "mobiliz.accounts",
        "mobiliz.outbox",
        "mobiliz.territory",
        "mobiliz.lib",
    ]


@pytest.mark.parametrize(
    ("source", "target", "may"),
    [
        ("referrals.Referral", "garages.Garage", True),
        ("garages.Garage", "referrals.Referral", False),
        ("garages.Garage", "partners.Structure", False),
        ("referrals.Referral", "referrals.Vehicle", True),
        ("accounts.User", "referrals.Referral", False),
        ("partners.ApiClient", "oauth2_provider.Application", True),
    ],
)
def test_the_test_itself_sees_an_upward_key(source, target, may):
    assert may_point(apps.get_model(source), apps.get_model(target)) == may
