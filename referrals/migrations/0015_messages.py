"""Messages between adviser and garage: never changed but for their read mark; their files by name."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import mobiliz.lib.clock
import mobiliz.lib.sealed

FORWARDS = """
CREATE FUNCTION referrals_message_is_only_read() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.read_at IS NULL
       AND (NEW.id, NEW.uid, NEW.assignment_id, NEW.side, NEW.by_id, NEW.at, NEW.text)
           IS NOT DISTINCT FROM (OLD.id, OLD.uid, OLD.assignment_id, OLD.side, OLD.by_id, OLD.at, OLD.text) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a message is never changed'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'message_is_only_read';
END $$;
CREATE TRIGGER message_is_only_read BEFORE UPDATE OR DELETE ON referrals_casemessage
    FOR EACH ROW EXECUTE FUNCTION referrals_message_is_only_read();
CREATE TRIGGER attachment_is_immutable BEFORE UPDATE OR DELETE ON referrals_attachment
    FOR EACH ROW EXECUTE FUNCTION referrals_row_is_immutable();
"""
BACKWARDS = """
DROP TRIGGER attachment_is_immutable ON referrals_attachment;
DROP TRIGGER message_is_only_read ON referrals_casemessage;
DROP FUNCTION referrals_message_is_only_read();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_words"),
        ("referrals", "0014_appointments"),
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
            name="CaseMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "side",
                    models.CharField(
                        choices=[("garage", "le garage"), ("sender", "la structure")], editable=False, max_length=6
                    ),
                ),
                ("at", models.DateTimeField(default=mobiliz.lib.clock.now, editable=False)),
                ("text", mobiliz.lib.sealed.SealedJSONField(editable=True)),
                ("read_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "assignment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="messages", to="referrals.assignment"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
                    ),
                ),
                (
                    "read_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "verbose_name": "message",
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("position", models.PositiveSmallIntegerField()),
                ("kind", models.CharField(choices=[("image", "image"), ("pdf", "PDF")], max_length=5)),
                ("name", mobiliz.lib.sealed.SealedJSONField(editable=True)),
                ("size", models.PositiveIntegerField(verbose_name="taille, en octets")),
                ("sha256", models.CharField(max_length=64)),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="referrals.casemessage",
                    ),
                ),
            ],
            options={
                "verbose_name": "pièce jointe",
            },
        ),
        migrations.AddIndex(
            model_name="casemessage",
            index=models.Index(fields=["assignment", "-at", "-id"], name="message_of_assignment"),
        ),
        migrations.AddIndex(
            model_name="casemessage",
            index=models.Index(
                condition=models.Q(("read_at__isnull", True)), fields=["assignment", "side"], name="message_unread"
            ),
        ),
        migrations.AddConstraint(
            model_name="casemessage",
            constraint=models.CheckConstraint(
                condition=models.Q(("side__in", ["garage", "sender"])), name="message_side_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="casemessage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("read_at__isnull", True), ("read_by__isnull", True)),
                    models.Q(("read_at__isnull", False), ("read_by__isnull", False)),
                    _connector="OR",
                ),
                name="message_read_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.UniqueConstraint(fields=("message", "position"), name="attachment_position_once"),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.CheckConstraint(
                condition=models.Q(("position__range", (1, 5))), name="attachment_few_with_a_message"
            ),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.CheckConstraint(condition=models.Q(("size__gt", 0)), name="attachment_has_a_size"),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["image", "pdf"])), name="attachment_kind_known"
            ),
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
