"""What a pilot follows up in the network: garages that stay silent, and fiches, charters and agreements to mend."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, Value, Window
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from garages.models import Garage
from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from mobiliz.lib.templatetags.mobiliz import day_fr
from partners.models import Structure
from referrals.clock import working_days_between
from referrals.models import Assignment

FIRST_LINES = 5
SILENT_SHOWN = 10
SILENT_DAYS = 14


# --- silent garages -----------------------------------------------------------------------------------------
@dataclass
class Silent:
    """A garage that has not answered in time: how many, and since when the first was due."""

    uid: UUID
    name: str
    phone: str
    whom: str
    due: date
    count: int = 0
    late: int = 0

    @property
    def url(self) -> str:
        return reverse("garages:garage", args=[self.uid])

    @property
    def title(self) -> str:
        return ngettext("En retard d’un jour", "En retard de %(days)d jours", self.late) % {"days": self.late}

    @property
    def detail(self) -> str:
        return _("réponse attendue le %(day)s") % {"day": day_fr(self.due, "weekday")}

    @property
    def sentence(self) -> str:
        said = ngettext("%(count)d orientation sans réponse.", "%(count)d orientations sans réponse.", self.count)
        return said % {"count": self.count}


def silent_garages(actor: Actor) -> list[Silent]:
    """Those of the garages that the pilot sees, the longest silent first; one query.

    What a garage lost by its silence stays here for two weeks: the referral has gone on, the silence has not ended.
    """
    found: dict[UUID, Silent] = {}
    since = clock.now() - timedelta(days=SILENT_DAYS)
    rows = Assignment.objects.put_to(Garage.objects.visible_to(actor)).silent(since).oldest_first()
    for row in rows.with_who_answers():
        place, today = row.garage.commune.department_id, clock.today()
        due = row.answer_due_on
        if due >= today:
            continue
        late = max(working_days_between(due, today, place), 1)
        silent = found.setdefault(row.garage.uid, _silent(row, due, late))
        silent.count += 1
    return sorted(found.values(), key=lambda one: (one.due, one.name))


def _silent(row: Assignment, due: date, late: int) -> Silent:
    who: dict[str, Any] = row.who_answers or {}
    whom = f"{who['first_name']} {who['last_name']}" if who else ""
    return Silent(row.garage.uid, row.garage.name, who.get("phone") or row.garage.phone, whom, due, late=late)


# --- the network to mend ------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Mend:
    """One thing to put right: for how many, the first by name, and the list that has them all."""

    name: str
    label: str | Promise
    why: str | Promise
    page: str
    list_of: str
    asked: dict[str, str]
    rows: Callable[[Actor], Any]


@dataclass
class Found:
    """What was found of one of them."""

    mend: Mend
    count: int = 0
    lines: list[dict[str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{reverse(self.mend.list_of)}?{urlencode(self.mend.asked)}"


def _active(actor: Actor) -> Any:
    return Garage.objects.visible_to(actor).in_status("active")


def _current(actor: Actor) -> Any:
    return Structure.objects.visible_to(actor).current()


_GARAGES = ("garages:garage", "garages:list")
_STRUCTURES = ("partners:structure", "partners:list")
MENDS = (
    Mend(
        "sans-interlocuteur",
        gettext_lazy("Garages sans interlocuteur"),
        gettext_lazy("Personne à appeler : les orientations y restent sans réponse."),
        *_GARAGES,
        {"status": "active", "uncontacted": "on"},
        lambda actor: _active(actor).without_contact(),
    ),
    Mend(
        "interlocuteurs",
        gettext_lazy("Interlocuteurs à confirmer"),
        gettext_lazy("Leur ligne n’a jamais été confirmée, ou l’a été il y a plus d’un an."),
        *_GARAGES,
        {"status": "active", "doubtful": "on"},
        lambda actor: _active(actor).with_doubtful_contact(),
    ),
    Mend(
        "fiches",
        gettext_lazy("Fiches de garage à confirmer"),
        gettext_lazy("Confirmées il y a plus d’un an, ou jamais."),
        *_GARAGES,
        {"status": "active", "stale": "on"},
        lambda actor: _active(actor).to_be_confirmed(),
    ),
    Mend(
        "chartes",
        gettext_lazy("Chartes à signer"),
        gettext_lazy("Le garage répare, mais la charte n’est pas signée des deux côtés."),
        *_GARAGES,
        {"status": "active", "uncharted": "on"},
        lambda actor: _active(actor).without_charter(),
    ),
    Mend(
        "sans-personne",
        gettext_lazy("Structures sans personne qui oriente"),
        gettext_lazy("Aucun compte n’y oriente plus."),
        *_STRUCTURES,
        {"status": "current", "unstaffed": "on"},
        lambda actor: _current(actor).without_adviser(),
    ),
    Mend(
        "conventions",
        gettext_lazy("Conventions échues ou qui finissent"),
        gettext_lazy("À renouveler avec la structure."),
        *_STRUCTURES,
        {"status": "current", "agreement": "on"},
        lambda actor: _current(actor).whose_agreement_ends(),
    ),
)


def to_mend(actor: Actor) -> list[Found]:
    """What there is to put right in this pilot's network, in the order above; one query for all."""
    first, *others = (_first_of(mend, actor) for mend in MENDS)
    found = {mend.name: Found(mend) for mend in MENDS}
    for name, count, uid, label, commune in first.union(*others, all=True):
        one = found[name]
        one.count = count
        one.lines.append({"name": label, "commune": commune, "url": reverse(one.mend.page, args=[uid])})
    return [one for one in found.values() if one.count]


def _first_of(mend: Mend, actor: Actor) -> Any:
    """The first rows by name, each with how many there are in all."""
    rows = mend.rows(actor).annotate(about=Value(mend.name), total=Window(Count("pk"))).order_by("search_name", "pk")
    return rows.values_list("about", "total", "uid", "name", "commune__name")[:FIRST_LINES]


def count_of(found: Iterable[Found]) -> int:
    return sum(one.count for one in found)
