"""Which accounts and memberships an actor may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from mobiliz.accounts.roles import Permission

if TYPE_CHECKING:
    from mobiliz.accounts.actors import Actor
    from mobiliz.accounts.models import User


class OrganisationQuerySet(models.QuerySet):
    def within(self, organisation_id: int | None) -> Self:
        """The organisation itself and those that belong to it."""
        return self.filter(Q(pk=organisation_id) | Q(parent_id=organisation_id, parent__isnull=False))


class MembershipQuerySet(models.QuerySet):
    def current(self) -> Self:
        return self.filter(ended_on__isnull=True, user__is_active=True)

    def visible_to(self, actor: Actor) -> Self:
        """Administrators see every account; the others their own and their colleagues'."""
        if actor.can(Permission.MANAGE_ACCOUNTS):
            return self
        if actor.user is None:
            return self.none()
        own = Q(user=actor.user)
        if actor.organisation_id is None:
            return self.filter(own)
        return self.filter(own | Q(organisation_id=actor.organisation_id))

    def for_list(self) -> Self:
        return self.select_related("user", "organisation", "region").order_by(
            "user__last_name", "user__first_name", "pk"
        )

    def of_user(self, user: User) -> Self:
        return self.filter(user=user).order_by("pk")

    def of_organisation(self, organisation_id: int) -> Self:
        return self.filter(organisation_id=organisation_id)

    def matching(self, text: str) -> Self:
        """Those whose name or address holds the text."""
        return self.filter(
            Q(user__last_name__icontains=text) | Q(user__first_name__icontains=text) | Q(user__email__icontains=text)
        )


class UserQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        if actor.can(Permission.MANAGE_ACCOUNTS):
            return self
        return self.filter(pk=actor.user.pk) if actor.user else self.none()
