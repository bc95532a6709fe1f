"""Acting as a member of the cast (the members themselves are fixtures of conftest.py)."""

from django.test import Client

from mobiliz.accounts.actors import Actor
from mobiliz.accounts.models import Membership, User

NAMES = (
    "adviser",
    "other_adviser",
    "workshop",
    "owner",
    "reception",
    "other_garage_workshop",
    "pilot",
    "regional_pilot",
    "other_regional_pilot",
    "volunteer",
    "administrator",
    "stranger",
)


def actor(member: Membership | User) -> Actor:
    """As the middleware makes it: the stranger is a user without membership."""
    from mobiliz.accounts.middleware import actor_of

    return Actor.member(member) if isinstance(member, Membership) else actor_of(member)


def sign_in(client: Client, member: Membership | User) -> Client:
    """Signed in and working in this capacity."""
    if isinstance(member, Membership):
        User.objects.filter(pk=member.user_id).update(works_as=member)
        client.force_login(member.user)
    else:
        client.force_login(member)
    return client
