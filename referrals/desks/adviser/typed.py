"""What is typed at a step and not submitted: kept while one types, shown again on return, never over newer answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from mobiliz.accounts.actors import Actor
from referrals import unfinished
from referrals.models import Step, Unfinished

SUBMITTED = "submitted_pages"
PAGES_REMEMBERED = 20
STARTED_SHOWN = 5
LAST = "send"  # the step where nothing is typed


@dataclass
class Typed:
    """Beside what is stored at a step: what this member typed there, and whether to show it."""

    dossier: UUID
    step: str
    version: str
    """A keyed digest of what is stored at the step now: it goes out with the page and comes back with the form."""
    rows: dict[str, Unfinished]
    is_asked_for: bool = False
    page: str = field(default_factory=lambda: uuid4().hex)
    newer: list[tuple[str, str]] = field(default_factory=list)

    @property
    def kept(self) -> Unfinished | None:
        return self.rows.get(self.step)

    @property
    def is_overtaken(self) -> bool:
        """Something was stored at this step since it was typed: it is shown only to whoever asks for it."""
        return bool(self.kept) and self.kept.rests_on != self.version  # type: ignore[union-attr]

    @property
    def is_shown(self) -> bool:
        return bool(self.kept) and (self.is_asked_for or not self.is_overtaken)

    @property
    def data(self) -> MultiValueDict:
        """As the form was sent, if it is to be shown."""
        return MultiValueDict(self.kept.values if self.kept and self.is_shown else {})

    def initial_of(self, form: type[forms.Form]) -> dict[str, Any]:
        """What was typed into these fields, right or wrong, for a form that judges nothing yet."""
        data = self.data
        fields = form.base_fields.items() if data else ()
        return {name: one.widget.value_from_datadict(data, {}, name) for name, one in fields}

    @property
    def elsewhere(self) -> list[Step]:
        """The other steps of the dossier where something stands that was not submitted."""
        return [step for step in Step if step in self.rows and step != self.step]

    def is_in_order(self, request: HttpRequest, form: forms.Form) -> bool:
        """Whether the form was made from what is stored now. If not, it says so and what: sent again, it counts."""
        if request.POST.get("version", self.version) == self.version:
            return True
        form.add_error(
            None,
            _(
                "Cette étape a été enregistrée ailleurs depuis que vous l’avez ouverte. Votre saisie est ci-dessous : "
                "comparez, puis enregistrez-la si c’est elle qui est juste."
            ),
        )
        self.newer = stored_otherwise(form)
        return False

    def submitted(self, request: HttpRequest) -> None:
        """The step is stored: what was typed there is no longer needed, and the page is done with."""
        unfinished.forget(self.dossier, self.step, by=request.actor)  # type: ignore[attr-defined]
        if page := request.POST.get("page"):
            pages = [*request.session.get(SUBMITTED, []), page[:32]]
            request.session[SUBMITTED] = pages[-PAGES_REMEMBERED:]


def at_step(request: HttpRequest, dossier: UUID, step: str, stored: Mapping[str, Any], of: object = None) -> Typed:
    """`stored` is what the step's form shows when nothing was typed; {} before the dossier is opened.

    `of` is the key of the person: what was typed of one is never in order for another.
    """
    rows = Unfinished.objects.visible_to(request.actor).of_dossier(dossier)  # type: ignore[attr-defined]
    return Typed(
        dossier=dossier,
        step=step,
        version=version_of({**stored, "of": of}),
        rows={row.step: row for row in rows},
        is_asked_for="reprendre" in request.GET,
    )


def is_done_with(request: HttpRequest) -> bool:
    """A page whose form was submitted may still send what was typed a moment before: it comes too late."""
    return request.POST.get("page", "") in request.session.get(SUBMITTED, [])


def version_of(stored: Mapping[str, Any]) -> str:
    said = json.dumps(stored, default=str, sort_keys=True)
    return salted_hmac("referrals.step", said, algorithm="sha256").hexdigest()[:32]


def stored_otherwise(form: forms.Form) -> list[tuple[str, str]]:
    """(label, what is stored) of each field in which something else was typed."""
    stored = {one.name: form.get_initial_for_field(one.field, one.name) for one in form if not one.is_hidden}
    return [
        (str(one.label), _in_words(one, stored[one.name]))
        for one in form
        if one.name in stored and (form.cleaned_data.get(one.name) or None) != (stored[one.name] or None)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A dossier that was begun and not opened yet, as a list names it."""

    name: str
    at: datetime
    dossier: UUID

    @property
    def url(self) -> str:
        return f"{reverse('referral_new')}?dossier={self.dossier}"

    @property
    def until(self) -> datetime:
        return self.at + timedelta(days=unfinished.KEPT_DAYS)


def started_by(actor: Actor, *, but: UUID | None = None) -> list[Line]:
    """Dossiers that this member has begun and not opened yet, the last first."""
    rows = Unfinished.objects.visible_to(actor).not_yet_opened()[: STARTED_SHOWN + 1]
    return [line_of(row) for row in rows if row.dossier != but][:STARTED_SHOWN]


def line_of(row: Unfinished) -> Line:
    said = [(row.values.get(name) or [""])[0].strip() for name in ("first_name", "last_name")]
    return Line(name=" ".join(word for word in said if word)[:80], at=row.at, dossier=row.dossier)


def _in_words(one: Any, value: Any) -> str:
    choices = dict(getattr(one.field, "choices", ()))
    if isinstance(value, list):
        return ", ".join(str(choices.get(each, each)) for each in value) or "–"
    chosen = choices.get(value)
    if chosen or isinstance(value, bool):
        return str(chosen or (_("oui") if value else _("non")))
    return str(one.field.prepare_value(value) or "–")
