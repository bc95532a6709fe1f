"""From which day on a draft is tried on past cases."""

from __future__ import annotations

from datetime import date, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mobiliz.lib import clock
from mobiliz.lib.forms import DateFieldFr

USUAL_DAYS = 365


def a_year_ago() -> date:
    return clock.today() - timedelta(days=USUAL_DAYS)


class TrialForm(forms.Form):
    since = DateFieldFr(
        label=gettext_lazy("Essayer sur les cas évalués depuis le"),
        initial=a_year_ago,
        error_messages={"required": gettext_lazy("Indiquez le premier jour, comme 01/01/2026.")},
    )

    def clean_since(self) -> date:
        since: date = self.cleaned_data["since"]
        if since > clock.today():
            raise ValidationError(_("Ce jour n’est pas encore passé : choisissez-en un plus tôt."))
        return since
