"""What failed someone: reported, taken by a pilot, answered; the log knows."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import mobiliz.lib.clock
import mobiliz.lib.sealed


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_words"),
        ("garages", "0008_words"),
        ("referrals", "0011_merge_people"),
        ("territory", "0001_initial"),
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
                ],
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("no_garage", "aucun garage à proposer"),
                            ("queued_too_long", "attend une place depuis trop longtemps"),
                            ("garage_closed", "réparation convenue, et le garage a fermé"),
                            ("did_not_work", "cela n’a pas marché"),
                            ("person_unreachable", "la personne ne répond plus"),
                            ("duplicate_contact", "déjà aidée ailleurs : un lien à faire"),
                            ("message_undelivered", "un message n’est pas arrivé"),
                        ],
                        max_length=20,
                        verbose_name="quoi",
                    ),
                ),
                ("words", mobiliz.lib.sealed.SealedJSONField(blank=True, editable=True, null=True)),
                (
                    "reported_at",
                    models.DateTimeField(default=mobiliz.lib.clock.now, editable=False, verbose_name="signalé le"),
                ),
                ("due_at", models.DateTimeField(verbose_name="réponse attendue avant")),
                ("taken_at", models.DateTimeField(blank=True, null=True, verbose_name="pris en charge le")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="répondu le")),
                ("answer", mobiliz.lib.sealed.SealedJSONField(blank=True, editable=True, null=True)),
                (
                    "resolution",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("garage_found", "un garage a été trouvé"),
                            ("no_garage_found", "aucun garage ne peut prendre la voiture"),
                            ("garage_reminded", "le garage a été rappelé"),
                            ("adviser_helped", "vu avec la structure"),
                            ("connected", "les deux structures sont mises en lien"),
                            ("not_connected", "pas de lien à faire"),
                            ("nothing_to_do", "rien à faire de plus"),
                            ("withdrawn", "retiré : signalé par erreur"),
                        ],
                        max_length=20,
                        verbose_name="suite",
                    ),
                ),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
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
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="incidents", to="referrals.referral"
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.region"
                    ),
                ),
                (
                    "reported_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "taken_by",
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
                "verbose_name": "incident",
                "indexes": [
                    models.Index(
                        condition=models.Q(("answered_at__isnull", True)),
                        fields=["region", "due_at"],
                        name="incident_open_by_due",
                    ),
                    models.Index(fields=["region", "answered_at"], name="incident_answered"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("answered_at__isnull", True)),
                        fields=("referral", "kind"),
                        name="incident_one_open_of_a_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "no_garage",
                                    "queued_too_long",
                                    "garage_closed",
                                    "did_not_work",
                                    "person_unreachable",
                                    "duplicate_contact",
                                    "message_undelivered",
                                ],
                            )
                        ),
                        name="incident_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at__isnull", True), ("resolution", "")),
                            models.Q(
                                ("answered_at__isnull", False),
                                (
                                    "resolution__in",
                                    [
                                        "garage_found",
                                        "no_garage_found",
                                        "garage_reminded",
                                        "adviser_helped",
                                        "connected",
                                        "not_connected",
                                        "nothing_to_do",
                                        "withdrawn",
                                    ],
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="incident_answered_has_its_resolution",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("taken_at__isnull", True), ("taken_by__isnull", True)),
                            models.Q(("taken_at__isnull", False), ("taken_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="incident_taken_by_someone",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("acknowledged_at__isnull", True), ("answered_at__isnull", False), _connector="OR"
                        ),
                        name="incident_acknowledged_after_its_answer",
                    ),
                ],
            },
        ),
    ]
