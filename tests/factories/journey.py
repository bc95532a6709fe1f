"""A referral at any point of its life, reached through the real verbs: `quoted(adviser, workshop)`.

Each step takes memberships of the cast and stands on the step before it. Steps before a garage is asked return
the Referral, later ones the Assignment.
"""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from eligibility.models import Threshold
from garages.models import Garage
from garages.tariff import LineInput, LineKind, PartOrigin
from mobiliz.accounts.models import Membership
from mobiliz.lib import clock
from mobiliz.lib.documents import read
from mobiliz.lib.images import clean
from referrals import actions, photos, transitions
from referrals.candidates import wants_a_reason
from referrals.clock import is_visiting_day, moment_at
from referrals.models import Appointment, Assignment, CaseMessage, Photo, Referral, Slot
from referrals.transitions import ConsentInput, ElsewhereInput, IdentityInput, PersonInput
from tests.cast import actor
from tests.factories import pictures as drawn
from tests.factories.territory import commune

# Every garage of the cast is within it; tests on the distance say 30, as people do
FAR_ENOUGH_KM = 250

LINES = (
    LineInput(LineKind.LABOUR, "Remplacement de l’alternateur", Decimal("1.8"), None, Decimal("80")),
    LineInput(LineKind.PART, "Alternateur", Decimal(1), Decimal("110"), Decimal("180"), PartOrigin.REUSED),
)


def threshold() -> Threshold:
    """The threshold of income year 2023: 1,288 euros a month for one consumption unit."""
    row, _ = Threshold.objects.get_or_create(
        income_year=2023,
        level_percent=60,
        defaults={
            "monthly_amount_eur": Decimal("1288.00"),
            "published_on": "2025-07-07",
            "in_force_from": date(2025, 7, 7),
            "status": "published",
            "geographic_scope": "metropolitan France, ordinary dwellings",
            "series": "ERFS",
            "source": "INSEE",
        },
    )
    return row


# --- before a garage is asked: a Referral -----------------------------------------------------------------
def draft(
    adviser: Membership,
    *,
    first_name: str = "Nadia",
    last_name: str = "Benali",
    at: str = "42218",
    distance_agreed_km: int = FAR_ENOUGH_KM,
    looks_elsewhere: bool = False,
    elsewhere: ElsewhereInput | None = None,
    names_structure: bool = False,
    **person,
) -> Referral:
    """A person with their consent, and nothing else yet."""
    person.setdefault("birth_date", date(1986, 5, 1))
    person.setdefault("phone", "+33639981247")
    return transitions.open_referral(
        person=PersonInput(first_name=first_name, last_name=last_name, commune=commune(at), **person),
        consent=ConsentInput(channel="oral", given_on=clock.today(), names_structure=names_structure),
        distance_agreed_km=distance_agreed_km,
        looks_elsewhere=looks_elsewhere,
        elsewhere=elsewhere,
        by=actor(adviser),
    )


def assessed(adviser: Membership, *, income: str | None = "14400", dwelling: str = "ordinary", **person) -> Referral:
    """A draft with its household: one adult and a child, eligible on 14,400 euros a year; 40000 is too much."""
    referral = draft(adviser, **person)
    assess(referral, adviser, income=income, dwelling=dwelling)
    return fresh(referral)


def ready(adviser: Membership, **person) -> Referral:
    """An eligible draft with its vehicle and fault: only the garage is left to choose."""
    referral = assessed(adviser, **person)
    describe_vehicle(referral, adviser)
    return fresh(referral)


def in_review(adviser: Membership, **person) -> Referral:
    """Sent to a pilot, who decides on the eligibility of a student living alone."""
    referral = ready(adviser, dwelling="student_alone", **person)
    transitions.send_for_review(referral, by=actor(adviser))
    return fresh(referral)


def approved(adviser: Membership, pilot: Membership, **person) -> Referral:
    """Eligibility granted by a pilot: it waits, without a garage yet."""
    referral = in_review(adviser, **person)
    transitions.approve_review(referral, why="Vit seul de ses bourses", evidence="Avis de bourse", by=actor(pilot))
    return fresh(referral)


def refused(adviser: Membership, pilot: Membership, *, why: str = "Logé par ses parents", **person) -> Referral:
    """A pilot said no: closed as not eligible, and the person does not know yet."""
    referral = in_review(adviser, **person)
    transitions.refuse_review(referral, why=why, by=actor(pilot))
    return fresh(referral)


def assess(referral: Referral, adviser: Membership, *, income: str | None = "14400", dwelling: str = "ordinary"):
    threshold()
    household = actions.HouseholdInput(
        birth_dates=(referral.beneficiary.birth_date, date(2018, 9, 3)),
        income_eur=None if income is None else Decimal(income),
        income_basis="last_12_months",
        dwelling=dwelling,
    )
    return actions.assess_household(referral, household=household, by=actor(adviser))


def describe_vehicle(referral: Referral, adviser: Membership) -> None:
    actions.describe_vehicle(
        referral,
        vehicle=actions.VehicleInput(
            make="Renault",
            model="Clio",
            first_registered_year=2015,
            plate="DA-123-BC",
            plate_format="SIV",
            mileage_km=186400,
        ),
        fault=actions.FaultInput(complaint="Elle chauffe dans les montées.", is_drivable=True, since="weeks"),
        by=actor(adviser),
    )


