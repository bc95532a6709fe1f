"""What makes two records look like one person, as text to be hashed. Pure: knows no framework.

Names in any order of their words, with or without accents, hyphens and capitals, together with the day of birth; or
the telephone together with the day of birth. A slip of the pen is another person here.
"""

from __future__ import annotations

from datetime import date

from mobiliz.lib.text import normalise

BY_NAME, BY_PHONE = "person by name and birth", "person by telephone and birth"


def name_and_birth(last_name: str, first_name: str, birth_date: date) -> str:
    """Nothing for a name without a letter."""
    words = sorted(normalise(f"{last_name} {first_name}").split())
    return f"{' '.join(words)}|{birth_date:%Y-%m-%d}" if words else ""


def phone_and_birth(phone: str, birth_date: date) -> str:
    """`phone` is E.164 or empty."""
    return f"{phone}|{birth_date:%Y-%m-%d}" if phone else ""
