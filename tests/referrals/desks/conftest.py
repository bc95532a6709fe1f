"""Signed-in browsers of the sender's side and the pilot's."""

import pytest
from django.test import Client

from tests.cast import sign_in


@pytest.fixture
def as_adviser(adviser):
    return sign_in(Client(), adviser)


@pytest.fixture
def as_other_adviser(other_adviser):
    return sign_in(Client(), other_adviser)


@pytest.fixture
def as_pilot(pilot):
    return sign_in(Client(), pilot)


@pytest.fixture
def as_regional_pilot(regional_pilot):
    return sign_in(Client(), regional_pilot)
