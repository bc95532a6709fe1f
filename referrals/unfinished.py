"""Keeping what is typed at a step until it is submitted, and forgetting it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from mobiliz.lib.text import mask_nir
from referrals import permissions
from referrals.models import Unfinished

KEPT_DAYS = 14
MOST_A_MEMBER = 60
MOST_NAMES = 120
MOST_SIGNS = 5_000


@transaction.atomic
def keep(dossier: UUID, step: str, *, typed: Mapping[str, Sequence[str]], by: Actor, rests_on: str = "") -> Unfinished:
    """What stands in the form now, right or wrong; but for a social security number, which may not be kept."""
    if by.membership is None or not permissions.can_create(by):
        raise PermissionDenied
    kept, is_new = Unfinished.objects.update_or_create(
        membership=by.membership,
        dossier=dossier,
        step=step,
        defaults={"values": _within_measure(typed), "rests_on": rests_on[:64], "at": clock.now()},
    )
    if is_new:
        _forget_the_oldest(by)
    return kept


def forget(dossier: UUID, *steps: str, by: Actor) -> None:
    """What they typed at these steps, or at any, is gone."""
    own = Unfinished.objects.visible_to(by).of_dossier(dossier)
    (own.at_steps(steps) if steps else own).delete()


def forget_old() -> int:
    """Whatever nobody came back to for two weeks; how many there were."""
    return Unfinished.objects.older_than(clock.now() - timedelta(days=KEPT_DAYS)).delete()[0]


def _within_measure(typed: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    names = list(typed)[:MOST_NAMES]
    return {name[:100]: [mask_nir(value[:MOST_SIGNS]) for value in typed[name][:20]] for name in names}


def _forget_the_oldest(by: Actor) -> None:
    """A bound on what one member can leave behind."""
    own = Unfinished.objects.visible_to(by).newest_first()
    Unfinished.objects.with_keys(own.values_list("pk", flat=True)[MOST_A_MEMBER : MOST_A_MEMBER + 20]).delete()
