"""The limits on sign-in count from zero in each test."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _nobody_has_tried_yet():
    cache.clear()


@pytest.fixture
def signed_in(client, member):
    """`signed_in("administrator")`: a client, working as this one of the cast."""
    from tests.cast import sign_in

    return lambda name: sign_in(client, member(name))
