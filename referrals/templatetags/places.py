"""What pages of the directory say of referrals: they are put together in their templates, since the directory itself
knows nothing of referrals. `{% load places %}`"""

from __future__ import annotations

from django import template

from garages.models import Garage
from mobiliz.lib import clock
from mobiliz.lib.periods import iso_week_monday
from referrals.models import Assignment

register = template.Library()


@register.simple_tag
def places_left(garage: Garage) -> int:
    """How many more referrals this garage takes this week."""
    taken = Assignment.objects.places_taken([garage.pk], iso_week_monday(clock.today()))
    return max(garage.weekly_cap - taken.get(garage.pk, 0), 0)
