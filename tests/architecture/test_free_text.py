"""Whatever people write in their own words refuses a social security number, on every form of the house."""

import importlib
import pkgutil

import pytest
from django import forms
from django.apps import apps
from django.utils.module_loading import module_has_submodule
from rest_framework import serializers

from mobiliz.lib.api.views import StrictSerializer
from mobiliz.lib.forms import FreeTextField, _TypedField
from tests.architecture.layers import place

# Fields of text that are no free text: each has a form of its own, or is searched with and not kept.
NOT_FREE = {"q", "seen", "plate", "vin", "postcode", "code", "next"}


def all_forms(base=forms.BaseForm):
    for form in base.__subclasses__():
        yield form
        yield from all_forms(form)


def text_fields():
    importlib.import_module("mobiliz.urls")  # and with it every page, wherever it keeps its forms
    for config in apps.get_app_configs():
        if place(config.name) and module_has_submodule(config.module, "forms"):
            package = importlib.import_module(f"{config.name}.forms")
            for module in pkgutil.iter_modules(getattr(package, "__path__", ())):
                importlib.import_module(f"{package.__name__}.{module.name}")
    for form in sorted({*all_forms()}, key=lambda form: f"{form.__module__}.{form.__qualname__}"):
        if place(form.__module__):
            for name, field in form.base_fields.items():
                is_text = isinstance(field, forms.CharField) and not isinstance(field, _TypedField | forms.UUIDField)
                if (
                    is_text
                    and not isinstance(field, (forms.EmailField, forms.UUIDField))
                    and getattr(field.widget, "input_type", "") != "password"
                ):
                    yield pytest.param(name, field, id=f"{form.__module__}.{form.__name__}.{name}")


@pytest.mark.parametrize(("name", "field"), [*text_fields()])
def test_a_free_text_refuses_a_social_security_number(name, field):
    assert isinstance(field, FreeTextField) or name in NOT_FREE


# --- the API ----------------------------------------------------------------------------------------------
# Codes and names that are looked up, never kept as they were written.
LOOKED_UP = {"cursor"}


def taken_texts():
    """The fields of text of whatever a client may send."""
    importlib.import_module("mobiliz.api_urls")
    kinds = sorted({*_kinds(StrictSerializer)}, key=lambda kind: f"{kind.__module__}.{kind.__qualname__}")
    for kind in kinds:
        for name, field in kind().fields.items():
            inner = getattr(field, "child", field)
            if isinstance(inner, serializers.CharField) and not field.read_only and name not in LOOKED_UP:
                yield pytest.param(inner, id=f"{kind.__module__}.{kind.__name__}.{name}")


def _kinds(base):
    for kind in base.__subclasses__():
        yield kind
        yield from _kinds(kind)


@pytest.mark.parametrize("field", [*taken_texts()])
def test_a_text_that_a_client_sends_refuses_it_too(field):
    with pytest.raises(serializers.ValidationError) as refused:
        field.run_validation("Son numéro : 2 85 05 42 218 045 61")
    assert refused.value.get_codes() == ["nir"]
