"""What must hold of a network at any moment: each has a name, and finds what breaks it.

The questions are asked of the database in SQL, apart from the code that is on trial.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db import connection

from mobiliz.lib import clock
from mobiliz.outbox.models import Message
from mobiliz.simulation.post_office import names_someone
from referrals.clock import PARIS, local, working_days_between
from referrals.models import Assignment, Referral
from referrals.states import CHASED
from referrals.transitions.chasing import next_due

SAMPLE = 12
RUNNING = "('review', 'waiting', 'accepted', 'quoted', 'agreed')"
OPEN_ASSIGNMENT = "SELECT 1 FROM referrals_assignment a WHERE a.referral_id = r.id AND a.ended_at IS NULL"


@dataclass(frozen=True, slots=True)
class Violation:
    """`name`: of the invariant; `about`: which referral, garage or message."""

    name: str
    about: str


@dataclass(frozen=True, slots=True)
class Invariant:
    """`says`: in French, what must hold. `find`: what breaks it, given how many referrals were opened."""

    name: str
    says: str
    find: Callable[[int], Iterator[str]]


def violations(opened: int) -> list[Violation]:
    """All that is wrong now, by invariant."""
    return [Violation(one.name, about) for one in INVARIANTS for about in one.find(opened)]


def _rows(sql: str, **params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def _sql(sql: str) -> Callable[[int], Iterator[str]]:
    """The first column says what is wrong; `%(now)s` and `%(today)s` are the moved clock's."""

    def find(_opened: int) -> Iterator[str]:
        for row in _rows(sql, now=clock.now(), today=clock.today()):
            yield " ".join(str(value) for value in row)

    return find


def _lost(opened: int) -> Iterator[str]:
    found = _rows(
        f"""SELECT count(*), count(*) FILTER (WHERE state IN ('completed', 'closed')),
              count(*) FILTER (WHERE state = 'draft'), count(*) FILTER (WHERE state IN {RUNNING})
            FROM referrals_referral"""
    )[0]
    there, ended, drafts, running = found
    if there != opened or ended + drafts + running != opened:
        yield f"{opened} ouverts, {there} présents : {ended} finis, {drafts} brouillons, {running} en cours"


def _late_look(_opened: int) -> Iterator[str]:
    """By the clock's own rules: when it looks next, it is not later than what it has to do next."""
    rows = Referral.objects.filter(state__in=list(CHASED), look_attempts=0).order_by("updated_at", "pk")
    for referral in rows.select_related("organisation")[:SAMPLE]:
        held = Assignment.objects.of_referral(referral).open().select_related("garage__commune").first()
        due = next_due(referral, held)
        if due and referral.next_look_at > max(due.at, clock.now()) + timedelta(minutes=10):
            yield f"dossier {referral.number} : {due.step} le {due.at}, regardé le {referral.next_look_at}"


def _unchased(_opened: int) -> Iterator[str]:
    """Each garage that lost a case by its silence was reminded on two working days before, unless it was paused."""
    rows = _rows(
        """SELECT r.number, a.put_at, a.ended_at, c.department_id,
             (SELECT min(l.at) FROM referrals_logentry l WHERE l.assignment_id = a.id
                AND l.verb = 'remind' AND l.detail->>'step' = 'ask_again'),
             (SELECT min(l.at) FROM referrals_logentry l WHERE l.assignment_id = a.id
                AND l.verb = 'remind' AND l.detail->>'step' = 'ask_backup')
           FROM referrals_assignment a JOIN referrals_referral r ON r.id = a.referral_id
           JOIN garages_garage g ON g.id = a.garage_id JOIN territory_commune c ON c.code = g.commune_id
           WHERE a.end = 'lapsed'"""
    )
    for number, put_at, ended_at, department, first, second in rows:
        steps = [put_at, first, second, ended_at]
        if None in steps or not _a_day_apart(steps, department or PARIS):
            yield f"dossier {number} : demandé {put_at}, relancé {first} et {second}, perdu {ended_at}"


def _a_day_apart(moments: list[datetime], department: str) -> bool:
    days = [local(moment, department).date() for moment in moments]
    return all(_is_later(before, after, department) for before, after in pairwise(days))


def _is_later(before: date, after: date, department: str) -> bool:
    return working_days_between(before, after, department) >= 1


@dataclass
class _Read:
    """How far the messages were read for names: each is read once."""

    last: int = 0


def names_in_messages(read: _Read) -> Callable[[int], Iterator[str]]:
    def find(_opened: int) -> Iterator[str]:
        for message in Message.objects.filter(pk__gt=read.last).order_by("pk").iterator(chunk_size=500):
            read.last = message.pk
            if message.context is not None and names_someone(str(message.context)):
                yield f"message {message.template}, sur {message.about}"

    return find


def start() -> None:
    """Of a new database nothing was read yet."""
    _read.last = 0


