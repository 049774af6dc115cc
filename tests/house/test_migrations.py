"""Databases that know the migrations from before these were joined into a few."""

import pytest
from django.core.checks import Tags, run_checks
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

APPS = ["clinics", "notifications", "scheduling", "sync_api"]

pytestmark = pytest.mark.django_db


def remember_old_migrations() -> list[tuple[str, str]]:
    """Make the database one to which all of the old migrations were applied, and none of the new."""
    new = MigrationLoader(None).disk_migrations.values()
    old = [replaced for migration in new for replaced in migration.replaces if migration.app_label in APPS]
    recorder = MigrationRecorder(connection)
    recorder.migration_qs.filter(app__in=APPS).delete()
    for app, name in old:
        recorder.record_applied(app, name)
    return sorted(old)


def test_database_with_all_old_migrations_is_up_to_date() -> None:
    remember_old_migrations()

    loader = MigrationLoader(connection)

    assert {node for node in loader.graph.leaf_nodes() if node[0] in APPS} <= set(loader.applied_migrations)
    loader.check_consistent_history(connection)


@pytest.mark.parametrize("app", APPS)
def test_database_on_its_way_is_refused(app: str) -> None:
    newest = [name for owner, name in remember_old_migrations() if owner == app][-1]
    assert findings() == set()

    MigrationRecorder(connection).record_unapplied(app, newest)

    assert findings() == {"clinics.E005"}


def test_new_database_is_no_old_one() -> None:
    assert findings() == set()


def findings() -> set[str | None]:
    return {message.id for message in run_checks(tags=[Tags.database], databases=["default"])}
