"""Which structures, agencies, advisers and clients: the questions have names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from mobiliz.accounts.roles import Permission

if TYPE_CHECKING:
    from mobiliz.accounts.actors import Actor


class StructureQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """The directory is open to the members of the network."""
        if actor.is_client:
            return self if "directory:read" in actor.scopes else self.none()
        return self if actor.can(Permission.SEE_DIRECTORY) else self.none()

    def current(self) -> Self:
        return self.filter(ended_on__isnull=True)

    def with_places(self) -> Self:
        return self.select_related("commune__department__region")


class AgencyQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        from partners.models import Structure

        return self.filter(structure__in=Structure.objects.visible_to(actor))

    def current(self) -> Self:
        return self.filter(ended_on__isnull=True)


class AdviserQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """Pilots see the advisers of the network; advisers those of their own structure; garages none here."""
        if actor.is_pilot:
            return self
        if not actor.is_adviser:
            return self.none()
        own = actor.organisation_id
        return self.filter(
            Q(membership__organisation_id=own)
            | Q(membership__organisation__parent_id=own)
            | Q(membership__organisation__children=own)
        ).distinct()

    def current(self) -> Self:
        return self.filter(membership__ended_on__isnull=True)


class ApiClientQuerySet(models.QuerySet):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def of_application(self, application: models.Model) -> Self:
        return self.filter(application=application)

    def visible_to(self, actor: Actor) -> Self:
        return self if actor.can(Permission.MANAGE_ACCOUNTS) else self.none()
