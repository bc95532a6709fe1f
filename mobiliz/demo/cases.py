"""Live cases, dated from the day of loading, in every state, some late: played through the real verbs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from operator import itemgetter

from garages.models import Garage
from garages.tariff import LineInput, LineKind, PartOrigin
from mobiliz.accounts.actors import SYSTEM, Actor
from mobiliz.accounts.models import Membership
from mobiliz.demo.names import Draw
from mobiliz.demo.network import Cast
from mobiliz.demo.pictures import picture
from mobiliz.lib import clock
from mobiliz.territory.models import Commune
from referrals import transitions
from referrals.actions import (
    FaultInput,
    HouseholdInput,
    VehicleInput,
    assess_household,
    choose_garage,
    describe_vehicle,
)
from referrals.candidates import wants_a_reason, within_agreed
from referrals.models import Assignment, Referral
from referrals.photos import add_photo
from referrals.states import DeclineReason, Outcome

STAGES = ("draft", "ready", "review", "waiting", "accepted", "quoted", "agreed", "completed")


@dataclass(frozen=True)
class Case:
    """One dossier: who, where, how far it has come, and how many working days ago it was sent."""

    first_name: str
    last_name: str
    commune: str
    stage: str
    days_ago: int
    complaint: str
    car: tuple[str, str, int]
    by: str = "adviser"
    at: str = "garage"
    income: str = "820"
    family: tuple[date, ...] = (date(1987, 4, 12),)
    dwelling: str = "ordinary"
    then: str = ""
    lines: tuple[LineInput, ...] = field(default=())
    symptoms: tuple[str, ...] = ()
    photos: tuple[tuple[str, str], ...] = ()  # a drawing, and what it shows
    agreed_km: int | None = None  # the person's new word, asked for this garage


def labour(text: str, hours: str) -> LineInput:
    return LineInput(LineKind.LABOUR, text, Decimal(hours), unit_public_excl_tax=Decimal("78"))


def part(text: str, count: str, cost: str, public: str, origin: PartOrigin = PartOrigin.NEW) -> LineInput:
    return LineInput(LineKind.PART, text, Decimal(count), Decimal(cost), Decimal(public), origin)


BRAKES = (
    labour("Remplacement plaquettes et disques avant", "1.60"),
    part("Plaquettes avant (jeu)", "1", "24.37", "38.90"),
    part("Disque avant", "2", "31.16", "47.50"),
)
CLUTCH = (
    labour("Remplacement embrayage", "5.90"),
    part("Kit embrayage échange standard", "1", "142.80", "198.00", PartOrigin.EXCHANGE),
)
BELT = (
    labour("Distribution et pompe à eau", "4.30"),
    part("Kit distribution et pompe", "1", "118.54", "189.00"),
)
FAMILY = (date(1986, 5, 1), date(1988, 9, 12), date(2016, 2, 3), date(2020, 11, 20))

CASES = (
    Case("Jean-Marc", "Vial", "42218", "draft", 4, "", ("Renault", "Mégane", 2010)),
    Case(
        "Awa",
        "Sarr",
        "42147",
        "ready",
        1,
        "Essuie-glaces en panne et voyant huile",
        ("Renault", "Clio", 2012),
        at="nearest",
        symptoms=("light_oil", "elec_wipers"),
        photos=(("oil_light", "le voyant rouge, moteur tournant"),),
    ),
    Case(
        "Sofia",
        "Mendes",
        "42207",
        "review",
        2,
        "Boîte de vitesses dure",
        ("Dacia", "Sandero", 2013),
        dwelling="student_alone",
    ),
    Case("Luc", "Faure", "93048", "review", 5, "Freine mal", ("Peugeot", "206", 2008), dwelling="institution"),
    Case(
        "Yvette",
        "Colin",
        "42044",
        "review",
        3,
        "Fumée noire",
        ("Renault", "Clio", 2006),
        dwelling="student_alone",
        then="refuse",
    ),
    Case(
        "Amadou",
        "Diallo",
        "42218",
        "waiting",
        0,
        "Fuite de liquide de refroidissement",
        ("Renault", "Scénic", 2012),
        symptoms=("heat_gauge", "heat_tops_up", "leak_coolant"),
        photos=(("coolant", "la flaque sous le moteur, le matin"), ("gauge", "l’aiguille après dix minutes")),
    ),
    Case(
        "Mickaël",
        "Roux",
        "42095",
        "waiting",
        4,
        "Amortisseurs à changer",
        ("Renault", "Kangoo", 2011),
        family=FAMILY,
        income="1650",
    ),
    Case(
        "Thomas",
        "Girard",
        "42187",
        "waiting",
        2,
        "Courroie de distribution",
        ("Renault", "Clio", 2013),
        then="decline",
        agreed_km=75,
    ),
    Case(
        "Inès",
        "Barbier",
        "42218",
        "waiting",
        3,
        "Ne démarre plus le matin",
        ("Renault", "Twingo", 2009),
        by="colleague",
        symptoms=("start_click", "start_cold"),
    ),
    Case(
        "Leïla",
        "Haddad",
        "42044",
        "accepted",
        6,
        "Bruit de roulement à l’avant",
        ("Renault", "Modus", 2008),
        symptoms=("noise_hum", "noise_front", "noise_turning"),
    ),
    Case("Rachid", "Kaci", "42218", "accepted", 8, "Embrayage qui patine", ("Renault", "Mégane", 2011), income="690"),
    Case(
        "Nadia", "Benali", "42218", "quoted", 12, "Plaquettes et disques avant", ("Renault", "Clio", 2009), lines=BRAKES
    ),
    Case(
        "Sylvie",
        "Perrin",
        "42189",
        "quoted",
        20,
        "Embrayage",
        ("Renault", "Twingo", 2014),
        lines=CLUTCH,
        family=FAMILY,
        income="1800",
    ),
    Case("Bruno", "Aubert", "42218", "agreed", 15, "Distribution", ("Dacia", "Logan", 2012), lines=BELT),
    Case(
        "Fatou",
        "Camara",
        "42184",
        "agreed",
        24,
        "Freins avant",
        ("Renault", "Clio", 2010),
        lines=BRAKES,
        by="colleague",
        agreed_km=75,
    ),
    Case("Hélène", "Bouvier", "42218", "completed", 30, "Embrayage", ("Renault", "Kangoo", 2010), lines=CLUTCH),
    Case("Karima", "Joly", "42095", "completed", 20, "Freins avant", ("Renault", "Twingo", 2013), lines=BRAKES),
    Case(
        "Yann",
        "Lefort",
        "42218",
        "quoted",
        28,
        "Distribution",
        ("Peugeot", "206", 2007),
        lines=BELT,
        then="decline_quote",
    ),
    Case("Maryse", "Picard", "42218", "accepted", 18, "Moteur fumant", ("Renault", "Mégane", 2004), then="not_worth"),
    Case(
        "Kevin",
        "Morin",
        "42187",
        "waiting",
        21,
        "Pot d’échappement",
        ("Citroën", "C3", 2009),
        then="withdraw",
        agreed_km=75,
    ),
    Case(
        "Ousmane",
        "Traoré",
        "93066",
        "waiting",
        1,
        "Batterie à plat",
        ("Renault", "Clio", 2014),
        by="adie",
        at="paris_garage",
    ),
    Case(
        "Élodie",
        "Chevallier",
        "92012",
        "accepted",
        5,
        "Train avant qui tire",
        ("Renault", "Modus", 2011),
        by="adie",
        at="paris_garage",
    ),
    Case(
        "Samir",
        "Lopes",
        "75056",
        "quoted",
        10,
        "Freins avant",
        ("Renault", "Kangoo", 2012),
        by="adie",
        at="paris_garage",
        lines=BRAKES,
    ),
    Case(
        "Corinne",
        "Marchand",
        "94028",
        "completed",
        16,
        "Distribution",
        ("Dacia", "Logan", 2013),
        by="adie",
        at="paris_garage",
        lines=BELT,
    ),
    Case(
        "Adrien",
        "Picard",
        "23096",
        "waiting",
        0,
        "Chauffe au bout de dix minutes",
        ("Renault", "Clio", 2015),
        by="adviser",
        at="nearest",
        agreed_km=70,
    ),
    # the only garage in reach stayed silent: a pilot has to find what the platform cannot
    Case(
        "Ange",
        "Santoni",
        "2B050",
        "waiting",
        5,
        "Ne passe plus la marche arrière",
        ("Renault", "Clio", 2013),
        at="nearest",
        then="lapse",
        agreed_km=30,
    ),
)


def load_cases(cast: Cast) -> int:
    """Play every case, all acts in the order of their moments, as they would have come; returns how many cases."""
    acts = [act for case in CASES for act in _Player(case, cast).acts()]
    for moment, act in sorted(acts, key=itemgetter(0)):
        with clock.moved_to(moment):
            act()
    return len(CASES)


class _Player:
    """Takes one case from its first day to its stage, each act on its own working day."""

    referral: Referral

    def __init__(self, case: Case, cast: Cast) -> None:
        self.case, self.cast = case, cast
        self.day = _working_days_ago(case.days_ago)
        self.moment = datetime(self.day.year, self.day.month, self.day.day, 8, 30, tzinfo=clock.PARIS)
        self.adviser = self._actor(getattr(cast, case.by))
        self.garage, self.workshop = self._garage()
        self.draw = Draw(hash_of(case.last_name))

    def acts(self) -> Iterator[tuple[datetime, Callable[[], None]]]:
        """Each act with its moment; the first opens the dossier that the others move."""
        yield self._next_moment(), self._open
        if self.case.stage == "draft":
            return
        yield self._next_moment(days=0), self._fill
        if self.case.stage == "ready":
            yield self._next_moment(days=0), self._choose
        if self.case.stage == "review":
            yield self._next_moment(days=0), self._send_for_review
            if self.case.then:
                yield self._next_moment(), self._then
            return
        for step in self._steps():
            yield self._next_moment(days=0 if step == self._send else self._pause()), step
        if self.case.then:
            yield self._next_moment(), self._then

    def _steps(self) -> list[Callable[[], None]]:
        steps = [self._send, self._accept, self._quote, self._agree, self._repair]
        return steps[: max(STAGES.index(self.case.stage) - STAGES.index("review"), 0)]

    def _pause(self) -> int:
        """Acts are spread over the days between sending and today."""
        acts = max(STAGES.index(self.case.stage) - STAGES.index("review") - 1, 1) + bool(self.case.then)
        return max(self.case.days_ago // (acts + 1), 0)

    def _next_moment(self, days: int = 1) -> datetime:
        """A moment in working hours, never after the present one nor before the act before."""
        self.day = min(_forward(self.day, days), clock.today())
        hour = self.draw.random.randint(9, 15)
        moment = datetime(self.day.year, self.day.month, self.day.day, hour, 10, tzinfo=clock.PARIS)
        self.moment = max(min(moment, clock.now()), self.moment)
        return self.moment

    def _actor(self, membership: Membership) -> Actor:
        return Actor.member(membership)

    def _garage(self) -> tuple[Garage, Actor]:
        if self.case.at == "paris_garage":
            return self.cast.paris_garage, self._actor(self.cast.paris_workshop)
        if self.case.at == "nearest":
            home = Commune.objects.get(pk=self.case.commune)
            nearest = Garage.objects.active().nearest_to(home.latitude, home.longitude).first()
            assert nearest is not None
            return nearest, SYSTEM
        return self.cast.garage, self._actor(self.cast.workshop)

    def _open(self) -> None:
        person = transitions.PersonInput(
            first_name=self.case.first_name,
            last_name=self.case.last_name,
            birth_date=self.case.family[0],
            commune=Commune.objects.get(pk=self.case.commune),
            phone=f"+3399903{hash_of(self.case.last_name + self.case.first_name) % 10000:04d}",
        )
        consent = transitions.ConsentInput(channel="paper", given_on=clock.today())
        self.referral = transitions.open_referral(person=person, consent=consent, by=self.adviser)

    def _send_for_review(self) -> None:
        transitions.send_for_review(self.referral, by=self.adviser)

    def _choose(self) -> None:
        """The first that is proposed, as an adviser would."""
        near = within_agreed(Referral.objects.get(pk=self.referral.pk))
        self.garage = near[0].garage if near else self.garage
        choose_garage(self.referral, garage=self.garage, reason=self._why(), by=self.adviser)

    def _why(self) -> str:
        """A word, where the garage of the cast is not among those proposed."""
        wanted = wants_a_reason(Referral.objects.get(pk=self.referral.pk), self.garage)
        return "Elle y a déjà fait réparer sa voiture." if wanted else ""

    def _fill(self) -> None:
        make, model, year = self.case.car
        describe_vehicle(
            self.referral,
            vehicle=VehicleInput(make=make, model=model, first_registered_year=year, mileage_km=90_000 + year * 37),
            fault=FaultInput(
                complaint=self.case.complaint,
                is_drivable=self.case.days_ago % 2 == 0,
                since="weeks",
                symptoms=self.case.symptoms,
            ),
            by=self.adviser,
        )
        for name, caption in self.case.photos:
            add_photo(self.referral, image=picture(name), caption=caption, by=self.adviser)
        household = HouseholdInput(
            birth_dates=self.case.family,
            income_eur=Decimal(self.case.income),
            income_basis="last_month",
            dwelling=self.case.dwelling,  # type: ignore[arg-type]
        )
        assess_household(self.referral, household=household, by=self.adviser)

    def _send(self) -> None:
        asked = {"garage": self.garage, "choice_reason": self._why(), "agreed_km": self.case.agreed_km}
        transitions.send(self.referral, by=self.adviser, **asked)

    def _accept(self) -> None:
        transitions.accept(_held(self.referral), by=self.workshop)

    def _quote(self) -> None:
        transitions.issue_quote(_held(self.referral), lines=self.case.lines, by=self.workshop, immobilisation_days=2)

    def _agree(self) -> None:
        transitions.accept_quote(
            _held(self.referral),
            version=1,
            piec_choice="not_concerned",
            answered_on=clock.today(),
            channel="paper",
            by=self.workshop,
        )

    def _repair(self) -> None:
        held = _held(self.referral)
        total = held.quote.versions.latest_first()[0].total_incl_tax
        transitions.record_repair(held, done_on=clock.today(), final_total_incl_tax=total, by=self.workshop)

    def _then(self) -> None:
        if self.case.then == "refuse":
            why = "Elle vit chez ses parents, dont les revenus comptent."
            transitions.refuse_review(self.referral, why=why, by=self._actor(self.cast.pilot))
            return
        held = _held(self.referral)
        match self.case.then:
            case "decline":
                transitions.decline(
                    held, reason=DeclineReason.NO_CAPACITY, by=self.workshop, comment="Atelier complet."
                )
            case "lapse":
                transitions.lapse(held, by=SYSTEM)
            case "decline_quote":
                transitions.decline_quote(
                    held, version=1, reason="Trop cher", answered_on=clock.today(), channel="paper", by=self.workshop
                )
            case "not_worth":
                reason = "Moteur à remplacer, la voiture vaut moins que la réparation."
                transitions.close(
                    self.referral, outcome=Outcome.NOT_WORTH_REPAIRING, reason=reason, by=self.workshop, assignment=held
                )
            case "withdraw":
                transitions.withdraw(self.referral, reason="A trouvé une autre solution.", by=self.adviser)


def hash_of(text: str) -> int:
    """The same at every run, unlike hash()."""
    return sum(position * ord(sign) for position, sign in enumerate(text, start=1))


def _held(referral: Referral) -> Assignment:
    return Assignment.objects.of_referral(referral).open().with_all().get()


def _forward(day: date, working_days: int) -> date:
    for _step in range(working_days):
        day += timedelta(days=1)
        while day.weekday() >= 5:
            day += timedelta(days=1)
    return day


def _working_days_ago(count: int) -> date:
    day = clock.today()
    while day.weekday() >= 5:
        day -= timedelta(days=1)
    for _step in range(count + 1):
        day -= timedelta(days=1)
        while day.weekday() >= 5:
            day -= timedelta(days=1)
    return day
