"""Rule set version 1 of the repair offer: the threshold rule alone."""

from datetime import date

from django.db import migrations


def add(apps, schema_editor):
    apps.get_model("eligibility", "RuleSet").objects.create(
        offer_id="reparation",
        version=1,
        phase="exploring",
        definition={"leaf": "income_below_threshold", "level_percent": 60},
        validity_days=180,
        in_force_from=date(2012, 3, 1),
        source="Seuil de pauvreté de l’INSEE, 60 % du niveau de vie médian",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("eligibility", "0002_assessments_are_immutable"),
        ("programme", "0002_first_offer"),
    ]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
