"""The quote editor's lines and terms: what is typed in French amounts, priced by the schedule, faults beside cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from garages.conditions import Conditions
from garages.tariff import MAX_LINES, Fault, LineInput, LineKind, PartOrigin, TariffError, Totals, price_lines
from mobiliz.lib.forms import DecimalFieldFr, FreeTextField, WholeFieldFr
from referrals.models import QuoteVersion
from referrals.models.quotes import LineKind as LineKinds
from referrals.models.quotes import PartOrigin as PartOrigins
from referrals.states import Verb

PREFIX = "lignes"
TYPED = ("description", "quantity", "unit_cost_excl_tax", "unit_public_excl_tax")
OTHER_KINDS = (LineKinds.CONSUMABLE, LineKinds.FLAT)
ANY_DECIMALS = 15  # how many a unit price may carry is said by the tariff, once

WRITING = (Verb.ISSUE_QUOTE, Verb.SUPERSEDE_QUOTE, Verb.SUPPLEMENT)

Row = dict[str, str]


class LineForm(forms.Form):
    """One line; its kind is chosen when it is added. A line in which nothing was typed does not count."""

    kind = forms.ChoiceField(label=_("Nature"), choices=LineKinds.choices, widget=forms.HiddenInput)
    description = FreeTextField(label=_("Désignation"), required=False)
    quantity = DecimalFieldFr(label=_("Quantité"), required=False, decimal_places=ANY_DECIMALS)
    unit_cost_excl_tax = DecimalFieldFr(label=_("Prix coûtant HT"), required=False, decimal_places=ANY_DECIMALS)
    unit_public_excl_tax = DecimalFieldFr(label=_("Prix public HT"), required=False, decimal_places=ANY_DECIMALS)
    part_origin = forms.ChoiceField(
        label=_("Origine de la pièce"), required=False, choices=[("", _("Origine à choisir")), *PartOrigins.choices]
    )

    def __init__(self, *args: Any, number: int = 1, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.number = number
        self.total: Decimal | None = None  # of the line, once it is priced
        if self.kind_now in OTHER_KINDS:
            self.fields["kind"].choices = [(kind.value, kind.label) for kind in OTHER_KINDS]
            self.fields["kind"].widget = forms.Select(choices=self.fields["kind"].choices)
        if self.is_labour:
            self.fields["quantity"].label = _("Heures")
        for name in (*TYPED, "kind", "part_origin"):
            label = _now("%(label)s, ligne %(number)d") % {"label": self.fields[name].label, "number": number}
            self.fields[name].widget.attrs["aria-label"] = label

    @property
    def kind_now(self) -> str:
        return str(self["kind"].value() or "")

    @property
    def kind_in_words(self) -> str:
        return str(LineKinds(self.kind_now).label) if self.kind_now in LineKinds.values else ""

    @property
    def is_labour(self) -> bool:
        return self.kind_now == LineKinds.LABOUR

    @property
    def is_part(self) -> bool:
        return self.kind_now == LineKinds.PART

    @property
    def is_other(self) -> bool:
        return self.kind_now in OTHER_KINDS

    @property
    def is_blank(self) -> bool:
        """Nothing typed: the quantity of one that a new line brings along is not typed."""
        values = {name: str(self[name].value() or "").strip() for name in TYPED}
        if not self.is_labour and values["quantity"] == "1":
            values["quantity"] = ""
        return not any(values.values())

    @property
    def faults(self) -> list[tuple[str, forms.BoundField]]:
        """The cells with something to correct, each called by its line and heading: said under the line, where there
        is room for a sentence."""
        if not self.is_bound:
            return []
        return [(self._where(name), self[name]) for name in self.errors if name in self.fields]

    def _where(self, name: str) -> str:
        cell = str(self.fields[name].label)
        return _now("Ligne %(number)d, %(cell)s") % {"number": self.number, "cell": f"{cell[:1].lower()}{cell[1:]}"}

    def clean(self) -> None:
        if not self.is_blank and "quantity" not in self.errors and self.cleaned_data.get("quantity") is None:
            is_hours = self.is_labour
            self.add_error("quantity", _("Indiquez le nombre d’heures.") if is_hours else _("Indiquez la quantité."))

    def line(self) -> LineInput | None:
        """As the tariff takes it; None while the line is blank or a figure cannot be read."""
        return None if self.is_blank or not self.is_valid() else self.line_to_judge()

    def line_to_judge(self) -> LineInput:
        """The line with something harmless where a figure cannot be read, so that its other faults show at once."""
        self.is_valid()
        typed, origin = self.cleaned_data, self.cleaned_data.get("part_origin")
        cost = typed.get("unit_cost_excl_tax")
        return LineInput(
            kind=LineKind(typed["kind"]) if "kind" in typed else LineKind.FLAT,
            description=typed.get("description", ""),
            quantity=Decimal(1) if typed.get("quantity") is None else typed["quantity"],
            unit_cost_excl_tax=Decimal(0) if "unit_cost_excl_tax" in self.errors and not self.is_labour else cost,
            unit_public_excl_tax=typed.get("unit_public_excl_tax"),
            part_origin=PartOrigin(origin) if origin and self.is_part else None,
        )


class LinesFormSet(forms.BaseFormSet):
    """The lines of one quote."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "number": (index or 0) + 1}

    def counted(self) -> list[tuple[LineForm, LineInput]]:
        """The lines that can be read, each with its form."""
        read = [(form, form.line()) for form in self.forms]
        return [(form, line) for form, line in read if line is not None]

    def lines(self) -> list[LineInput]:
        return [line for _form, line in self.counted()]

    def estimate(self, conditions: Conditions, instalments: int) -> Totals | None:
        """What the lines that can be priced come to, while the others are still being typed."""
        counted = self.counted()
        try:
            totals = _priced([line for _form, line in counted], conditions, instalments)
        except TariffError as error:
            faulty = {fault.line for fault in error.faults}
            counted = [one for at, one in enumerate(counted) if at not in faulty]
            try:
                totals = _priced([line for _form, line in counted], conditions, instalments)
            except TariffError:
                return None
        for (form, _line), priced in zip(counted, totals.lines, strict=True):
            form.total = priced.line_cost_excl_tax
        return totals

    def uncounted(self) -> list[int]:
        """The numbers of the lines that are still being typed."""
        return [form.number for form in self.forms if form.total is None and not form.is_blank]

    def is_priced(self, conditions: Conditions, terms: TermsForm) -> bool:
        """Whether the whole can be issued; if not, every fault stands beside its cell."""
        are_read = all([self.is_valid(), terms.is_valid()])  # both, so that all faults show at once
        forms_to_judge = [form for form in self.forms if not form.is_blank]
        try:
            _priced([form.line_to_judge() for form in forms_to_judge], conditions, terms.chosen_instalments)
        except TariffError as error:
            _show_faults(error.faults, forms_to_judge, terms)
            return False
        return are_read

    def show_faults(self, faults: Sequence[Fault], terms: TermsForm) -> None:
        """What the verb itself found, when the schedule has changed between form and submit."""
        _show_faults(faults, [form for form, _line in self.counted()], terms)


