"""Writing a quote, its new version or more work found; and the issued quote, to read and print."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from eligibility.assess import is_usable
from garages.conditions import Conditions, NoScheduleInForce, conditions_for
from garages.tariff import TariffError, Totals
from mobiliz.accounts.roles import Permission
from mobiliz.lib import clock
from mobiliz.lib.money import split_equally
from mobiliz.lib.pages import get_visible_or_404, page, require
from referrals import permissions, transitions
from referrals.desks.garage import rate_of, sender_of, who_and_what
from referrals.forms import quote as typed
from referrals.models import Assignment, Quote, QuoteVersion
from referrals.states import State, Verb
from referrals.transitions import Overtaken, Refused
from referrals.transitions.quoting import accepted_version, latest_version

EDITOR = "referrals/garage/quote_editor.html"


@dataclass(frozen=True, slots=True)
class Writing:
    """What one is doing in the editor: the first quote, a new version, or more work found."""

    verb: Verb
    run: Callable[..., QuoteVersion]
    title: str | Promise
    button: str | Promise
    done: str | Promise
    address: str
    replaces: bool


WRITINGS = {
    Verb.ISSUE_QUOTE: Writing(
        Verb.ISSUE_QUOTE,
        transitions.issue_quote,
        gettext_lazy("Devis"),
        gettext_lazy("Proposer le devis"),
        gettext_lazy("Devis proposé. Imprimez-le ou lisez-le avec la personne, puis notez sa réponse."),
        "assignment_quote_new",
        replaces=False,
    ),
    Verb.SUPERSEDE_QUOTE: Writing(
        Verb.SUPERSEDE_QUOTE,
        transitions.supersede_quote,
        gettext_lazy("Nouvelle version du devis"),
        gettext_lazy("Proposer la nouvelle version"),
        gettext_lazy("Nouvelle version proposée : elle remplace la précédente."),
        "assignment_quote_replace",
        replaces=True,
    ),
    Verb.SUPPLEMENT: Writing(
        Verb.SUPPLEMENT,
        transitions.supplement,
        gettext_lazy("Travaux supplémentaires"),
        gettext_lazy("Proposer les travaux supplémentaires"),
        gettext_lazy("Travaux supplémentaires proposés. N’y touchez pas avant l’accord de la personne."),
        "assignment_quote_replace",
        replaces=True,
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
def write_quote(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The first quote of this assignment."""
    return _write(request, _to_write_for(request, uid), (Verb.ISSUE_QUOTE,))