_read = _Read()

INVARIANTS = (
    Invariant("aucun_perdu", "Chaque dossier ouvert est là, fini ou en cours.", _lost),
    Invariant(
        "une_suite",
        "Chaque dossier en cours attend quelqu’un ou quelque chose qui viendra.",
        _sql(
            f"""SELECT 'dossier', r.number, r.state FROM referrals_referral r
            WHERE r.state IN {RUNNING}
              AND NOT EXISTS (SELECT 1 FROM referrals_incident i WHERE i.referral_id = r.id AND i.answered_at IS NULL)
              AND CASE r.state
                WHEN 'review' THEN NOT EXISTS (SELECT 1 FROM accounts_membership m WHERE m.ended_on IS NULL
                  AND (m.role = 'pilot' OR m.role = 'regional_pilot' AND m.region_id = r.region_id))
                WHEN 'waiting' THEN r.queued_at IS NULL AND NOT EXISTS ({OPEN_ASSIGNMENT})
                  AND NOT EXISTS (SELECT 1 FROM accounts_membership m WHERE m.id = r.adviser_id AND m.ended_on IS NULL)
                ELSE NOT EXISTS ({OPEN_ASSIGNMENT}
                  AND EXISTS (SELECT 1 FROM garages_garagestatus s WHERE s.garage_id = a.garage_id
                    AND s.until_on IS NULL AND (s.status <> 'closed' OR s.from_on >= %(today)s::date - 1
                      OR EXISTS (SELECT 1 FROM referrals_incident i WHERE i.referral_id = r.id
                        AND i.kind = 'garage_closed'))))
              END"""
        ),
    ),
    Invariant(
        "regardé_à_temps",
        "Aucun dossier en cours n’a échappé à l’horloge.",
        _sql(
            f"""SELECT 'dossier', number, 'à regarder le', next_look_at FROM referrals_referral
            WHERE state IN {RUNNING} AND next_look_at < %(now)s::timestamptz - interval '1 day'"""
        ),
    ),
    Invariant(
        "échecs_dits",
        "Un dossier que l’horloge n’arrive pas à regarder est dit à un pilote.",
        _sql(
            f"""SELECT 'dossier', r.number, r.look_attempts, 'essais' FROM referrals_referral r
            WHERE r.state IN {RUNNING} AND r.look_attempts > 6 AND NOT EXISTS (SELECT 1 FROM referrals_incident i
              WHERE i.referral_id = r.id AND i.kind = 'clock_stopped' AND i.answered_at IS NULL)"""
        ),
    ),
    Invariant("regard_prévu", "L’horloge regarde chaque dossier au plus tard quand elle a à y faire.", _late_look),
    Invariant(
        "un_seul_garage",
        "Un dossier est chez un garage au plus.",
        _sql(
            """SELECT 'dossier', r.number FROM referrals_referral r JOIN referrals_assignment a ON a.referral_id = r.id
            WHERE a.ended_at IS NULL GROUP BY r.number, r.state
            HAVING count(*) > 1 OR r.state IN ('draft', 'review', 'closed')"""
        ),
    ),
    Invariant(
        "attente_vraie",
        "Qui attend une place n’est chez aucun garage.",
        _sql(
            f"""SELECT 'dossier', r.number FROM referrals_referral r
            WHERE r.queued_at IS NOT NULL AND EXISTS ({OPEN_ASSIGNMENT})"""
        ),
    ),
    Invariant(
        "un_seul_rendez_vous",
        "Une affectation a un rendez-vous à venir au plus, et aucun quand elle est finie.",
        _sql(
            """SELECT 'dossier', r.number FROM referrals_appointment p
            JOIN referrals_assignment a ON a.id = p.assignment_id JOIN referrals_referral r ON r.id = a.referral_id
            WHERE p.status IN ('proposed', 'booked') GROUP BY r.number, a.id
            HAVING count(*) > 1 OR a.ended_at IS NOT NULL
              AND bool_or(p.starts_at > a.ended_at OR p.status = 'proposed')"""
        ),
    ),
    Invariant(
        "plafonds",
        "Aucun garage n’a reçu plus de dossiers par semaine qu’il n’en prend.",
        _sql(
            """SELECT 'garage', g.name, 'semaine du', a.week, ':', count(*), 'pour', g.weekly_cap
            FROM referrals_assignment a JOIN garages_garage g ON g.id = a.garage_id
            WHERE a.ended_at IS NULL OR a.accepted_at IS NOT NULL
            GROUP BY g.id, a.week HAVING count(*) > g.weekly_cap"""
        ),
    ),
    Invariant(
        "jamais_deux_fois",
        "Un garage qui a dit non, ou rien, n’est pas redemandé pour le même dossier.",
        _sql(
            """SELECT DISTINCT 'dossier', r.number, 'garage', a.garage_id FROM referrals_assignment a
            JOIN referrals_assignment b ON b.referral_id = a.referral_id AND b.garage_id = a.garage_id AND b.id > a.id
            JOIN referrals_referral r ON r.id = a.referral_id
            WHERE a.end IN ('declined', 'lapsed', 'given_back')"""
        ),
    ),
    Invariant(
        "distance",
        "Aucun garage n’est plus loin que la personne ne l’a accepté.",
        _sql(
            """SELECT 'dossier', r.number, ':', a.distance_km, 'km pour', a.agreed_km FROM referrals_assignment a
            JOIN referrals_referral r ON r.id = a.referral_id JOIN garages_garage g ON g.id = a.garage_id
            JOIN referrals_beneficiary p ON p.id = r.beneficiary_id JOIN territory_commune c ON c.code = p.commune_id
            WHERE a.agreed_km IS NULL OR a.distance_km IS NULL OR a.agreed_km + 0.15 < 2 * 6371 * asin(sqrt(
              power(sin(radians(g.latitude - c.latitude) / 2), 2) + cos(radians(c.latitude))
              * cos(radians(g.latitude)) * power(sin(radians(g.longitude - c.longitude) / 2), 2)))"""
        ),
    ),
    Invariant("relancé_avant", "Un garage ne perd un dossier par silence qu’après deux relances.", _unchased),
    Invariant(
        "journal_suivi",
        "Le journal n’a ni trou ni double, et chaque ligne part de l’état où la précédente est arrivée.",
        _sql(
            """SELECT 'dossier', number, 'ligne', position FROM (
              SELECT r.number, l.position, l.from_state, row_number() OVER w AS place, lag(l.to_state) OVER w AS before
              FROM referrals_logentry l JOIN referrals_referral r ON r.id = l.referral_id
              WINDOW w AS (PARTITION BY l.referral_id ORDER BY l.position)) s
            WHERE position <> place OR from_state <> coalesce(before, '')"""
        ),
    ),
    Invariant(
        "journal_égal_état",
        "Le journal mène à l’état, une ouverture par dossier, et chaque ligne est dans la file des changements.",
        _sql(
            """SELECT 'dossier', r.number, r.state FROM referrals_referral r
            LEFT JOIN LATERAL (SELECT count(*) AS lines, count(*) FILTER (WHERE verb = 'open') AS opened,
              (array_agg(to_state ORDER BY position DESC))[1] AS reached
              FROM referrals_logentry l WHERE l.referral_id = r.id) l ON true
            WHERE l.opened <> 1 OR l.reached IS DISTINCT FROM r.state
              OR l.lines <> (SELECT count(*) FROM referrals_change c WHERE c.referral_id = r.id)"""
        ),
    ),
    Invariant(
        "messages",
        "Chaque message est parti, attend son heure, ou a été abandonné et l’a dit.",
        _sql(
            """SELECT 'message', m.template, m.key FROM outbox_message m
            WHERE m.sent_at IS NULL AND m.digest_id IS NULL AND (
              m.parked_at IS NOT NULL AND (m.fault = '' OR m.loss_told_at IS NULL AND m.about <> ''
                AND m.parked_at < %(now)s::timestamptz - interval '3 days')
              OR m.parked_at IS NULL AND m.digest_on IS NULL AND m.next_at < %(now)s::timestamptz - interval '3 days'
              OR m.parked_at IS NULL AND m.digest_on < %(today)s::date - 4)"""
        ),
    ),
    Invariant(
        "un_résumé_par_jour",
        "Personne ne reçoit deux résumés le même jour.",
        _sql(
            """SELECT recipient_email, day FROM outbox_message WHERE day IS NOT NULL
            GROUP BY lower(recipient_email), recipient_email, day HAVING count(*) > 1"""
        ),
    ),
    Invariant(
        "incidents",
        "Chaque incident a une réponse, ou une heure à laquelle elle est attendue.",
        _sql(
            """SELECT 'dossier', r.number, i.kind FROM referrals_incident i
            JOIN referrals_referral r ON r.id = i.referral_id
            WHERE i.due_at <= i.reported_at OR i.answered_at IS NULL AND NOT EXISTS (
              SELECT 1 FROM accounts_membership m WHERE m.ended_on IS NULL
              AND (m.role = 'pilot' OR m.role = 'regional_pilot' AND m.region_id = i.region_id))"""
        ),
    ),
    Invariant(
        "devis_numérotés",
        "Les devis d’un garage et d’une année se suivent sans trou.",
        _sql(
            """SELECT 'garage', garage_id, year FROM referrals_quote GROUP BY garage_id, year
            HAVING count(*) <> max(sequence) OR min(sequence) <> 1"""
        ),
    ),
    Invariant("sans_nom", "Aucun message ne nomme une personne aidée.", names_in_messages(_read)),
)
