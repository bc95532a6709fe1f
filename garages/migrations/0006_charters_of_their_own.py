"""The day on which a garage signed becomes a charter with a version and two sides; who joined by themselves engaged
themselves on the day on which they joined."""

from django.db import migrations
from django.db.models import F


def move(apps, schema_editor):
    garage, charter = apps.get_model("garages", "Garage"), apps.get_model("garages", "Charter")
    charter.objects.bulk_create(
        charter(garage_id=pk, version="1", garage_signed_on=signed_on)
        for pk, signed_on in garage.objects.filter(charter_signed_on__isnull=False)
        .values_list("pk", "charter_signed_on")
        .iterator()
    )
    garage.objects.exclude(joined_how="inherited").update(engaged_on=F("joined_on"))


class Migration(migrations.Migration):
    dependencies = [("garages", "0005_page_terms_and_engagement")]
    operations = [migrations.RunPython(move, migrations.RunPython.noop)]
