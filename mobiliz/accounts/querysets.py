"""Which accounts, memberships and organisations an actor may see; the questions have names."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, Self

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import connections, models
from django.db.models import Case, Exists, OuterRef, Prefetch, Q, When

from mobiliz.accounts.roles import ORGANISATION_KINDS, PERMISSIONS, SECOND_FACTOR_ROLES, Permission, Role
from mobiliz.lib import clock
from mobiliz.lib.text import normalise

if TYPE_CHECKING:
    from datetime import date

    from mobiliz.accounts.actors import Actor
    from mobiliz.accounts.models import Membership, Organisation, User


class Told(NamedTuple):
    """A member to whom something is written."""

    pk: int
    email: str
    first_name: str
    last_name: str

    @classmethod
    def of(cls, member: Membership) -> Told:
        return cls(member.pk, member.user.email, member.user.first_name, member.user.last_name)

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


TOLD_COLUMNS = ("pk", "user__email", "user__first_name", "user__last_name")
# Asked at nearly every change of a referral: written out, since to build it takes longer than to answer it
FOLLOWERS = """
SELECT m.id, u.email, u.first_name, u.last_name FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
WHERE m.ended_on IS NULL AND u.is_active AND m.id = ANY (%(member)s || ARRAY(
  SELECT a.covered_by_id FROM accounts_absence a
  WHERE a.member_id = %(member)s AND a.from_on <= %(day)s AND a.until_on >= %(day)s))
ORDER BY m.id
"""


class OrganisationQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """Names of organisations: to administrators, who open accounts in them, and to the members of the network."""
        may = actor.can(Permission.MANAGE_ACCOUNTS) or actor.can(Permission.SEE_DIRECTORY)
        return self if may else self.none()

    def that_take(self, role: str) -> Self:
        """Those in which someone may have this role: an adviser in a structure or agency, garage staff in a garage."""
        return self.filter(kind__in=ORGANISATION_KINDS.get(role, ()))

    def matching(self, text: str) -> Self:
        """Those whose name, or whose structure's name, holds every word of the text; none for no word."""
        words = normalise(text).split()
        found = self if words else self.none()
        for word in words:
            found = found.filter(Q(search_name__contains=word) | Q(parent__search_name__contains=word))
        return found.select_related("parent").order_by("search_name", "pk")

    def named(self, text: str) -> Self:
        """Those of exactly this name, however written."""
        return self.filter(search_name=normalise(text)).select_related("parent").order_by("pk")

    def with_uid(self, uid: str) -> Self:
        return self.filter(uid=uid)

    def rename(self, name: str) -> None:
        """With the key under which it is found."""
        self.update(name=name, search_name=normalise(name))

    def within(self, organisation_id: int | None) -> Self:
        """The organisation itself and those that belong to it."""
        return self.filter(Q(pk=organisation_id) | Q(parent_id=organisation_id, parent__isnull=False))


