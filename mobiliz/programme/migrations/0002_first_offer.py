"""The first offer of the programme: repair at cost price."""

from django.db import migrations


def add(apps, schema_editor):
    apps.get_model("programme", "Offer").objects.create(
        code="reparation", name="Réparation à prix coûtant", needs_vehicle=True, phase="exploring", is_open=True
    )


class Migration(migrations.Migration):
    dependencies = [("programme", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
