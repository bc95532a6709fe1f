"""A rule as it is written on a page: definition to fields and back, what is to be mended, and one part moved. Pure.

Each condition and group has its place in the tree, "0.1" (the root ""), and its fields are called by it: `n.0.1-is`
says what stands there. What cannot be read as a number is kept as it was typed, in the definition too: a draft may be
wrong as long as it is one, and nothing that was typed is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from decimal import Decimal
from typing import Any, Literal, Protocol

from eligibility.facts import amount_text
from eligibility.labels import BENEFIT_LABELS, BRAND_GROUP_LABELS, EMPLOYMENT_LABELS, SENDER_LABELS, WORK_LABELS
from eligibility.leaves import LEAVES, BadRule, Leaf, Provable, leaf_of
from eligibility.rules import MOST_DEPTH, MOST_NODES
from mobiliz.lib.numbers import format_decimal_fr, parse_decimal_fr

type Definition = dict[str, Any]
type Path = tuple[int, ...]
Kind = Literal["whole", "amount", "several", "one", "flag"]

GROUP = "group"  # among what may be added
OPS: Mapping[str, str] = {
    "all": "toutes ces conditions",
    "any": "une au moins de ces conditions",
    "at_least": "plusieurs, au moins :",
}
LEAF_LABELS: Mapping[str, str] = {
    "income_below_threshold": "Revenu sous le seuil de pauvreté",
    "family_quotient_at_most": "Quotient familial",
    "minimum_benefit": "Minimum social",
    "employment_among": "Situation d’emploi",
    "needs_vehicle_for_work": "Voiture nécessaire au travail",
    "sent_by_among": "Structure qui oriente",
    "fiscal_horsepower_at_most": "Puissance fiscale",
    "vehicle_age_at_most": "Âge de la voiture",
    "mileage_below": "Kilométrage",
    "brand_among": "Marque",
    "work_is": "Nature des travaux",
}

MOST_DIGITS = 9
KEPT = 12  # signs of what cannot be read: fewer than a social security number has
_TOO_LARGE = f"Une règle a {MOST_NODES} conditions et groupes, et {MOST_DEPTH} niveaux au plus. Simplifiez-la."
_AMOUNT = re.compile(r"\d{1,9}(\.\d{1,9})?", re.ASCII)
_PLACE = re.compile(r"(\d{1,2}(\.\d{1,2}){0,9})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that may be set of a condition."""

    name: str
    kind: Kind
    label: str
    unit: str = ""
    choices: Mapping[str, str] | None = None
    help: str = ""


_PROOF = (
    Field("needs_proof", "flag", "Un justificatif est exigé"),
    Field("proof_max_age_days", "whole", "Le justificatif vaut", "jours"),
)
_OF: Mapping[str, tuple[Field, ...]] = {
    "income_below_threshold": (
        Field("level_percent", "whole", "Niveau du seuil", "%", help="Du niveau de vie médian : 60 % d’ordinaire."),
    ),
    "family_quotient_at_most": (Field("limit_eur", "amount", "Quotient familial, au plus", "€"),),
    "minimum_benefit": (
        Field("among", "several", "Un de ces minima sociaux", choices={str(k): v for k, v in BENEFIT_LABELS.items()}),
        Field("within_months", "whole", "Ou reçu au cours des derniers", "mois", help="0 : reçu aujourd’hui."),
    ),
    "employment_among": (
        Field("among", "several", "Une de ces situations", choices={str(k): v for k, v in EMPLOYMENT_LABELS.items()}),
    ),
    "sent_by_among": (Field("among", "several", "Une de ces structures", choices=SENDER_LABELS),),
    "fiscal_horsepower_at_most": (Field("limit", "whole", "Puissance, au plus", "CV"),),
    "vehicle_age_at_most": (Field("limit_years", "whole", "Âge, au plus", "ans"),),
    "mileage_below": (Field("limit_km", "whole", "Kilométrage, moins de", "km"),),
    "brand_among": (Field("groups", "several", "Un de ces groupes de marques", choices=BRAND_GROUP_LABELS),),
    "work_is": (Field("kind", "one", "Travaux", choices=WORK_LABELS),),
}
FIELDS: Mapping[str, tuple[Field, ...]] = {
    code: _OF.get(code, ()) + (_PROOF if issubclass(kind, Provable) else ()) for code, kind in LEAVES.items()
}


class Posted(Protocol):
    """A form as it comes: Django's QueryDict, or any like it."""

    def get(self, name: str, default: str, /) -> Any: ...
    def getlist(self, name: str, /) -> Sequence[Any]: ...


@dataclass(frozen=True, slots=True)
class Fault:
    """What is to be mended, and where: a field of the condition or group at this place, or the whole of it."""

    path: Path
    field: str
    message: str


def place(path: Path) -> str:
    """(0, 1) as '0.1'."""
    return ".".join(map(str, path))


def path_of(text: str) -> Path | None:
    """'0.1' as (0, 1); None where it is no place."""
    return tuple(map(int, text.split("."))) if text and _PLACE.fullmatch(text) else () if text == "" else None


