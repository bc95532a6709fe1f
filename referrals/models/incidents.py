"""What failed someone: said from the case, answered by a pilot before a moment that both sides know."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mobiliz.accounts.roles import GARAGE_ROLES
from mobiliz.lib import clock
from mobiliz.lib.sealed import SealedJSONField
from referrals.querysets import IncidentQuerySet


class IncidentKind(models.TextChoices):
    """What did not work."""

    NO_GARAGE = "no_garage", _("aucun garage à proposer")
    QUEUED_TOO_LONG = "queued_too_long", _("attend une place depuis trop longtemps")
    GARAGE_CLOSED = "garage_closed", _("réparation convenue, et le garage a fermé")
    OUT_OF_PROGRAMME = "out_of_programme", _("un garage dit que la demande est hors du programme")
    DID_NOT_WORK = "did_not_work", _("cela n’a pas marché")
    PERSON_UNREACHABLE = "person_unreachable", _("la personne ne répond plus")
    DUPLICATE_CONTACT = "duplicate_contact", _("déjà aidée ailleurs : un lien à faire")
    MESSAGE_UNDELIVERED = "message_undelivered", _("un message n’est pas arrivé")
    CLOCK_STOPPED = "clock_stopped", _("la plateforme n’arrive plus à suivre ce dossier")


class Resolution(models.TextChoices):
    """What a pilot did about it, or why there was nothing to do."""

    GARAGE_FOUND = "garage_found", _("un garage a été trouvé")
    NO_GARAGE_FOUND = "no_garage_found", _("aucun garage ne peut prendre la voiture")
    GARAGE_REMINDED = "garage_reminded", _("le garage a été rappelé")
    ADVISER_HELPED = "adviser_helped", _("vu avec la structure")
    CONNECTED = "connected", _("les deux structures sont mises en lien")
    NOT_CONNECTED = "not_connected", _("pas de lien à faire")
    NOTHING_TO_DO = "nothing_to_do", _("rien à faire de plus")
    WITHDRAWN = "withdrawn", _("retiré : signalé par erreur")


# What a pilot may answer with; an incident taken back is its reporter's side's.
PILOTS_RESOLUTIONS = frozenset(Resolution) - {Resolution.WITHDRAWN}


class Incident(models.Model):
    """One thing that failed one case; open until a pilot answers, even if the case ends meanwhile.

    What people write is encrypted, and says nothing of incomes; the log keeps codes only. A person whose case was never
    sent has no region in it: the incident's is then that of their commune, so that there is always a pilot.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    referral = models.ForeignKey("referrals.Referral", on_delete=models.PROTECT, related_name="incidents")
    kind = models.CharField(_("quoi"), max_length=20, choices=IncidentKind.choices)
    words = SealedJSONField(null=True, blank=True)
    # Which garage it is about, if any
    garage = models.ForeignKey("garages.Garage", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    region = models.ForeignKey("territory.Region", on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField(_("signalé le"), default=clock.now, editable=False)
    # Null when the platform found it by itself
    reported_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    due_at = models.DateTimeField(_("réponse attendue avant"))
    taken_at = models.DateTimeField(_("pris en charge le"), null=True, blank=True)
    taken_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(_("répondu le"), null=True, blank=True)
    answered_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answer = SealedJSONField(null=True, blank=True)
    resolution = models.CharField(_("suite"), max_length=20, choices=Resolution.choices, blank=True)
    # The sender's side has read the answer: until then it stays on their desk
    acknowledged_at = models.DateTimeField(null=True, blank=True)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("incident")
        indexes = [
            models.Index(
                fields=["region", "due_at"], condition=Q(answered_at__isnull=True), name="incident_open_by_due"
            ),
            models.Index(fields=["region", "answered_at"], name="incident_answered"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "kind", "garage"],
                condition=Q(answered_at__isnull=True),
                nulls_distinct=False,
                name="incident_one_open_of_a_kind",
            ),
            models.CheckConstraint(condition=Q(kind__in=IncidentKind.values), name="incident_kind_known"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, resolution="")
                | Q(answered_at__isnull=False, resolution__in=Resolution.values),
                name="incident_answered_has_its_resolution",
            ),
            models.CheckConstraint(
                condition=Q(taken_at__isnull=True, taken_by__isnull=True)
                | Q(taken_at__isnull=False, taken_by__isnull=False),
                name="incident_taken_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True) | Q(answered_at__isnull=False),
                name="incident_acknowledged_after_its_answer",
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.answered_at is None

    @property
    def is_said_by_garage(self) -> bool:
        return self.reported_by is not None and self.reported_by.role in GARAGE_ROLES

    @property
    def is_late(self) -> bool:
        return self.is_open and self.due_at < clock.now()
