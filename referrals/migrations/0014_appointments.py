"""Slots that a garage publishes, and the appointments of its assignments."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import mobiliz.lib.clock


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_words"),
        ("garages", "0008_words"),
        ("referrals", "0013_move_to_person"),
    ]

    operations = [
        migrations.AlterField(
            model_name="logentry",
            name="verb",
            field=models.CharField(
                choices=[
                    ("open", "dossier ouvert"),
                    ("send", "envoyée au garage"),
                    ("send_for_review", "envoyée pour examen de l’éligibilité"),
                    ("approve_review", "éligibilité accordée après examen"),
                    ("refuse_review", "éligibilité refusée après examen"),
                    ("tell_refusal", "refus annoncé à la personne"),
                    ("unsend", "reprise avant réponse du garage"),
                    ("assign", "proposée à un autre garage"),
                    ("accept", "acceptée"),
                    ("decline", "déclinée"),
                    ("lapse", "restée sans réponse du garage"),
                    ("settle_by_telephone", "acceptée par téléphone"),
                    ("give_back", "rendue par le garage"),
                    ("propose_appointment", "rendez-vous proposé"),
                    ("confirm_appointment", "rendez-vous confirmé"),
                    ("move_appointment", "rendez-vous déplacé"),
                    ("cancel_appointment", "rendez-vous annulé"),
                    ("keep_appointment", "personne venue au rendez-vous"),
                    ("no_show", "rendez-vous manqué"),
                    ("issue_quote", "devis émis"),
                    ("supersede_quote", "devis remplacé"),
                    ("accept_quote", "devis accepté"),
                    ("decline_quote", "devis refusé"),
                    ("expire_quote", "devis expiré"),
                    ("supplement", "travaux supplémentaires proposés"),
                    ("record_repair", "réparation enregistrée"),
                    ("cancel_repair", "réparation annulée"),
                    ("withdraw", "abandonnée"),
                    ("close", "close"),
                    ("reopen", "rouverte"),
                    ("hand_to_colleague", "confiée à un collègue"),
                    ("correct_person", "personne corrigée"),
                    ("fall_back", "revenue en brouillon"),
                    ("merge_people", "fiches d’une même personne réunies"),
                    ("report_incident", "incident signalé"),
                    ("withdraw_incident", "incident retiré"),
                    ("take_incident", "incident pris en charge"),
                    ("answer_incident", "incident : réponse donnée"),
                    ("move_to_person", "dossier passé à une autre personne"),
                ],
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="Slot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("starts_at", models.DateTimeField(verbose_name="début")),
                ("minutes", models.PositiveSmallIntegerField(default=30, verbose_name="durée, en minutes")),
                ("note", models.CharField(blank=True, max_length=80, verbose_name="pour quoi")),
                ("published_at", models.DateTimeField(default=mobiliz.lib.clock.now, editable=False)),
                ("withdrawn_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("taken_until", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "garage",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="slots", to="garages.garage"
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "taken_for",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="slots",
                        to="referrals.referral",
                    ),
                ),
            ],
            options={
                "verbose_name": "créneau",
            },
        ),
        migrations.CreateModel(
            name="Appointment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("starts_at", models.DateTimeField(verbose_name="début")),
                ("minutes", models.PositiveSmallIntegerField(default=30, verbose_name="durée, en minutes")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("proposed", "proposé"),
                            ("booked", "confirmé"),
                            ("moved", "déplacé"),
                            ("cancelled", "annulé"),
                            ("kept", "honoré"),
                            ("missed", "manqué"),
                        ],
                        default="proposed",
                        editable=False,
                        max_length=9,
                        verbose_name="état",
                    ),
                ),
                (
                    "needs_accompaniment",
                    models.BooleanField(default=False, verbose_name="la personne vient accompagnée"),
                ),
                (
                    "proposed_side",
                    models.CharField(
                        choices=[("garage", "le garage"), ("sender", "la structure")], editable=False, max_length=6
                    ),
                ),
                ("proposed_at", models.DateTimeField(default=mobiliz.lib.clock.now, editable=False)),
                ("status_at", models.DateTimeField(default=mobiliz.lib.clock.now, editable=False)),
                ("event_uid", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("sequence", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("reminded_for", models.DateField(blank=True, editable=False, null=True)),
                (
                    "assignment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointments",
                        to="referrals.assignment",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "replaces",
                    models.OneToOneField(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="referrals.appointment",
                    ),
                ),
                (
                    "slot",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointments",
                        to="referrals.slot",
                    ),
                ),
            ],
            options={
                "verbose_name": "rendez-vous",
            },
        ),
        migrations.AddIndex(
            model_name="slot",
            index=models.Index(fields=["garage", "starts_at"], name="slot_of_garage"),
        ),
        migrations.AddConstraint(
            model_name="slot",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at__isnull", True)),
                fields=("garage", "starts_at"),
                name="slot_published_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="slot",
            constraint=models.CheckConstraint(
                condition=models.Q(("minutes__range", (10, 480))), name="slot_minutes_sane"
            ),
        ),
        migrations.AddConstraint(
            model_name="slot",
            constraint=models.CheckConstraint(
                condition=models.Q(("taken_until__isnull", True), ("taken_for__isnull", False), _connector="OR"),
                name="slot_held_for_someone",
            ),
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(fields=["assignment", "-proposed_at"], name="appointment_of_assignment"),
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(
                condition=models.Q(("status__in", ["proposed", "booked"])),
                fields=["starts_at"],
                name="appointment_to_come",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ["proposed", "booked"])),
                fields=("assignment",),
                name="appointment_one_live",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("slot__isnull", False), models.Q(("status__in", ["moved", "cancelled"]), _negated=True)
                ),
                fields=("slot",),
                name="appointment_slot_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.UniqueConstraint(fields=("event_uid", "sequence"), name="appointment_event_in_order"),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["proposed", "booked", "moved", "cancelled", "kept", "missed"])),
                name="appointment_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(("minutes__range", (10, 480))), name="appointment_minutes_sane"
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["kept", "missed"]), _negated=True),
                    ("status_at__gte", models.F("starts_at")),
                    _connector="OR",
                ),
                name="appointment_judged_afterwards",
            ),
        ),
    ]
