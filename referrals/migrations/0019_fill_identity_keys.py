"""The keys of everybody who is known already."""

from django.db import migrations

from mobiliz.lib.keyed import keyed_hash
from referrals.identity import BY_NAME, BY_PHONE, name_and_birth, phone_and_birth

BATCH = 2000


def fill(apps, schema_editor):
    people = apps.get_model("referrals", "Beneficiary")._base_manager.filter(merged_into__isnull=True)
    rows = people.only("pk", "last_name", "first_name", "birth_date", "phone").order_by("pk")
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        for one in batch:
            one.name_key = keyed_hash(BY_NAME, name_and_birth(one.last_name, one.first_name, one.birth_date))
            one.phone_key = keyed_hash(BY_PHONE, phone_and_birth(one.phone, one.birth_date))
        people.bulk_update(batch, ["name_key", "phone_key"])
        last = batch[-1].pk


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0018_people_helped_elsewhere"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
