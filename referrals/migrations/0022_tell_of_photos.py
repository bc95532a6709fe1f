"""The log knows of photos that came after a case was sent."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0021_needs"),
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
                    ("queue", "mise en attente d’une place"),
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
                    ("remind_person", "rendez-vous rappelé à la personne"),
                    ("write_message", "message écrit"),
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
                    ("remind", "relance envoyée"),
                    ("pause_reminders", "relances suspendues"),
                    ("resume_reminders", "relances reprises"),
                    ("tell_of_photos", "photos ajoutées"),
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
    ]