def _show_faults(faults: Sequence[Fault], judged: Sequence[LineForm], terms: TermsForm) -> None:
    """Beside the cell at fault, unless it could not even be read; in the summary when it is about the whole."""
    unreadable = [set(form.errors) for form in judged]
    for fault in faults:
        if fault.line is None:
            terms.add_error(fault.field if fault.field in terms.fields else None, fault.message)
        elif fault.field not in unreadable[fault.line]:
            judged[fault.line].add_error(fault.field, fault.message)


def _priced(lines: Sequence[LineInput], conditions: Conditions, instalments: int) -> Totals:
    return price_lines(
        lines,
        hourly_rate_excl_tax=conditions.hourly_rate_excl_tax,
        vat_percent=conditions.vat_percent,
        instalments=instalments,
    )


QuoteLines = forms.formset_factory(
    LineForm, formset=LinesFormSet, extra=0, max_num=MAX_LINES, absolute_max=MAX_LINES + 1
)


class TermsForm(forms.Form):
    """What holds for the whole quote. Four instalments at most: the last is due within 50 days of the repair."""

    immobilisation_days = WholeFieldFr(
        label=_("Voiture immobilisée"), required=False, min_value=0, max_value=365, unit=_("jours")
    )
    instalments = forms.TypedChoiceField(
        label=_("Paiement sans frais"),
        choices=[(1, _("En 1 fois")), (2, _("En 2 fois")), (3, _("En 3 fois")), (4, _("En 4 fois"))],
        coerce=int,
        initial=1,
        help_text=_("Dernier versement au plus tard 50 jours après la réparation."),
    )

    # the version that the garage had before its eyes, and what it thought it was doing
    replaces = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    doing = forms.ChoiceField(choices=[(verb, verb) for verb in WRITING], widget=forms.HiddenInput)

    @property
    def chosen_instalments(self) -> int:
        """The choice that was read, else one."""
        if not self.is_bound:
            shown = str(self["instalments"].value() or "")
            return int(shown) if shown in {str(count) for count, _label in self.fields["instalments"].choices} else 1
        self.is_valid()
        return int(self.cleaned_data.get("instalments") or 1)


