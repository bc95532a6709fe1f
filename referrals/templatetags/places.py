"""What pages of the directory say of referrals: they are put together in their templates, since the directory itself
knows nothing of referrals. `{% load places %}`"""

from __future__ import annotations

from datetime import datetime

from django import template

from garages.models import Garage
from mobiliz.lib import clock
from mobiliz.lib.periods import iso_week_monday
from referrals import words
from referrals.models import Assignment

register = template.Library()


@register.filter
def moment_at_garage(moment: datetime, garage: Garage) -> str:
    """As "mardi 1er décembre à 10 h 30", by the clock of the garage: there the car is seen."""
    return words.moment_at_garage(moment, garage)


@register.simple_tag
def places_left(garage: Garage) -> int:
    """How many more referrals this garage takes this week."""
    taken = Assignment.objects.places_taken([garage.pk], iso_week_monday(clock.today()))
    return max(garage.weekly_cap - taken.get(garage.pk, 0), 0)
