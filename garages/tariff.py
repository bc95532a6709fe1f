"""Cost-price arithmetic: lines in, totals out. Pure: the schedule's rate and the VAT rate are arguments.

The rules of money: unit prices carry up to four decimals; a line before tax is rounded half up to the cent;
the total is the sum of rounded lines; VAT is computed on the summed base and rounded once (EN 16931, BR-CO-10
and BR-CO-17). The public price takes the same steps.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from mobiliz.lib.money import add_up, percent, split_equally, to_cents, vat_on
from mobiliz.lib.numbers import format_decimal_fr, format_eur

MAX_LINES = 100
MAX_DESCRIPTION = 160
MAX_TOTAL = Decimal("100000.00")  # before tax, cost or public: more is a typing error, and columns have an end
MAX_INSTALMENTS = 12  # arithmetic only: what the law allows is decided where the quote is issued


class LineKind(StrEnum):
    LABOUR = "labour"
    PART = "part"
    CONSUMABLE = "consumable"
    FLAT = "flat"


class PartOrigin(StrEnum):
    NEW = "new"
    REUSED = "reused"
    EXCHANGE = "exchange"


@dataclass(frozen=True, slots=True)
class LineInput:
    """One line as the garage gives it; a labour line may leave its cost to the schedule."""

    kind: LineKind
    description: str
    quantity: Decimal
    unit_cost_excl_tax: Decimal | None = None
    unit_public_excl_tax: Decimal | None = None
    part_origin: PartOrigin | None = None


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line with the unit cost that counts (before tax) and its rounded amounts."""

    input: LineInput
    unit_cost: Decimal
    line_cost_excl_tax: Decimal
    line_public_excl_tax: Decimal | None


@dataclass(frozen=True, slots=True)
class TariffWarning:
    """Something the page must say; `line` counts from 0."""

    code: str
    message: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Fault:
    """Why the lines cannot be priced: `line` counts from 0, None where the fault is in no line."""

    code: str
    message: str
    line: int | None
    field: str