@require_http_methods(["GET", "HEAD", "POST"])
def replace_quote(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A new version while the person thinks; more work found once they have agreed."""
    return _write(request, _to_write_for(request, uid), (Verb.SUPERSEDE_QUOTE, Verb.SUPPLEMENT))


@require_safe
def quote(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The issued quote, for whoever may see it: to read, to print, to sign."""
    found = get_visible_or_404(Quote.objects.for_page(), request.actor, uid)
    return page(request, "referrals/garage/quote.html", _quote_page(request, found))


# --- writing ------------------------------------------------------------------------------------------------
@dataclass
class Desk:
    """The editor as it stands: what is written for whom, at which prices, the rows typed so far."""

    held: Assignment
    writing: Writing
    conditions: Conditions | None
    rows: list[typed.Row]
    terms: typed.TermsForm
    lines: typed.LinesFormSet = field(init=False)
    totals: Totals | None = None
    told: str = ""

    def __post_init__(self) -> None:
        self.lines = typed.bound_lines(self.rows)

    def estimate(self) -> None:
        if self.conditions:
            self.totals = self.lines.estimate(self.conditions, self.terms.chosen_instalments)


def _to_write_for(request: HttpRequest, uid: UUID) -> Assignment:
    held = get_visible_or_404(Assignment.objects.for_garage(), request.actor, uid)
    require(request.actor.can(Permission.ISSUE_QUOTES))
    return held


def _write(request: HttpRequest, held: Assignment, verbs: tuple[Verb, ...]) -> HttpResponse:
    if request.method == "POST":
        return _posted(request, held, verbs)
    doing = _possible(request, held, verbs)
    if doing is None:
        messages.info(request, _("Il n’y a pas de devis à écrire ici en ce moment."))
        return redirect("assignment", uid=held.uid)
    return _show(request, _fresh_desk(held, doing))


def _possible(request: HttpRequest, held: Assignment, verbs: tuple[Verb, ...]) -> Writing | None:
    may = permissions.possible_verbs(request.actor, held.referral, held)
    return next((WRITINGS[verb] for verb in verbs if verb in may), None)


def _fresh_desk(held: Assignment, writing: Writing) -> Desk:
    """A first quote starts with empty lines, a new version with those it replaces."""
    if not writing.replaces:
        return Desk(held, writing, _conditions(held), typed.first_rows(), _terms(writing, None))
    start = latest_version(held)
    if writing.verb == Verb.SUPPLEMENT:
        start = accepted_version(held) or start
    return Desk(held, writing, _conditions(held), typed.rows_of_version(start), _terms(writing, latest_version(held)))


def _terms(writing: Writing, replaces: QuoteVersion | None) -> typed.TermsForm:
    initial: dict[str, Any] = {"doing": writing.verb.value, "instalments": 1}
    if replaces:
        initial |= {
            "replaces": replaces.number,
            "instalments": replaces.instalments,
            "immobilisation_days": replaces.immobilisation_days,
        }
    return typed.TermsForm(initial=initial)


def _conditions(held: Assignment) -> Conditions | None:
    try:
        return conditions_for(held.garage, clock.today())
    except NoScheduleInForce:
        return None


def _posted(request: HttpRequest, held: Assignment, verbs: tuple[Verb, ...]) -> HttpResponse:
    """Every press of a button brings all that was typed; only one of them issues."""
    asked = request.POST.get("doing", "")
    verb = next((verb for verb in verbs if verb == asked), verbs[0])
    terms = typed.TermsForm(request.POST)
    desk = Desk(held, WRITINGS[verb], _conditions(held), typed.typed_rows(request.POST), terms)
    if request.htmx:
        return _show(request, desk)
    if "ajouter" in request.POST or "retirer" in request.POST:
        return _with_rows_changed(request, desk)
    if desk.conditions is None or not desk.lines.is_priced(desk.conditions, terms):
        return _show(request, desk, status=422)
    if "proposer" not in request.POST:
        return _show(request, desk)
    return _issue(request, desk)


def _with_rows_changed(request: HttpRequest, desk: Desk) -> HttpResponse:
    """One line more or one less: the rest stands as it was typed, and nothing is judged yet."""
    rows = desk.rows
    kind, number = request.POST.get("ajouter", ""), request.POST.get("retirer", "")
    if kind in typed.LineKinds.values:
        rows = [*rows, typed.new_row(kind)]
    elif number.isascii() and number.isdigit():
        rows = [row for at, row in enumerate(rows, 1) if at != int(number[:4])]
    terms = typed.TermsForm(initial={name: desk.terms[name].value() for name in desk.terms.fields})
    changed = Desk(desk.held, desk.writing, desk.conditions, rows, terms)
    return _show(request, changed, starts_at=len(rows) if kind else 0)


def _issue(request: HttpRequest, desk: Desk) -> HttpResponse:
    terms, writing = desk.terms, desk.writing
    given: dict[str, Any] = {"replaces": terms.cleaned_data["replaces"] or 0} if writing.replaces else {}
    try:
        version = writing.run(
            desk.held,
            lines=desk.lines.lines(),
            by=request.actor,
            immobilisation_days=terms.cleaned_data["immobilisation_days"],
            instalments=terms.chosen_instalments,
            **given,
        )
    except Overtaken as overtaken:
        return _overtaken(request, desk, overtaken)
    except TariffError as error:
        desk.lines.show_faults(error.faults, terms)
    except Refused as refused:
        terms.add_error(None, refused.message)
    else:
        messages.success(request, str(writing.done))
        return redirect("quote", uid=version.quote.uid)
    return _show(request, desk, status=422)


def _overtaken(request: HttpRequest, desk: Desk, overtaken: Overtaken) -> HttpResponse:
    """Somebody was quicker: a second click lands on what the first one issued; what a colleague typed meanwhile
    stays on the page of whoever was second, to be read against theirs."""
    held = _to_write_for(request, desk.held.uid)
    issued = latest_version(held) if hasattr(held, "quote") else None
    next_writing = _possible(request, held, (Verb.SUPERSEDE_QUOTE, Verb.SUPPLEMENT))
    if issued and typed.comparable(typed.rows_of_version(issued)) == typed.comparable(desk.rows):
        messages.warning(request, overtaken.message)
        return redirect("quote", uid=issued.quote.uid)
    if issued is None or next_writing is None:
        messages.warning(request, overtaken.message)
        return redirect("assignment", uid=held.uid)
    again = Desk(held, next_writing, desk.conditions, desk.rows, _terms(next_writing, issued), told=overtaken.message)
    return _show(request, again, status=422)


def _show(request: HttpRequest, desk: Desk, *, status: int = 200, starts_at: int = 0) -> HttpResponse:
    desk.estimate()
    judged = status != 200 and not desk.told
    shown = desk.lines if judged else _unjudged(desk)
    if starts_at:
        shown.forms[starts_at - 1].fields["description"].widget.attrs["autofocus"] = True
    return page(request, EDITOR, _editor_page(desk, shown), partial="totals", status=status)


def _unjudged(desk: Desk) -> typed.LinesFormSet:
    """The same rows without a word about faults, each with its total."""
    shown = typed.shown_lines(desk.rows)
    for form, priced in zip(shown.forms, desk.lines.forms, strict=True):
        form.total = priced.total
    return shown


def _editor_page(desk: Desk, shown: typed.LinesFormSet) -> dict[str, Any]:
    held, today = desk.held, clock.today()
    assessment = held.referral.assessment
    is_first = desk.writing.verb == Verb.ISSUE_QUOTE
    return {
        "assignment": held,
        "referral": held.referral,
        "who": who_and_what(held),
        "writing": desk.writing,
        "action": reverse(desk.writing.address, args=[held.uid]),
        "lines": shown,
        "terms": desk.terms,
        "told": desk.told,
        "issued": held.quote if hasattr(held, "quote") else None,
        "sender": sender_of(held.referral),
        "eligible_until": assessment.valid_until if assessment else None,
        "has_expired": is_first and not is_usable(assessment, today),
        "rate": rate_of(desk.conditions) if desk.conditions else None,
        "valid_until": _valid_until(desk.conditions, today),
        "totals": desk.totals,
        "uncounted": desk.lines.uncounted(),
        "saving": saving_of(desk.totals),
    }


def _valid_until(conditions: Conditions | None, today: date) -> date | None:
    return today + timedelta(days=conditions.schedule.quote_validity_days) if conditions else None


@dataclass(frozen=True, slots=True)
class Saving:
    """The saving as it is drawn: what these lines cost here, and everywhere else; `share` is for the bar."""

    paid: Decimal
    public: Decimal
    saved: Decimal
    percent: Decimal
    is_partial: bool

    @property
    def share(self) -> str:
        return f"{100 * self.paid / self.public:.1f}" if self.public else "0"


def saving_of(totals: Totals | None) -> Saving | None:
    if totals is None or totals.public_incl_tax is None or totals.saving_incl_tax is None:
        return None
    assert totals.compared_incl_tax is not None
    return Saving(
        totals.compared_incl_tax,
        totals.public_incl_tax,
        totals.saving_incl_tax,
        totals.saving_percent or Decimal(0),
        is_partial=bool(totals.warnings),
    )


# --- the issued quote ---------------------------------------------------------------------------------------
def _quote_page(request: HttpRequest, found: Quote) -> dict[str, Any]:
    actor, held = request.actor, found.assignment
    versions = list(found.versions.all())
    version = _asked_version(request, versions)
    is_here = actor.is_garage
    shows_case = not (is_here and held.was_handed_over)
    may = permissions.possible_verbs(actor, held.referral, held) if is_here else []
    answer = getattr(version, "answer", None)
    in_force = version.number == versions[0].number and not found.withdrawn_at
    return {
        "quote": found,
        "version": version,
        "versions": versions if len(versions) > 1 else [],
        "is_last": version.number == versions[0].number,
        "answer": answer,
        "is_open": in_force and answer is None and held.is_open and held.referral.state == State.QUOTED,
        "has_expired": version.valid_until < clock.today(),
        "client": held.referral.beneficiary if not is_here or (shows_case and held.shows_person) else None,
        "shows_case": shows_case,
        "saving": _issued_saving(version),
        "instalments": split_equally(version.total_incl_tax, version.instalments),
        "back": _back(actor, held),
        "can_replace": Verb.SUPERSEDE_QUOTE in may,
        "can_record": Verb.ACCEPT_QUOTE in may,
        "can_supplement": Verb.SUPPLEMENT in may,
    }


def _asked_version(request: HttpRequest, versions: list[QuoteVersion]) -> QuoteVersion:
    asked = request.GET.get("version", "")
    return next((version for version in versions if str(version.number) == asked), versions[0])


def _issued_saving(version: QuoteVersion) -> Saving | None:
    if version.public_incl_tax is None or version.saving_incl_tax is None:
        return None
    return Saving(
        version.public_incl_tax - version.saving_incl_tax,
        version.public_incl_tax,
        version.saving_incl_tax,
        version.saving_percent or Decimal(0),
        is_partial=any(line.unit_public_excl_tax is None for line in version.lines.all()),
    )


def _back(actor: Any, held: Assignment) -> str:
    if actor.is_garage:
        return reverse("assignment", args=[held.uid])
    return reverse("referral_case", args=[held.referral.uid])
