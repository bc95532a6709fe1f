"""What the programme offers, in which phase each offer is, and the delays and limits it has set itself."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from mobiliz.lib import clock
from mobiliz.programme.querysets import SettingQuerySet


class Phase(models.TextChoices):
    EXPLORING = "exploring", _("en exploration")
    FROZEN = "frozen", _("stabilisée")


class Offer(models.Model):
    """One kind of help: a row, its rule set, and nothing else."""

    code = models.SlugField(primary_key=True, max_length=30)
    name = models.CharField(_("nom"), max_length=80)
    needs_vehicle = models.BooleanField(_("demande un véhicule"), default=True)
    phase = models.CharField(_("phase"), max_length=10, choices=Phase.choices, default=Phase.EXPLORING)
    is_open = models.BooleanField(_("ouverte"), default=True)

    class Meta:
        verbose_name = _("offre")

    def __str__(self) -> str:
        return self.name


REPAIR = "reparation"


class Key(models.TextChoices):
    """What the programme may set; what each does is said where it is used (referrals/clock.py, candidates.py)."""

    REMINDER = "reminder", _("Rappel au premier interlocuteur du garage")
    ANSWER = "answer", _("Réponse attendue du garage ; son remplaçant est prévenu")
    LAPSE = "lapse", _("Sans réponse, l’orientation passe au garage suivant")
    APPOINTMENT = "appointment", _("Après l’accord du garage, le rendez-vous est fixé")
    QUOTE = "quote", _("Après le rendez-vous, le devis est émis")
    REVIEW = "review", _("Un pilote décide d’une éligibilité à examiner")
    QUEUE = "queue", _("Attente d’une place avant qu’un pilote s’en occupe")
    INCIDENT = "incident", _("Un pilote répond à un incident")
    CIRCLE_NEAR = "circle_near", _("Premier cercle de recherche d’un garage")
    CIRCLE_WIDER = "circle_wider", _("Cercle élargi")
    CIRCLE_WIDEST = "circle_widest", _("Cercle le plus large")

    @property
    def unit(self) -> str:
        return "km" if self in DISTANCES else "days"


DISTANCES = frozenset({Key.CIRCLE_NEAR, Key.CIRCLE_WIDER, Key.CIRCLE_WIDEST})
# Each is more than the one before it, or a step would come before its turn.
RISING = ((Key.REMINDER, Key.ANSWER, Key.LAPSE), (Key.CIRCLE_NEAR, Key.CIRCLE_WIDER, Key.CIRCLE_WIDEST))


class Setting(models.Model):
    """One value from a day on, until a later one; what was in force on any past day can be told."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(_("réglage"), max_length=16, choices=Key.choices)
    value = models.PositiveSmallIntegerField(_("valeur"))
    in_force_from = models.DateField(_("à partir du"))
    reason = models.CharField(_("pourquoi"), max_length=200, blank=True)
    set_at = models.DateTimeField(default=clock.now, editable=False)
    set_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = SettingQuerySet.as_manager()

    class Meta:
        verbose_name = _("réglage")
        ordering = ["key", "-in_force_from"]
        constraints = [
            models.UniqueConstraint(fields=["key", "in_force_from"], name="setting_once_a_day"),
            models.CheckConstraint(condition=models.Q(value__gte=1, value__lte=500), name="setting_value_sane"),
        ]

    @property
    def of(self) -> Key:
        return Key(self.key)
