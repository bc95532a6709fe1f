"""Periods in the database: half-open ranges of days, for exclusion constraints."""

from django.db import models
from django.db.models import Func


class DateRange(Func):
    """daterange(first day, day after the last); an open end is infinite."""

    function = "daterange"
    output_field = models.Field()
