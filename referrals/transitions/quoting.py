"""Quotes: issued once eligibility holds, superseded version by version, answered by the person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from eligibility.assess import is_usable
from garages.conditions import Conditions, NoScheduleInForce, conditions_for
from garages.tariff import LineInput, PricedLine, Totals, price_lines
from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from referrals.clock import expires_at
from referrals.models import Assignment, Quote, QuoteAnswer, QuoteCounter, QuoteLine, QuoteVersion, Referral
from referrals.states import End, Outcome, State, Verb
from referrals.transitions import slots
from referrals.transitions.core import Overtaken, Refused, begin_assignment, end_assignment, finish


@transaction.atomic
def issue_quote(
    assignment: Assignment,
    *,
    lines: Sequence[LineInput],
    by: Actor,
    on: date | None = None,
    immobilisation_days: int | None = None,
    instalments: int = 1,
) -> QuoteVersion:
    """The first version, with the next number of the garage's year. Raises TariffError for wrong lines."""
    referral, assignment = begin_assignment(assignment, Verb.ISSUE_QUOTE, by=by)
    on = on or clock.today()
    if not is_usable(referral.assessment, on):
        raise Refused(
            _("L’éligibilité de la personne n’est plus valable : demandez à son conseiller de la refaire."),
            code="assessment_not_usable",
        )
    quote = Quote.objects.create(assignment=assignment, first_issued_at=clock.now(), **_next_number(assignment, on))
    version = _issue(quote, referral, lines, by, on, immobilisation_days, instalments)
    slots.came(assignment)
    finish(referral, Verb.ISSUE_QUOTE, State.QUOTED, by=by, assignment=assignment, detail=_quote_detail(version))
    return version


@transaction.atomic
def supersede_quote(
    assignment: Assignment,
    *,
    lines: Sequence[LineInput],
    replaces: int,
    by: Actor,
    on: date | None = None,
    immobilisation_days: int | None = None,
    instalments: int = 1,
) -> QuoteVersion:
    """A new version in the place of version `replaces`; refused when a colleague was quicker."""
    referral, assignment = begin_assignment(assignment, Verb.SUPERSEDE_QUOTE, by=by)
    before = _version_in_force(assignment, replaces)
    version = _issue(
        assignment.quote,
        referral,
        lines,
        by,
        on or clock.today(),
        immobilisation_days,
        instalments,
        after=before,
        is_supplement=before.is_supplement,
    )
    detail = _quote_detail(version)
    finish(referral, Verb.SUPERSEDE_QUOTE, State.QUOTED, by=by, assignment=assignment, detail=detail)
    return version


@transaction.atomic
def supplement(
    assignment: Assignment,
    *,
    lines: Sequence[LineInput],
    replaces: int,
    by: Actor,
    on: date | None = None,
    immobilisation_days: int | None = None,
    instalments: int = 1,
) -> QuoteVersion:
    """More work was found: a new version of the whole, which the person answers again."""
    referral, assignment = begin_assignment(assignment, Verb.SUPPLEMENT, by=by)
    before = _version_in_force(assignment, replaces)
    version = _issue(
        assignment.quote,
        referral,
        lines,
        by,
        on or clock.today(),
        immobilisation_days,
        instalments,
        after=before,
        is_supplement=True,
    )
    finish(referral, Verb.SUPPLEMENT, State.QUOTED, by=by, assignment=assignment, detail=_quote_detail(version))
    return version


@transaction.atomic
def accept_quote(
    assignment: Assignment,
    *,
    version: int,
    piec_choice: str,
    answered_on: date,
    channel: str,
    by: Actor,
) -> None:
    """The person's yes to the version in force, with what they said of reused parts before."""
    referral, assignment = begin_assignment(assignment, Verb.ACCEPT_QUOTE, by=by)
    asked = _version_in_force(assignment, version)
    if not piec_choice:
        raise Refused(_("Notez ce que la personne souhaite pour les pièces de réemploi."), field="piec_choice")
    _refuse_answer_day(asked, answered_on)
    _answer(asked, by, is_accepted=True, piec_choice=piec_choice, answered_on=answered_on, channel=channel)
    finish(referral, Verb.ACCEPT_QUOTE, State.AGREED, by=by, assignment=assignment, detail=_quote_detail(asked))


