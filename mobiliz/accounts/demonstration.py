"""The logins of the demonstration, published on purpose: they open nothing outside it."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DEMONSTRATION_PASSWORD = "mobiliz-demo"  # noqa: S105


class DemonstrationLogin(NamedTuple):
    email: str
    role: str | Promise


DEMONSTRATION_LOGINS = (
    DemonstrationLogin("conseillere@wimoov.example", _("Conseillère, Wimoov")),
    DemonstrationLogin("conseiller@adie.example", _("Conseiller, ADIE")),
    DemonstrationLogin("atelier@garage.example", _("Cheffe d’atelier")),
    DemonstrationLogin("patron@garage.example", _("Patron du garage")),
    DemonstrationLogin("pilote@mobiliz.example", _("Pilote nationale")),
    DemonstrationLogin("pilote-idf@mobiliz.example", _("Pilote régional, Île-de-France")),
    DemonstrationLogin("benevole@mobiliz.example", _("Bénévole")),
    DemonstrationLogin("admin@mobiliz.example", _("Administratrice")),
)
