"""The file with a SQL book's queries: read, looked over, and asked by name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, TextClause, bindparam, text

from agent.book import BookUnavailable
from agent.books.sql.shapes import READ, WRITE, Shape
from agent.books.sql.values import Times, WrongKind
from agent.toml_files import Section, TomlFile
from agent.words import _

Record = Mapping[str, Any]
GROUPS = {"read": READ, "write": WRITE}
MOMENTS = frozenset({"begins", "ends", "now", "ended_after"})
RETURNING = ("returning", "output", "select")  # how databases give a new row's id


@dataclass(frozen=True, slots=True)
class Query:
    """One of the file's statements."""

    name: str  # as in our-pms.toml: [read.clinics]
    clause: TextClause
    uses: frozenset[str]  # its parameters
    shape: Shape
    renamed: Mapping[str, str]  # our column's name: the database's
    times: Times

    def records(self, connection: Connection, **parameters: object) -> Iterator[Record]:
        """What the database answers, column by column in our words; BookUnavailable for what is of no use."""
        answer = connection.execute(self.clause, self.bound(parameters))
        if not answer.returns_rows:
            raise BookUnavailable(
                _("{query}: the statement answers with nothing; have it return the columns.", query=self)
            )
        columns = self._columns(list(answer.keys()))
        for number, row in enumerate(answer, start=1):
            record = dict.fromkeys(self.shape.optional) | {
                name: row[place] for name, place in columns.items()
            }
            yield {name: self._value(name, value, number) for name, value in record.items()}

    def rows(self, connection: Connection, **parameters: object) -> list[str]:
        """What the database answers as text, only good for being compared."""
        return sorted(map(repr, connection.execute(self.clause, self.bound(parameters))))

    def run(self, connection: Connection, **parameters: object) -> None:
        connection.execute(self.clause, self.bound(parameters))

    def bound(self, parameters: Mapping[str, object]) -> dict[str, object]:
        """Those that the statement uses, moments as the database writes them."""
        return {
            key: self.times.written(value) if isinstance(value, datetime) else value
            for key, value in parameters.items()
            if key in self.uses
        }

    def explained(self) -> TextClause:
        """The statement that has the database plan this one without carrying it out."""
        moments = [
            bindparam(name, type_=self.times.column) for name in MOMENTS & self.uses if self.times.column
        ]
        return text(f"EXPLAIN {self.clause.text}").bindparams(*moments)

    def called(self, column: str) -> str:
        return self.renamed.get(column, column)

    def __str__(self) -> str:
        return self.name

    def _columns(self, answered: list[str]) -> dict[str, int]:
        """Where each of our columns stands in the answer; some databases fold the letters of names."""
        there = {name.casefold(): place for place, name in enumerate(answered)}
        for column in self.shape.columns:
            if self.called(column).casefold() not in there:
                raise BookUnavailable(
                    _(
                        "{query}: the column {called} is missing from the answer; select it,"
                        ' or name another under columns = {{ {column} = "…" }}.',
                        query=self,
                        called=self.called(column),
                        column=column,
                    )
                )
        names = (*self.shape.columns, *self.shape.optional)
        places = {name: there.get(self.called(name).casefold()) for name in names}
        return {name: place for name, place in places.items() if place is not None}

    def _value(self, column: str, value: Any, number: int) -> Any:
        is_needed = column in self.shape.columns
        kind = self.shape.columns[column] if is_needed else self.shape.optional[column]
        if value is None and not is_needed:
            return kind.default
        try:
            return kind.read(value, self.times)
        except WrongKind:
            found = _("empty") if value is None else type(value).__name__
            raise BookUnavailable(
                _(
                    "{query}: the column {column} must be {kind}, but in row {row} it is {found};"
                    " mend the query or the row.",
                    query=self,
                    column=self.called(column),
                    kind=kind.words,
                    row=number,
                    found=found,
                )
            ) from None


class Queries:
    """All statements of one file; those that may be missing are asked for with ``has``."""

    def __init__(self, statements: Mapping[str, Query], times: Times) -> None:
        self._statements = statements
        self.times = times

    def __getitem__(self, name: str) -> Query:
        return self._statements[name]

    def __iter__(self) -> Iterator[Query]:
        return iter(self._statements.values())

    def has(self, name: str) -> bool:
        return name in self._statements

    def records(self, name: str, connection: Connection, **parameters: object) -> list[Record]:
        """The answer of a query; none where the file does not have it."""
        query = self._statements.get(name)
        return [] if query is None else list(query.records(connection, **parameters))

    def run(self, name: str, connection: Connection, **parameters: object) -> None:
        """Carry a statement out, if the file has it."""
        query = self._statements.get(name)
        if query is not None:
            query.run(connection, **parameters)


def load_queries(path: Path) -> Queries:
    """The file's statements, as far as they can be judged without a database; ConfigurationError."""
    root = TomlFile(path).root()
    root.allow(("times", "read", "write"))
    times = _times(root.section("times"))
    statements = {}
    for group, shapes in GROUPS.items():
        section = root.section(group)
        section.allow(shapes)
        for name, shape in shapes.items():
            if name in section:
                statements[name] = _query(section.section(name), shape, times)
            elif not shape.may_miss:
                section.refuse(
                    name,
                    _("is missing; write the statement under [{statement}]", statement=f"{group}.{name}"),
                )
    if {"coming", "portal_bookings"} <= statements.keys() and "booking" not in statements["move"].uses:
        root.section("write").refuse(
            "move", _("must note :booking too; else a clinic's appointment that a patient moves looks gone")
        )
    return Queries(statements, times)


def _times(section: Section) -> Times:
    section.allow(("zone", "format"))
    zone, form = section.get("zone", str, "UTC"), section.get("format", str, "")
    if zone == "offset":
        return Times(None, form)
    try:
        return Times(ZoneInfo(zone), form)
    except (ValueError, OSError, KeyError):
        section.refuse("zone", _('must be "UTC", "offset" or a zone such as "Europe/Helsinki"; change it'))


def _query(section: Section, shape: Shape, times: Times) -> Query:
    section.allow(("sql", "columns"))
    sql = section.need("sql", str)
    clause = text(sql)
    used = frozenset(clause.compile().params)
    for missing in sorted(shape.needs - used):
        section.refuse("sql", _("does not use :{name}; it must, to mean the right rows", name=missing))
    for unknown in sorted(used - shape.parameters):
        known = ", ".join(f":{one}" for one in sorted(shape.parameters)) or "–"
        section.refuse(
            "sql", _("uses :{name}, which is not known here; known are {names}", name=unknown, names=known)
        )
    if shape.writes and shape.columns and not any(word in sql.lower() for word in RETURNING):
        section.refuse("sql", _("does not return the new row's id; end it with RETURNING … AS id"))
    return Query(
        f"{section.file.path.name}: [{section.name}]",
        _typed(clause, used, times),
        used,
        shape,
        _renamed(section, shape),
        times,
    )


def _typed(clause: TextClause, used: frozenset[str], times: Times) -> TextClause:
    column = times.column
    if column is None:
        return clause
    return clause.bindparams(*(bindparam(name, type_=column) for name in MOMENTS & used))


def _renamed(section: Section, shape: Shape) -> dict[str, str]:
    columns = section.section("columns")
    columns.allow((*shape.columns, *shape.optional))
    return {column: columns.need(column, str) for column in columns.keys()}  # noqa: SIM118 - no mapping
