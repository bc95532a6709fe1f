"""A cache whose server is away locks nobody out."""

import time

import pytest

from mobiliz.lib.cache import SharedCache


@pytest.fixture
def away(settings, tmp_path):
    settings.DJANGO_REDIS_IGNORE_EXCEPTIONS = True
    return SharedCache(f"unix://{tmp_path}/nobody.sock", {"OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 1}})


def test_a_cache_that_is_away_is_an_empty_one(away):
    began = time.monotonic()
    assert away.get("key", 1) == 1
    assert away.add("key", 2) is True
    assert away.add("key", 2) is True
    away.set("key", 2)
    assert away.get("key") is None
    assert time.monotonic() - began < 1
