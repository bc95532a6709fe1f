"""What is done to the programme's settings: a new value from a day on; past days keep theirs."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from mobiliz.accounts.actors import Actor
from mobiliz.accounts.roles import Permission
from mobiliz.lib import clock
from mobiliz.lib.refusals import Refused
from mobiliz.programme.models import RISING, Key, Setting


@transaction.atomic
def change_setting(key: Key, *, value: int, on: date, reason: str, by: Actor) -> Setting:
    """The key has this value from this day on; a value announced for the same day is replaced."""
    if not by.can(Permission.EDIT_SETTINGS):
        raise PermissionDenied
    if on < clock.today():
        raise Refused(_("Ce qui est passé ne change plus : indiquez aujourd’hui ou un jour à venir."), field="on")
    # one change at a time: each is checked against the others
    list(Setting.objects.select_for_update().order_by("pk"))
    _refuse_disorder({**Setting.objects.values_on(on), key.value: value})
    changed, _created = Setting.objects.update_or_create(
        key=key.value,
        in_force_from=on,
        defaults={"value": value, "reason": reason, "set_by": by.membership, "set_at": clock.now()},
    )
    return changed


def _refuse_disorder(values: dict[str, int]) -> None:
    """Each step of a chase, each circle, comes after the one before it."""
    for keys in RISING:
        for first, second in pairwise(keys):
            if values.get(first, 0) >= values.get(second, 501):
                raise Refused(
                    _("« %(first)s » doit rester en dessous de « %(second)s » : changez d’abord l’autre réglage.")
                    % {"first": first.label, "second": second.label},
                    field="value",
                )
