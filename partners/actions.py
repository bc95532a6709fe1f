"""What is done to the directory of structures: register, correct, open and close agencies, leave and come back.

Each is one transaction. Accounts of advisers are the administrator's business.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from mobiliz.accounts.actors import Actor
from mobiliz.accounts.history import recorded
from mobiliz.accounts.models import Membership, Organisation, OrganisationKind
from mobiliz.lib import clock
from mobiliz.lib.refusals import Refused
from mobiliz.lib.seen import refuse_overtaken
from mobiliz.lib.templatetags.mobiliz import day_fr
from mobiliz.lib.text import normalise
from mobiliz.territory.models import Commune, Region
from partners.models import Adviser, Agency, Structure
from partners.permissions import is_within_reach


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureFacts:
    """What is recorded of a structure."""

    name: str
    kind: str
    commune: Commune
    siret: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    network: str = ""
    publics: tuple[str, ...] = ()
    regions: tuple[Region, ...] = ()
    reference: Membership | None = None
    agreement_from: date | None = None
    agreement_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyFacts:
    """What is recorded of a local place of a structure."""

    name: str
    commune: Commune
    address: str = ""
    phone: str = ""
    email: str = ""


def facts_of(structure: Structure) -> StructureFacts:
    """What is recorded now."""
    several = {"publics": tuple(structure.publics), "regions": tuple(structure.regions.order_by("name"))}
    same = {field.name: getattr(structure, field.name) for field in fields(StructureFacts) if field.name not in several}
    return StructureFacts(**same | several | {"siret": structure.siret or ""})


def agency_facts_of(agency: Agency) -> AgencyFacts:
    return AgencyFacts(**{field.name: getattr(agency, field.name) for field in fields(AgencyFacts)})


@recorded
def register_structure(facts: StructureFacts, *, by: Actor) -> Structure:
    """A structure enters the directory, with the organisation for which its advisers will work."""
    _refuse_elsewhere(facts.commune, by)
    _refuse_namesake(facts)
    organisation = Organisation.objects.create(kind=OrganisationKind.STRUCTURE, name=facts.name)
    try:
        with transaction.atomic():
            structure = Structure.objects.create(organisation=organisation, **_values(facts))
    except IntegrityError:
        _refuse_siret_of_another(facts.siret)
        raise
    structure.regions.set(facts.regions)
    return structure


@recorded
def update_structure(structure: Structure, facts: StructureFacts, *, seen: str = "", by: Actor) -> Structure:
    """Correct what is recorded; the organisation keeps the structure's name. `seen`: what was recorded before."""
    _refuse_elsewhere(facts.commune, by)
    locked = _locked(structure)
    refuse_overtaken(seen, facts_of(locked))
    _refuse_namesake(facts, but=locked)
    try:
        with transaction.atomic():
            _write(locked, **_values(facts))
    except IntegrityError:
        _refuse_siret_of_another(facts.siret)
        raise
    locked.regions.set(facts.regions)
    Organisation.objects.filter(pk=locked.organisation_id).rename(facts.name)
    return locked


@recorded
def confirm_structure(structure: Structure, *, by: Actor) -> Structure:
    """Everything on its page is right, its open agencies included."""
    locked = _locked(structure)
    _refuse_ended(locked)
    agencies = list(Agency.objects.of_structure(locked).current())
    for agency in agencies:
        agency.confirm(by)
    Agency.objects.bulk_update(agencies, ["confirmed_on", "confirmed_by"])
    _write(locked, confirmed_on=clock.today(), confirmed_by=by.membership)
    return locked


@recorded
def confirm_agency(agency: Agency, *, by: Actor) -> Agency:
    """The place is still there, and so is its telephone."""
    structure = _locked(agency.structure)
    agency = Agency.objects.get(pk=agency.pk)
    if agency.ended_on is not None:
        raise Refused(_("Cette agence est fermée depuis le %(on)s.") % {"on": day_fr(agency.ended_on)})
    agency.save(update_fields=agency.confirm(by))
    _write(structure)
    return agency


@recorded
def confirm_adviser(adviser: Adviser, *, by: Actor) -> Adviser:
    """The person still works there, and the direct line is right."""
    row = Adviser.objects.select_for_update(of=("self",)).get(pk=adviser.pk)
    if row.ended_on is not None:
        raise Refused(_("%(adviser)s ne travaille plus ici.") % {"adviser": row})
    row.save(update_fields=row.confirm(by))
    return row


@recorded
def end_structure(structure: Structure, *, on: date, by: Actor) -> Structure:
    """The structure leaves the network; its cases and its people's accounts stay."""
    locked = _locked(structure)
    if locked.ended_on is not None:
        message = _("Cette structure est déjà sortie du réseau, le %(on)s.")
        raise Refused(message % {"on": day_fr(locked.ended_on)}, field="on")
    _refuse_day_ahead(on)
    _write(locked, ended_on=on)
    return locked


@recorded
def take_back_structure(structure: Structure, *, by: Actor) -> Structure:
    """The structure is in the network again."""
    locked = _locked(structure)
    _write(locked, ended_on=None)
    return locked


