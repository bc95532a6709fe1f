"""The database of the tests is what the migrations of today make, however it came to be."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.database import fingerprint


def test_every_migration_is_in_it_and_no_other(db):
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    assert set(executor.loader.applied_migrations) == set(executor.loader.disk_migrations)


@pytest.fixture
def folder(tmp_path):
    def write(**files):
        place = tmp_path / str(len(list(tmp_path.iterdir())))
        (place / "migrations").mkdir(parents=True)
        for name, text in files.items():
            (place / "migrations" / f"{name}.py").write_text(text)
        return place

    return write


def test_any_other_migration_is_another_template(folder):
    known = folder(a="1", b="2")
    assert fingerprint("18", {"x": known}) == fingerprint("18", {"x": folder(a="1", b="2")})
    others = [
        fingerprint("17", {"x": known}),
        fingerprint("18", {"y": known}),
        *(
            fingerprint("18", {"x": folder(**files)})
            for files in ({"a": "1"}, {"a": "1", "b": "3"}, {"a": "1", "c": "2"}, {"a": "1", "b": "2", "c": ""})
        ),
    ]
    assert len({fingerprint("18", {"x": known}), *others}) == 1 + len(others)
