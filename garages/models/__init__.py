"""The GRS network: garages, whom to call there, what was agreed, and the price schedules."""

from garages.models.choices import (
    Brands,
    ContactFunction,
    JoinedHow,
    Level,
    Service,
    Status,
    TermAnswer,
    TermKind,
    Work,
)
from garages.models.network import Charter, DistributionGroup, Garage, GarageStatus, OwnerChange
from garages.models.people import Contact
from garages.models.schedules import PriceSchedule, ScheduleScope, VatRate
from garages.models.terms import MAX_INSTALMENTS, Term

__all__ = [
    "MAX_INSTALMENTS",
    "Brands",
    "Charter",
    "Contact",
    "ContactFunction",
    "DistributionGroup",
    "Garage",
    "GarageStatus",
    "JoinedHow",
    "Level",
    "OwnerChange",
    "PriceSchedule",
    "ScheduleScope",
    "Service",
    "Status",
    "Term",
    "TermAnswer",
    "TermKind",
    "VatRate",
    "Work",
]
