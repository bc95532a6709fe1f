"""People, vehicles, referrals, quotes."""

from referrals.models.people import Beneficiary, Consent, Household
from referrals.models.quotes import Quote, QuoteAnswer, QuoteCounter, QuoteLine, QuoteVersion, Repair
from referrals.models.referral import Assignment, Change, LogEntry, Referral
from referrals.models.unfinished import Step, Unfinished
from referrals.models.vehicle import PreDiagnosis, Vehicle

__all__ = [
    "Assignment",
    "Beneficiary",
    "Change",
    "Consent",
    "Household",
    "LogEntry",
    "PreDiagnosis",
    "Quote",
    "QuoteAnswer",
    "QuoteCounter",
    "QuoteLine",
    "QuoteVersion",
    "Referral",
    "Repair",
    "Step",
    "Unfinished",
    "Vehicle",
]
