"""One search key for names however typed; social security numbers, which free text must not hold."""

import re
import unicodedata
from collections.abc import Iterator

# Letters that Unicode does not take apart into a base letter and an accent, and an apostrophe that it calls one.
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "\u02bc": " "})
_SAINTS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}

# Between the groups people put spaces of every width, points, dashes, slashes, underscores: three signs at most.
_GAP = r"[\W_]{0,3}"
# Sex, year, month, department (Corsica 2A or 2B, overseas three digits) with commune, order, and perhaps the key.
_NIR = re.compile(
    rf"(?<![0-9])([1-478])({_GAP})([0-9]{{2}})({_GAP})(0[1-9]|1[0-2]|[2-9][0-9])({_GAP})"
    rf"(?:(?:0[1-9]|[1-8][0-9]|9[0-69]|2[AB])({_GAP})[0-9]{{3}}|9[78][0-9]({_GAP})[0-9]{{2}})({_GAP})([0-9]{{3}})"
    rf"(?:({_GAP})([0-9]{{2}}))?(?![0-9])",
    re.IGNORECASE,
)
# Cut anywhere, in threes or fives: then only the right key, a plausible birth and no figures around tell it apart.
_IN_ANY_GROUPS = re.compile(
    rf"(?<![0-9])(?<![0-9][\W_])[12](?:{_GAP}[0-9]){{5}}{_GAP}[0-9AB](?:{_GAP}[0-9]){{8}}(?![\W_]?[0-9])",
    re.IGNORECASE,
)
_MASK = "…"


def normalise(text: str) -> str:
    """The search key: no accents, lower case, single spaces, "st" as "saint" ("st etienne", "Saint-Étienne").

    Both the stored name and what is typed go through it; a key is its own key.
    """
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(char for char in decomposed if not unicodedata.combining(char)).translate(_LETTERS)
    words = re.sub(r"[\W_]+", " ", bare).split()
    return " ".join(_SAINTS.get(word, word) for word in words)


def find_nir(text: str) -> str | None:
    """The first French social security number in the text, as it stands there; None if there is none."""
    found = next(_nirs(text), None)
    return text[slice(*found)] if found else None


def mask_nir(text: str) -> str:
    """The same text with each social security number taken out of it."""
    for start, end in reversed(list(_nirs(text))):
        text = text[:start] + _MASK + text[end:]
    return text


def _nirs(text: str) -> Iterator[tuple[int, int]]:
    """Where each one begins and ends, the first first."""
    plain = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)
    at = 0
    while found := _next_nir(plain, at):
        yield found
        at = found[1]


def _next_nir(text: str, at: int) -> tuple[int, int] | None:
    spans = [span for span in (_grouped(text, at), _in_any_groups(text, at)) if span]
    # of two that begin alike, the one with the key
    return min(spans, key=lambda span: (span[0], -span[1]), default=None)


def _grouped(text: str, at: int) -> tuple[int, int] | None:
    """Cut where such a number is cut. With its two last digits it is known by the right key; a wrong key that
    stands apart is a slip of the pen, and the number before it one without key.
    """
    for found in _NIR.finditer(text, at):
        key, gap = found[12], found[11]
        if key and _has_right_key(found[0]) and (found[5] <= "12" or _is_uniform(found[0])):
            return found.span()
        if (not key or gap) and _is_plausible(found):
            return found.start(), found.end(10)
    return None


def _is_plausible(found: re.Match[str]) -> bool:
    """Without key: a known sex and a month, cut in one manner; so bar codes, part numbers, a day before a mileage
    pass. 20 is the month that was not known.
    """
    gaps = [*found.group(2, 4, 6, 9), found[7] or found[8] or ""]
    is_month = found[5] <= "12" or (found[5] == "20" and (all(gaps) or not any(gaps)))
    return found[1] in "12" and is_month and _is_uniform(found.string[found.start() : found.end(10)])


def _in_any_groups(text: str, at: int) -> tuple[int, int] | None:
    for found in _IN_ANY_GROUPS.finditer(text, at):
        digits = _digits(found[0])
        if "01" <= digits[3:5] <= "12" and _has_right_key(digits) and _is_uniform(found[0]):
            return found.span()
    return None


def _is_uniform(number: str) -> bool:
    """Cut by one sign: a telephone number followed by a day is cut by two."""
    return len({gap.strip() for gap in re.findall(r"[\W_]+", number)}) < 2


def _has_right_key(text: str) -> bool:
    digits = _digits(text).replace("2A", "19").replace("2B", "18")
    return digits.isdigit() and len(digits) == 15 and 97 - int(digits[:13]) % 97 == int(digits[13:])


def _digits(text: str) -> str:
    return re.sub(r"[\W_]", "", text).upper()


def of_place(name: str) -> str:
    """ "de Guéret", "d’Ambert", "du Puy-en-Velay", "des Sables-d’Olonne"."""
    for article, of in (("Le ", "du "), ("Les ", "des ")):
        if name.startswith(article):
            return of + name.removeprefix(article)
    return of_name(name)


def of_name(name: str) -> str:
    """ "de Nadia", "d’Inès", "d’Yves", "de Yann": what stands before a name that begins with a vowel loses its own."""
    key = normalise(name)
    begins_with_vowel = key[:1] in {*"aeiou"} or (key[:1] == "y" and key[1:2] not in {*"aeiouy", ""})
    return f"d’{name}" if begins_with_vowel else f"de {name}"
