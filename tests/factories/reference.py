"""The rows that migrations bring (first offer, settings, rule set, price schedule, VAT), set again after a flush."""

from importlib import import_module

from django.apps import apps

from mobiliz.programme.models import Offer

MIGRATIONS = (
    "mobiliz.programme.migrations.0002_first_offer",
    "mobiliz.programme.migrations.0003_setting",
    "garages.migrations.0002_first_schedule",
    "eligibility.migrations.0003_first_rule_set",
    "eligibility.migrations.0004_rule_sets_are_drafted_and_approved",
    "eligibility.migrations.0005_vehicle_rules",
)


def reference_rows() -> None:
    if Offer.objects.exists():
        return
    for name in MIGRATIONS:
        import_module(name).add(apps, None)
