"""The sheet on which a rule is written: each condition and group with its fields, its sentence, its acts. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eligibility import tree
from eligibility.rules import MOST_DEPTH
from eligibility.tree import Definition, Fault, Field, Path


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Box:
    """A field as it stands on the sheet."""

    field: Field
    name: str
    id: str
    text: str
    is_ticked: bool
    choices: tuple[Choice, ...]
    fault: str


@dataclass(frozen=True, slots=True)
class Line:
    """A condition, or a group with what belongs to it."""

    path: Path
    place: str
    id: str
    title: str
    code: str
    fault: str
    sentence: str = ""
    boxes: tuple[Box, ...] = ()
    of: tuple[Line, ...] = ()
    ops: tuple[Choice, ...] = ()
    least: Box | None = None
    is_first: bool = True
    is_last: bool = True
    may_nest: bool = False

    @property
    def is_group(self) -> bool:
        return self.code == tree.GROUP

    @property
    def is_root(self) -> bool:
        return not self.path

    @property
    def is_name(self) -> str:
        return tree.name_of(self.path, "is")

    @property
    def op_name(self) -> str:
        return tree.name_of(self.path, "op")

    @property
    def new_name(self) -> str:
        return tree.name_of(self.path, "new")

    @property
    def new_id(self) -> str:
        """Of what is added next: where the eye goes."""
        return id_of((*self.path, len(self.of)))

    @property
    def above_id(self) -> str:
        return id_of((*self.path[:-1], self.path[-1] - 1))

    @property
    def below_id(self) -> str:
        return id_of((*self.path[:-1], self.path[-1] + 1))

    @property
    def parent_id(self) -> str:
        return id_of(self.path[:-1])

    @property
    def every(self) -> list[Line]:
        """Itself and all that is in it, in the order of reading."""
        return [self, *(line for part in self.of for line in part.every)]

    @property
    def slots(self) -> tuple[Box, ...]:
        """The fields beside which something may be said."""
        return (*self.boxes, self.least) if self.least else self.boxes


def sheet_of(definition: Definition, subject: str, *, is_judged: bool) -> Line:
    """The whole sheet; what is to be mended stands beside its field where it is judged."""
    found = tree.faults(definition, subject) if is_judged else []
    return _line(definition, (), 1, said_of(found))


def said_of(found: Sequence[Fault]) -> dict[tuple[Path, str], str]:
    """By place and field, the first that is said of it."""
    return {(one.path, one.field): one.message for one in reversed(found)}


@dataclass(frozen=True, slots=True)
class ToMend:
    """One thing to be mended: the id of where it stands, what that is called, what to do."""

    anchor: str
    title: str
    message: str


def to_mend(sheet: Line, found: Sequence[Fault]) -> list[ToMend]:
    titles = {line.path: line.title for line in sheet.every}
    return [ToMend(id_of(one.path, one.field), titles.get(one.path, ""), one.message) for one in found]


def id_of(path: Path, field: str = "") -> str:
    return "-".join(("n", *map(str, path), *([field] if field else [])))


def _line(part: Definition, path: Path, siblings: int, said: Mapping[tuple[Path, str], str]) -> Line:
    common: dict[str, Any] = {
        "path": path,
        "place": tree.place(path),
        "id": id_of(path),
        "fault": said.get((path, ""), ""),
        "is_first": not path or path[-1] == 0,
        "is_last": not path or path[-1] == siblings - 1,
    }
    number = ".".join(str(index + 1) for index in path)
    if "of" in part:
        title = f"Groupe {number}" if path else "La règle"
        parts = part["of"]
        return Line(
            **common,
            title=title,
            code=tree.GROUP,
            of=tuple(_line(one, (*path, index), len(parts), said) for index, one in enumerate(parts)),
            ops=tuple(Choice(op, label, op == part.get("op")) for op, label in tree.OPS.items()),
            least=_box(Field("n", "whole", "Combien au moins"), part.get("n", ""), path, said),
            may_nest=len(path) + 1 < MOST_DEPTH,
        )
    code = str(part.get("leaf"))
    leaf = tree.leaf_at(part)
    sentence = f"{leaf.sentence[:1].upper()}{leaf.sentence[1:]}." if leaf else ""
    boxes = tuple(_box(one, tree.value_of(part, one), path, said) for one in tree.FIELDS.get(code, ()))
    title = f"{number}. {tree.LEAF_LABELS.get(code, 'Condition inconnue')}"
    return Line(**common, title=title, code=code, sentence=sentence, boxes=boxes)


def _box(field: Field, value: Any, path: Path, said: Mapping[tuple[Path, str], str]) -> Box:
    chosen = value if isinstance(value, list | tuple) else [value]
    return Box(
        field=field,
        name=tree.name_of(path, field.name),
        id=id_of(path, field.name),
        text="" if field.kind in ("several", "flag") else tree.shown(value, field.kind),
        is_ticked=value is True,
        choices=tuple(Choice(one, label, one in chosen) for one, label in (field.choices or {}).items()),
        fault=said.get((path, field.name), ""),
    )
