"""What is known of an adviser moves to the membership: one fact in one place, known as soon as the account opens."""

from django.db import migrations


def move_to_memberships(apps, schema_editor):
    for adviser in apps.get_model("partners", "Adviser").objects.select_related("membership").iterator():
        adviser.membership.engagement = adviser.engagement
        adviser.membership.job_title = adviser.job_title
        adviser.membership.save(update_fields=["engagement", "job_title"])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_advisers_are_employees_or_volunteers"),
        ("partners", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(move_to_memberships, migrations.RunPython.noop),
        migrations.DeleteModel(name="Adviser"),
        migrations.CreateModel(
            name="Adviser",
            fields=[],
            options={
                "verbose_name": "conseiller",
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("accounts.membership",),
        ),
    ]
