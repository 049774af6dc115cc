"""A kept connection that has died is noticed before it is used, without asking the server."""

import time

import psycopg
import pytest
from django.db import DatabaseError, close_old_connections, connection, transaction

from clinics.prepared import ask, together
from sync_api.listener import connection_parameters

pytestmark = pytest.mark.django_db(transaction=True)


def close_from_the_server() -> None:
    """Has the server end our connection, and returns once it has."""
    connection.ensure_connection()
    process = connection.connection.info.backend_pid
    with psycopg.connect(**connection_parameters(), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [process])
        deadline = time.monotonic() + 10
        while other.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [process]).fetchone():
            assert time.monotonic() < deadline


def test_connection_that_is_alive_is_usable() -> None:
    connection.ensure_connection()

    assert connection.is_usable()


def test_connection_with_a_failed_transaction_behind_it_is_usable() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        raise ZeroDivisionError

    assert connection.is_usable()


def test_connection_that_the_server_has_closed_is_not_usable() -> None:
    close_from_the_server()

    assert not connection.is_usable()
    connection.close()


def test_connection_that_the_server_has_closed_is_replaced_before_the_next_query() -> None:
    close_from_the_server()
    close_old_connections()  # as at the beginning of a request

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
    connection.close()


def test_connection_whose_statements_failed_at_their_commit_answers_the_next_question() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE owner (id bigint PRIMARY KEY)")
        cursor.execute(
            "CREATE TEMPORARY TABLE owned (owner bigint REFERENCES owner DEFERRABLE INITIALLY DEFERRED)"
        )

    def insert() -> None:
        with together():
            inserted = ask("INSERT INTO owned VALUES (%s::bigint) RETURNING owner", [7])
            assert inserted.row() == (7,)

    with pytest.raises(DatabaseError):
        insert()
    close_old_connections()

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
    connection.close()