@transaction.atomic
def decline_quote(
    assignment: Assignment, *, version: int, reason: str, answered_on: date, channel: str, by: Actor
) -> None:
    """The person's no: closes the referral, or for a supplement goes back to what was agreed before."""
    referral, assignment = begin_assignment(assignment, Verb.DECLINE_QUOTE, by=by)
    asked = _version_in_force(assignment, version)
    if not reason.strip():
        raise Refused(_("Notez pourquoi la personne refuse le devis."), field="reason")
    _refuse_answer_day(asked, answered_on)
    _answer(asked, by, is_accepted=False, reason=reason.strip(), answered_on=answered_on, channel=channel)
    _settle_without(asked, referral, assignment, Verb.DECLINE_QUOTE, Outcome.QUOTE_DECLINED, by, reason.strip())


@transaction.atomic
def expire_quote(assignment: Assignment, *, by: Actor) -> None:
    """The version in force passed its last day without an answer."""
    referral, assignment = begin_assignment(assignment, Verb.EXPIRE_QUOTE, by=by)
    asked = latest_version(assignment)
    if clock.now() < expires_at(asked.valid_until, assignment.garage.commune.department_id):
        raise Refused(_("Ce devis est encore valable."), code="quote_still_valid")
    _settle_without(asked, referral, assignment, Verb.EXPIRE_QUOTE, Outcome.QUOTE_EXPIRED, by)


def latest_version(assignment: Assignment) -> QuoteVersion:
    """The version in force: the last one issued."""
    return assignment.quote.versions.latest_first()[0]


def accepted_version(assignment: Assignment) -> QuoteVersion | None:
    """The last version that the person accepted."""
    return assignment.quote.versions.accepted().latest_first().first()


def withdraw_quote(assignment: Assignment) -> None:
    """An open quote of a garage that gives the referral back is no longer on offer."""
    quote = Quote.objects.of_assignment(assignment).first()
    if quote and quote.withdrawn_at is None:
        quote.withdrawn_at = clock.now()
        quote.save(update_fields=["withdrawn_at"])


