"""Two records of one person become one: the mark that is left, and cases that stay unshared by it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_members_are_confirmed"),
        ("referrals", "0010_correct_person"),
        ("territory", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="beneficiary",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="referrals.beneficiary",
            ),
        ),
        migrations.AddField(
            model_name="referral",
            name="unshared_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
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
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="beneficiary",
            constraint=models.CheckConstraint(
                condition=models.Q(("merged_into", models.F("pk")), _negated=True),
                name="beneficiary_not_merged_into_itself",
            ),
        ),
    ]
