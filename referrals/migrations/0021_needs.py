"""What people need and no offer covers."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import mobiliz.lib.clock
import mobiliz.lib.sealed


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_words"),
        ("referrals", "0020_reminders_of_appointments"),
        ("territory", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Need",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("driving_licence", "permis de conduire"),
                            ("buying_a_car", "acheter une voiture"),
                            ("insurance", "assurance"),
                            ("child_seat", "siège enfant"),
                            ("towing", "dépannage, remorquage"),
                            ("fuel", "carburant"),
                            ("other_transport", "un autre moyen de se déplacer"),
                            ("fines", "amendes, fourrière"),
                            ("other", "autre chose"),
                        ],
                        max_length=20,
                        verbose_name="besoin",
                    ),
                ),
                ("words", mobiliz.lib.sealed.SealedJSONField(blank=True, editable=True, null=True)),
                (
                    "recorded_on",
                    models.DateField(default=mobiliz.lib.clock.today, editable=False, verbose_name="noté le"),
                ),
                ("recorded_at", models.DateTimeField(default=mobiliz.lib.clock.now, editable=False)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="retiré le")),
                (
                    "beneficiary",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="needs",
                        to="referrals.beneficiary",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="needs",
                        to="referrals.referral",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.region"
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "verbose_name": "besoin non couvert",
                "indexes": [
                    models.Index(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=["region", "recorded_on"],
                        name="need_by_region_and_day",
                    ),
                    models.Index(fields=["organisation", "-recorded_at", "-id"], name="need_of_organisation"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "driving_licence",
                                    "buying_a_car",
                                    "insurance",
                                    "child_seat",
                                    "towing",
                                    "fuel",
                                    "other_transport",
                                    "fines",
                                    "other",
                                ],
                            )
                        ),
                        name="need_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("referral__isnull", True), ("beneficiary__isnull", False), _connector="OR"),
                        name="need_of_a_case_has_its_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)),
                            models.Q(("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="need_withdrawn_by_someone",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("beneficiary", "kind", "recorded_on"),
                        name="need_once_a_day_for_a_person",
                    ),
                ],
            },
        ),
    ]
