"""Inserting a row unless the database has something against it."""

from django.db import DEFAULT_DB_ALIAS
from django.db.models import AutoField, Model
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery


def insert_unless_conflict(row: Model) -> bool:
    """Whether the row could be inserted; it has its id then.

    ON CONFLICT DO NOTHING: who loses a race waits for no lock and deadlocks with nobody. The same as
    ``bulk_create(ignore_conflicts=True)``, which does not say whether, nor under which id.
    """
    model = type(row)
    query = InsertQuery(model, on_conflict=OnConflict.IGNORE)
    query.insert_values(
        [field for field in model._meta.local_concrete_fields if not isinstance(field, AutoField)], [row]
    )
    (returned,) = query.get_compiler(using=DEFAULT_DB_ALIAS).execute_sql([model._meta.pk])
    if returned is None:
        return False
    row.pk = returned[0]
    return True
