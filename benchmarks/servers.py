"""The servers that are measured: PostgreSQL and Redis of their own, and granian as production runs it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from benchmarks.load import Address
from booking_portal import embedded
from booking_portal.embedded import local_dir
from booking_portal.launch.addresses import free_port
from booking_portal.launch.checks import neutral_environment
from booking_portal.launch.commands import run_python
from booking_portal.launch.preparation import collect_static_files
from booking_portal.launch.processes import Program, stop_all
from booking_portal.launch.services import GRANIAN
from booking_portal.launch.translations import compile_translations
from booking_portal.launch.waiting import status_of, wait_until

LARGE, SMALL = "benchmark_large", "benchmark_small"
WSGI, ASGI = "booking_portal.wsgi:application", "booking_portal.asgi:application"
FLOOR = {"DJANGO_SETTINGS_MODULE": "benchmarks.floor_settings"}


@dataclass(frozen=True)
class Shape:
    """How many processes and threads answer pages."""

    workers: int = 2
    threads: int = 2

    @property
    def options(self) -> list[str]:
        return ["--workers", str(self.workers), "--blocking-threads", str(self.threads)]


@dataclass(frozen=True)
class Stage:
    """Where everything is: two databases, and a port for each server."""

    database: str
    environment: dict[str, str]
    pages: int
    floor: int
    small_pages: int
    api: int

    @cached_property
    def large_url(self) -> str:
        return named(self.database, LARGE)

    @cached_property
    def small_url(self) -> str:
        return named(self.database, SMALL)

    @property
    def api_host(self) -> str:
        return f"127.0.0.1:{self.api}"

    def host(self, subdomain: str) -> str:
        return f"{subdomain}.localhost:{self.pages}"

    def programs(self, shape: Shape) -> list[Program]:
        return [
            self.wsgi("pages", self.pages, shape, {}),
            self.wsgi("small-pages", self.small_pages, shape, {"DATABASE_URL": self.small_url}),
            self.wsgi("floor", self.floor, shape, FLOOR),
            self.program("api", self.api, "asgi", [ASGI], {}),
        ]

    def wsgi(self, name: str, port: int, shape: Shape, more: dict[str, str]) -> Program:
        return self.program(name, port, "wsgi", [*shape.options, WSGI], more)

    def program(
        self, name: str, port: int, interface: str, arguments: list[str], more: dict[str, str]
    ) -> Program:
        listening = ["--interface", interface, "--host", "127.0.0.1", "--port", str(port)]
        return Program(name, [*GRANIAN, *listening, *arguments], self.environment | more)


def at(port: int) -> Address:
    return ("127.0.0.1", port)


def set_stage() -> Stage:
    """Fresh databases on a server of the benchmarks' own, or on the one in DATABASE_URL, and free ports."""
    os.environ["LOCAL_DIR"] = os.environ.get("LOCAL_DIR", ".local/benchmark")
    compile_translations()
    database = os.environ.get("DATABASE_URL") or embedded.database_url()
    redis = os.environ.get("REDIS_URL") or embedded.redis_url()
    pages, api = free_port(), free_port()
    environment = neutral_environment() | {
        "DATABASE_URL": named(database, LARGE),
        "REDIS_URL": redis,
        "BASE_URL": f"http://localhost:{pages}",
        "API_URL": f"http://127.0.0.1:{api}/sync/v1/",
        "EMAIL_TRANSPORT": "file",
        "SMS_TRANSPORT": "file",
        "MESSAGES_FILE": str(local_dir() / "messages.jsonl"),
        "HOLDS_PER_ADDRESS": "100000",
        "SMS_PER_ADDRESS": "1000000",
        "SMS_PER_BLOCK": "1000000",
    }
    stage = Stage(database, environment, pages, free_port(), free_port(), api)
    os.environ.update(environment)
    make_database(database, LARGE)
    run_python(["manage.py", "migrate", "--no-input", "--verbosity", "0"], environment)
    collect_static_files(environment)
    return stage


def named(url: str, database: str) -> str:
    return urlsplit(url)._replace(path=f"/{database}").geturl()


def make_database(server: str, name: str, template: str = "template1") -> None:
    """A database of this name, new or a copy of another; whatever had the name is gone."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )


@contextmanager
def running(stage: Stage, shape: Shape) -> Iterator[None]:
    """The servers, answering from here on and gone afterwards."""
    programs = stage.programs(shape)
    try:
        for program in programs:
            program.start()
        for port in (stage.pages, stage.small_pages, stage.floor, stage.api):
            url = f"http://127.0.0.1:{port}/nothing/"
            wait_until(lambda url=url: status_of(url) != 0, f"{url} answers", programs)  # type: ignore[misc]
        yield
    finally:
        stop_all(programs)
