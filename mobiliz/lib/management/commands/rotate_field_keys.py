"""After a new key was put first in FIELD_ENCRYPTION_KEYS, and every process was restarted with it: seal all anew.

May be stopped at any moment and run again. Status 0: nothing is under an old key any more; 1: keep the old key.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mobiliz.lib.resealing import Keys, Resealed, begin_anew, reseal_files, reseal_table, sealed_models


class Command(BaseCommand):
    help = "Chiffre de nouveau tout ce qui est chiffré, avec la première clé de FIELD_ENCRYPTION_KEYS."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=500, help="lignes à la fois (500)")

    def handle(self, *, batch: int, **options: Any) -> None:
        keys = Keys()
        self._everything(keys, batch)
        # whatever was written meanwhile by a process that did not know the new key yet
        begin_anew(keys)
        last = self._everything(keys, batch)
        if last.unreadable:
            raise CommandError(
                f"{last.unreadable} valeurs ne s’ouvrent avec aucune clé connue : gardez toutes les clés, et cherchez "
                "celle qui manque avant d’en retirer une."
            )
        if last.changed:
            raise CommandError(
                "Un processus écrit encore avec une ancienne clé : redémarrez-les tous avec la nouvelle clé en tête, "
                "puis relancez cette commande."
            )
        self.stdout.write(
            f"{last.seen} valeurs et fichiers sont sous la nouvelle clé. Lancez renew_identity_keys, puis retirez "
            "l’ancienne clé."
        )

    def _everything(self, keys: Keys, batch: int) -> Resealed:
        total = Resealed()
        for model, columns in sealed_models():
            self._add(total, model._meta.db_table, reseal_table(model, columns, keys, batch))
        self._add(total, "fichiers", reseal_files(keys))
        return total

    def _add(self, total: Resealed, what: str, one: Resealed) -> None:
        total.seen, total.changed = total.seen + one.seen, total.changed + one.changed
        total.unreadable += one.unreadable
        if one.changed or one.unreadable:
            self.stdout.write(f"{what} : {one.changed} chiffrées de nouveau, {one.unreadable} illisibles")
