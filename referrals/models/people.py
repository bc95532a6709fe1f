"""The person helped, their household, and what they consented to."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mobiliz.lib import clock
from mobiliz.lib.keyed import KeyedHashField
from mobiliz.lib.sealed import SealedJSONField
from mobiliz.lib.text import normalise
from referrals.identity import BY_NAME, BY_PHONE, name_and_birth, phone_and_birth
from referrals.querysets import BeneficiaryQuerySet, ConsentQuerySet, HouseholdQuerySet

# Where two records of one person may differ, each chosen by itself; and what is kept as a whole
IDENTITY = ("first_name", "last_name", "birth_date", "commune", "phone", "email", "address")
HOUSEHOLD = "household"


class Beneficiary(models.Model):
    """The person helped. Names, telephone and e-mail are in clear so that they can be found."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="beneficiaries")
    first_name = models.CharField(_("prénom"), max_length=80)
    last_name = models.CharField(_("nom"), max_length=80)
    search_name = models.CharField(max_length=170, editable=False, default="")
    birth_date = models.DateField(_("date de naissance"))
    phone = models.CharField(_("téléphone"), max_length=20, blank=True)
    email = models.EmailField(_("adresse électronique"), blank=True)
    address = models.CharField(_("adresse"), max_length=200, blank=True)
    commune = models.ForeignKey("territory.Commune", on_delete=models.PROTECT, related_name="+")
    # Under which another structure's record of the same person is found, and nothing else is: see referrals/identity.py
    name_key = KeyedHashField(BY_NAME, source="identity_by_name")
    phone_key = KeyedHashField(BY_PHONE, source="identity_by_phone")
    notes = SealedJSONField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    created_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The record that took the place of this one: both were of one person
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    objects = BeneficiaryQuerySet.as_manager()

    class Meta:
        verbose_name = _("bénéficiaire")
        indexes = [
            models.Index(fields=["organisation", "search_name"], name="beneficiary_search_name"),
            models.Index(fields=["search_name"], name="beneficiary_by_name"),
            models.Index(fields=["name_key"], condition=~Q(name_key=""), name="beneficiary_by_name_key"),
            models.Index(fields=["phone_key"], condition=~Q(phone_key=""), name="beneficiary_by_phone_key"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(merged_into=F("pk")), name="beneficiary_not_merged_into_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"

    def save(self, *args: object, **kwargs: object) -> None:
        self.search_name = normalise(f"{self.last_name} {self.first_name}")
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def identity_by_name(self) -> str:
        """A mere mark of a record that ended is nobody."""
        return "" if self.merged_into_id else name_and_birth(self.last_name, self.first_name, self.birth_date)

    @property
    def identity_by_phone(self) -> str:
        return "" if self.merged_into_id else phone_and_birth(self.phone, self.birth_date)


class Household(models.Model):
    """Everyone who lives in the dwelling and shares income: encrypted, never searched.

    `facts`: {"birth_dates": ["1986-05-01", ...] (the person's own first), "income_basis": "last_12_months" or
    "last_month", "income_eur": "1287.99" as given, "annual_disposable_income_eur": "15455.88", "dwelling":
    "ordinary", "institution" or "student_alone"}; "situation" besides, where a rule asked for more.
    """

    beneficiary = models.OneToOneField(Beneficiary, on_delete=models.PROTECT, related_name="household")
    facts = SealedJSONField()
    updated_at = models.DateTimeField(default=clock.now)

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = _("foyer")


class ConsentChannel(models.TextChoices):
    ORAL = "oral", _("de vive voix")
    PAPER = "paper", _("sur papier")
    ELECTRONIC = "electronic", _("par voie électronique")


class ConsentGiver(models.TextChoices):
    PERSON = "person", _("la personne elle-même")
    PARENT = "parent", _("un parent, pour une personne mineure")
    GUARDIAN = "guardian", _("un tuteur ou un curateur")
    OTHER = "other", _("quelqu’un d’autre, qui en a le mandat")


class Consent(models.Model):
    """What the person agreed to, how and when; withdrawing it stops the sharing, a newer one replaces it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    beneficiary = models.ForeignKey(Beneficiary, on_delete=models.PROTECT, related_name="consents")
    text_version = models.CharField(_("version du texte"), max_length=20)
    purposes = ArrayField(models.CharField(max_length=40), verbose_name=_("finalités"))
    recipients = models.CharField(_("destinataires"), max_length=200)
    given_by = models.CharField(_("donné par"), max_length=170)
    giver = models.CharField(
        _("en qualité de"), max_length=10, choices=ConsentGiver.choices, default=ConsentGiver.PERSON
    )
    channel = models.CharField(_("comment"), max_length=10, choices=ConsentChannel.choices)
    given_on = models.DateField(_("donné le"))
    recorded_at = models.DateTimeField(default=clock.now, editable=False)
    recorded_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_on = models.DateField(_("retiré le"), null=True, blank=True)
    replaced_at = models.DateTimeField(_("remplacé le"), null=True, blank=True, editable=False)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consentement")
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gte=F("given_on")),
                name="consent_withdrawn_after_given",
            ),
            models.UniqueConstraint(
                fields=["beneficiary"],
                condition=Q(withdrawn_on__isnull=True, replaced_at__isnull=True),
                name="consent_one_in_force",
            ),
            models.CheckConstraint(condition=Q(giver__in=ConsentGiver.values), name="consent_giver_known"),
        ]

    @property
    def is_in_force(self) -> bool:
        return self.withdrawn_on is None and self.replaced_at is None
