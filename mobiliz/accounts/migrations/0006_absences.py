"""Who is away, and which colleague answers: one who sees the same cases, by a check across tables."""

import uuid

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.db import migrations, models

import mobiliz.lib.clock
import mobiliz.lib.ranges

FORWARDS = """
CREATE FUNCTION accounts_absence_within_structure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM accounts_membership member
          JOIN accounts_organisation place ON place.id = member.organisation_id
          JOIN accounts_membership cover ON cover.id = NEW.covered_by_id
         WHERE member.id = NEW.member_id AND cover.organisation_id IN (place.id, place.parent_id)
    ) THEN
        RAISE EXCEPTION 'an absence is covered by a colleague of the same structure'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'absence_covered_within_structure';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER absence_covered_within_structure BEFORE INSERT OR UPDATE ON accounts_absence
    FOR EACH ROW EXECUTE FUNCTION accounts_absence_within_structure();
"""
BACKWARDS = """
DROP TRIGGER absence_covered_within_structure ON accounts_absence;
DROP FUNCTION accounts_absence_within_structure();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_sign_ins_and_passwords"),
    ]

    operations = [
        migrations.CreateModel(
            name="Absence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("from_on", models.DateField(verbose_name="du")),
                ("until_on", models.DateField(verbose_name="au")),
                ("declared_at", models.DateTimeField(default=mobiliz.lib.clock.now, editable=False)),
                (
                    "covered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="covers", to="accounts.membership"
                    ),
                ),
                (
                    "declared_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="absences", to="accounts.membership"
                    ),
                ),
            ],
            options={
                "verbose_name": "absence",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until_on__gte", models.F("from_on"))), name="absence_ends_after_it_began"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("covered_by", models.F("member")), _negated=True),
                        name="absence_covered_by_another",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("member", "="),
                            (mobiliz.lib.ranges.DateRange("from_on", "until_on", models.Value("[]")), "&&"),
                        ],
                        name="absence_never_two",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
