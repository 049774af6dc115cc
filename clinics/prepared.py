"""Statements that the server plans once for each connection, for the few that every visitor asks.

Planning a small question takes the server several times as long as answering it. Types have to be said
where SQL alone does not tell them (``%s::int``): values are not written into the statement.
"""

from typing import cast

from django.db import connection
from django.db.backends.utils import CursorWrapper


def prepared() -> CursorWrapper:
    """A cursor whose statements are planned once; one like any other where nothing can be (see settings)."""
    return cast("CursorWrapper", connection.prepared_cursor())  # type: ignore[attr-defined]
