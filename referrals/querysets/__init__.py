"""Who sees which row, as the table "who sees what" says; and the questions that desks ask, by name."""

from referrals.querysets.appointments import AppointmentQuerySet, SlotQuerySet
from referrals.querysets.assignment import AssignmentQuerySet, GarageChoiceQuerySet
from referrals.querysets.incidents import IncidentQuerySet
from referrals.querysets.links import PersonalLinkQuerySet
from referrals.querysets.log import ChangeQuerySet, LogEntryQuerySet, NoteQuerySet
from referrals.querysets.lookalikes import LookalikeQuerySet
from referrals.querysets.messages import AttachmentQuerySet, CaseMessageQuerySet
from referrals.querysets.needs import NeedQuerySet
from referrals.querysets.people import (
    BeneficiaryQuerySet,
    ConsentQuerySet,
    HouseholdQuerySet,
    PhotoQuerySet,
    PreDiagnosisQuerySet,
    VehicleQuerySet,
)
from referrals.querysets.quotes import QuoteQuerySet, QuoteVersionQuerySet
from referrals.querysets.referral import ReferralQuerySet

__all__ = [
    "AppointmentQuerySet",
    "AssignmentQuerySet",
    "AttachmentQuerySet",
    "BeneficiaryQuerySet",
    "CaseMessageQuerySet",
    "ChangeQuerySet",
    "ConsentQuerySet",
    "GarageChoiceQuerySet",
    "HouseholdQuerySet",
    "IncidentQuerySet",
    "LogEntryQuerySet",
    "LookalikeQuerySet",
    "NeedQuerySet",
    "NoteQuerySet",
    "PersonalLinkQuerySet",
    "PhotoQuerySet",
    "PreDiagnosisQuerySet",
    "QuoteQuerySet",
    "QuoteVersionQuerySet",
    "ReferralQuerySet",
    "SlotQuerySet",
    "VehicleQuerySet",
]
