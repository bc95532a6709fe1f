"""What the verbs of the directory of garages share: the lock, the moment of change, what a form sends."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from garages.models import Garage, Status
from mobiliz.lib import clock
from mobiliz.lib.refusals import Refused
from mobiliz.lib.templatetags.mobiliz import day_fr


def locked(garage: Garage) -> Garage:
    rows = Garage.objects.select_for_update(of=("self",))
    return rows.select_related("commune__department", "group").get(pk=garage.pk)


def write(garage: Garage, **values: Any) -> None:
    """Save, with the moment: partners' systems ask what changed since."""
    for name, value in values.items():
        setattr(garage, name, value)
    garage.updated_at = clock.now()
    garage.save(update_fields=[*values, "updated_at"])


def as_recorded(facts: Any) -> dict[str, Any]:
    return {field.name: getattr(facts, field.name) for field in fields(facts)}


def refuse_day_ahead(on: date | None, field: str = "on") -> None:
    if on is not None and on > clock.today():
        raise Refused(_("Choisissez aujourd’hui ou un jour passé."), field=field)


def refuse_closed(garage: Garage) -> None:
    line = garage.statuses.filter(until_on__isnull=True, status=Status.CLOSED).first()
    if line is not None:
        message = _("Ce garage est sorti du réseau le %(since)s : changez d’abord son statut.")
        raise Refused(message % {"since": day_fr(line.from_on)})
