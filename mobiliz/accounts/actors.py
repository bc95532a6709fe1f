"""Who acts: a member, an API client, the holder of a personal link, or the system itself.

`visible_to`, permissions, verbs and the log take any of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from mobiliz.accounts.roles import GARAGE_ROLES, PERMISSIONS, PILOT_ROLES, Permission, Role

if TYPE_CHECKING:
    from mobiliz.accounts.models import Membership, User


class ActorKind(StrEnum):
    MEMBER = "member"
    CLIENT = "client"
    LINK = "link"
    SYSTEM = "system"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True)
class Actor:
    """Someone or something that acts, in the one capacity in which it acts now."""

    kind: ActorKind
    user: User | None = None
    membership: Membership | None = None
    client: Any = None  # partners.ApiClient, a layer above
    link: Any = None  # referrals.PersonalLink, likewise
    scopes: frozenset[str] = frozenset()

    @classmethod
    def member(cls, membership: Membership) -> Actor:
        return cls(ActorKind.MEMBER, user=membership.user, membership=membership)

    @classmethod
    def api_client(cls, client: Any, scopes: frozenset[str]) -> Actor:
        return cls(ActorKind.CLIENT, client=client, scopes=scopes)

    @classmethod
    def link_holder(cls, link: Any) -> Actor:
        """Whoever opened a personal link: they may do what it was sent for, and nothing else."""
        return cls(ActorKind.LINK, link=link)

    @property
    def is_anonymous(self) -> bool:
        return self.kind == ActorKind.ANONYMOUS

    @property
    def role(self) -> str | None:
        return self.membership.role if self.membership else None

    @property
    def organisation_id(self) -> int | None:
        """The organisation through which the actor works; None for the national pilot and the system."""
        if self.client is not None:
            return int(self.client.organisation_id)
        return self.membership.organisation_id if self.membership else None

    @property
    def region_code(self) -> str | None:
        """The region to which a regional pilot is held."""
        return self.membership.region_id if self.membership else None

    @property
    def is_garage(self) -> bool:
        return self.role in GARAGE_ROLES

    @property
    def is_pilot(self) -> bool:
        return self.role in PILOT_ROLES

    @property
    def is_national_pilot(self) -> bool:
        return self.role == Role.PILOT

    @property
    def is_adviser(self) -> bool:
        return self.role == Role.ADVISER

    @property
    def is_client(self) -> bool:
        return self.kind == ActorKind.CLIENT

    def can(self, permission: Permission) -> bool:
        """Whether this role can do this at all (on which rows and when is asked elsewhere)."""
        return permission in PERMISSIONS.get(self.role or "", frozenset())

    @property
    def reference(self) -> str:
        """Who it is in the log of the application: a public id, no name."""
        if self.client is not None:
            return str(self.client.uid)
        if self.link is not None:
            return str(self.link.uid)
        return str(self.user.uid) if self.user else str(self.kind)

    def __str__(self) -> str:
        if self.membership:
            return self.membership.user.get_full_name()
        return str(self.client or self.link or self.kind)


SYSTEM = Actor(ActorKind.SYSTEM)
ANONYMOUS = Actor(ActorKind.ANONYMOUS)
