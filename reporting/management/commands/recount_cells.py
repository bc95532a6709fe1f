"""`manage recount_cells`: every cell again from history; says how many were wrong, and fails if any was."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reporting import cells


class Command(BaseCommand):
    help = "Recompte toutes les cellules depuis l’historique et corrige celles qui diffèrent."

    def handle(self, *args: Any, **options: Any) -> None:
        while cells.bring_up_to_date():
            pass
        wrong = cells.recount_all()
        if wrong:
            told = ngettext(
                "%(wrong)s cellule différait de l’historique ; elle est corrigée.",
                "%(wrong)s cellules différaient de l’historique ; elles sont corrigées.",
                wrong,
            )
            raise CommandError(told % {"wrong": wrong})
        self.stdout.write(_("Aucune cellule ne diffère de l’historique."))
