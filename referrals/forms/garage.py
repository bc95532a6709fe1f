"""What a garage types beside each of its acts; the names of the fields are those of the verb's arguments."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mobiliz.lib import clock
from mobiliz.lib.forms import DateFieldFr, DecimalFieldFr, FreeTextField, HourFieldFr, NirFreeTextField, WholeFieldFr
from referrals import words
from referrals.models.quotes import PiecChoice
from referrals.states import DeclineReason

SHORT_TEXT = {"rows": 2}


class ActForm(forms.Form):
    """Several of them stand on one page: each has ids of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{type(self).__name__.lower()}-%s")
        super().__init__(*args, **kwargs)


class AcceptForm(ActForm):
    """Yes, and perhaps a moment, as the garage's clock shows it; both boxes or none."""

    day = DateFieldFr(label=_("Quel jour ?"), required=False)
    hour = HourFieldFr(label=_("À quelle heure ?"), required=False, help_text=_("Par exemple : 9 h 30."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        this = clock.today().year
        self.fields["day"].years = lambda: range(this, this + 2)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and (cleaned.get("day") is None) != (cleaned.get("hour") is None):
            self.add_error("hour" if cleaned.get("day") else "day", gettext("Indiquez le jour et l’heure."))
        return cleaned


class IncidentForm(ActForm):
    """The press alone says it: words may come with it, or after."""

    words = NirFreeTextField(
        label=_("Que s’est-il passé ?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Un pilote et la structure le liront."),
    )


class ReasonForm(ActForm):
    """Why a garage declines or gives back: each reason is a button that says where it leads."""

    comment = NirFreeTextField(
        label=_("Un mot pour la structure"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs=SHORT_TEXT),
    )
    reason = forms.TypedChoiceField(
        label=_("Pour quelle raison ?"),
        choices=words.DECLINE_REASONS,
        coerce=DeclineReason,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez une raison : elle dit où l’orientation va ensuite."),
            "invalid_choice": _("Choisissez une raison dans la liste."),
        },
    )

    @property
    def reasons(self) -> list[tuple[str, str, Any]]:
        """Code, label, and where it leads."""
        return [(code, capfirst(label), words.REASON_LEADS[code]) for code, label in words.DECLINE_REASONS]


class DeclineForm(ReasonForm):
    pass


class GiveBackForm(ReasonForm):
    pass


class TelephoneForm(ActForm):
    spoke_with = FreeTextField(
        label=_("Avec qui avez-vous parlé ?"),
        help_text=_("Le conseiller ou la personne."),
        max_length=120,
        error_messages={"required": _("Dites avec qui l’accord a été pris.")},
    )
    on = DateFieldFr(label=_("Quel jour ?"))


class NoShowForm(ActForm):
    already = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class WrittenReasonForm(ActForm):
    reason = NirFreeTextField(
        label=_("Pourquoi ?"),
        max_length=300,
        widget=forms.Textarea(attrs=SHORT_TEXT),
        error_messages={"required": _("Dites pourquoi en quelques mots.")},
    )


class NotWorthRepairingForm(WrittenReasonForm):
    pass


class CancelRepairForm(WrittenReasonForm):
    pass


class AnswerForm(ActForm):
    """The person's answer, to the version that the garage had before its eyes."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class AcceptQuoteForm(AnswerForm):
    piec_choice = forms.ChoiceField(
        label=_("Pièces de réemploi : que souhaite la personne ?"),
        help_text=_("À demander avant la signature, et à garder sur le devis signé."),
        choices=PiecChoice.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Notez ce que la personne souhaite pour les pièces de réemploi.")},
    )
    answered_on = DateFieldFr(label=_("Signé le"))


class DeclineQuoteForm(AnswerForm):
    reason = NirFreeTextField(
        label=_("Pour quelle raison, avec ses mots ?"),
        max_length=300,
        widget=forms.Textarea(attrs=SHORT_TEXT),
        error_messages={"required": _("Notez pourquoi la personne refuse le devis.")},
    )
    answered_on = DateFieldFr(label=_("Répondu le"))


class RepairForm(ActForm):
    done_on = DateFieldFr(label=_("Réparée le"))
    final_total_incl_tax = DecimalFieldFr(
        label=_("Montant final, taxe comprise"),
        help_text=_("Au plus le montant du devis accepté."),
        min_value=Decimal(0),
        max_value=Decimal(200_000),
        unit="€",
        error_messages={"required": _("Indiquez le montant final, taxe comprise.")},
    )
    mileage_km = WholeFieldFr(
        label=_("Kilométrage au compteur"), required=False, min_value=0, max_value=2_000_000, unit="km"
    )
