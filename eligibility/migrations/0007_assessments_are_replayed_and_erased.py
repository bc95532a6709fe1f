"""A person is erased from an assessment by one function; the keys of what is sealed in it may be renewed; nothing else
of it ever changes, and it is never deleted."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import mobiliz.lib.clock
import mobiliz.lib.sealed

FORWARDS = """
CREATE OR REPLACE FUNCTION eligibility_assessment_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sealed CONSTANT text[] := ARRAY['facts', 'trace', 'decision_note'];
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('mobiliz.erasing', true) = 'yes'
       AND OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL
       AND NEW.facts IS NULL AND NEW.trace IS NULL AND NEW.decision_note IS NULL
       AND to_jsonb(NEW) - sealed - 'erased_at' = to_jsonb(OLD) - sealed - 'erased_at' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND current_setting('mobiliz.resealing', true) = 'yes'
       AND (NEW.facts IS NULL, NEW.trace IS NULL, NEW.decision_note IS NULL)
           = (OLD.facts IS NULL, OLD.trace IS NULL, OLD.decision_note IS NULL)
       AND to_jsonb(NEW) - sealed = to_jsonb(OLD) - sealed THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an eligibility assessment is immutable' USING ERRCODE = 'restrict_violation';
END $$;

-- The assessments with these keys and whatever they superseded or superseded them: the answer stays, what led to it goes.
CREATE FUNCTION eligibility_erase_assessments(keys bigint[], moment timestamptz) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    erased integer;
    before CONSTANT text := COALESCE(current_setting('mobiliz.erasing', true), '');
BEGIN
    PERFORM set_config('mobiliz.erasing', 'yes', true);
    WITH RECURSIVE chain (id, supersedes_id) AS (
        SELECT id, supersedes_id FROM eligibility_assessment WHERE id = ANY (keys)
        UNION
        SELECT one.id, one.supersedes_id FROM eligibility_assessment one
          JOIN chain ON one.id = chain.supersedes_id OR one.supersedes_id = chain.id
    )
    UPDATE eligibility_assessment
       SET facts = NULL, trace = NULL, decision_note = NULL, erased_at = moment
     WHERE id IN (SELECT id FROM chain) AND erased_at IS NULL;
    GET DIAGNOSTICS erased = ROW_COUNT;
    PERFORM set_config('mobiliz.erasing', before, true);
    RETURN erased;
END $$;
"""
BACKWARDS = """
DROP FUNCTION eligibility_erase_assessments(bigint[], timestamptz);
CREATE OR REPLACE FUNCTION eligibility_assessment_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('mobiliz.erasing', true) = 'yes' THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    RAISE EXCEPTION 'an eligibility assessment is immutable' USING ERRCODE = 'restrict_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_account_mails"),
        ("eligibility", "0006_trials_go_on"),
    ]

    operations = [
        migrations.CreateModel(
            name="Drift",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "fault",
                    models.CharField(blank=True, max_length=100, verbose_name="pourquoi elle ne se recalcule plus"),
                ),
                ("found_at", models.DateTimeField(default=mobiliz.lib.clock.now, editable=False)),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "écart de calcul",
            },
        ),
        migrations.RemoveConstraint(
            model_name="assessment",
            name="assessment_review_says_who_and_why",
        ),
        migrations.AddField(
            model_name="assessment",
            name="erased_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="assessment",
            name="facts",
            field=mobiliz.lib.sealed.SealedJSONField(blank=True, editable=True, null=True),
        ),
        migrations.AlterField(
            model_name="assessment",
            name="trace",
            field=mobiliz.lib.sealed.SealedJSONField(blank=True, editable=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("method", "engine"),
                    models.Q(("erased_at__isnull", False), ("made_by__isnull", False)),
                    models.Q(("decision_note__isnull", False), ("made_by__isnull", False)),
                    _connector="OR",
                ),
                name="assessment_review_says_who_and_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("erased_at__isnull", True), ("facts__isnull", False), ("trace__isnull", False)),
                    models.Q(
                        ("decision_note__isnull", True),
                        ("erased_at__isnull", False),
                        ("facts__isnull", True),
                        ("trace__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="assessment_whole_or_erased",
            ),
        ),
        migrations.AddField(
            model_name="drift",
            name="assessment",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="drift", to="eligibility.assessment"
            ),
        ),
        migrations.AddField(
            model_name="drift",
            name="seen_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.membership",
            ),
        ),
        migrations.AddConstraint(
            model_name="drift",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("seen_at__isnull", True), ("seen_by__isnull", True)),
                    models.Q(("seen_at__isnull", False), ("seen_by__isnull", False)),
                    _connector="OR",
                ),
                name="drift_seen_by_someone",
            ),
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
