"""Inserting rows unless the database has something against them."""

from functools import cache
from typing import Any

from django.db.models import Model

from clinics.prepared import Question, ask
from clinics.rows import Rows


def insert_unless_conflict(row: Model) -> bool:
    """Whether the row could be inserted; it has its id then.

    ON CONFLICT DO NOTHING: who loses a race waits for no lock and deadlocks with nobody. The same as
    ``bulk_create(ignore_conflicts=True)``, which does not say whether, nor under which id.
    """
    returned = ask_to_insert(row).row()
    if returned is None:
        return False
    row.pk = returned[0]
    return True


def ask_to_insert(row: Model) -> Question:
    """Inserts the row unless the database has something against it; the answer is its id, or nothing."""
    rows = rows_of(type(row))
    statement = f"{rows.insertion}{rows.placeholders} ON CONFLICT DO NOTHING RETURNING {row._meta.pk.column}"
    return ask(statement, rows.values(row))


def ask_to_replace(row: Model, *, by: str) -> Question:
    """Inserts the row, or makes these the values of the one that has the same ``by``, a column."""
    rows = rows_of(type(row))
    statement = f'{rows.insertion}{rows.placeholders} ON CONFLICT ("{by}") DO UPDATE SET {rows.replacement}'
    return ask(statement, rows.values(row))


@cache
def rows_of(model: type[Model]) -> Rows[Any]:
    return Rows(model)
