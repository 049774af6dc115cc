"""Rows of a model, read and written with SQL that is put together once.

For the few places that every booking passes: there the query builder would take longer than the database.
"""

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import AutoField, Field, Model

M = TypeVar("M", bound=Model)


class Rows(Generic[M]):
    """What a model's rows look like to the database."""

    def __init__(self, model: type[M]) -> None:
        self._model = model
        self._fields: list[Field[Any, Any]] = list(model._meta.local_concrete_fields)
        self._names = [field.attname for field in self._fields]
        self._written = [field for field in self._fields if not isinstance(field, AutoField)]

    def __len__(self) -> int:
        """How many columns there are."""
        return len(self._fields)

    def columns(self, alias: str) -> str:
        """Every column, for a SELECT."""
        return ", ".join(f'{alias}."{field.column}"' for field in self._fields)

    def made(self, values: Sequence[Any]) -> M:
        """The object of a row that was selected by ``columns``."""
        found = list(values)
        for place, convert in self._converters:
            found[place] = convert(found[place], None, connection)
        made: M = self._model.from_db(DEFAULT_DB_ALIAS, self._names, found)
        return made

    @cached_property
    def _converters(self) -> list[tuple[int, Any]]:
        return [
            (place, convert)
            for place, field in enumerate(self._fields)
            for convert in field.get_db_converters(connection)
        ]

    @cached_property
    def insertion(self) -> str:
        """``INSERT INTO … (…) VALUES``, to be followed by ``placeholders`` for each row."""
        columns = ", ".join(f'"{field.column}"' for field in self._written)
        return f'INSERT INTO "{self._model._meta.db_table}" ({columns}) VALUES '  # noqa: S608 - names of ours

    @cached_property
    def placeholders(self) -> str:
        return self.placeholders_but()

    def placeholders_but(self, **expressions: str) -> str:
        """The same with expressions in the place of some fields' values."""
        places = (expressions.get(field.attname) or placeholder(field) for field in self._written)
        return f"({', '.join(places)})"

    @cached_property
    def replacement(self) -> str:
        """What follows DO UPDATE SET for every column to become what it would have been."""
        return ", ".join(f'"{field.column}" = EXCLUDED."{field.column}"' for field in self._written)

    def values(self, row: M, *, but: Collection[str] = ()) -> list[Any]:
        """What goes into the placeholders for a new row, without the fields that expressions stand for."""
        return [
            field.get_db_prep_save(field.pre_save(row, add=True), connection=connection)
            for field in self._written
            if field.attname not in but
        ]


def placeholder(field: Any) -> str:
    """``%s``, with a type where the database could not tell it."""
    if hasattr(field, "get_placeholder"):
        return str(field.get_placeholder(None, None, connection))
    return "%s"
