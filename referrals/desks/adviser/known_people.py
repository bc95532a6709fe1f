"""People whom the structure knows already: found as one types, or when somebody like them is registered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from mobiliz.accounts.actors import Actor
from mobiliz.lib.forms import PhoneFieldFr
from mobiliz.lib.pages import page, require
from mobiliz.lib.text import normalise
from referrals import permissions
from referrals.desks.look import badge_of, only_senders_and_pilots
from referrals.forms.person import BirthDateField
from referrals.models import Beneficiary, Referral

SHOWN = 8
LIKE_SHOWN = 5
FEWEST_LETTERS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One person, with their case that is still open, or their last one."""

    person: Beneficiary
    open_case: Referral | None
    last_case: Referral | None

    @property
    def new_url(self) -> str:
        return f"{reverse('referral_new')}?personne={self.person.uid}"

    @property
    def badge(self) -> dict[str, str] | None:
        case = self.open_case or self.last_case
        return badge_of(case, is_held=True) if case else None


def card(person: Beneficiary) -> Card:
    """Expects what `with_cases` loads."""
    cases = list(person.referrals.all())
    return Card(
        person=person,
        open_case=next((one for one in cases if one.is_open), None),
        last_case=next(iter(cases), None),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """What is searched with travels in the body: a name has no place in an address, which is logged."""
    only_senders_and_pilots(request.actor)
    require(permissions.can_create(request.actor))
    text = request.POST.get("connu", "").strip()[:100]
    found = list(matching(request.actor, text)[: SHOWN + 1])
    context = {
        "text": text,
        "found": [card(one) for one in found[:SHOWN]],
        "has_more": len(found) > SHOWN,
        "is_long_enough": is_long_enough(text),
    }
    return page(request, "referrals/adviser/known.html", context, partial="results")


def like(
    actor: Actor, *, last_name: str, first_name: str, birth_date: date, phone: str, but_of: UUID
) -> list[Beneficiary]:
    """The people of the actor's structure who may be this one, but for whoever this dossier is about."""
    people = Beneficiary.objects.visible_to(actor).with_cases(actor).but_of_case(but_of)
    same = people.perhaps(last_name=last_name, first_name=first_name, birth_date=birth_date, phone=phone)
    found = list(same[:LIKE_SHOWN])
    for one in found:
        one.card = card(one)
    return found


def matching(actor: Actor, text: str):
    """By day of birth, telephone, case number or name, whichever was typed."""
    people = Beneficiary.objects.visible_to(actor).with_cases(actor)
    if not is_long_enough(text):
        return people.none()
    if born := _read(BirthDateField(), text):
        return people.born_on(born)
    if phone := _read(PhoneFieldFr(), text):
        return people.called_at(phone)
    digits = "".join(text.split())
    if digits.isascii() and digits.isdigit():
        return people.of_case(int(digits[:18]))
    return people.named(text)


def is_long_enough(text: str) -> bool:
    return len(normalise(text)) >= FEWEST_LETTERS


def _read(field, text: str):
    try:
        return field.clean(text)
    except ValidationError:
        return None
