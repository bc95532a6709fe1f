"""What may be said of a garage, in fixed words."""

from __future__ import annotations

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    RA1 = "RA1", _("RA1 (concession)")
    RA2 = "RA2", _("RA2 (agent)")
    BRANCH = "BRANCH", _("succursale")

    @property
    def meaning(self) -> str | Promise:
        return _LEVEL_MEANINGS[self.value]


_LEVEL_MEANINGS = {
    "RA1": _("concessionnaire avec atelier, entreprise indépendante du constructeur"),
    "RA2": _("réparateur agréé de second rang, entreprise indépendante du constructeur"),
    "BRANCH": _("appartient au constructeur"),
}


class Status(models.TextChoices):
    INVITED = "invited", _("invité")
    ACTIVE = "active", _("actif")
    PAUSED = "paused", _("en pause")
    CLOSED = "closed", _("sorti du réseau")

    @property
    def sense(self) -> str:
        """What the status means to a reader, as the badges of the pages say it."""
        return {"active": "good", "paused": "wait", "invited": "info"}.get(self.value, "none")


class JoinedHow(models.TextChoices):
    OWN_WISH = "own_wish", _("de sa propre initiative")
    BRANCH_DECISION = "branch_decision", _("décision de la direction des succursales")
    BRAND_REQUEST = "brand_request", _("à la demande de la marque")
    INHERITED = "inherited", _("engagement repris du propriétaire précédent")


class ContactFunction(models.TextChoices):
    OWNER = "owner", _("direction")
    WORKSHOP = "workshop", _("atelier")
    RECEPTION = "reception", _("réception")
    SALES = "after_sales", _("responsable après-vente")


class Work(models.TextChoices):
    """What a garage can repair."""

    UPKEEP = "upkeep", _("entretien et freins")
    MECHANICS = "mechanics", _("mécanique lourde (moteur, embrayage, boîte)")
    ELECTRICS = "electrics", _("électricité et diagnostic électronique")
    AIR_CONDITIONING = "air_conditioning", _("climatisation")
    TYRES = "tyres", _("pneus et géométrie")
    BODYWORK = "bodywork", _("carrosserie et peinture")
    ELECTRIC_CARS = "electric_cars", _("voitures électriques et hybrides")


class Brands(models.TextChoices):
    MAKER = "maker", _("marques du groupe du constructeur")
    ALL = "all", _("toutes marques")


class Service(models.TextChoices):
    TOW = "tow", _("dépannage et remorquage")
    PICK_UP = "pick_up", _("va chercher la voiture chez la personne")
    NIGHT_DROP = "night_drop", _("dépôt des clés hors des heures d’ouverture")


class TermKind(models.TextChoices):
    """What adviser and garage need not negotiate again."""

    INSTALMENTS = "instalments", _("paiement en plusieurs fois")
    REUSED_PARTS = "reused_parts", _("pièces de réemploi")
    COURTESY_CAR = "courtesy_car", _("voiture de prêt")
    OTHER = "other", _("autre accord")


class TermAnswer(models.TextChoices):
    YES = "yes", _("oui")
    CONDITIONAL = "conditional", _("oui, sous condition")
    NO = "no", _("non")
