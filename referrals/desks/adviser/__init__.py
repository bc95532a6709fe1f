"""The sender's pages: the desk, a new referral in steps, the list, the case."""

from referrals.desks.adviser.todo import desk

__all__ = ["desk"]
