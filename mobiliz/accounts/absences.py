"""Who is away, and which colleague answers for them: declared by the one who leaves, or by a colleague when ill."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from mobiliz.accounts.actors import Actor
from mobiliz.accounts.models import Absence, Membership
from mobiliz.accounts.permissions import can_declare_absence
from mobiliz.lib import clock
from mobiliz.lib.refusals import Refused
from mobiliz.lib.templatetags.mobiliz import day_fr
from mobiliz.lib.text import of_name

LONGEST_DAYS = 366


@transaction.atomic
def go_absent(member: Membership, *, covered_by: Membership, from_on: date, until_on: date, by: Actor) -> Absence:
    """From a day to a day, both included; what is meant for the member then goes to the colleague."""
    if not can_declare_absence(by, member) or by.membership is None:
        raise PermissionDenied
    _lock(member, covered_by)
    _refuse_days(from_on, until_on)
    _refuse_stranger(member, covered_by)
    _refuse_overlap(member, covered_by, from_on, until_on)
    return Absence.objects.create(
        member=member,
        covered_by=covered_by,
        from_on=from_on,
        until_on=until_on,
        declared_by=by.membership,
        declared_at=clock.now(),
    )


@transaction.atomic
def come_back(absence: Absence, *, by: Actor) -> None:
    """Earlier than declared: the absence ended yesterday; one that has not begun never was."""
    if not can_declare_absence(by, absence.member):
        raise PermissionDenied
    locked = Absence.objects.select_for_update(of=("self",)).get(pk=absence.pk)
    yesterday = clock.today() - timedelta(days=1)
    if locked.until_on <= yesterday:
        raise Refused(_("Cette absence est déjà finie."))
    if locked.from_on > yesterday:
        locked.delete()
        return
    locked.until_on = yesterday
    locked.save(update_fields=["until_on"])


def _lock(*members: Membership) -> None:
    """In the order of their numbers, so that two declarations that cross wait for each other and never for ever."""
    rows = Membership.objects.select_for_update(of=("self",)).order_by("pk")
    list(rows.filter(pk__in=[member.pk for member in members]))


def _refuse_days(from_on: date, until_on: date) -> None:
    if until_on < from_on:
        raise Refused(_("Le dernier jour vient avant le premier : vérifiez les deux."), field="until_on")
    if until_on < clock.today():
        raise Refused(_("Cette absence est déjà finie : il n’y a plus rien à remplacer."), field="until_on")
    if (until_on - from_on).days > LONGEST_DAYS:
        message = _("Plus d’un an : confiez plutôt les dossiers à un collègue.")
        raise Refused(message, field="until_on")


def _refuse_stranger(member: Membership, covered_by: Membership) -> None:
    """Only someone who sees the same cases can answer for them."""
    if covered_by.pk == member.pk:
        raise Refused(_("Choisissez un collègue : on ne se remplace pas soi-même."), field="covered_by")
    assert member.organisation is not None
    if not Membership.objects.advisers_for(member.organisation).with_pk(covered_by.pk).exists():
        message = _("%(who)s ne travaille pas là où ces dossiers sont suivis : choisissez un autre collègue.")
        raise Refused(message % {"who": covered_by.user}, field="covered_by")


def _refuse_overlap(member: Membership, covered_by: Membership, from_on: date, until_on: date) -> None:
    then = Absence.objects.overlapping(from_on, until_on).with_people()
    if same := then.of_member(member).first():
        message = _("Une absence %(of_name)s est déjà notée %(when)s : %(cover)s répond à sa place.")
        words = {"of_name": of_name(str(member.user)), "when": days_in_words(same), "cover": same.covered_by.user}
        raise Refused(message % words, field="from_on")
    if away := then.of_member(covered_by).first():
        message = _("%(who)s a aussi une absence notée %(when)s : choisissez un autre collègue.")
        raise Refused(message % {"who": covered_by.user, "when": days_in_words(away)}, field="covered_by")
    if owed := then.covered_by_member(member).first():
        message = _("%(who)s remplace %(whom)s %(when)s : confiez d’abord ce remplacement à quelqu’un d’autre.")
        words = {"who": member.user, "whom": owed.member.user, "when": days_in_words(owed)}
        raise Refused(message % words)


def days_in_words(absence: Absence) -> str:
    """ "du 3 novembre au 14 novembre 2026"; one day alone: "le 3 novembre 2026"."""
    if absence.from_on == absence.until_on:
        return _("le %(day)s") % {"day": day_fr(absence.from_on)}
    return _("du %(first)s au %(last)s") % {"first": day_fr(absence.from_on), "last": day_fr(absence.until_on)}
