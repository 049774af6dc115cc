"""Tries a SQL book's queries against its database at the start, changing nothing."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DataError, DBAPIError, SQLAlchemyError

from agent.book import BookUnavailable
from agent.books.sql.queries import Queries, Query
from agent.books.sql.shapes import PERSON
from agent.words import _

EXPLAINING = {"sqlite", "postgresql", "mysql", "mariadb"}
DURING = timedelta(days=366)
ID = "0"  # of nothing and nobody


def check_queries(engine: Engine, queries: Queries) -> None:
    """Ask what reads, have the database plan what writes; BookUnavailable names what cannot work."""
    try:
        connection = engine.connect()
    except SQLAlchemyError as trouble:
        raise BookUnavailable(
            _(
                "The appointment book's database cannot be reached ({trouble}); look whether it"
                " runs, and at address and password.",
                trouble=type(trouble).__name__,
            )
        ) from None
    with connection:
        for query in queries:
            with connection.begin() as transaction:
                _check(connection, query)
                transaction.rollback()


def _check(connection: Connection, query: Query) -> None:
    parameters = _parameters(query)
    try:
        if not query.shape.writes:
            list(query.records(connection, **parameters))
        elif connection.dialect.name in EXPLAINING:
            explained = query.explained()
            connection.execute(explained, query.bound(parameters))
    except DataError:
        return  # the id of nobody is of another kind than the database's ids
    except DBAPIError as trouble:
        told = str(trouble.orig).strip().splitlines()[0]
        raise BookUnavailable(
            _("{query}: the database does not take it: {told}; mend the statement.", query=query, told=told)
        ) from None


def _parameters(query: Query) -> dict[str, object]:
    now = datetime.now(UTC)
    values: dict[str, object] = {"begins": now, "ends": now + DURING, "now": now, "ended_after": now}
    texts = dict.fromkeys(PERSON | {"text", "note", "user", "ending"}, "")
    return {**dict.fromkeys(query.uses, ID), **texts, **values}
