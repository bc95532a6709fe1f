"""Who may change which account."""

from mobiliz.accounts.actors import Actor
from mobiliz.accounts.models import Membership, User
from mobiliz.accounts.roles import Permission


def can_manage_accounts(actor: Actor) -> bool:
    return actor.can(Permission.MANAGE_ACCOUNTS)


def can_change(actor: Actor, user: User) -> bool:
    """Administrators, but not their own account: nobody gives themselves a role, nor locks the last one out."""
    return can_manage_accounts(actor) and actor.user is not None and actor.user.pk != user.pk


def can_end(actor: Actor, membership: Membership) -> bool:
    return can_change(actor, membership.user)
