"""What templates say of assessments."""

from __future__ import annotations

from django import template

from eligibility.assess import explanation
from eligibility.explain import Line
from eligibility.models import Assessment

register = template.Library()


@register.filter
def lines_of(assessment: Assessment) -> list[Line]:
    """The stored computation, line by line in French."""
    return explanation(assessment)
