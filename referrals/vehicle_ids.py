"""Number plates and chassis numbers, as people read them off a car or its papers."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class PlateFormat(StrEnum):
    SIV = "SIV"  # since 2009: AA-123-AA
    FNI = "FNI"  # before: 1234 AB 42
    WW = "WW"  # provisional
    FOREIGN = "FOREIGN"


@dataclass(frozen=True, slots=True)
class Plate:
    text: str
    format: PlateFormat
    warnings: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Letters and digits alone: two ways of writing one plate have the same key."""
        return _compact(self.text)


@dataclass(frozen=True, slots=True)
class Vin:
    text: str
    warnings: tuple[str, ...] = ()


# I, O and U are left out of French plates: they look like 1, 0 and V. SS is left out for what it recalls.
_LETTER = "[A-HJ-NP-TV-Z]"
_PAIR = f"(?!SS){_LETTER}{{2}}"
_DEPARTMENT = "0[1-9]|[1-8][0-9]|9[0-5]|2[AB]|97[1-8]"

_SIV_SHAPE = re.compile(r"([A-Z]{2})([0-9]{3})([A-Z]{2})")
_SIV = re.compile(rf"({_PAIR})((?!000)[0-9]{{3}})({_PAIR})")
_FNI = re.compile(rf"([1-9][0-9]{{0,3}})({_LETTER}{{1,3}})({_DEPARTMENT})")

MIN_PLATE, MAX_PLATE = 2, 12
VIN_LENGTH = 17


def parse_plate(text: str) -> Plate:
    """The plate in its usual writing, with its format; what is no French plate but may be one is foreign."""
    typed = " ".join(unicodedata.normalize("NFKC", text).upper().split())
    compact = _compact(typed)
    if not compact:
        raise ValueError("Indiquez l’immatriculation, comme AB-123-CD.")
    if found := _SIV.fullmatch(compact):
        return Plate("-".join(found.groups()), PlateFormat.WW if found[1] == "WW" else PlateFormat.SIV)
    if found := _FNI.fullmatch(compact):
        return Plate(" ".join(found.groups()), PlateFormat.WW if found[2][:2] == "WW" else PlateFormat.FNI)
    return _foreign(typed, compact)


def _foreign(typed: str, compact: str) -> Plate:
    text = re.sub(r" ?-[ \-]*", "-", re.sub(r"[.·•_\u2010-\u2015]", "-", typed)).strip("-")
    if not all(char.isalnum() or char in " -" for char in text) or not MIN_PLATE <= len(text) <= MAX_PLATE:
        raise ValueError("Recopiez l’immatriculation telle qu’elle est sur la plaque, comme AB-123-CD.")
    if not re.search("[0-9]", compact):
        raise ValueError("Une immatriculation contient au moins un chiffre, comme AB-123-CD.")
    return Plate(text, PlateFormat.FOREIGN, _near_siv(compact))


def _near_siv(compact: str) -> tuple[str, ...]:
    """Accepted all the same: Serbian and Georgian plates have this shape with other letters."""
    if not _SIV_SHAPE.fullmatch(compact):
        return ()
    return (
        "Cette plaque ressemble à une plaque française, mais les lettres I, O et U, les lettres SS et le "
        "numéro 000 n’y existent pas. Vérifiez-la, sauf si la voiture est immatriculée à l’étranger.",
    )


def _compact(text: str) -> str:
    return re.sub(r"[\s.·•_\-\u2010-\u2015]", "", text)


def parse_vin(text: str) -> Vin:
    """Seventeen letters and digits, never I, O or Q; a wrong check digit at most warns: Europe has none."""
    vin = _compact(unicodedata.normalize("NFKC", text).upper())
    if not vin:
        raise ValueError("Indiquez le numéro VIN : il est à la case E de la carte grise.")
    if not re.fullmatch("[A-Z0-9]+", vin):
        raise ValueError("Un numéro VIN ne contient que des lettres et des chiffres.")
    if len(vin) != VIN_LENGTH:
        raise ValueError(
            f"Un numéro VIN compte {VIN_LENGTH} caractères, vous en avez saisi {len(vin)}. Recopiez la case E "
            "de la carte grise. Avant 1981, ce numéro était plus court : laissez alors ce champ vide."
        )
    if re.search("[IOQ]", vin):
        raise ValueError(
            "Un numéro VIN ne contient jamais les lettres I, O et Q. Vérifiez s’il s’agit d’un 1 ou d’un 0."
        )
    return Vin(vin, tuple(_vin_warnings(vin)))


def _vin_warnings(vin: str) -> list[str]:
    warnings = []
    if not re.fullmatch("[0-9]{4}", vin[-4:]):
        warnings.append("Les quatre derniers caractères d’un VIN sont d’ordinaire des chiffres. Vérifiez-les.")
    if vin[0] in "12345" and vin[8] != check_character(vin):
        warnings.append("Le neuvième caractère ne correspond pas à ce VIN d’Amérique du Nord. Vérifiez le numéro.")
    return warnings


_VIN_VALUES = {
    **{str(digit): digit for digit in range(10)},
    **dict(zip("ABCDEFGH", range(1, 9), strict=True)),
    **dict(zip("JKLMN", range(1, 6), strict=True)),
    "P": 7,
    "R": 9,
    **dict(zip("STUVWXYZ", range(2, 10), strict=True)),
}
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def check_character(vin: str) -> str:
    """What North American makers put in ninth place (49 CFR 565.15)."""
    total = sum(_VIN_VALUES[char] * weight for char, weight in zip(vin, _VIN_WEIGHTS, strict=True))
    return "X" if total % 11 == 10 else str(total % 11)
