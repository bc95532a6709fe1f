"""SQL queries of each page and API list: 12 at most, and no more with 50 rows than with 1."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from benchmarks.scratch import scratch_database

LIMIT = 12
ROWS = (1, 50)


def measure() -> list[dict]:
    with scratch_database("bench_pages"):
        stage = _Stage()
        counted = {size: stage.grow(size).count() for size in ROWS}
    return [_row(page, counted[ROWS[0]][page], counted[ROWS[1]][page]) for page in counted[ROWS[0]]]


def _row(page: str, one: int, fifty: int) -> dict:
    return {
        "name": f"queries of {page}",
        "size": f"{ROWS[0]} and {ROWS[1]} rows",
        "measured": f"{one} and {fifty}",
        "limit": f"{LIMIT}, no more with {ROWS[1]}",
        "ok": max(one, fifty) <= LIMIT and fifty <= one,
        "detail": "SQL statements of one request, signed in",
    }


class _Stage:
    """A small network, and as many referrals in every state as asked."""

    def __init__(self) -> None:
        from mobiliz.accounts.roles import Role
        from tests.factories.accounts import MembershipFactory, UserFactory
        from tests.factories.garages import GarageFactory
        from tests.factories.partners import StructureFactory

        self.size = 0
        self.structure = StructureFactory(name="Wimoov", at="42218")
        self.garage = GarageFactory(name="Garage de la Loire", at="42218", weekly_cap=50)

        def member(role: str, **place: object) -> object:
            return MembershipFactory(user=UserFactory(), role=role, **place)

        self.adviser = member(Role.ADVISER, organisation=self.structure.organisation)
        self.workshop = member(Role.WORKSHOP, organisation=self.garage.organisation)
        self.pilot = member(Role.PILOT)
        self.administrator = member(Role.ADMINISTRATOR)

    def grow(self, size: int) -> _Stage:
        """Add what is missing until there are `size` of each."""
        from reporting.cells import recount_all
        from tests.factories import journey
        from tests.factories.garages import GarageFactory
        from tests.factories.partners import StructureFactory

        for index in range(self.size, size):
            self._one_of_each(journey, index)
            GarageFactory(at="42218")
            StructureFactory(at="42218")
        self.size = size
        recount_all()
        return self

    def _one_of_each(self, journey: object, index: int) -> None:
        """Each row in its own week, so that the cap is never in the way."""
        person = {"last_name": f"Cas{index}"}
        with journey.days_ago(7 * index):  # type: ignore[attr-defined]
            self.draft = journey.ready(self.adviser, **person)  # type: ignore[attr-defined]
            self.review = journey.in_review(self.adviser, **person)  # type: ignore[attr-defined]
            journey.declined(self.adviser, self.workshop, **person)  # type: ignore[attr-defined]
            journey.accepted(self.adviser, self.workshop, **person)  # type: ignore[attr-defined]
            self.quoted = journey.quoted(self.adviser, self.workshop, **person)  # type: ignore[attr-defined]
            journey.completed(self.adviser, self.workshop, **person)  # type: ignore[attr-defined]

    def count(self) -> dict[str, int]:
        return {name: _queries(client, path) for name, client, path in self._pages()}

    def _pages(self) -> Iterator[tuple[str, object, str]]:
        from django.test import Client

        from tests.cast import sign_in

        def at(member: object) -> object:
            return sign_in(Client(), member)  # type: ignore[arg-type]

        adviser, workshop = at(self.adviser), at(self.workshop)
        pilot, administrator = at(self.pilot), at(self.administrator)
        referral, assignment = self.quoted.referral, self.quoted
        yield "the adviser's desk", adviser, "/bureau/"
        yield "the referrals", adviser, "/orientations/"
        yield "a case", adviser, f"/orientations/{referral.uid}/"
        yield "the step of the household", adviser, f"/orientations/{self.draft.uid}/foyer/"
        yield "the step of the garage", adviser, f"/orientations/{self.draft.uid}/garage/"
        yield "the garage's desk", workshop, "/bureau/"
        yield "the assignments", workshop, "/affectations/"
        yield "an assignment", workshop, f"/affectations/{assignment.uid}/"
        yield "a quote", workshop, f"/devis/{assignment.quote.uid}/"
        yield "the pilot's desk", pilot, "/bureau/"
        yield "a review", pilot, f"/examens/{self.review.uid}/"
        yield "the dashboard", pilot, "/tableau-de-bord/"
        yield "the garages", pilot, "/garages/"
        yield "a garage", pilot, f"/garages/{self.garage.uid}/"
        yield "the structures", pilot, "/structures/"
        yield "a structure", pilot, f"/structures/{self.structure.uid}/"
        yield "the accounts", administrator, "/comptes/"


def _queries(client: object, path: str) -> int:
    """After a first visit, which may note that something was seen."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    visit: Callable[[str], object] = client.get  # type: ignore[attr-defined]
    visit(path)
    with CaptureQueriesContext(connection) as queries:
        answer = visit(path)
    assert answer.status_code == 200, f"{path} answered {answer.status_code}"  # type: ignore[attr-defined]
    return len(queries)
