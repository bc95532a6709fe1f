"""People, vehicles, referrals, quotes."""

from referrals.models.appointments import Appointment, AppointmentStatus, Side, Slot
from referrals.models.choice import GarageChoice
from referrals.models.fault import PreDiagnosis
from referrals.models.incidents import Incident, IncidentKind, Resolution
from referrals.models.links import LinkPurpose, LinkUse, PersonalLink
from referrals.models.lookalikes import ElsewhereAnswer, Lookalike
from referrals.models.messages import Attachment, CaseMessage
from referrals.models.needs import Need, NeedKind
from referrals.models.notes import Called, Note
from referrals.models.people import Beneficiary, Consent, Household
from referrals.models.photos import Photo
from referrals.models.quotes import Quote, QuoteAnswer, QuoteCounter, QuoteLine, QuoteVersion, Repair
from referrals.models.referral import Assignment, Change, LogEntry, Referral
from referrals.models.unfinished import Step, Unfinished
from referrals.models.vehicle import Vehicle

__all__ = [
    "Appointment",
    "AppointmentStatus",
    "Assignment",
    "Attachment",
    "Beneficiary",
    "Called",
    "CaseMessage",
    "Change",
    "Consent",
    "ElsewhereAnswer",
    "GarageChoice",
    "Household",
    "Incident",
    "IncidentKind",
    "LinkPurpose",
    "LinkUse",
    "LogEntry",
    "Lookalike",
    "Need",
    "NeedKind",
    "Note",
    "PersonalLink",
    "Photo",
    "PreDiagnosis",
    "Quote",
    "QuoteAnswer",
    "QuoteCounter",
    "QuoteLine",
    "QuoteVersion",
    "Referral",
    "Repair",
    "Resolution",
    "Side",
    "Slot",
    "Step",
    "Unfinished",
    "Vehicle",
]