class TariffError(ValueError):
    """Carries every fault found, so that a form can show them all at once."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(self.faults)

    def __str__(self) -> str:
        return " ".join(fault.message for fault in self.faults)


@dataclass(frozen=True, slots=True)
class Totals:
    """What a quote comes to. The public side and the saving count only the lines that have a public price:
    `compared_incl_tax` is what those same lines cost here, so that saving = public - compared."""

    total_excl_tax: Decimal
    vat: Decimal
    total_incl_tax: Decimal
    labour_excl_tax: Decimal
    parts_excl_tax: Decimal
    public_excl_tax: Decimal | None
    public_incl_tax: Decimal | None
    compared_incl_tax: Decimal | None
    saving_incl_tax: Decimal | None
    saving_percent: Decimal | None
    left_to_pay: Decimal
    instalments: tuple[Decimal, ...]
    lines: tuple[PricedLine, ...]
    warnings: tuple[TariffWarning, ...]


def price_lines(
    lines: Sequence[LineInput],
    *,
    hourly_rate_excl_tax: Decimal,
    vat_percent: Decimal,
    contributions: Sequence[Decimal] = (),
    instalments: int = 1,
) -> Totals:
    """Price the lines at cost by the schedule's hourly rate.

    Amounts are euros; `vat_percent` is 20 for 20 %; `contributions` are what others confirmed to pay, with
    tax. Raises TariffError with all faults.
    """
    # a broken schedule is nobody's typing, and no line can be judged by it
    _refuse(_figure_faults(_RATE, hourly_rate_excl_tax, "hourly_rate_excl_tax"))
    _refuse(
        [
            *_lines_faults(lines, hourly_rate_excl_tax),
            *_figure_faults(_VAT, vat_percent, "vat_percent"),
            *_payment_faults(contributions, instalments),
        ]
    )
    priced = tuple(_priced(line, hourly_rate_excl_tax) for line in lines)
    total_excl_tax = add_up(line.line_cost_excl_tax for line in priced)
    vat = vat_on(total_excl_tax, vat_percent)
    left_to_pay = total_excl_tax + vat - add_up(contributions)
    _refuse(_sum_faults(priced, left_to_pay))
    saving = _saving(priced, vat_percent)
    return Totals(
        total_excl_tax=total_excl_tax,
        vat=vat,
        total_incl_tax=total_excl_tax + vat,
        labour_excl_tax=_cost_of(priced, LineKind.LABOUR),
        parts_excl_tax=_cost_of(priced, LineKind.PART),
        public_excl_tax=saving.public_excl_tax,
        public_incl_tax=saving.public_incl_tax,
        compared_incl_tax=saving.compared_incl_tax,
        saving_incl_tax=saving.incl_tax,
        saving_percent=saving.percent,
        left_to_pay=left_to_pay,
        instalments=split_equally(left_to_pay, instalments),
        lines=priced,
        warnings=tuple(_warnings(priced)),
    )


def _refuse(found: Iterable[Fault]) -> None:
    if faults := tuple(found):
        raise TariffError(faults)


def _priced(line: LineInput, hourly_rate: Decimal) -> PricedLine:
    # checked before: only a labour line may leave its cost out
    unit_cost = hourly_rate if line.unit_cost_excl_tax is None else line.unit_cost_excl_tax
    public = line.unit_public_excl_tax
    return PricedLine(
        input=line,
        unit_cost=unit_cost,
        line_cost_excl_tax=to_cents(line.quantity * unit_cost),
        line_public_excl_tax=None if public is None else to_cents(line.quantity * public),
    )


def _cost_of(priced: Sequence[PricedLine], kind: LineKind) -> Decimal:
    return add_up(line.line_cost_excl_tax for line in priced if line.input.kind == kind)


@dataclass(frozen=True, slots=True)
class _Saving:
    public_excl_tax: Decimal | None = None
    public_incl_tax: Decimal | None = None
    compared_incl_tax: Decimal | None = None
    incl_tax: Decimal | None = None
    percent: Decimal | None = None


def _saving(priced: Sequence[PricedLine], vat_percent: Decimal) -> _Saving:
    """Public minus cost, with tax, over the lines that have a public price; like is compared with like."""
    compared = [(line.line_cost_excl_tax, line.line_public_excl_tax) for line in priced]
    pairs = [(cost, public) for cost, public in compared if public is not None]
    if not pairs:
        return _Saving()
    cost = add_up(cost for cost, _ in pairs)
    public = add_up(public for _, public in pairs)
    cost_incl_tax, public_incl_tax = cost + vat_on(cost, vat_percent), public + vat_on(public, vat_percent)
    saved = public_incl_tax - cost_incl_tax
    return _Saving(public, public_incl_tax, cost_incl_tax, saved, percent(saved, public_incl_tax))


def _warnings(priced: Sequence[PricedLine]) -> Iterator[TariffWarning]:
    for index, line in enumerate(priced):
        if line.line_public_excl_tax is None:
            message = f"« {line.input.description} » n’a pas de prix public : l’économie est comptée sans elle."
            yield TariffWarning("PUBLIC_PRICE_MISSING", message, index)


@dataclass(frozen=True, slots=True)
class _Bounds:
    """What a figure may be; `name` opens the sentence that refuses it."""

    name: str
    most: Decimal
    places: int
    is_above_zero: bool = False

    def broken_by(self, value: Decimal) -> tuple[str, str] | None:
        """Code and sentence of the first bound that the value breaks."""
        if not value.is_finite():
            return "NOT_A_NUMBER", f"{self.name} n’est pas un nombre."
        if self.is_above_zero and value <= 0:
            return "NOT_POSITIVE", f"{self.name} doit dépasser zéro."
        if value < 0:
            return "NEGATIVE", f"{self.name} ne peut pas être négatif."
        if value > self.most:
            return "TOO_LARGE", f"{self.name} ne peut pas dépasser {format_decimal_fr(self.most)}."
        if value != value.quantize(Decimal(1).scaleb(-self.places)):
            return "TOO_MANY_DECIMALS", f"{self.name} compte au plus {self.places} chiffres après la virgule."
        return None


_HOURS = _Bounds("Le nombre d’heures", Decimal(200), 2, is_above_zero=True)
_QUANTITY = _Bounds("La quantité", Decimal(1000), 2, is_above_zero=True)
_COST = _Bounds("Le prix coûtant", MAX_TOTAL, 4)
_PUBLIC = _Bounds("Le prix public", MAX_TOTAL, 4)
_RATE = _Bounds("Le taux horaire du barème", Decimal(1000), 4, is_above_zero=True)
_VAT = _Bounds("Le taux de TVA", Decimal(50), 2)
_CONTRIBUTION = _Bounds("Le montant d’une aide", MAX_TOTAL * 2, 2)


def _lines_faults(lines: Sequence[LineInput], hourly_rate: Decimal) -> Iterator[Fault]:
    if not lines:
        yield Fault("LINES_EMPTY", "Ajoutez au moins une ligne au devis.", None, "lines")
    if len(lines) > MAX_LINES:
        yield Fault("TOO_MANY_LINES", f"Un devis compte au plus {MAX_LINES} lignes.", None, "lines")
    for index, line in enumerate(lines[:MAX_LINES]):
        for code, message, field in _line_faults(line, hourly_rate):
            yield Fault(code, message, index, field)


_LineFault = tuple[str, str, str]  # code, message, field


def _line_faults(line: LineInput, hourly_rate: Decimal) -> Iterator[_LineFault]:
    yield from _description_faults(line)
    yield from _bounds_faults(_HOURS if line.kind == LineKind.LABOUR else _QUANTITY, line.quantity, "quantity")
    yield from _origin_faults(line)
    price_faults = [
        *_cost_faults(line, hourly_rate),
        *_bounds_faults(_PUBLIC, line.unit_public_excl_tax, "unit_public_excl_tax"),
    ]
    yield from price_faults or _cost_above_public(line, hourly_rate)


def _bounds_faults(bounds: _Bounds, value: Decimal | None, field: str) -> Iterator[_LineFault]:
    if value is not None and (broken := bounds.broken_by(value)):
        yield *broken, field


def _description_faults(line: LineInput) -> Iterator[_LineFault]:
    if not line.description.strip():
        yield "DESCRIPTION_MISSING", "Dites en quelques mots ce que la ligne couvre.", "description"
    if len(line.description) > MAX_DESCRIPTION:
        message = f"La description compte au plus {MAX_DESCRIPTION} caractères."
        yield "DESCRIPTION_TOO_LONG", message, "description"


def _origin_faults(line: LineInput) -> Iterator[_LineFault]:
    if line.kind == LineKind.PART and line.part_origin is None:
        message = "Indiquez l’origine de la pièce : neuve, de réemploi ou échange standard."
        yield "PART_ORIGIN_MISSING", message, "part_origin"
    if line.kind != LineKind.PART and line.part_origin is not None:
        yield "PART_ORIGIN_NOT_FOR_THIS_LINE", "Seule une pièce a une origine.", "part_origin"


def _cost_faults(line: LineInput, hourly_rate: Decimal) -> Iterator[_LineFault]:
    cost = line.unit_cost_excl_tax
    if cost is None and line.kind != LineKind.LABOUR:
        yield "UNIT_COST_MISSING", "Indiquez le prix coûtant hors taxe.", "unit_cost_excl_tax"
    elif cost is not None and line.kind == LineKind.LABOUR and cost.is_finite() and cost != hourly_rate:
        message = f"Le taux horaire est celui du barème : {_price(hourly_rate)}."
        yield "RATE_NOT_OF_SCHEDULE", message, "unit_cost_excl_tax"
    else:
        yield from _bounds_faults(_COST, cost, "unit_cost_excl_tax")


def _cost_above_public(line: LineInput, hourly_rate: Decimal) -> Iterator[_LineFault]:
    """Nobody is helped by a solidarity price that any other customer would beat."""
    cost, public = line.unit_cost_excl_tax, line.unit_public_excl_tax
    unit_cost = hourly_rate if cost is None else cost
    if public is None or unit_cost <= public:
        return
    message = (
        f"Le prix coûtant ({_price(unit_cost)}) dépasse le prix public ({_price(public)}) : "
        "personne ne paie plus cher que les autres clients. Vérifiez les deux prix."
    )
    yield "COST_ABOVE_PUBLIC", message, "unit_cost_excl_tax" if cost is not None else "unit_public_excl_tax"


def _price(amount: Decimal) -> str:
    """To the cent, or with the decimals that a unit price may carry."""
    if amount == to_cents(amount):
        return f"{format_eur(amount)} HT"
    return f"{format_decimal_fr(amount)}\u00a0€ HT"


def _figure_faults(bounds: _Bounds, value: Decimal, field: str) -> Iterator[Fault]:
    for code, message, _ in _bounds_faults(bounds, value, field):
        yield Fault(code, message, None, field)


def _payment_faults(contributions: Sequence[Decimal], instalments: int) -> Iterator[Fault]:
    for contribution in contributions:
        yield from _figure_faults(_CONTRIBUTION, contribution, "contributions")
    if not 1 <= instalments <= MAX_INSTALMENTS:
        message = f"Le paiement se fait en 1 à {MAX_INSTALMENTS} fois."
        yield Fault("INSTALMENTS_OUT_OF_RANGE", message, None, "instalments")


def _sum_faults(priced: Sequence[PricedLine], left_to_pay: Decimal) -> Iterator[Fault]:
    """What can only be said of the sums."""
    cost = add_up(line.line_cost_excl_tax for line in priced)
    public = add_up(line.line_public_excl_tax or Decimal(0) for line in priced)
    if max(cost, public) > MAX_TOTAL:
        message = f"Le total dépasse {format_eur(MAX_TOTAL)} hors taxe. Vérifiez les quantités et les prix."
        yield Fault("TOTAL_TOO_LARGE", message, None, "lines")
    elif left_to_pay < 0:
        message = f"Les aides dépassent le total de {format_eur(-left_to_pay)}. Corrigez leur montant."
        yield Fault("CONTRIBUTIONS_ABOVE_TOTAL", message, None, "contributions")
