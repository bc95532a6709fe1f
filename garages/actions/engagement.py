"""What binds a garage to the programme: its charter, its owner's word, and that its page is still right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from garages.actions.contacts import confirm_contacts_of
from garages.actions.core import as_recorded, locked, refuse_closed, refuse_day_ahead, write
from garages.models import Charter, Garage, OwnerChange
from mobiliz.accounts.actors import Actor
from mobiliz.accounts.history import recorded
from mobiliz.lib import clock
from mobiliz.lib.refusals import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class CharterFacts:
    """A version of the charter, and which side signed it when, by whose hand."""

    version: str
    garage_signed_on: date | None = None
    garage_signatory: str = ""
    programme_signed_on: date | None = None
    programme_signatory: str = ""


@recorded
def confirm_garage(garage: Garage, *, by: Actor) -> Garage:
    """Everything on its page is right, whom to call included."""
    row = locked(garage)
    refuse_closed(row)
    confirm_contacts_of(row, by)
    write(row, confirmed_on=clock.today(), confirmed_by=by.membership)
    return row


@recorded
def confirm_engagement(garage: Garage, *, by: Actor) -> Garage:
    """The owner, the same or another, says again that the garage is in."""
    row = locked(garage)
    refuse_closed(row)
    write(row, engaged_on=clock.today(), engaged_by=by.membership)
    return row


@recorded
def note_owner_change(garage: Garage, *, on: date, owner: str = "", by: Actor) -> OwnerChange:
    """From this day the business has another owner: the engagement is inherited, and to be confirmed."""
    row = locked(garage)
    refuse_closed(row)
    refuse_day_ahead(on)
    if row.owner_changes.filter(on=on).exists():
        raise Refused(_("Un changement de propriétaire est déjà noté ce jour-là."), field="on")
    if on < row.joined_on:
        raise Refused(_("Ce garage est entré dans le réseau après ce jour-là : il n’y a rien à reprendre."), field="on")
    change = OwnerChange.objects.create(garage=row, on=on, owner=owner, noted_by=by.membership)
    write(row, engaged_on=None, engaged_by=None)
    return change


@recorded
def sign_charter(garage: Garage, facts: CharterFacts, *, by: Actor) -> Charter:
    """Note who signed which version when; the same version noted again is completed or corrected."""
    row = locked(garage)
    for field in ("garage_signed_on", "programme_signed_on"):
        refuse_day_ahead(getattr(facts, field), field)
    if facts.garage_signed_on is None and facts.programme_signed_on is None:
        raise Refused(_("Indiquez au moins une des deux signatures."), field="garage_signed_on")
    values = as_recorded(facts) | {"noted_by": by.membership}
    charter, _made = Charter.objects.update_or_create(garage=row, version=values.pop("version"), defaults=values)
    write(row)
    return charter
