"""One search key for names however typed; social security numbers, which free text must not hold."""

import re
import unicodedata

# Letters that Unicode does not take apart into a base letter and an accent, and an apostrophe that it calls one.
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "\u02bc": " "})
_SAINTS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}

# Sex, year, month, department (Corsica 2A or 2B, overseas three digits), commune, order, and perhaps the key;
# people put spaces, dots or hyphens between these groups and nowhere else.
_NIR = re.compile(
    r"(?<![0-9])"
    r"([1-478])[ .\-]?([0-9]{2})[ .\-]?(0[1-9]|1[0-2]|[2-9][0-9])[ .\-]?"
    r"((?:0[1-9]|[1-8][0-9]|9[0-69]|2[ABab])[ .\-]?[0-9]{3}|9[78][0-9][ .\-]?[0-9]{2})[ .\-]?"
    r"([0-9]{3})"
    r"(?:[ .\-]?([0-9]{2}))?"
    r"(?![0-9])"
)


def normalise(text: str) -> str:
    """The search key: no accents, lower case, single spaces, "st" as "saint" ("st etienne", "Saint-Étienne").

    Both the stored name and what is typed go through it; a key is its own key.
    """
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(char for char in decomposed if not unicodedata.combining(char)).translate(_LETTERS)
    words = re.sub(r"[\W_]+", " ", bare).split()
    return " ".join(_SAINTS.get(word, word) for word in words)


def find_nir(text: str) -> str | None:
    """The first French social security number in the text, as it stands there; None if there is none.

    With its two last digits it counts only if they are the right key. Without, only those of a person
    born with a known sex and a plausible month count, so that barcodes and part numbers pass.
    """
    spaced = re.sub(r"\s", " ", text)
    for found in _NIR.finditer(spaced):
        if _is_nir(found):
            return found[0]
    return None


def _is_nir(found: re.Match[str]) -> bool:
    sex, year, month, place, order, key = found.groups()
    if key is None:
        return sex in "12" and (month <= "12" or month == "20")
    digits = re.sub(r"[ .\-]", "", "".join((sex, year, month, place, order))).upper()
    number = int(digits.replace("2A", "19").replace("2B", "18"))
    return 97 - number % 97 == int(key)
