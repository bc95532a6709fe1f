"""The administrator's desk: the accounts with which something is to be done, each part with its first lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Value, Window
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from mobiliz.accounts.models import User
from mobiliz.accounts.permissions import can_manage_accounts
from mobiliz.accounts.querysets import UserQuerySet
from mobiliz.lib import clock
from mobiliz.lib.pages import page, require

FIRST_LINES = 8


@dataclass(frozen=True, slots=True)
class Part:
    """Accounts with which the same is to be done: why, by which act."""

    name: str
    label: str | Promise
    why: str | Promise
    act: str | Promise
    sense: str
    rows: Callable[[UserQuerySet], UserQuerySet]


PARTS = (
    Part(
        "encore-un-role",
        gettext_lazy("Personnes parties qui gardent un rôle"),
        gettext_lazy("Le compte est désactivé, mais un rôle court encore : mettez-y fin."),
        gettext_lazy("Mettre fin au rôle"),
        "late",
        lambda users: users.left_with_a_role(),
    ),
    Part(
        "double-authentification",
        gettext_lazy("Sans double authentification"),
        gettext_lazy("Leur rôle la demande : rappelez-leur de l’activer."),
        gettext_lazy("Voir le compte"),
        "late",
        lambda users: users.that_lack_a_second_factor(),
    ),
    Part(
        "jamais-venus",
        gettext_lazy("Lien expiré avant d’avoir servi"),
        gettext_lazy("Ces personnes n’ont jamais choisi de mot de passe : remettez-leur un nouveau lien."),
        gettext_lazy("Donner un nouveau lien"),
        "wait",
        lambda users: users.whose_first_link_expired(),
    ),
    Part(
        "sans-role",
        gettext_lazy("Comptes sans rôle"),
        gettext_lazy("Ils entrent et ne trouvent rien à faire : ajoutez un rôle, ou désactivez le compte."),
        gettext_lazy("Ajouter un rôle"),
        "wait",
        lambda users: users.without_a_role(),
    ),
)


@dataclass
class Found:
    """What was found of one part."""

    part: Part
    count: int = 0
    lines: list[dict[str, str]] = field(default_factory=list)

    @property
    def rest(self) -> int:
        return self.count - len(self.lines)


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    require(can_manage_accounts(request.actor))
    found = to_do(User.objects.visible_to(request.actor))
    context = {"now": clock.now(), "parts": found, "title": _title(sum(one.count for one in found))}
    return page(request, "accounts/desk.html", context)


def to_do(users: UserQuerySet) -> list[Found]:
    """What there is to do, in the order above; one query for all."""
    first, *others = (_first_of(part, users) for part in PARTS)
    found = {part.name: Found(part) for part in PARTS}
    for name, count, uid, first_name, last_name, email in first.union(*others, all=True):
        one = found[name]
        one.count = count
        account = {"name": f"{first_name} {last_name}", "email": email, "url": reverse("accounts:account", args=[uid])}
        one.lines.append(account)
    return [one for one in found.values() if one.count]


def _first_of(part: Part, users: UserQuerySet) -> Any:
    """The first rows by name, each with how many there are in all."""
    rows = part.rows(users).annotate(about=Value(part.name), total=Window(Count("pk"))).order_by("search_name", "pk")
    return rows.values_list("about", "total", "uid", "first_name", "last_name", "email")[:FIRST_LINES]


def _title(count: int) -> str:
    if not count:
        return _("Rien ne vous attend")
    return ngettext("À faire : %(count)d compte à revoir", "À faire : %(count)d comptes à revoir", count) % {
        "count": count
    }
