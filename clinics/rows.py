"""Rows of a model, read and written with SQL that is put together once.

For the few places that every booking passes: there the query builder would take longer than the database.
"""

from collections.abc import Collection, Sequence
from copy import copy
from datetime import date, datetime
from functools import cached_property
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import AutoField, Field, ForeignKey, Model

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
        return [stored(field, plain, row) for field, plain in self._kinds if field.attname not in but]

    @cached_property
    def _kinds(self) -> "list[tuple[Field[Any, Any], type | None]]":
        """The fields to write, and the type whose values are stored as they are."""
        return [(field, plain_type(field)) for field in self._written]


_PLAIN: dict[str, type] = {
    "BooleanField": bool,
    "CharField": str,
    "TextField": str,
    "DateField": date,
    "DateTimeField": datetime,
    "UUIDField": UUID,
    **dict.fromkeys(("AutoField", "BigAutoField", "BigIntegerField", "IntegerField"), int),
    **dict.fromkeys(("PositiveBigIntegerField", "PositiveIntegerField", "PositiveSmallIntegerField"), int),
}
"""Django's own fields, which hand values of their type to PostgreSQL unchanged."""


def plain_type(field: "Field[Any, Any]") -> type | None:
    """None where Django has anything to convert or to set."""
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return None
    target = field.target_field if isinstance(field, ForeignKey) else field
    is_own = type(target).__module__ == "django.db.models.fields"
    return _PLAIN.get(type(target).__name__) if is_own else None


def stored(field: "Field[Any, Any]", plain: type | None, row: Model) -> Any:
    """A field's value as the database gets it; the long way only where there is something to convert."""
    if plain is not None:
        value = getattr(row, field.attname)
        if value is None or type(value) is plain:
            return value
    return field.get_db_prep_save(field.pre_save(row, add=True), connection=connection)


def placeholder(field: Any) -> str:
    """``%s``, with a type where the database could not tell it."""
    if hasattr(field, "get_placeholder"):
        return str(field.get_placeholder(None, None, connection))
    return "%s"


def copied(row: M) -> M:
    """As ``copy`` makes it, in a tenth of the time: that would take a model apart as if to store it."""
    made = row.__class__.__new__(row.__class__)
    made.__dict__.update(row.__dict__)
    made._state = copy(row._state)  # noqa: SLF001 - what models are made of
    made._state.fields_cache = row._state.fields_cache.copy()  # noqa: SLF001
    return made
