"""Dated settings, with the values that the programme began with."""

import uuid
from datetime import date

import django.db.models.deletion
from django.db import migrations, models

import mobiliz.lib.clock

FIRST_DAY = date(2012, 3, 1)  # the programme's first month
FIRST = {
    "reminder": 1,
    "answer": 2,
    "lapse": 3,
    "appointment": 5,
    "quote": 2,
    "review": 2,
    "queue": 5,
    "incident": 2,
    "circle_near": 30,
    "circle_wider": 60,
    "circle_widest": 100,
}


def add(apps, schema_editor):
    setting = apps.get_model("programme", "Setting")
    setting.objects.bulk_create(setting(key=key, value=value, in_force_from=FIRST_DAY) for key, value in FIRST.items())


class Migration(migrations.Migration):
    dependencies = [("programme", "0002_first_offer"), ("accounts", "0003_advisers_are_employees_or_volunteers")]

    operations = [
        migrations.CreateModel(
            name="Setting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("key", models.CharField(max_length=16, verbose_name="réglage")),
                ("value", models.PositiveSmallIntegerField(verbose_name="valeur")),
                ("in_force_from", models.DateField(verbose_name="à partir du")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="pourquoi")),
                ("set_at", models.DateTimeField(default=mobiliz.lib.clock.now, editable=False)),
                (
                    "set_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={"verbose_name": "réglage", "ordering": ["key", "-in_force_from"]},
        ),
        migrations.RunPython(add, migrations.RunPython.noop),
    ]
