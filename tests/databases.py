"""Migrated databases on the tests' server: the migrations run once, and what is made later is a copy.

``python -m tests.databases`` makes what is copied, which bin/test does beside its checks.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from graphlib import TopologicalSorter
from typing import Any, LiteralString, cast
from urllib.parse import urlsplit

import psycopg
from django.db import connection
from psycopg import sql

from booking_portal import embedded
from booking_portal.launch.checks import neutral_environment
from booking_portal.launch.database import Database
from booking_portal.launch.preparation import migrate
from booking_portal.launch.sources import MIGRATIONS, fingerprint

TEMPLATE = "template_portal"
DJANGOS = ["django_migrations", "django_content_type", "auth_permission"]
"""Tables whose rows come with the migrations."""
# Whoever holds this lock makes the template; the others wait for it.
TEMPLATE_LOCK = 7_260_011


def migrated_template() -> str:
    """The name of a database with all tables, made anew where the migrations are no longer what they were."""
    url = url_of(TEMPLATE)
    with psycopg.connect(server(), autocommit=True) as link:
        link.execute("select pg_advisory_lock(%s)", [TEMPLATE_LOCK])
        # Asked from outside: nobody may be connected to what is being copied.
        applied = link.execute(
            "select shobj_description(oid, 'pg_database') from pg_database where datname = %s", [TEMPLATE]
        ).fetchone()
        if applied != (fingerprint(MIGRATIONS),):
            execute("drop database if exists {} with (force)", TEMPLATE)
            execute("create database {}", TEMPLATE)
            migrate(Database(url), neutral_environment() | {"DATABASE_URL": url})
    return TEMPLATE


@contextmanager
def own_database(name: str) -> Iterator[str]:
    """The URL of a new database with all tables and no rows; it is gone afterwards."""
    execute("drop database if exists {} with (force)", name)
    execute("create database {} template {}", name, migrated_template())
    try:
        yield url_of(name)
    finally:
        execute("drop database if exists {} with (force)", name)


@cache
def emptying() -> str:
    """SQL that takes all rows out of the connection's database, but for what Django itself put there.

    Deleting a few rows takes a twentieth of the time of Django's flush, which makes every table's files
    anew. Twice over, since the audit log notes what is deleted.
    """
    one = sql.SQL("IF EXISTS (SELECT FROM {0}) THEN DELETE FROM {0}; END IF;")
    each = sql.SQL(" ").join(one.format(sql.Identifier(name)) for name in children_first() * 2)
    return sql.SQL("DO $$ BEGIN SET CONSTRAINTS ALL DEFERRED; {} END $$").format(each).as_string()


def children_first() -> list[str]:
    """All tables with rows of the tests, each before those that its rows refer to."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT oid::regclass::text FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND relname <> ALL(%s)",
            [DJANGOS],
        )
        children: dict[str, set[str]] = {name: set() for (name,) in cursor.fetchall()}
        cursor.execute(
            "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint"
            " WHERE contype = 'f' AND NOT condeferrable AND conrelid <> confrelid"
        )
        for child, parent in cursor.fetchall():
            children[parent].add(child)
    return list(TopologicalSorter(children).static_order())


def execute(statement: LiteralString, *names: str) -> None:
    with psycopg.connect(server(), autocommit=True) as link:
        link.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def url_of(name: str) -> str:
    return str(cast("Any", urlsplit(server()))._replace(path=f"/{name}").geturl())


def server() -> str:
    """The URL of the database that the tests were given, whose server makes the others."""
    return os.environ.get("DATABASE_URL") or embedded.database_url()


if __name__ == "__main__":
    migrated_template()
