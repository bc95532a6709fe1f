"""Under which keys another structure’s record of the same person is found, and what was answered when one was."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import mobiliz.lib.clock
import mobiliz.lib.keyed
import mobiliz.lib.sealed


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_words"),
        ("referrals", "0017_links_and_clock"),
        ("territory", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Lookalike",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "answer",
                    models.CharField(
                        choices=[
                            ("ask_pilot", "demander à un pilote de faire le lien"),
                            ("other_need", "continuer : c’est un autre besoin"),
                            ("not_same", "ce n’est pas la même personne"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", mobiliz.lib.sealed.SealedJSONField(blank=True, editable=True, null=True)),
                ("said_at", models.DateTimeField(default=mobiliz.lib.clock.now, editable=False)),
                ("linked_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "personne peut-être aidée ailleurs",
            },
        ),
        migrations.AddField(
            model_name="beneficiary",
            name="name_key",
            field=mobiliz.lib.keyed.KeyedHashField(
                "person by name and birth", "identity_by_name", default="", editable=False, max_length=64
            ),
        ),
        migrations.AddField(
            model_name="beneficiary",
            name="phone_key",
            field=mobiliz.lib.keyed.KeyedHashField(
                "person by telephone and birth", "identity_by_phone", default="", editable=False, max_length=64
            ),
        ),
        migrations.AddIndex(
            model_name="beneficiary",
            index=models.Index(
                condition=models.Q(("name_key", ""), _negated=True), fields=["name_key"], name="beneficiary_by_name_key"
            ),
        ),
        migrations.AddIndex(
            model_name="beneficiary",
            index=models.Index(
                condition=models.Q(("phone_key", ""), _negated=True),
                fields=["phone_key"],
                name="beneficiary_by_phone_key",
            ),
        ),
        migrations.AddField(
            model_name="lookalike",
            name="incident",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lookalikes",
                to="referrals.incident",
            ),
        ),
        migrations.AddField(
            model_name="lookalike",
            name="linked_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.membership",
            ),
        ),
        migrations.AddField(
            model_name="lookalike",
            name="other",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="referrals.beneficiary"
            ),
        ),
        migrations.AddField(
            model_name="lookalike",
            name="other_incident",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="linked_from",
                to="referrals.incident",
            ),
        ),
        migrations.AddField(
            model_name="lookalike",
            name="other_referral",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="referrals.referral"
            ),
        ),
        migrations.AddField(
            model_name="lookalike",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="lookalikes", to="referrals.beneficiary"
            ),
        ),
        migrations.AddField(
            model_name="lookalike",
            name="referral",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="lookalikes", to="referrals.referral"
            ),
        ),
        migrations.AddField(
            model_name="lookalike",
            name="said_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
            ),
        ),
        migrations.AddConstraint(
            model_name="lookalike",
            constraint=models.UniqueConstraint(fields=("person", "other"), name="lookalike_once_for_a_pair"),
        ),
        migrations.AddConstraint(
            model_name="lookalike",
            constraint=models.CheckConstraint(
                condition=models.Q(("person", models.F("other")), _negated=True), name="lookalike_of_another_record"
            ),
        ),
        migrations.AddConstraint(
            model_name="lookalike",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("linked_at__isnull", True), ("linked_by__isnull", True), ("other_incident__isnull", True)
                    ),
                    models.Q(
                        ("linked_at__isnull", False), ("linked_by__isnull", False), ("other_incident__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="lookalike_linked_by_a_pilot",
            ),
        ),
        migrations.AddConstraint(
            model_name="lookalike",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", "ask_pilot"), _negated=True), ("incident__isnull", False), _connector="OR"
                ),
                name="lookalike_asked_of_a_pilot",
            ),
        ),
    ]
