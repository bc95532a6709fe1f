"""What the page of components shows: each in its states, made up; for whoever builds a page, never in production."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django import forms

from mobiliz.lib.clock import PARIS
from mobiliz.lib.forms import DateFieldFr, DecimalFieldFr, NirFreeTextField, PhoneFieldFr, RadioCards, WholeFieldFr
from mobiliz.lib.freshness import freshness
from mobiliz.lib.narrowing import Chip, NarrowingForm
from mobiliz.lib.paging import DAYS, Choice, Head, Order, Page
from mobiliz.lib.templatetags.mobiliz import error_summary
from reporting.charts import Point, Stage, funnel, trend

HERE = "/composants/"
PIECES = (("reused", "De réemploi"), ("new", "Neuve"))
GUARANTEES = {"reused": "231,72 € au total, garantie 1 an", "new": "439,80 € au total, garantie 2 ans"}
ENERGIES = (("diesel", "Gazole"), ("petrol", "Essence"))
DRIVES = (("yes", "Oui"), ("no", "Non, elle ne démarre pas"))
SIGNS = (("smoke", "De la fumée"), ("noise", "Un bruit"), ("light", "Un voyant"))


class EveryField(forms.Form):
    """One field of each kind, as forms of the house render it; the first has every trouble that a field can have."""

    prefix = "champs"

    income = DecimalFieldFr(label="Revenu du foyer par mois", unit="€", help_text="Tout compris, avant le loyer.")
    name = forms.CharField(label="Nom de la personne")
    phone = PhoneFieldFr(label="Téléphone", required=False, help_text="Avec ou sans espaces.")
    born = DateFieldFr(label="Date de naissance")
    mileage = WholeFieldFr(label="Compteur", unit="km")
    rate = forms.CharField(label="Taux horaire, fixé par le barème", disabled=True, initial="35,00 €")
    energy = forms.ChoiceField(label="Énergie", choices=ENERGIES)
    drives = forms.ChoiceField(label="La voiture roule-t-elle ?", choices=DRIVES, widget=forms.RadioSelect)
    signs = forms.MultipleChoiceField(
        label="Qu’avez-vous remarqué ?", choices=SIGNS, required=False, widget=forms.CheckboxSelectMultiple
    )
    piece = forms.ChoiceField(
        label="Quelle pièce ?", choices=PIECES, widget=RadioCards(hints=GUARANTEES, beside=True), initial="reused"
    )
    photo = forms.FileField(label="Photo de la panne", required=False, help_text="JPEG ou PNG, 10 Mo au plus.")
    notes = NirFreeTextField(label="Notes", required=False)
    consent = forms.BooleanField(label="La personne est d’accord pour que son dossier soit partagé avec le garage.")


class NarrowingShown(NarrowingForm):
    """What narrows a list: two choices in sight, one folded away."""

    FIRST = ("q", "region")

    q = forms.CharField(label="Nom ou numéro de dossier", required=False)
    region = forms.ChoiceField(label="Région", choices=[("", "Toutes les régions"), ("84", "Auvergne-Rhône-Alpes")])
    mine = forms.BooleanField(label="Rien que les miennes", required=False)


TYPED = {
    "champs-income": "mille deux",
    "champs-name": "Nadia Benali",
    "champs-phone": "06 39 98 12",
    "champs-born": "12/03/1985",
    "champs-mileage": "186 400",
    "champs-energy": "diesel",
    "champs-signs": ["noise"],
    "champs-piece": "reused",
}


@dataclass(frozen=True)
class Event:
    """One line of a timeline."""

    title: str
    icon: str = ""
    sense: str = "info"
    text: str = ""
    at: datetime | None = None
    on: date | None = None
    is_ahead: bool = False


EVENTS = (
    Event("Rendez-vous", "calendar", on=date(2026, 12, 3), is_ahead=True),
    Event("Nadia demande qu’on l’appelle", "phone", "wait", at=datetime(2026, 11, 25, 19, 10, tzinfo=PARIS)),
    Event("Devis accepté", "check", "good", "Nadia a signé sur papier.", datetime(2026, 11, 24, 18, 2, tzinfo=PARIS)),
    Event("Refusée par le garage du Furan", "x-mark", "late", at=datetime(2026, 11, 10, 9, 0, tzinfo=PARIS)),
)


STAGES = (
    Stage("Envoyées", 1284),
    Stage("Devis proposés", 846, lost=322, still_open=116),
    Stage("Réparées", 311, lost=452, still_open=83),
)
RATES = (
    Point("août", Decimal("0.36"), Decimal("0.28"), Decimal("0.45"), 118),
    Point("sept.", Decimal("0.41"), Decimal("0.33"), Decimal("0.50"), 124),
    Point("oct.", Decimal("0.45"), Decimal("0.37"), Decimal("0.54"), 131),
    Point("nov.", Decimal("0.41"), Decimal("0.25"), Decimal("0.59"), 31, is_open=True),
)


def _steps(*states: str) -> list[Mapping[str, str]]:
    labels = ("La personne", "Le foyer", "La voiture", "Le garage", "Relire et envoyer")
    return [
        {"label": label, "state": state, "url": "#etapes" if state != "todo" else ""}
        for label, state in zip(labels, states, strict=True)
    ]


def _list() -> Page:
    """A list that is sorted, narrowed and goes on."""
    order = Order("date", "Envoyée", "sent_on", DAYS, is_down=True)
    head = Head("date", "Envoyée le", "#listes", "de la plus ancienne à la plus récente", "descending")
    rows = [
        SimpleNamespace(name="Nadia Benali", car="Clio III, 2009", sense="wait", state="Devis proposé", eur="231.72"),
        SimpleNamespace(name="Thomas Girard", car="Clio, 2013", sense="good", state="Réparée", eur="1334.85"),
    ]
    choices: Sequence[Choice] = [Choice("-date", order, True), Choice("date", order.turned(), False)]
    return Page(rows, 52, "#listes", "#listes", {"date": head}, choices)


def context() -> dict[str, Any]:
    bound = EveryField(TYPED)
    return {
        "bound": bound,
        "errors": error_summary(bound)["errors"],
        "events": EVENTS,
        "steps": _steps("done", "done", "current", "todo", "todo"),
        "resumed": _steps("done", "missing", "typed", "current", "todo"),
        "tabs": [
            {"label": "Les miennes", "url": "#listes", "current": True, "count": 14},
            {"label": "De ma structure", "url": "#listes", "current": False, "count": None},
            {"label": "Closes", "url": "#listes", "current": False, "count": None},
        ],
        "found": _list(),
        "narrowing": NarrowingShown({}),
        "ages": [freshness(on, date(2026, 11, 27), months=12) for on in (date(2026, 11, 2), date(2024, 6, 3), None)],
        "confirmer": SimpleNamespace(user="Isabelle Garnier"),
        "changes": [
            SimpleNamespace(
                at=datetime(2026, 11, 24, 18, 2, tzinfo=PARIS),
                by="Isabelle Garnier",
                row="La fiche",
                fields=[SimpleNamespace(label="Plafond par semaine", before="2", after="3")],
            )
        ],
        "overtaken": SimpleNamespace(
            differences=[SimpleNamespace(anchor="champs", label="Téléphone", recorded="06 39 98 12 47")]
        ),
        "chips": [Chip("État", "devis proposé", HERE), Chip("Rien que les miennes", "", HERE)],
        "figures": [
            {"label": "en cours", "value": 14},
            {"label": "réparées", "value": 17},
            {"label": "économisés par les foyers", "value": "4 382 €"},
        ],
        "funnel": funnel(STAGES),
        "trend": trend(RATES),
    }
