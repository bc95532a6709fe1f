"""A made-up history of any size in a scratch database: lent to the benchmarks that need one."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import django

MONTHS = 12
FIRST_MONTH = date(2015, 1, 1)
GARAGES, STRUCTURES = 300, 60


@contextmanager
def scratch_history(referrals: int) -> Iterator[None]:
    """A database of its own with so many referrals over twelve months, in every state; dropped at the end."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mobiliz.settings")
    django.setup()
    from django.db import connection

    before = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"mobiliz_bench_{os.getpid()}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        _generate(referrals)
        yield
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)


def _generate(referrals: int) -> None:
    from django.core.management import call_command
    from django.db import connection

    call_command("load_territory", verbosity=0, stdout=open(os.devnull, "w"))  # noqa: SIM115
    template = _template_referral()
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")
        _trust_the_plan(cursor)
        _plan(cursor, referrals, _garages(), _structures())
        for table, columns, source in _TABLES:
            _copy(cursor, table, columns, source, template[table])
        cursor.execute("RESET session_replication_role")
        cursor.execute("VACUUM ANALYZE")
    print(f"  {referrals:,} referrals made", file=sys.stderr, flush=True)


def _trust_the_plan(cursor) -> None:
    """Without triggers and foreign key checks, which would take most of the time, where we may leave them out."""
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    if cursor.fetchone()[0]:
        cursor.execute("SET session_replication_role = replica")


def _template_referral() -> dict[str, int]:
    """One referral with everything, made as in the tests: its rows lend the columns that do not matter here."""
    from tests.factories import referrals as make

    referral = make.make_referral(upto="repaired", sent_on=FIRST_MONTH)
    assignment = referral.assignments.get()
    version = assignment.quote.versions.get()
    return {
        "referrals_referral": referral.pk,
        "referrals_assignment": assignment.pk,
        "referrals_quote": assignment.quote.pk,
        "referrals_quoteversion": version.pk,
        "referrals_quoteanswer": version.answer.pk,
        "referrals_repair": assignment.repair.pk,
    }


def _garages() -> list[int]:
    from mobiliz.territory.models import Commune
    from tests.factories.garages import GarageFactory

    communes = list(Commune.objects.order_by("-population")[:GARAGES])
    return [GarageFactory(at=commune.code, commune=commune).pk for commune in communes]


def _structures() -> list[int]:
    from tests.factories.partners import StructureFactory

    return [StructureFactory().organisation_id for _ in range(STRUCTURES)]


def _plan(cursor, referrals: int, garages: list[int], structures: list[int]) -> None:
    """Who was sent when, where, to which garage, and how far it came: as many large departments as small ones."""
    chance = random.Random(20150101)
    reach = {place: chance.sample(garages, 3) for place in _departments(cursor)}
    cursor.execute("CREATE TABLE plan_reach (place int, department text, region text, commune text, garages bigint[])")
    for number, ((department, region, commune), near) in enumerate(reach.items()):
        cursor.execute(
            "INSERT INTO plan_reach VALUES (%s, %s, %s, %s, %s)", [number, department, region, commune, near]
        )
    cursor.execute(
        f"""
        CREATE TABLE plan AS
        SELECT 1000000000 + n AS n, reach.*,
               timestamptz '{FIRST_MONTH} 12:00+01' + (random() * {MONTHS * 30.3}) * interval '1 day' AS sent_at,
               (%(structures)s::bigint[])[1 + floor(random() * {STRUCTURES})::int] AS structure,
               reach.garages[1 + floor(random() * 3)::int] AS garage,
               width_bucket(random(), ARRAY[0, 0.12, 0.3, 0.62, 0.67]::float8[]) AS stage,
               random() < 0.8 AS is_over
          FROM generate_series(1, %(referrals)s) AS n
          JOIN LATERAL (SELECT floor(random() * {len(reach)})::int + 0 * n AS drawn) AS draw ON true
          JOIN plan_reach AS reach ON reach.place = draw.drawn""",
        {"structures": structures, "referrals": referrals},
    )
    cursor.execute("CREATE INDEX ON plan (n)")


def _departments(cursor) -> list[tuple[str, str, str]]:
    cursor.execute(
        """SELECT department.code, department.region_id, min(commune.code) FROM territory_department department
             JOIN territory_commune commune ON commune.department_id = department.code
            GROUP BY department.code ORDER BY 1"""
    )
    return cursor.fetchall()


# stage: 1 sent, 2 accepted, 3 quoted, 4 agreed, 5 repaired
_CLOSED = "plan.is_over AND plan.stage < 5"
_TABLES: tuple[tuple[str, dict[str, str], str], ...] = (
    (
        "referrals_referral",
        {
            "state": f"""CASE WHEN {_CLOSED} THEN 'closed'
                ELSE (ARRAY['waiting', 'accepted', 'quoted', 'agreed', 'completed'])[plan.stage] END""",
            "outcome": f"""CASE WHEN {_CLOSED}
                THEN (ARRAY['withdrawn', 'unreachable', 'quote_declined', 'repair_cancelled'])[plan.stage]
                ELSE '' END""",
            "closed_at": f"CASE WHEN {_CLOSED} THEN plan.sent_at + interval '20 days' END",
            "sent_at": "plan.sent_at",
            "region_id": "plan.region",
            "department_id": "plan.department",
            "commune_id": "plan.commune",
            "organisation_id": "plan.structure",
            "number": "plan.n",
        },
        "plan",
    ),
    (
        "referrals_assignment",
        {
            "referral_id": "plan.n",
            "garage_id": "plan.garage",
            "accepted_at": "CASE WHEN plan.stage > 1 THEN plan.sent_at + interval '1 day' END",
            "ended_at": f"CASE WHEN {_CLOSED} THEN plan.sent_at + interval '20 days' END",
            '"end"': f"CASE WHEN {_CLOSED} THEN 'closed' ELSE '' END",
        },
        "plan",
    ),
    (
        "referrals_quote",
        {"assignment_id": "plan.n", "garage_id": "plan.garage", "sequence": "plan.n - 1000000000 + 1000"},
        "plan WHERE plan.stage > 2",
    ),
    ("referrals_quoteversion", {"quote_id": "plan.n"}, "plan WHERE plan.stage > 2"),
    ("referrals_quoteanswer", {"version_id": "plan.n"}, "plan WHERE plan.stage > 3"),
    ("referrals_repair", {"assignment_id": "plan.n", "version_id": "plan.n"}, "plan WHERE plan.stage > 4"),
)


def _copy(cursor, table: str, own: dict[str, str], source: str, template: int) -> None:
    """Every row of the plan becomes one of the table, like the template but for these columns."""
    columns = _columns(cursor, table)
    own = {"id": "plan.n", "uid": "gen_random_uuid()", **own}
    values = ", ".join(own.get(column, f"template.{column}") for column in columns)
    rows, _, condition = source.partition(" WHERE ")
    cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    cursor.execute(
        f"""INSERT INTO {table} ({", ".join(columns)}) SELECT {values} FROM {rows}, {table} AS template
             WHERE template.id = {template} {f"AND {condition}" if condition else ""}"""
    )
    cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _columns(cursor, table: str) -> list[str]:
    cursor.execute(
        "SELECT quote_ident(column_name) FROM information_schema.columns WHERE table_name = %s ORDER BY 1", [table]
    )
    return [name for (name,) in cursor.fetchall()]
