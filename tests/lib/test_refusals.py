"""A verb's refusal becomes an error of the form."""

import pytest
from django import forms

from mobiliz.lib.refusals import Refused, attempt


class NameForm(forms.Form):
    name = forms.CharField()


def _refuse(field):
    raise Refused("Non.", field=field)


@pytest.mark.parametrize(("field", "shown_at"), [("name", "name"), ("", "__all__"), ("elsewhere", "__all__")])
def test_the_reason_stands_beside_its_field_or_above_the_form(field, shown_at):
    form = NameForm({"name": "x"})
    assert form.is_valid()
    assert attempt(form, lambda: _refuse(field)) is None
    assert form.errors == {shown_at: ["Non."]}


def test_what_the_verb_answers_is_handed_on():
    form = NameForm({"name": "x"})
    assert form.is_valid()
    assert attempt(form, lambda: 42) == 42
    assert form.is_valid()
