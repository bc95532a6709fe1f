"""Who may change which account."""

from mobiliz.accounts.actors import Actor
from mobiliz.accounts.models import Membership, User
from mobiliz.accounts.roles import Permission, Role


def can_manage_accounts(actor: Actor) -> bool:
    return actor.can(Permission.MANAGE_ACCOUNTS)


def can_change(actor: Actor, user: User) -> bool:
    """Administrators, but not their own account: nobody gives themselves a role, nor locks the last one out."""
    return can_manage_accounts(actor) and actor.user is not None and actor.user.pk != user.pk


def can_end(actor: Actor, membership: Membership) -> bool:
    return can_change(actor, membership.user)


def can_declare_absence(actor: Actor, member: Membership) -> bool:
    """One's own, and a colleague's who is ill: in the same organisation, or from the structure for its agency."""
    own = actor.organisation_id
    if own is None or not actor.is_adviser or member.role != Role.ADVISER or member.organisation is None:
        return False
    return own in (member.organisation_id, member.organisation.parent_id)
