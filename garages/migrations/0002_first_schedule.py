"""The price known nationally since 2014, and VAT by territory and day."""

from datetime import date
from decimal import Decimal

from django.db import migrations

# percent, from, until: 19.6 % became 20 % on 1 January 2014; none in Guyane (03) and Mayotte (06)
VAT = [
    ("metro", "19.60", date(2000, 4, 1), date(2014, 1, 1)),
    ("metro", "20.00", date(2014, 1, 1), None),
    ("01", "8.50", date(2000, 1, 1), None),
    ("02", "8.50", date(2000, 1, 1), None),
    ("04", "8.50", date(2000, 1, 1), None),
    ("03", "0.00", date(2000, 1, 1), None),
    ("06", "0.00", date(2000, 1, 1), None),
]


def add(apps, schema_editor):
    apps.get_model("garages", "PriceSchedule").objects.create(
        scope="programme",
        scope_key="",
        hourly_rate_excl_tax=Decimal("35.00"),
        quote_validity_days=30,
        in_force_from=date(2012, 3, 1),
        source="Presse professionnelle, 2014 : 35 € HT de l’heure, tarif national ; appliqué depuis le début",
    )
    rate = apps.get_model("garages", "VatRate")
    rate.objects.bulk_create(
        rate(territory=territory, percent=Decimal(percent), in_force_from=first, in_force_until=until)
        for territory, percent, first, until in VAT
    )


class Migration(migrations.Migration):
    dependencies = [("garages", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
