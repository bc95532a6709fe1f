"""How long ago something was confirmed, in words, and whether it should be asked again. Pure: today is an argument."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

DAYS_A_MONTH = 30.44


@dataclass(frozen=True, slots=True)
class Freshness:
    """Of a confirmation: is it still good, how old is it in words (nothing where there never was one)."""

    on: date | None
    is_stale: bool
    ago: str

    @property
    def sense(self) -> str:
        return "wait" if self.is_stale else "good"


def freshness(confirmed_on: date | None, today: date, *, months: int, since: date | None = None) -> Freshness:
    """Stale when nobody ever confirmed it, when so many months are over, or when it dates from before `since`."""
    if confirmed_on is None:
        return Freshness(None, True, "")
    is_stale = today > add_months(confirmed_on, months) or (since is not None and confirmed_on < since)
    return Freshness(confirmed_on, is_stale, ago_in_words(confirmed_on, today))


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), following - timedelta(days=1))


def ago_in_words(day: date, today: date) -> str:
    """ "aujourd’hui", "il y a 3 jours", "il y a 5 mois", "il y a 2 ans"."""
    days = (today - day).days
    if days <= 0:
        return "aujourd’hui"
    if days == 1:
        return "hier"
    if days < 14:
        return f"il y a {days} jours"
    if days < 60:
        return f"il y a {days // 7} semaines"
    months = round(days / DAYS_A_MONTH)
    return f"il y a {months} mois" if months < 24 else f"il y a {months // 12} ans"
