"""Notes and calls on a case: kept as they were written."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import mobiliz.lib.clock
import mobiliz.lib.sealed

FORWARDS = """
CREATE TRIGGER note_is_append_only BEFORE UPDATE OR DELETE ON referrals_note
    FOR EACH ROW EXECUTE FUNCTION referrals_row_is_immutable();
"""
BACKWARDS = "DROP TRIGGER note_is_append_only ON referrals_note;"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_advisers_are_employees_or_volunteers"),
        ("garages", "0003_ranks_change_together"),
        ("referrals", "0005_fault_in_codes_and_photos"),
    ]

    operations = [
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("at", models.DateTimeField(default=mobiliz.lib.clock.now, editable=False)),
                ("text", mobiliz.lib.sealed.SealedJSONField(blank=True, editable=True, null=True)),
                (
                    "called",
                    models.CharField(
                        blank=True,
                        choices=[("person", "la personne"), ("garage", "le garage"), ("other", "quelqu’un d’autre")],
                        max_length=6,
                    ),
                ),
                ("who", models.CharField(blank=True, max_length=120, verbose_name="avec qui")),
                ("is_incoming", models.BooleanField(blank=True, null=True)),
                ("is_reached", models.BooleanField(blank=True, null=True)),
                ("called_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="garages.contact",
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="correction",
                        to="referrals.note",
                    ),
                ),
                (
                    "garage",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="garages.garage",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="referrals.referral"
                    ),
                ),
            ],
            options={
                "verbose_name": "note",
                "indexes": [models.Index(fields=["referral", "-at", "-id"], name="note_of_referral")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("called", ""), _negated=True),
                            models.Q(
                                ("called_at__isnull", True), ("is_reached__isnull", True), ("text__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="note_has_its_text",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("called", ""),
                            models.Q(
                                ("called_at__isnull", False),
                                ("is_incoming__isnull", False),
                                ("is_reached__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="note_of_a_call_has_its_facts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("called", "garage"), ("garage__isnull", False)),
                            models.Q(
                                models.Q(("called", "garage"), _negated=True),
                                ("contact__isnull", True),
                                ("garage__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="note_names_the_garage_called",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("called", "other"), _negated=True),
                            models.Q(("who", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="note_names_the_other_called",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("called_at__isnull", True), ("called_at__lte", models.F("at")), _connector="OR"
                        ),
                        name="note_after_the_call",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
