"""Connections to an appointment book kept in a SQL database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Insert, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

SERVERS = ("postgresql", "mysql", "mariadb", "mssql")
CHOSEN_AGAINST = {
    "40001",
    "40P01",
    1205,
    1213,
}  # could not serialise, deadlock; MariaDB: waited too long, deadlock


def open_engine(database_url: str) -> Engine:
    """An engine whose errors never quote values, since those may be personal data."""
    backend = make_url(database_url).get_backend_name()
    # Who waited for a lock must see what its holder wrote: not so under MariaDB's own choice.
    isolation = {"isolation_level": "READ COMMITTED"} if backend in SERVERS else {}
    engine = create_engine(database_url, hide_parameters=True, pool_pre_ping=backend in SERVERS, **isolation)
    if backend == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that means to write: on SQLite it takes the write lock before it reads."""
    with engine.connect().execution_options(means_to_write=True) as connection, connection.begin():
        yield connection


def is_worth_another_try(trouble: Exception) -> bool:
    """Whether the database only chose another transaction over this one."""
    if not isinstance(trouble, DBAPIError):
        return False
    code = getattr(trouble.orig, "sqlstate", None) or next(iter(getattr(trouble.orig, "args", ())), None)
    return code in CHOSEN_AGAINST


def inserted_id(connection: Connection, row: Insert) -> int:
    """The number that the database gave to a new row."""
    (identifier,) = connection.execute(row).inserted_primary_key or (0,)
    return int(identifier)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun below, not by the driver
    cursor = connection.cursor()
    for pragma in ("busy_timeout = 30000", "journal_mode = WAL", "foreign_keys = ON", "synchronous = FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("means_to_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
