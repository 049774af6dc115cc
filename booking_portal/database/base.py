"""PostgreSQL as the portal asks it: kept connections are looked at, and some statements are planned once.

A kept connection is looked at before each request: at the socket, where Django would ask the server.
"""

import select
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db.backends.postgresql import base, operations
from django.db.backends.utils import CursorWrapper
from psycopg.pq import PipelineStatus
from psycopg.types.numeric import Int8

MOST_PREPARED = 200
"""Statements that one connection keeps planned, the latest used; beyond that psycopg forgets the oldest."""

NEVER_UNASKED = 1_000_000
"""Askings after which psycopg would plan a statement for good of its own accord."""


class PreparedCursor(base.CursorMixin, psycopg.Cursor[Any]):
    """Has the server plan each statement once for its connection, whatever the values are.

    Whole numbers are always sent as bigint: of the smallest type that holds them, as psycopg would send
    them, each combination of sizes would be a statement of its own.
    """

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        if isinstance(params, dict):
            params = {name: as_bigint(value) for name, value in params.items()}
        elif params is not None:
            params = [as_bigint(value) for value in params]
        return super().execute(query, params, prepare=True, **options)


def as_bigint(value: Any) -> Any:
    return Int8(value) if type(value) is int else value


class DatabaseOperations(operations.DatabaseOperations):
    """Django's own, which do not say what a ``PreparedCursor`` has asked."""

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> Any:
        return super().last_executed_query(cursor, sql, params) or sql


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL; a kept connection costs no round trip before it is used again."""

    ops_class = DatabaseOperations

    def get_connection_params(self) -> dict[str, Any]:
        """With ``prepares`` among the database's OPTIONS, statements can be planned once a connection.

        Then one plan serves all values. Left to itself, the server plans a statement of microseconds anew
        each time, for longer than it takes to carry it out.
        """
        params: dict[str, Any] = super().get_connection_params()
        if params.pop("prepares", False):
            params["prepare_threshold"] = NEVER_UNASKED
            params["options"] = f"{params.get('options', '')} -c plan_cache_mode=force_generic_plan".strip()
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.prepared_max = MOST_PREPARED
        return connection

    def prepared_cursor(self) -> CursorWrapper:
        """For a statement that is to be planned only once; the types of values have to be clear from it."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        if not self.can_prepare:
            return self.cursor()
        with self.wrap_database_errors:
            cursor = PreparedCursor(self.connection)
        wrapped: CursorWrapper = self._prepare_cursor(cursor)  # type: ignore[attr-defined]
        return wrapped

    @contextmanager
    def pipeline(self) -> Iterator[None]:
        """Within, statements are sent without waiting for the answers of those before them."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        if self.is_pipelining() or not self.can_prepare:
            yield
            return
        try:
            with self.wrap_database_errors, self.connection.pipeline():
                yield
        finally:
            if self.is_pipelining():  # the commit failed, and libpq has not come out of it
                self.connection.close()

    @property
    def can_prepare(self) -> bool:
        """Not where statements are wrapped, as all are that a clinic's members or the operator cause.

        Who has made a change is noted by a command before each, and what is planned is a single command.
        """
        known = self.connection
        return known is not None and known.prepare_threshold is not None and not self.execute_wrappers

    def is_pipelining(self) -> bool:
        return self.connection is not None and self.connection.pgconn.pipeline_status != PipelineStatus.OFF

    def is_usable(self) -> bool:
        """Whether the server has neither hung up nor said anything unasked, such as that it is leaving."""
        if self.connection is None or self.connection.closed:
            return False
        unread = select.poll()
        unread.register(self.connection.fileno(), select.POLLIN)
        return not unread.poll(0)
