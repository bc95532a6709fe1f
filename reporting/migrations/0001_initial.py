import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("garages", "0001_initial"),
        ("programme", "0001_initial"),
        ("referrals", "0001_initial"),
        ("territory", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("seen_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Reader",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("transaction", models.BigIntegerField(default=0)),
                ("last_id", models.BigIntegerField(default=0)),
                ("read_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Cell",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("referrals_sent", models.IntegerField(default=0)),
                ("referrals_accepted", models.IntegerField(default=0)),
                ("referrals_quoted", models.IntegerField(default=0)),
                ("referrals_agreed", models.IntegerField(default=0)),
                ("referrals_repaired", models.IntegerField(default=0)),
                ("referrals_lost", models.IntegerField(default=0)),
                ("quotes_proposed", models.IntegerField(default=0)),
                ("open_quotes", models.IntegerField(default=0)),
                ("repairs_done", models.IntegerField(default=0)),
                ("month", models.DateField()),
                (
                    "department",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="territory.department",
                    ),
                ),
                (
                    "garage",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="garages.garage",
                    ),
                ),
                (
                    "offer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="programme.offer",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="territory.region",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("month", "region", "department", "garage", "organisation", "offer"),
                        name="cell_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Contribution",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("referrals_sent", models.IntegerField(default=0)),
                ("referrals_accepted", models.IntegerField(default=0)),
                ("referrals_quoted", models.IntegerField(default=0)),
                ("referrals_agreed", models.IntegerField(default=0)),
                ("referrals_repaired", models.IntegerField(default=0)),
                ("referrals_lost", models.IntegerField(default=0)),
                ("quotes_proposed", models.IntegerField(default=0)),
                ("open_quotes", models.IntegerField(default=0)),
                ("repairs_done", models.IntegerField(default=0)),
                ("month", models.DateField()),
                (
                    "lost_at",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("sent", "Orientées"),
                            ("accepted", "Acceptées par un garage"),
                            ("quoted", "Devis proposé"),
                            ("agreed", "Devis accepté"),
                            ("repaired", "Réparées"),
                        ],
                        default="",
                        max_length=8,
                    ),
                ),
                ("outcome", models.CharField(blank=True, default="", max_length=20)),
                (
                    "department",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="territory.department",
                    ),
                ),
                (
                    "garage",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="garages.garage",
                    ),
                ),
                (
                    "offer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="programme.offer",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="referrals.referral",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="territory.region",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("referral", "garage"), name="contribution_once", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LossCell",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
                (
                    "lost_at",
                    models.CharField(
                        choices=[
                            ("sent", "Orientées"),
                            ("accepted", "Acceptées par un garage"),
                            ("quoted", "Devis proposé"),
                            ("agreed", "Devis accepté"),
                            ("repaired", "Réparées"),
                        ],
                        max_length=8,
                    ),
                ),
                ("outcome", models.CharField(max_length=20)),
                ("referrals_lost", models.IntegerField(default=0)),
                (
                    "region",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="territory.region",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("month", "region", "lost_at", "outcome"), name="loss_cell_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="PlaceCell",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("referrals_sent", models.IntegerField(default=0)),
                ("referrals_accepted", models.IntegerField(default=0)),
                ("referrals_quoted", models.IntegerField(default=0)),
                ("referrals_agreed", models.IntegerField(default=0)),
                ("referrals_repaired", models.IntegerField(default=0)),
                ("referrals_lost", models.IntegerField(default=0)),
                ("quotes_proposed", models.IntegerField(default=0)),
                ("open_quotes", models.IntegerField(default=0)),
                ("repairs_done", models.IntegerField(default=0)),
                ("month", models.DateField()),
                (
                    "department",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="territory.department",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="territory.region",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("month", "region", "department"), name="place_cell_once")
                ],
            },
        ),
    ]