class MembershipQuerySet(models.QuerySet):
    def current(self) -> Self:
        return self.filter(ended_on__isnull=True, user__is_active=True)

    def visible_to(self, actor: Actor) -> Self:
        """Administrators see every account; the others their own and their colleagues', those of agencies too."""
        if actor.can(Permission.MANAGE_ACCOUNTS):
            return self
        if actor.user is None:
            return self.none()
        own = Q(user=actor.user)
        if actor.organisation_id is None:
            return self.filter(own)
        place = Q(organisation_id=actor.organisation_id) | Q(organisation__parent_id=actor.organisation_id)
        return self.filter(own | place)

    def for_list(self) -> Self:
        return self.select_related("user", "organisation", "region").order_by(
            "user__last_name", "user__first_name", "pk"
        )

    def of_user(self, user: User) -> Self:
        return self.of_account(user.pk)

    def of_account(self, user_id: int) -> Self:
        return self.filter(user=user_id).order_by("pk")

    def of_organisation(self, organisation_id: int) -> Self:
        return self.filter(organisation_id=organisation_id)

    def advisers_for(self, organisation: Organisation) -> Self:
        """Who may follow a case of this organisation: its advisers, and those of the structure it belongs to."""
        return self._advisers(Q(organisation=organisation.pk) | Q(organisation__children=organisation.pk)).distinct()

    def team_of(self, actor: Actor) -> Self:
        """The advisers of the actor's own organisation and of its agencies, by name."""
        own = actor.organisation_id
        return self._advisers(Q(organisation=own) | Q(organisation__parent=own))

    def team_and_structure_of(self, actor: Actor) -> Self:
        """With those of the structure to which an agency belongs: it sees the agency's cases."""
        own = actor.organisation_id
        places = Q(organisation=own) | Q(organisation__parent=own)
        return self._advisers(places | Q(organisation__children=own)).distinct()

    def _advisers(self, places: Q) -> Self:
        advisers = self.current().filter(places, role=Role.ADVISER, organisation__isnull=False)
        return advisers.with_places().order_by("user__search_name", "pk")

    def told_for(self, member_id: int | None, *, organisation_id: int, on: date) -> list[Told]:
        """Who gets, on that day, what is meant for the member who follows a case of this organisation: whoever covers
        them, else they themselves; every adviser of the organisation once nobody follows it."""
        followers = self._followers(member_id, on) if member_id is not None else []
        covers = [one for one in followers if one.pk != member_id]
        return covers or followers or self._advisers_told(organisation_id)

    def _followers(self, member_id: int, on: date) -> list[Told]:
        """This member and whoever covers them that day, those of them who still work there."""
        with connections[self.db].cursor() as cursor:
            cursor.execute(FOLLOWERS, {"member": member_id, "day": on})
            return [Told(*row) for row in cursor.fetchall()]

    def _advisers_told(self, organisation_id: int) -> list[Told]:
        rows = self.current().filter(organisation=organisation_id, role=Role.ADVISER).order_by("pk")
        return [Told(*row) for row in rows.values_list(*TOLD_COLUMNS)]

    def who_answer_at(self, organisation_id: int) -> Self:
        """The members of a garage, the workshop first: it is the one that never hears of it."""
        order = Case(When(role=Role.WORKSHOP, then=0), When(role=Role.OWNER, then=1), default=2)
        own = self.current().filter(organisation=organisation_id, role__in=[Role.WORKSHOP, Role.OWNER, Role.RECEPTION])
        return own.select_related("user").order_by(order, "pk")

    def with_pk(self, pk: int | None) -> Self:
        return self.filter(pk=pk)

    def with_uid(self, uid: object) -> Self:
        return self.filter(uid=uid)

    def pilots_for(self, region_code: str | OuterRef | None) -> Self:
        """Who pilots this region, the regional pilots and then the national ones."""
        regional = Q(role=Role.REGIONAL_PILOT, region_id=region_code, region__isnull=False)
        return self.current().filter(regional | Q(role=Role.PILOT)).with_places().order_by("-role", "pk")

    def who_may(self, permission: Permission) -> Self:
        """Those whose role has it."""
        return self.current().filter(role__in=[role for role, given in PERMISSIONS.items() if permission in given])

    def with_places(self) -> Self:
        return self.select_related("user", "organisation__parent", "region")

    def latest_first(self) -> Self:
        return self.order_by("-ended_on", "-began_on", "-pk")


class AbsenceQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """Those of colleagues, in one's own organisation and its agencies; and those that one covers."""
        own = actor.organisation_id
        if own is None or actor.membership is None:
            return self.none()
        place = Q(member__organisation=own) | Q(member__organisation__parent=own)
        return self.filter(place | Q(covered_by=actor.membership))

    def on(self, day: date) -> Self:
        return self.filter(from_on__lte=day, until_on__gte=day)

    def not_over(self, day: date) -> Self:
        return self.filter(until_on__gte=day)

    def of_member(self, member: object) -> Self:
        return self.filter(member=member)

    def covered_by_member(self, member: object) -> Self:
        return self.filter(covered_by=member)

    def overlapping(self, from_on: date, until_on: date) -> Self:
        return self.filter(from_on__lte=until_on, until_on__gte=from_on)

    def with_people(self) -> Self:
        return self.select_related("member__user", "member__organisation", "covered_by__user")

    def soonest_first(self) -> Self:
        return self.order_by("from_on", "member__user__search_name", "pk")


class UserQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        if actor.can(Permission.MANAGE_ACCOUNTS):
            return self
        return self.filter(pk=actor.user.pk) if actor.user else self.none()

    def with_email(self, email: str) -> Self:
        return self.filter(email__iexact=email)

    def active(self) -> Self:
        return self.filter(is_active=True)

    def for_list(self) -> Self:
        """Each with `has_second_factor` and `current_memberships`."""
        from allauth.mfa.models import Authenticator

        from mobiliz.accounts.models import Membership

        current = Membership.objects.filter(ended_on__isnull=True).with_places().order_by("pk")
        has_second_factor = Exists(Authenticator.objects.filter(user=OuterRef("pk"), type="totp"))
        return self.annotate(has_second_factor=has_second_factor).prefetch_related(
            Prefetch("memberships", queryset=current, to_attr="current_memberships")
        )

    @staticmethod
    def _running() -> models.QuerySet:
        from mobiliz.accounts.models import Membership

        return Membership.objects.filter(user=OuterRef("pk"), ended_on__isnull=True)

    def left_with_a_role(self) -> Self:
        """Their account is closed, and a role of theirs still runs."""
        return self.filter(Exists(self._running()), is_active=False)

    def without_a_role(self) -> Self:
        return self.filter(~Exists(self._running()), is_active=True, is_superuser=False)

    def that_lack_a_second_factor(self) -> Self:
        """Their role asks for one, and they have none; those who never came yet are not asked."""
        from allauth.mfa.models import Authenticator

        owes = self._running().filter(role__in=SECOND_FACTOR_ROLES)
        has_one = Authenticator.objects.filter(user=OuterRef("pk"), type="totp")
        return self.filter(Exists(owes), ~Exists(has_one), is_active=True, last_login__isnull=False)

    def whose_first_link_expired(self) -> Self:
        """They never chose a password, and the link of the day on which the account was opened is over."""
        last_good = clock.now() - timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
        unused = Q(last_login__isnull=True, password__startswith=UNUSABLE_PASSWORD_PREFIX)
        return self.filter(unused, is_active=True, joined_at__lt=last_good)

    def with_role(self, role: str) -> Self:
        """Those who work in this role now."""
        from mobiliz.accounts.models import Membership

        return self.filter(Exists(Membership.objects.filter(user=OuterRef("pk"), role=role, ended_on__isnull=True)))

    def matching(self, text: str) -> Self:
        """Those whose name, address or organisation holds every word of the text."""
        from mobiliz.accounts.models import Membership

        found = self
        for word in text.split():
            key = normalise(word)
            place = Membership.objects.filter(user=OuterRef("pk"), ended_on__isnull=True)
            in_name = Q(search_name__contains=key) if key else Q()
            in_place = Q(Exists(place.filter(organisation__search_name__contains=key))) if key else Q()
            found = found.filter(Q(email__icontains=word) | in_name | in_place)
        return found


class SignInQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """One's own."""
        return self.filter(user=actor.user) if actor.user else self.none()

    def of_user(self, user: User) -> Self:
        return self.filter(user=user)

    def from_device(self, device_hash: str) -> Self:
        return self.filter(device_hash=device_hash)

    def with_key(self, pk: int) -> Self:
        return self.filter(pk=pk)

    def but(self, pk: int | None) -> Self:
        return self.exclude(pk=pk) if pk else self

    def not_ended(self) -> Self:
        return self.filter(ended_at__isnull=True)

    def open(self) -> Self:
        """Those whose session still opens pages."""
        return self.not_ended().filter(Exists(_live_sessions()))

    def ended(self) -> Self:
        """Those whose session is over, whoever or whatever ended it."""
        return self.exclude(Q(ended_at__isnull=True) & Exists(_live_sessions()))

    def recent(self) -> Self:
        return self.order_by("-began_at", "-pk")

    def lapsed(self) -> Self:
        """Not ended by anybody, but their session is over."""
        return self.not_ended().exclude(Exists(_live_sessions()))

    def begun_before(self, moment: datetime) -> Self:
        return self.filter(began_at__lt=moment)

    def close(self, *, at: datetime) -> int:
        """End them, and the sessions that they began; how many."""
        from django.contrib.sessions.models import Session

        keys = list(self.values_list("session_key", flat=True))
        closed: int = self.not_ended().update(ended_at=at, session_key=None)
        Session.objects.filter(session_key__in=[key for key in keys if key]).delete()
        return closed

    def lapse(self) -> int:
        """Note those that ended by themselves as ended when they were last used."""
        return int(self.lapsed().update(ended_at=models.F("last_used_at"), session_key=None))


class LinkRequestQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """Nobody's but the worker's: a row may tell who has no account."""
        return self if actor.kind == "system" else self.none()

    def with_key(self, pk: int) -> Self:
        return self.filter(pk=pk)

    def oldest_first(self) -> Self:
        return self.order_by("pk")


def _live_sessions() -> models.QuerySet:
    from django.contrib.sessions.models import Session

    return Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=clock.now())