def add_photo(referral: Referral, adviser: Membership, *, colour: str = "red", caption: str = "") -> Photo:
    """A picture of one colour: another colour is another photo."""
    return photos.add_photo(referral, image=clean(drawn.jpeg(colour)), caption=caption, by=actor(adviser))


def chosen(adviser: Membership, garage: Garage, *, reason: str = "", agreed_km: int | None = None, **person):
    """A draft with its garage, which nobody has asked yet."""
    referral = ready(adviser, **person)
    actions.choose_garage(referral, garage=garage, reason=reason, agreed_km=agreed_km, by=actor(adviser))
    return fresh(referral)


# --- put to a garage: an Assignment -----------------------------------------------------------------------
def sent(adviser: Membership, garage: Garage, **person) -> Assignment:
    """Put to the garage, which has not answered; with a word on why, where it is none of those proposed."""
    referral = ready(adviser, **person)
    why = "La personne y va déjà" if wants_a_reason(referral, garage) else ""
    return fresh(transitions.send(referral, garage=garage, choice_reason=why, by=actor(adviser)))


def declined(adviser: Membership, workshop: Membership, *, reason: str = "no_capacity", **person) -> Assignment:
    """The garage said no: the referral waits without a garage."""
    from referrals.states import DeclineReason

    assignment = sent(adviser, garage_of(workshop), **person)
    transitions.decline(assignment, reason=DeclineReason(reason), by=actor(workshop))
    return fresh(assignment)


def accepted(adviser: Membership, workshop: Membership, **person) -> Assignment:
    assignment = sent(adviser, garage_of(workshop), **person)
    transitions.accept(assignment, by=actor(workshop))
    return fresh(assignment)


def quoted(adviser: Membership, workshop: Membership, *, lines=LINES, **person) -> Assignment:
    """A quote of 207.60 euros with tax, at 35.00 an hour before tax."""
    assignment = accepted(adviser, workshop, **person)
    transitions.issue_quote(assignment, lines=lines, by=actor(workshop))
    return fresh(assignment)


def agreed(adviser: Membership, workshop: Membership, **person) -> Assignment:
    """The person said yes, on paper at the garage."""
    assignment = quoted(adviser, workshop, **person)
    transitions.accept_quote(
        assignment,
        version=1,
        piec_choice="wanted",
        answered_on=clock.today(),
        channel="paper",
        by=actor(workshop),
    )
    return fresh(assignment)


def completed(adviser: Membership, workshop: Membership, **person) -> Assignment:
    """Repaired at the price of the quote."""
    assignment = agreed(adviser, workshop, **person)
    transitions.record_repair(
        assignment,
        done_on=clock.today(),
        final_total_incl_tax=assignment.quote.versions.get().total_incl_tax,
        by=actor(workshop),
    )
    return fresh(assignment)


# --- appointments -----------------------------------------------------------------------------------------
def opening(days: int, hour: int = 10, minute: int = 0):
    """In so many days, or on the next day on which the garages of the cast may be open."""
    day = clock.today() + timedelta(days=days)
    while not is_visiting_day(day):
        day += timedelta(days=1)
    return moment_at(day, time(hour, minute))


def appointment(assignment: Assignment, workshop: Membership, *, is_agreed: bool = True, **given) -> Appointment:
    """In a week; agreed by telephone, unless it is only proposed."""
    given.setdefault("starts_at", opening(7))
    return transitions.propose_appointment(assignment, is_agreed=is_agreed, by=actor(workshop), **given)


def slot(workshop: Membership, moment=None, **given) -> Slot:
    """Published by the garage: in four days at 9:00, unless another moment is given."""
    garage, moment = garage_of(workshop), moment or opening(4, 9)
    transitions.publish_slots(garage, moments=[moment], by=actor(workshop), **given)
    return Slot.objects.of_garage(garage.pk).at(moment).published().get()


def message(
    assignment: Assignment,
    member: Membership,
    text: str = "Peut-elle venir à 9 h ?",
    *,
    pictures: int = 0,
    pdfs: int = 0,
) -> CaseMessage:
    """Written by someone of either side, with so many pictures and PDFs."""
    files = [*(read(drawn.jpeg(), "voyant.jpg") for _one in range(pictures))]
    files += [read(drawn.pdf(b"une facture"), "facture.pdf") for _one in range(pdfs)]
    return transitions.write_message(assignment, text=text, files=files, by=actor(member))


# --- around it --------------------------------------------------------------------------------------------
def garage_of(workshop: Membership) -> Garage:
    return Garage.objects.get(organisation=workshop.organisation)


def fresh(row):
    """The row as it is in the database now, with nothing remembered of before."""
    return type(row).objects.get(pk=row.pk)


def days_ago(days: int):
    """`with days_ago(3): sent(...)`: what was done then."""
    return clock.moved_to(days_on(-days))


def days_on(days: int) -> datetime:
    """So many days from now by the calendar, at the same hour on the wall, whatever the clock does in between."""
    return clock.now().astimezone(clock.PARIS) + timedelta(days=days)


def identity(referral: Referral, **changes) -> IdentityInput:
    """The person of this referral as they are recorded, but for the changes."""
    person = fresh(referral.beneficiary)
    names = ("first_name", "last_name", "birth_date", "commune", "phone", "email", "address")
    return IdentityInput(**{**{name: getattr(person, name) for name in names}, **changes})
