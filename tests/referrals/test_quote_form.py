"""Lines in which nothing was typed, and choices that nobody can have made."""

import pytest

from referrals.forms.quote import LineForm, TermsForm


@pytest.mark.parametrize(
    ("typed", "is_blank"),
    [
        ({"kind": "part", "quantity": "1"}, True),  # as a new line brings it along
        ({"kind": "consumable", "quantity": "1"}, True),
        ({"kind": "labour"}, True),
        ({"kind": "labour", "quantity": "1"}, False),  # an hour
        ({"kind": "part", "quantity": "2"}, False),
        ({"kind": "part", "quantity": "1", "description": "Filtre"}, False),
    ],
)
def test_an_untouched_line_does_not_count(typed, is_blank):
    assert LineForm(typed).is_blank is is_blank


@pytest.mark.parametrize(("shown", "chosen"), [("3", 3), ("x", 1), ("\x00", 1), ("", 1)])
def test_unreadable_instalments_are_one(shown, chosen):
    assert TermsForm(initial={"instalments": shown}).chosen_instalments == chosen