def name_of(path: Path, field: str) -> str:
    """How a form calls it: 'n.0.1-among', of the root 'n-op'."""
    return f"{'.'.join(('n', *map(str, path)))}-{field}"


def choices_of(subject: str) -> dict[str, str]:
    """The conditions that a rule about this may have, by code."""
    return {code: LEAF_LABELS[code] for code, kind in LEAVES.items() if kind.subject == subject}


def as_group(definition: Any) -> Definition:
    """A rule of a single condition is a group of one: there is always something to add to."""
    if isinstance(definition, Mapping) and isinstance(definition.get("of"), list):
        return dict(definition)
    return {"op": "all", "of": [dict(definition)] if isinstance(definition, Mapping) and "leaf" in definition else []}


def new_leaf(code: str) -> Definition:
    """A condition with what is usual, the rest to be filled in."""
    usual = {one.name: one.default for one in fields(LEAVES[code]) if one.default is not MISSING}
    blank = {one.name: [] if one.kind == "several" else "" for one in FIELDS[code]}
    return {"leaf": code, **blank, **usual}


# --- from a form and to it --------------------------------------------------------------------------------
def from_fields(posted: Posted) -> Definition:
    """The definition that a form holds, nothing judged. BadRule where it is larger than any rule."""
    left = [MOST_NODES]
    return _group(posted, (), left)


def _group(posted: Posted, path: Path, left: list[int]) -> Definition:
    parts: list[Definition] = []
    while (code := _text(posted, (*path, len(parts)), "is")) != "":
        parts.append(_part(posted, (*path, len(parts)), code, left))
    op = _text(posted, path, "op")
    made: Definition = {"op": op if op in OPS else "all", "of": parts}
    return made | ({"n": _number(_text(posted, path, "n"))} if op == "at_least" else {})


def _part(posted: Posted, path: Path, code: str, left: list[int]) -> Definition:
    left[0] -= 1
    if left[0] <= 0 or len(path) > MOST_DEPTH:
        raise BadRule(_TOO_LARGE)
    if code == GROUP:
        return _group(posted, path, left)
    if code not in LEAVES:
        raise BadRule("Cette condition n’existe pas. Choisissez-en une dans la liste.")
    return {"leaf": code, **{one.name: _value(posted, path, one) for one in FIELDS[code]}}


def _value(posted: Posted, path: Path, field: Field) -> Any:
    if field.kind == "several":
        given = {str(one) for one in posted.getlist(name_of(path, field.name))}
        return [one for one in field.choices or () if one in given]
    typed = _text(posted, path, field.name)
    match field.kind:
        case "flag":
            return typed != ""
        case "one":
            return typed if typed in (field.choices or ()) else ""
        case "amount":
            return _amount(typed, field.unit)
    return _number(typed, field.unit)


def _text(posted: Posted, path: Path, field: str) -> str:
    return str(posted.get(name_of(path, field), "") or "").replace("\x00", "").strip()


def _read(typed: str, unit: str) -> Decimal | None:
    bare = typed[: KEPT * 2]
    if unit and bare.lower().endswith(unit.lower()):
        bare = bare[: -len(unit)]
    try:
        read = parse_decimal_fr(bare)
    except ValueError:
        return None
    return read if 0 <= read < 10**MOST_DIGITS else None


def _number(typed: str, unit: str = "") -> int | str:
    read = _read(typed, unit)
    return int(read) if read is not None and read == int(read) else typed[:KEPT].strip()


def _amount(typed: str, unit: str) -> str:
    read = _read(typed, unit)
    return typed[:KEPT].strip() if read is None or not _AMOUNT.fullmatch(amount_text(read)) else amount_text(read)


def to_fields(definition: Definition, path: Path = ()) -> Iterator[tuple[str, str]]:
    """What a form of this definition would send: names and texts, boxes that are ticked only."""
    if "of" in definition:
        if path:
            yield name_of(path, "is"), GROUP
        yield name_of(path, "op"), str(definition.get("op", "all"))
        yield name_of(path, "n"), shown(definition.get("n", ""))
        for index, part in enumerate(definition["of"]):
            yield from to_fields(part, (*path, index))
        return
    code = str(definition.get("leaf"))
    yield name_of(path, "is"), code
    for field in FIELDS.get(code, ()):
        value = value_of(definition, field)
        for one in value if isinstance(value, list) else [value]:
            if one is not False:
                yield name_of(path, field.name), "on" if one is True else shown(one, field.kind)


def value_of(definition: Definition, field: Field) -> Any:
    """As it stands, or what is usual where the definition says nothing of it."""
    return definition[field.name] if field.name in definition else new_leaf(str(definition["leaf"]))[field.name]


def shown(value: Any, kind: Kind = "whole") -> str:
    """As it stands in a box: 200 000, 650,5, or whatever was typed."""
    if isinstance(value, int):
        return format_decimal_fr(value)
    text = str(value)
    return format_decimal_fr(Decimal(text)) if kind == "amount" and _AMOUNT.fullmatch(text) else text


