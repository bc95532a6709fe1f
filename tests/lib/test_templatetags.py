from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from heroicons import IconDoesNotExist

from mobiliz.lib.templatetags import mobiliz

NIGHT_BEFORE_IN_LONDON = datetime(2026, 11, 22, 23, 42, tzinfo=UTC)


def rendered(source, **context):
    return Template("{% load mobiliz %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("source", "value", "shown"),
    [
        ("{{ x|eur }}", Decimal("1234.5"), "1\u202f234,50\u00a0€"),
        ("{{ x|eur }}", None, ""),
        ("{{ x|decimal_fr }}", Decimal("1.80"), "1,8"),
        ("{{ x|decimal_fr:2 }}", Decimal("1.8"), "1,80"),
        ("{{ x|decimal_fr }}", 186400, "186\u202f400"),
        ("{{ x|percent_fr }}", Decimal("36.84"), "36,8\u00a0%"),
        ("{{ x|percent_fr }}", None, ""),
        ("{{ x|phone_fr }}", "+33612345678", "06\u00a012\u00a034\u00a056\u00a078"),
        ("{{ x|phone_fr }}", "", ""),
        ("{{ x|day_fr }}", date(2026, 11, 23), "23\u00a0novembre\u00a02026"),
        ("{{ x|day_fr }}", date(2027, 1, 1), "1er\u00a0janvier\u00a02027"),
        ("{{ x|day_fr:'weekday' }}", date(2026, 11, 23), "lundi\u00a023\u00a0novembre"),
        ("{{ x|day_fr:'full' }}", date(2026, 11, 23), "lundi\u00a023\u00a0novembre\u00a02026"),
        ("{{ x|day_fr:'short' }}", date(2026, 1, 3), "03/01/2026"),
        ("{{ x|day_fr }}", None, ""),
        ("{{ x|day_fr:'weekday' }}", NIGHT_BEFORE_IN_LONDON, "lundi\u00a023\u00a0novembre"),
        ("{{ x|hour_fr }}", NIGHT_BEFORE_IN_LONDON, "0\u00a0h\u00a042"),
        ("{{ x|moment_fr }}", NIGHT_BEFORE_IN_LONDON, "lundi\u00a023\u00a0novembre à 0\u00a0h\u00a042"),
        ("{{ x|moment_fr }}", None, ""),
        ("{{ x }} {{ x|plural_fr:'devis proposé,devis proposés' }}", 1, "1 devis proposé"),
        ("{{ x }} {{ x|plural_fr:'garage,garages' }}", 0, "0 garage"),
        ("{{ x }} {{ x|plural_fr:'garage,garages' }}", 2, "2 garages"),
    ],
)
def test_what_is_stored_is_shown_as_people_read_it(source, value, shown):
    assert rendered(source, x=value) == shown


def test_an_icon_is_drawn_and_not_read_aloud():
    drawn = rendered('{% icon "phone" %}')
    assert drawn.startswith("<svg")
    assert 'aria-hidden="true"' in drawn
    assert 'class="icon"' in drawn
    assert "style=" not in drawn


def test_an_icon_that_does_not_exist_fails_at_once():
    with pytest.raises((IconDoesNotExist, TemplateSyntaxError)):
        rendered('{% icon "no-such-icon" %}')


def test_every_sense_has_its_own_sign_and_none_has_nothing():
    signs = {rendered("{% sense_icon x %}", x=sense) for sense in mobiliz.SENSE_ICONS}
    assert len(signs) == 4
    assert rendered("{% sense_icon 'none' %}") == ""


@pytest.mark.parametrize(
    ("done", "of", "full", "hollow", "over"),
    [(0, 2, 0, 2, 0), (1, 2, 1, 1, 0), (2, 2, 2, 0, 0), (7, 5, 5, 0, 2)],
)
def test_one_pip_stands_for_each_working_day(done, of, full, hollow, over):
    marks = rendered("{% pips done of %}", done=done, of=of)
    assert (marks.count("data-on"), marks.count("<i></i>"), marks.count("data-over")) == (full, hollow, over)


class Line(forms.Form):
    hours = forms.CharField(label="Heures")


def test_the_summary_links_to_each_wrong_field():
    shown = rendered("{% error_summary form %}", form=Line({}))
    assert '<a href="#id_hours">Heures</a>' in shown
    assert 'role="alert"' in shown


def test_the_summary_says_on_which_line_of_a_formset_the_error_is():
    formset = forms.formset_factory(Line, min_num=2, validate_min=True)(
        {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", "form-0-hours": "1,8", "form-1-hours": ""}
    )
    shown = rendered("{% error_summary formset %}", formset=formset)
    assert '<a href="#id_form-1-hours">Ligne 2, heures</a>' in shown
    assert "Ligne 1" not in shown


def test_the_summary_is_silent_where_nothing_is_wrong():
    assert rendered("{% error_summary form %}", form=Line()).strip() == ""


def test_what_a_person_typed_is_escaped_in_the_summary():
    form = Line({"hours": "x"})
    form.add_error(None, "<script>")
    assert "&lt;script&gt;" in rendered("{% error_summary form %}", form=form)
