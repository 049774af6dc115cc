"""Statements that the server plans once for each connection, for the few that every visitor asks.

Planning a small question takes the server several times as long as answering it, and going there and back
takes both sides about as long again. Types have to be said where SQL alone does not tell them (``%s::int``):
values are not written into the statement.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

from django.db import connection
from django.db.backends.utils import CursorWrapper

Values = Sequence[Any] | Mapping[str, Any]


def prepared() -> CursorWrapper:
    """A cursor whose statements are planned once; one like any other where nothing can be (see settings)."""
    return cast("CursorWrapper", connection.prepared_cursor())  # type: ignore[attr-defined]


class Question:
    """A statement on its way to the server, whose answer is waited for when it is looked at."""

    def __init__(self, statement: str, values: Values) -> None:
        self._cursor = prepared()
        self._cursor.execute(statement, values)

    def row(self) -> tuple[Any, ...] | None:
        """The first row; None where there is none."""
        row: tuple[Any, ...] | None = self._cursor.fetchone()
        return row

    def rows(self) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = self._cursor.fetchall()
        return rows


def ask(statement: str, values: Values) -> Question:
    """Has the statement carried out: at once, or with others where that is said (see ``together``)."""
    return Question(statement, values)


@contextmanager
def together() -> Iterator[None]:
    """Within, statements go to the server together as soon as an answer is looked at, or at the end.

    They are carried out one after the other, each seeing what was committed before it began, as ever. What
    the database has against one of them is raised where the next answer is looked at. Outside a transaction
    all that go together are one.
    """
    with connection.pipeline():  # type: ignore[attr-defined]
        yield
