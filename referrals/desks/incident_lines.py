"""An incident in words: by when a pilot answers, who sees to it, what was answered. Both sides read the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mobiliz.accounts.models import Membership
from mobiliz.lib import clock
from mobiliz.lib.proportions import MIN_DENOMINATOR
from mobiliz.lib.templatetags.mobiliz import NO_BREAK_SPACE, day_fr
from referrals.clock import working_days_between, zone_of
from referrals.models import Incident
from referrals.querysets.incidents import AnswerTime

MEASURED_DAYS = 90


@dataclass(frozen=True, slots=True)
class Line:
    """One incident; `sense`, `title`, `detail`, `done` and `of` are those of the clock component.

    `person` is empty where the reader does not see the case: a draft, or someone who took their consent back.
    """

    incident: Incident
    sense: str
    title: str
    detail: str
    person: str
    who: str
    phone: str
    counterpart: dict[str, str]
    done: int = 0
    of: int = 0


def line_of(incident: Incident) -> Line:
    """Expects `for_lines`, and `with_pilot` where the sender's side reads it."""
    who, phone = _who_sees_to_it(incident)
    person = str(incident.referral.beneficiary) if incident.sees_case else ""
    other = counterpart_of(incident)
    if not incident.is_open:
        return Line(incident, *_answered(incident), person, who, phone, other)
    return Line(incident, *_waiting(incident), person, who, phone, other, *_days(incident))


def counterpart_of(incident: Incident) -> dict[str, str]:
    """Whom the pilot put the sender's side in touch with: name, place, and one way to reach them."""
    found: dict[str, Any] | None = incident.counterpart
    if not found:
        return {}
    name = f"{found['first_name'] or ''} {found['last_name'] or ''}".strip()
    email = "" if found["phone"] else found["email"] or ""
    return {"name": name, "place": found["place"], "phone": found["phone"] or "", "email": email}


def due_in_words(incident: Incident) -> str:
    """ "aujourd’hui à 18 h", "mercredi 2 décembre à 18 h": in the hours of the place where the person lives."""
    local = incident.due_at.astimezone(zone_of(department_of(incident)))
    hour = f"{local:%-H}{NO_BREAK_SPACE}h" + (f"{NO_BREAK_SPACE}{local:%M}" if local.minute else "")
    is_today = local.date() == clock.now().astimezone(local.tzinfo).date()
    return _("%(day)s à %(hour)s") % {
        "day": _("aujourd’hui") if is_today else day_fr(local.date(), "weekday"),
        "hour": hour,
    }


def department_of(incident: Incident) -> str:
    return incident.referral.department_id or incident.referral.beneficiary.commune.department_id


def measured_since() -> datetime:
    return clock.now() - timedelta(days=MEASURED_DAYS)


def figures_of(times: Sequence[AnswerTime]) -> list[dict[str, Any]]:
    """How long pilots take to answer, in working days, and how many in time; with how many it rests on."""
    count = len(times)
    if not count:
        return []
    answered = ngettext(
        "incident répondu ces %(days)d derniers jours", "incidents répondus ces %(days)d derniers jours", count
    ) % {"days": MEASURED_DAYS}
    figures: list[dict[str, Any]] = [{"label": answered, "value": count}]
    in_time = sum(one.answered_at <= one.due_at for one in times)
    figures.append({"label": _("dont répondus dans le délai"), "value": in_time})
    if count < MIN_DENOMINATOR:
        return [*figures, {"label": _("délai médian de réponse"), "value": _("trop peu pour le dire")}]
    taken = median(_working_days(one) for one in times)
    value = ngettext("%(days)s jour ouvré", "%(days)s jours ouvrés", int(taken)) % {
        "days": f"{taken:g}".replace(".", ",")
    }
    return [*figures, {"label": _("délai médian de réponse"), "value": value if taken else _("le jour même")}]


def _working_days(one: Any) -> int:
    first, last = (moment.astimezone(zone_of(one.department)).date() for moment in (one.reported_at, one.answered_at))
    return working_days_between(first, last, one.department)


def _waiting(incident: Incident) -> tuple[str, str, str]:
    words = {"due": due_in_words(incident)}
    if incident.is_late:
        return "late", _("En retard"), _("réponse d’un pilote attendue avant %(due)s") % words
    return "wait", _("Signalé"), _("un pilote répond avant %(due)s") % words


def _answered(incident: Incident) -> tuple[str, str, str]:
    day = {"day": day_fr(incident.answered_at, "weekday")}
    if incident.resolution == "withdrawn":
        return "info", _("Retiré"), _("le %(day)s") % day
    return "good", _("Un pilote a répondu"), _("le %(day)s") % day


def _days(incident: Incident) -> tuple[int, int]:
    """One mark for each working day of the delay, filled as they pass, and more for those late."""
    place = department_of(incident)
    zone = zone_of(place)
    reported, due, today = (
        moment.astimezone(zone).date() for moment in (incident.reported_at, incident.due_at, clock.now())
    )
    return working_days_between(reported, today, place), working_days_between(reported, due, place)


def _who_sees_to_it(incident: Incident) -> tuple[str, str]:
    member: Membership | None = incident.answered_by or incident.taken_by
    if member:
        return str(member.user), member.phone
    found = getattr(incident, "pilot", None)
    return (f"{found['first_name']} {found['last_name']}", found["phone"]) if found else ("", "")
