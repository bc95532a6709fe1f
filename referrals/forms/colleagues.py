"""Who takes over: for some days, or for good."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from mobiliz.accounts.models import Absence, Membership
from mobiliz.lib.forms import DateFieldFr, FreeTextField
from mobiliz.lib.templatetags.mobiliz import day_fr


class ColleagueField(forms.ChoiceField):
    """One of the colleagues offered, as a membership; those who are away say so."""

    default_error_messages = {"invalid_choice": _("Cette personne ne fait plus partie de vos collègues.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            error_messages={"invalid_choice": _("Cette personne ne fait plus partie de vos collègues.")}, **kwargs
        )
        self.by_uid: dict[str, Membership] = {}

    def offer(self, colleagues: Iterable[Membership], away: Iterable[Absence] = ()) -> None:
        self.by_uid = {str(one.uid): one for one in colleagues}
        until = {one.member_id: one.until_on for one in away}
        offered = [(uid, _name(one, until.get(one.pk))) for uid, one in self.by_uid.items()]
        self.choices = [("", _("Choisissez")), *offered]

    def clean(self, value: Any) -> Membership | None:
        return self.by_uid.get(super().clean(value))


def _name(colleague: Membership, away_until: date | None) -> str:
    name = f"{colleague.user}, {colleague.organisation}"
    return (
        name
        if away_until is None
        else say("%(who)s (absence jusqu’au %(day)s)") % {"who": name, "day": day_fr(away_until)}
    )


class HandForm(forms.Form):
    """To whom, and why if one wants to say."""

    to = ColleagueField(label=_("À quel collègue ?"))
    why = FreeTextField(
        label=_("Un mot pour lui"),
        required=False,
        max_length=300,
        help_text=_("Lu dans le fil du dossier : par exemple « congé maternité »."),
    )

    def __init__(
        self, *args: Any, colleagues: Iterable[Membership] = (), away: Iterable[Absence] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].offer(colleagues, away)
        self.fields["to"].error_messages["required"] = _("Choisissez un collègue.")


class AbsenceForm(forms.Form):
    """From when to when, and who answers meanwhile."""

    from_on = DateFieldFr(
        label=_("Premier jour d’absence"), error_messages={"required": _("Indiquez le premier jour.")}
    )
    until_on = DateFieldFr(
        label=_("Dernier jour d’absence"), error_messages={"required": _("Indiquez le dernier jour.")}
    )
    covered_by = ColleagueField(label=_("Qui répond pendant ce temps ?"))

    def __init__(self, *args: Any, colleagues: Iterable[Membership] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["covered_by"].offer(colleagues)
        self.fields["covered_by"].error_messages["required"] = _("Choisissez qui répond.")