def _next_number(assignment: Assignment, on: date) -> dict[str, Any]:
    """The garage's next number of the year: its counter is locked, so there are no gaps and no doubles."""
    QuoteCounter.objects.get_or_create(garage=assignment.garage, year=on.year)
    counter = QuoteCounter.objects.select_for_update().get(garage=assignment.garage, year=on.year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return {"garage": assignment.garage, "year": on.year, "sequence": counter.last}


def _version_in_force(assignment: Assignment, number: int) -> QuoteVersion:
    latest = latest_version(assignment)
    if latest.number != number:
        raise Overtaken(
            _("Entre-temps, une version %(number)s de ce devis a été émise. Relisez-la avant de continuer.")
            % {"number": latest.number},
            code="quote_superseded",
        )
    return latest


def _issue(
    quote: Quote,
    referral: Referral,
    lines: Sequence[LineInput],
    by: Actor,
    on: date,
    immobilisation_days: int | None,
    instalments: int,
    *,
    after: QuoteVersion | None = None,
    is_supplement: bool = False,
) -> QuoteVersion:
    """Price the lines by the schedule in force and copy everything in: what was issued never changes."""
    garage = quote.garage
    assessment = after.assessment if after else referral.assessment
    assert assessment is not None
    assert by.membership is not None
    try:
        conditions = conditions_for(garage, on)
    except NoScheduleInForce as error:
        raise Refused(str(error), code="no_schedule") from None
    totals = price_lines(
        lines,
        hourly_rate_excl_tax=conditions.hourly_rate_excl_tax,
        vat_percent=conditions.vat_percent,
        instalments=instalments,
    )
    version = QuoteVersion.objects.create(
        quote=quote,
        number=after.number + 1 if after else 1,
        is_supplement=is_supplement,
        assessment=assessment,
        immobilisation_days=immobilisation_days,
        instalments=instalments,
        issued_on=on,
        valid_until=on + timedelta(days=conditions.schedule.quote_validity_days),
        issued_at=clock.now(),
        issued_by=by.membership,
        garage_as_issued=_garage_as_issued(quote),
        vehicle_as_issued=_vehicle_as_issued(referral),
        **_priced(conditions, totals),
    )
    QuoteLine.objects.bulk_create(_lines(version, totals.lines))
    return version


def _priced(conditions: Conditions, totals: Totals) -> dict[str, Any]:
    return {
        "schedule": conditions.schedule,
        "hourly_rate_excl_tax": conditions.hourly_rate_excl_tax,
        "vat_percent": conditions.vat_percent,
        "total_excl_tax": totals.total_excl_tax,
        "vat": totals.vat,
        "total_incl_tax": totals.total_incl_tax,
        "public_incl_tax": totals.public_incl_tax,
        "saving_incl_tax": totals.saving_incl_tax,
        "saving_percent": totals.saving_percent,
    }


def _lines(version: QuoteVersion, priced: Sequence[PricedLine]) -> list[QuoteLine]:
    return [
        QuoteLine(
            version=version,
            position=position,
            kind=line.input.kind.value,
            part_origin=line.input.part_origin.value if line.input.part_origin else "",
            description=line.input.description,
            quantity=line.input.quantity,
            unit_cost_excl_tax=line.unit_cost,
            unit_public_excl_tax=line.input.unit_public_excl_tax,
            line_cost_excl_tax=line.line_cost_excl_tax,
            line_public_excl_tax=line.line_public_excl_tax,
        )
        for position, line in enumerate(priced, start=1)
    ]


def _garage_as_issued(quote: Quote) -> dict[str, Any]:
    garage = quote.garage
    return {
        "name": garage.name,
        "siret": garage.siret,
        "address": garage.address,
        "postcode": garage.postcode,
        "commune": garage.commune.name,
        "level": garage.level,
        "is_vat_exempt": garage.is_vat_exempt,
    }


def _vehicle_as_issued(referral: Referral) -> dict[str, Any]:
    vehicle = referral.vehicle
    if vehicle is None:
        return {}
    return {
        "make": vehicle.make,
        "model": vehicle.model,
        "year": vehicle.first_registered_year,
        "plate": vehicle.plate,
        "vin": vehicle.vin,
        "mileage_km": vehicle.mileage_km,
    }


def _refuse_answer_day(version: QuoteVersion, answered_on: date) -> None:
    if answered_on > clock.today():
        raise Refused(_("La date de la réponse ne peut pas être dans le futur."), field="answered_on")
    if answered_on < version.issued_on:
        raise Refused(_("La réponse ne peut pas précéder le devis."), field="answered_on")
    if answered_on > version.valid_until:
        raise Refused(_("Le devis n’était plus valable ce jour-là : émettez-en un nouveau."), field="answered_on")


def _answer(version: QuoteVersion, by: Actor, **facts: Any) -> None:
    QuoteAnswer.objects.create(version=version, recorded_at=clock.now(), recorded_by=by.membership, **facts)


def _settle_without(
    asked: QuoteVersion,
    referral: Referral,
    assignment: Assignment,
    verb: Verb,
    outcome: Outcome,
    by: Actor,
    reason: str = "",
) -> None:
    """No yes to this version: back to what was agreed before the supplement, else the end."""
    detail = _quote_detail(asked) | ({"reason": reason} if reason else {})
    if accepted_version(assignment):
        finish(referral, verb, State.AGREED, by=by, assignment=assignment, detail=detail)
        return
    end_assignment(assignment, End.CLOSED)
    finish(referral, verb, State.CLOSED, by=by, assignment=assignment, outcome=outcome, detail=detail)


def _quote_detail(version: QuoteVersion) -> dict[str, Any]:
    return {
        "quote": version.quote.number,
        "version": version.number,
        "total_incl_tax": str(version.total_incl_tax),
        "valid_until": version.valid_until.isoformat(),
    }