@recorded
def add_agency(structure: Structure, facts: AgencyFacts, *, by: Actor) -> Agency:
    """A local place, with the organisation, child of the structure's, for which its advisers will work."""
    _refuse_elsewhere(facts.commune, by)
    locked = _locked(structure)
    _refuse_ended(locked)
    _refuse_known_agency(locked, facts)
    organisation = Organisation.objects.create(
        kind=OrganisationKind.AGENCY, name=facts.name, parent_id=locked.organisation_id
    )
    _write(locked)
    return Agency.objects.create(structure=locked, organisation=organisation, **_as_recorded(facts))


@recorded
def update_agency(agency: Agency, facts: AgencyFacts, *, seen: str = "", by: Actor) -> Agency:
    """Correct what is recorded of an agency; its organisation keeps its name."""
    _refuse_elsewhere(facts.commune, by)
    structure = _locked(agency.structure)
    _refuse_known_agency(structure, facts, but=agency)
    agency = Agency.objects.select_related("commune").get(pk=agency.pk)
    refuse_overtaken(seen, agency_facts_of(agency))
    for name, value in _as_recorded(facts).items():
        setattr(agency, name, value)
    agency.save()
    Organisation.objects.filter(pk=agency.organisation_id).rename(facts.name)
    _write(structure)
    return agency


@recorded
def close_agency(agency: Agency, *, on: date, by: Actor) -> Agency:
    """The place has closed; what its advisers did stays theirs."""
    structure = _locked(agency.structure)
    agency = Agency.objects.get(pk=agency.pk)
    if agency.ended_on is not None:
        message = _("Cette agence est déjà fermée, depuis le %(on)s.")
        raise Refused(message % {"on": day_fr(agency.ended_on)}, field="on")
    _refuse_day_ahead(on)
    agency.ended_on = on
    agency.save(update_fields=["ended_on"])
    _write(structure)
    return agency


@recorded
def reopen_agency(agency: Agency, *, by: Actor) -> Agency:
    """The place is open again."""
    structure = _locked(agency.structure)
    agency = Agency.objects.get(pk=agency.pk)
    agency.ended_on = None
    agency.save(update_fields=["ended_on"])
    _write(structure)
    return agency


def _locked(structure: Structure) -> Structure:
    return Structure.objects.select_for_update(of=("self",)).select_related("commune").get(pk=structure.pk)


def _write(structure: Structure, **values: Any) -> None:
    """Save, with the moment: partners' systems ask what changed since."""
    for name, value in values.items():
        setattr(structure, name, value)
    structure.updated_at = clock.now()
    structure.save(update_fields=[*values, "updated_at"])


def _as_recorded(facts: StructureFacts | AgencyFacts) -> dict[str, Any]:
    return {field.name: getattr(facts, field.name) for field in fields(facts)}


def _values(facts: StructureFacts) -> dict[str, Any]:
    values = _as_recorded(facts) | {"publics": list(facts.publics), "search_name": normalise(facts.name)}
    del values["regions"]
    # two structures without a SIRET are not two with the same
    return values | {"siret": facts.siret or None}


def _refuse_ended(structure: Structure) -> None:
    if structure.ended_on is not None:
        message = _("Cette structure est sortie du réseau le %(on)s : faites-la d’abord revenir.")
        raise Refused(message % {"on": day_fr(structure.ended_on)})


def _refuse_day_ahead(on: date) -> None:
    if on > clock.today():
        raise Refused(_("Choisissez aujourd’hui ou un jour passé."), field="on")


def _refuse_elsewhere(commune: Commune, by: Actor) -> None:
    if not is_within_reach(by, commune.department.region_id):
        message = _("%(commune)s n’est pas dans votre région : adressez-vous au pilote national.")
        raise Refused(message % {"commune": commune}, field="commune")


def _refuse_namesake(facts: StructureFacts, but: Structure | None = None) -> None:
    """The same name in the same commune is the same structure, or a form sent twice."""
    Commune.objects.select_for_update(no_key=True).get(pk=facts.commune.pk)
    namesakes = Structure.objects.called(facts.name).in_commune(facts.commune)
    if namesakes.exclude(pk=but.pk if but else None).exists():
        message = _("La structure « %(name)s » existe déjà à %(commune)s.")
        raise Refused(message % {"name": facts.name, "commune": facts.commune.name}, field="name")


def _refuse_siret_of_another(siret: str) -> None:
    holder = Structure.objects.with_siret(siret).select_related("commune").first()
    if holder is not None:
        message = _("Ce SIRET est déjà celui de la structure « %(structure)s », à %(commune)s.")
        raise Refused(message % {"structure": holder.name, "commune": holder.commune.name}, field="siret")


def _refuse_known_agency(structure: Structure, facts: AgencyFacts, but: Agency | None = None) -> None:
    known = Agency.objects.filter(structure=structure, name=facts.name).exclude(pk=but.pk if but else None)
    if known.exists():
        raise Refused(_("Cette structure a déjà une agence de ce nom."), field="name")
