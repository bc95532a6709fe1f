"""Who sees which row is asked of the row's own queryset, everywhere: no model and no page is left out."""

import ast
from pathlib import Path

import pytest
from django.apps import apps

from mobiliz.accounts.actors import ANONYMOUS
from tests.architecture.layers import ROOT, place

# A model that is not here answers `visible_to`: a new one is closed until someone says why it need not be.
OPEN_MODELS = {
    "territory.Region": "official geography",
    "territory.Department": "official geography",
    "territory.Commune": "official geography",
    "programme.Offer": "published by the programme",
    "eligibility.Threshold": "published by INSEE",
    "garages.DistributionGroup": "names of companies",
    "garages.GarageStatus": "reached through its garage",
    "garages.Charter": "reached through its garage",
    "garages.OwnerChange": "reached through its garage",
    "garages.Term": "reached through its garage",
    "garages.PastGarage": "reached through its garage",
    "garages.PastContact": "reached through its contact",
    "partners.PastStructure": "reached through its structure",
    "partners.PastAgency": "reached through its agency",
    "garages.PriceSchedule": "published by the programme",
    "garages.VatRate": "the law",
    "referrals.QuoteLine": "reached through its quote version",
    "referrals.QuoteAnswer": "reached through its quote version",
    "referrals.QuoteCounter": "a number of a garage and year",
    "referrals.Repair": "reached through its referral",
    "referrals.LinkUse": "reached through its link",
    "referrals.Change": "a queue that no page reads",
    "reporting.Contribution": "what one referral adds to the cells; no page reads it",
    "reporting.Reader": "how far the queue is read",
    "lib.KeyRotation": "how far the keys of sealed columns are renewed; no page reads it",
    "reporting.Heartbeat": "who is at work in the background",
}

# Of these, what is published is shown to everyone, and only that.
PARTLY_PUBLIC = {"eligibility.RuleSet"}


def our_models():
    return [model for model in apps.get_models() if place(model.__module__)]


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_every_model_says_who_sees_its_rows(model):
    has_answer = hasattr(model._default_manager.all(), "visible_to")
    assert has_answer != (model._meta.label in OPEN_MODELS)


def test_no_exception_outlives_its_model():
    assert set(OPEN_MODELS) <= {model._meta.label for model in our_models()}


@pytest.mark.parametrize(
    "model",
    [model for model in our_models() if model._meta.label not in {*OPEN_MODELS, *PARTLY_PUBLIC}],
    ids=lambda m: m._meta.label,
)
def test_someone_who_is_not_signed_in_sees_no_row(model, db, django_assert_max_num_queries):
    with django_assert_max_num_queries(1):
        assert not model._default_manager.visible_to(ANONYMOUS).exists()


# --- querysets have names ---------------------------------------------------------------------------------
PACKAGES = ("mobiliz", "eligibility", "garages", "partners", "referrals", "reporting")
NAMELESS = {"filter", "exclude", "get_or_create", "raw", "extra"}


def pages():
    """Views, desks, tasks and API: whatever answers people or systems."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            answers = {"views", "desks", "tasks", "api", "home"} & set(parts)
            # lib knows no model: it is handed a queryset; and a module of querysets is where the names are
            if answers and parts[:2] != ("mobiliz", "lib") and "querysets" not in parts:
                yield pytest.param(path, id="/".join(parts))


def nameless_questions(text: str) -> list[int]:
    """The lines that ask the database without a name: `.filter(`, `.exclude(`, `objects.get(`."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner, asked = node.func.value, node.func.attr
            is_manager = isinstance(owner, ast.Attribute) and owner.attr in {"objects", "_default_manager"}
            if asked in NAMELESS or (asked == "get" and is_manager):
                found.append(node.lineno)
    return sorted(found)


@pytest.mark.parametrize("path", list(pages()))
def test_questions_of_pages_have_names(path: Path):
    assert nameless_questions(path.read_text()) == []


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        ("Garage.objects.filter(pk=1)", [1]),
        ("Garage.objects.get(pk=1)", [1]),
        ("Garage.objects.visible_to(actor).exclude(pk=1)", [1]),
        ("Garage.objects.visible_to(actor).active()", []),
        ("request.GET.get('q')", []),
    ],
)
def test_the_test_itself_sees_a_question_without_a_name(line, lines):
    assert nameless_questions(line) == lines
