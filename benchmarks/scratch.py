"""A scratch database, migrated and empty but for a small territory: lent to the benchmarks that need one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mobiliz.settings")


@contextmanager
def scratch_database(name: str) -> Iterator[None]:
    import django

    django.setup()
    from django.conf import settings
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases, teardown_test_environment

    from tests.factories.territory import small_territory

    settings.DATABASES["default"]["TEST"]["NAME"] = name
    setup_test_environment()
    before = setup_databases(verbosity=0, interactive=False)
    try:
        small_territory()
        yield
    finally:
        teardown_databases(before, verbosity=0)
        teardown_test_environment()