# --- rows of text: what was typed, as it was typed ------------------------------------------------------------
def first_rows() -> list[Row]:
    """A usual quote: labour and a part."""
    return [new_row(LineKinds.LABOUR.value), new_row(LineKinds.PART.value)]


def new_row(kind: str) -> Row:
    return {"kind": kind, "quantity": "1" if kind == LineKinds.PART else ""}


def rows_of_version(version: QuoteVersion) -> list[Row]:
    """The lines of an issued version, to start the next one from."""
    return [
        {
            "kind": line.kind,
            "description": line.description,
            "quantity": _text(line.quantity),
            "unit_cost_excl_tax": "" if line.kind == LineKinds.LABOUR else _text(line.unit_cost_excl_tax),
            "unit_public_excl_tax": _text(line.unit_public_excl_tax),
            "part_origin": line.part_origin,
        }
        for line in version.lines.all()
    ]


def typed_rows(posted: Mapping[str, str]) -> list[Row]:
    """The lines of a posted form, nothing judged."""
    names = ("kind", *TYPED, "part_origin")
    rows = [{name: posted.get(f"{PREFIX}-{at}-{name}", "") for name in names} for at in range(_posted_count(posted))]
    return [row for row in rows if row["kind"]]


def bound_lines(rows: Sequence[Row]) -> LinesFormSet:
    """The lines as if they had just been posted."""
    data = {f"{PREFIX}-TOTAL_FORMS": str(len(rows)), f"{PREFIX}-INITIAL_FORMS": "0"}
    for at, row in enumerate(rows):
        data.update({f"{PREFIX}-{at}-{name}": text for name, text in row.items()})
    return QuoteLines(data, prefix=PREFIX)  # type: ignore[return-value]


def shown_lines(rows: Sequence[Row]) -> LinesFormSet:
    """The lines to be typed on, with what was typed before and not a word about faults yet."""
    return QuoteLines(initial=list(rows), prefix=PREFIX)  # type: ignore[return-value]


def _posted_count(posted: Mapping[str, str]) -> int:
    typed = posted.get(f"{PREFIX}-TOTAL_FORMS", "")
    return min(int(typed), MAX_LINES + 1) if typed.isascii() and typed.isdigit() and len(typed) <= 4 else 0


def _text(value: Decimal | None) -> str:
    """As a person would type it: at least the cents of a price that has any, no needless zeros."""
    if value is None:
        return ""
    plain = f"{value.normalize():f}"
    whole, _mark, decimals = plain.partition(".")
    return f"{whole},{decimals:0<2}" if decimals else whole


def comparable(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """The lines that count, however their figures were typed: to know a second click from another quote."""
    names = ("kind", "description", "quantity", "unit_cost_excl_tax", "unit_public_excl_tax", "part_origin")
    lines = bound_lines(rows).lines()
    return [tuple(_plain(getattr(line, name)) for name in names) for line in lines]


def _plain(value: object) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value or "")
