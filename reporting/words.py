"""Figures in French: the sentence that heads the dashboard, and rates as people read them."""

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from mobiliz.lib.numbers import NO_BREAK_SPACE, format_decimal_fr, format_percent_fr
from referrals.words import OUTCOMES

NUMBERS = {
    1: _("un"),
    2: _("deux"),
    3: _("trois"),
    4: _("quatre"),
    5: _("cinq"),
    7: _("sept"),
    9: _("neuf"),
    10: _("dix"),
    19: _("dix-neuf"),
    20: _("vingt"),
}
# The shares that people say
SAID = (
    (1, 20),
    (1, 10),
    (1, 5),
    (1, 4),
    (3, 10),
    (1, 3),
    (2, 5),
    (1, 2),
    (3, 5),
    (2, 3),
    (7, 10),
    (3, 4),
    (4, 5),
    (9, 10),
    (19, 20),
)
SAME = Decimal("0.005")  # of the whole
NEAR = Decimal("0.15")  # of the share that is said
_OUTCOME_WORDS = dict(OUTCOMES)


def finding(rate: Decimal | None, *, sent: int) -> str:
    """What the conversion rate says, as a title: "Un peu plus d’un devis sur trois aboutit à une réparation"."""
    if not sent:
        return gettext("Aucune orientation envoyée sur cette période")
    if rate is None:
        return gettext("Trop peu de devis pour en dire un taux")
    if rate == 0:
        return gettext("Aucun devis n’a encore abouti à une réparation")
    if rate >= 1:
        return gettext("Tous les devis ont abouti à une réparation")
    return _in_fractions(rate)


def _in_fractions(rate: Decimal) -> str:
    part, whole = min(SAID, key=lambda said: abs(rate - Decimal(said[0]) / said[1]))
    words = {"part": NUMBERS[part], "whole": NUMBERS[whole]}
    if part == 1:
        said = gettext("un devis sur %(whole)s") % words
        verb = pgettext("un devis", "aboutit à une réparation")
    else:
        said = gettext("%(part)s devis sur %(whole)s") % words
        verb = pgettext("plusieurs devis", "aboutissent à une réparation")
    sentence = f"{_compared(rate, Decimal(part) / whole, said, elides=part == 1)} {verb}"
    return sentence[0].upper() + sentence[1:]


def _compared(rate: Decimal, share: Decimal, said: str, *, elides: bool) -> str:
    if abs(rate - share) <= SAME:
        return said
    joined = f"d’{said}" if elides else f"de {said}"
    pattern = {
        (True, True): gettext("un peu plus %(share)s"),
        (True, False): gettext("un peu moins %(share)s"),
        (False, True): gettext("plus %(share)s"),
        (False, False): gettext("moins %(share)s"),
    }[abs(rate - share) <= NEAR * share, rate > share]
    return pattern % {"share": joined}


def percent(rate: Decimal | None) -> str:
    """ "36,8 %" of 0.3680; "trop peu" where there are too few to say."""
    return gettext("trop peu") if rate is None else format_percent_fr(rate * 100)


def interval(bounds: tuple[Decimal, Decimal] | None) -> str:
    """ "33,6 à 40,1 %"."""
    if bounds is None:
        return "–"
    low, high = (format_decimal_fr(bound * 100, 1) for bound in bounds)
    return gettext("%(low)s à %(high)s") % {"low": low, "high": high} + f"{NO_BREAK_SPACE}%"


def counted(number: int, one: str, many: str) -> str:
    """ "1 284 devis": in French, zero and one are singular."""
    return f"{format_decimal_fr(number)}{NO_BREAK_SPACE}{many if number > 1 else one}"


def reasons(losses: Iterable[tuple[str, int]]) -> str:
    """ "devis refusé (12), abandon (1)"."""
    return ", ".join(
        f"{_OUTCOME_WORDS.get(outcome, outcome)}{NO_BREAK_SPACE}({format_decimal_fr(count)})"
        for outcome, count in losses
    )
