"""Where preblocks lie in the sample book, and laying, moving and removing them at the desk."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from agent.book import NotInBook, Place
from agent.books.engine import inserted_id, writing
from agent.books.sample import tables
from agent.books.sample.book import SampleBook
from agent.books.sample.catalogue import touches
from agent.intervals import Interval
from agent.words import _

times = tables.preblock_times


@dataclass(frozen=True, slots=True)
class PreblockKind:
    """A kind of preblock; those of type ``internet`` are what the portal may offer."""

    id: str
    name: str
    colour: str
    is_published: bool


@dataclass(frozen=True, slots=True)
class LaidPreblock:
    id: str
    kind: str
    place: Place


def preblock_kinds(book: SampleBook) -> list[PreblockKind]:
    with book.engine.begin() as connection:
        rows = connection.execute(select(tables.preblocks).order_by(tables.preblocks.c.id))
        return [PreblockKind(row.id, row.name, row.colour, row.type == "internet") for row in rows]


def laid_preblocks(book: SampleBook, practitioner: str, during: Interval) -> list[LaidPreblock]:
    """In order of time."""
    query = (
        select(times)
        .where(times.c.practitioner_id == practitioner, touches(times, during))
        .order_by(times.c.start_at, times.c.id)
    )
    with book.engine.begin() as connection:
        return [_laid(row) for row in connection.execute(query)]


def laid_preblock(book: SampleBook, identifier: str) -> LaidPreblock:
    """NotInBook."""
    with book.engine.begin() as connection:
        return _laid(_row(connection, identifier))


def lay_preblock(book: SampleBook, kind: str, place: Place) -> str:
    """The id of a preblock that has been laid now; NotInBook."""
    with writing(book.engine) as connection:
        _require_known(connection, kind, place)
        return str(inserted_id(connection, insert(times).values(preblock_id=kind, **_columns(place))))


def change_preblock(book: SampleBook, identifier: str, kind: str, place: Place) -> None:
    """NotInBook."""
    with writing(book.engine) as connection:
        _require_known(connection, kind, place)
        row = _row(connection, identifier)
        change = update(times).where(times.c.id == row.id)
        connection.execute(change.values(preblock_id=kind, **_columns(place)))


def remove_preblock(book: SampleBook, identifier: str) -> None:
    """NotInBook."""
    with writing(book.engine) as connection:
        row = _row(connection, identifier)
        connection.execute(times.delete().where(times.c.id == row.id))


def _row(connection: Connection, identifier: str) -> Row[Any]:
    query = select(times).where(times.c.id == int(identifier)) if _is_number(identifier) else None
    row = connection.execute(query).first() if query is not None else None
    if row is None:
        raise NotInBook(_("No such preblock lies in the book."))
    return row


def _is_number(identifier: str) -> bool:
    return identifier.isascii() and identifier.isdecimal() and len(identifier) < 10


def _require_known(connection: Connection, kind: str, place: Place) -> None:
    for table, identifier in (
        (tables.preblocks, kind),
        (tables.practitioners, place.practitioner),
        (tables.clinics, place.clinic),
    ):
        if connection.execute(select(table.c.id).where(table.c.id == identifier)).first() is None:
            raise NotInBook(_("The book knows no such preblock, practitioner or clinic."))


def _laid(row: Row[Any]) -> LaidPreblock:
    during = Interval(row.start_at, row.end_at)
    return LaidPreblock(str(row.id), row.preblock_id, Place(row.clinic_id, row.practitioner_id, during))


def _columns(place: Place) -> dict[str, object]:
    return {
        "practitioner_id": place.practitioner,
        "clinic_id": place.clinic,
        "start_at": place.during.start,
        "end_at": place.during.end,
    }