# --- what is to be mended ---------------------------------------------------------------------------------
def faults(definition: Definition, subject: str, path: Path = ()) -> list[Fault]:
    """Everything that keeps the rule from being whole, in the order of reading; empty where it is."""
    found = list(_faults(definition, subject, path))
    if not path and _count(definition) > MOST_NODES:
        found.insert(0, Fault((), "", f"Une règle a {MOST_NODES} conditions et groupes au plus. Simplifiez-la."))
    return found


def _count(definition: Definition) -> int:
    return 1 + sum(_count(part) for part in definition.get("of", ()))


def _faults(definition: Definition, subject: str, path: Path) -> Iterator[Fault]:
    if "of" not in definition:
        yield from _leaf_faults(definition, subject, path)
        return
    parts = definition["of"]
    if len(path) >= MOST_DEPTH:
        yield Fault(path, "", f"Une règle a {MOST_DEPTH} niveaux au plus. Simplifiez-la.")
    if not parts:
        yield Fault(path, "", "Ce groupe est vide. Ajoutez une condition, ou retirez-le.")
    least = definition.get("n")
    if definition.get("op") not in OPS:
        yield Fault(path, "op", "Dites s’il faut toutes ces conditions, une au moins, ou plusieurs.")
    elif definition["op"] == "at_least" and parts and not (isinstance(least, int) and 1 <= least <= len(parts)):
        yield Fault(path, "n", f"Choisissez un nombre de 1 à {len(parts)}.")
    for index, part in enumerate(parts):
        yield from _faults(part, subject, (*path, index))


def _leaf_faults(definition: Definition, subject: str, path: Path) -> Iterator[Fault]:
    kind = LEAVES.get(str(definition.get("leaf")))
    if kind is None or kind.subject != subject:
        yield Fault(path, "", "Cette condition n’est pas de celles de cette règle. Retirez-la.")
        return
    unread = [(one.name, _unread(one, value_of(definition, one))) for one in FIELDS[kind.code]]
    yield from (Fault(path, name, message) for name, message in unread if message)
    if not any(message for _name, message in unread):
        try:
            leaf_of(definition, path)
        except BadRule as bad:
            yield Fault(path, bad.field, bad.message)


def _unread(field: Field, value: Any) -> str:
    """What to do about a field that cannot be read at all."""
    match field.kind:
        case "whole" if not isinstance(value, int):
            return "Indiquez un nombre entier, en chiffres."
        case "amount" if not _AMOUNT.fullmatch(str(value)):
            return "Indiquez un montant en chiffres, comme 800 ou 650,50."
        case "one" if value not in (field.choices or ()):
            return "Choisissez dans la liste."
    return ""


def leaf_at(definition: Definition) -> Leaf | None:
    """The condition, where it is whole."""
    try:
        return leaf_of(definition)
    except BadRule:
        return None


# --- one part added, taken out or moved -------------------------------------------------------------------
def added(definition: Definition, path: Path, code: str) -> tuple[Definition, Path]:
    """With one more condition, or an empty group, at the end of the group at this place; and where it stands now.

    BadRule where the rule would be too large; LookupError where no group stands there, as below.
    """
    if not may_add(definition, path, code):
        raise BadRule(_TOO_LARGE)
    part: Definition = {"op": "all", "of": []} if code == GROUP else new_leaf(code)
    group = _at(definition, path)
    changed = _with(definition, path, {**group, "of": [*group["of"], part]})
    return changed, (*path, len(group["of"]))


def removed(definition: Definition, path: Path) -> Definition:
    """Without what stands there."""
    *above, last = path
    group = _at(definition, tuple(above))
    _at(group, (last,))
    return _with(definition, tuple(above), {**group, "of": [p for at, p in enumerate(group["of"]) if at != last]})


def moved(definition: Definition, path: Path, by: int) -> tuple[Definition, Path]:
    """One place up (-1) or down (1) within its group, and where it stands now; at the end it stays where it is."""
    *above, last = path
    group = _at(definition, tuple(above))
    _at(group, (last,))
    parts, to = list(group["of"]), last + by
    if not 0 <= to < len(parts):
        return definition, path
    parts[last], parts[to] = parts[to], parts[last]
    return _with(definition, tuple(above), {**group, "of": parts}), (*above, to)


def may_add(definition: Definition, path: Path, code: str) -> bool:
    """Whether the group at this place takes one more: a group stands one level higher than what is in it."""
    return _count(definition) < MOST_NODES and len(path) + (code == GROUP) < MOST_DEPTH


def _at(definition: Definition, path: Path) -> Definition:
    """LookupError where nothing stands there."""
    for index in path:
        definition = definition["of"][index]
    return definition


def _with(definition: Definition, path: Path, part: Definition) -> Definition:
    if not path:
        return part
    first, *rest = path
    parts = list(definition["of"])
    parts[first] = _with(parts[first], tuple(rest), part)
    return {**definition, "of": parts}
