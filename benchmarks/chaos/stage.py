"""Everything that sends messages, as real processes of its own: any of them can be killed without warning."""

import json
import os
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, LiteralString
from urllib.request import urlopen

import psycopg

from booking_portal.embedded import Places
from booking_portal.launch.addresses import free_port
from booking_portal.launch.checks import neutral_environment
from booking_portal.launch.commands import run_python
from booking_portal.launch.processes import Program, stop_all
from booking_portal.launch.services import GRANIAN
from booking_portal.servers.base import Server
from booking_portal.servers.postgres import Postgres
from booking_portal.servers.redis import Redis
from tests.notifications.fake_twilio import SID, TOKEN

CLAIM_SECONDS = 8
APP, FORGETFUL = "booking_portal", "benchmarks.chaos.forgetful"
_INSERT: LiteralString = """
    INSERT INTO notifications_message (
        organisation_id, public_id, channel, kind, about, "to", language, subject, body, attachments,
        is_secret, priority, state, attempts, unknown_outcomes, next_attempt_at, provider_reference,
        last_error, created_at
    )
    SELECT o.id, gen_random_uuid(), 'sms', 'confirmation', 'chaos:' || n,
        '+3584' || lpad((n / 4)::text, 8, '0'), 'fi', '',
        'Varaus ' || CASE WHEN n %% 20 = 1 THEN n - 1 ELSE n END, '[]', false,
        (ARRAY[0, 10, 20, 30])[1 + (n / 2) %% 4], 'waiting', 0, 0, now(), '', '', now()
    FROM generate_series(%(first)s::int, %(last)s::int) AS n
    JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS number FROM clinics_organisation) AS o
        ON o.number = (n / 2) %% 2
"""
"""Four to each number, in two organisations; one in ten says what another says to the same number."""


class NotSo(AssertionError):
    """Something did not come true in time."""


class LoggedProgram(Program):
    """Writes into the stage's own folder."""

    folder: Path

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"


def prepare_anew(stage: "Stage") -> None:
    """The tables and two organisations."""
    run_python(["-m", "benchmarks.chaos.prepare"], stage.environment)


@dataclass
class Stage:
    """Where everything is. ``mischief``: how the provider misbehaves, as its Mischief says it.

    ``prepare`` makes the tables and two organisations; without ``has_reports`` nobody is told what became
    of messages.
    """

    local: Path
    workers: int
    mischief: dict[str, float]
    app: str = APP
    prepare: Callable[["Stage"], None] = prepare_anew
    has_reports: bool = True
    programs: dict[str, Program] = field(default_factory=dict)
    queued: int = 0

    def start(self) -> None:
        (self.local / "log").mkdir(parents=True)
        (self.local / "run").mkdir()
        self.postgres, self.redis = (
            Postgres(Places(self.local, "postgres")),
            Redis(Places(self.local, "redis")),
        )
        self.postgres.start()
        self.redis.start()
        self.pages, self.provider = free_port(), free_port()
        self.environment = self.settings()
        provider = ["tests.notifications.fake_twilio", "--port", str(self.provider)]
        called = self.pages if self.has_reports else 0
        chance = ["--callback-port", str(called), "--mischief", json.dumps(self.mischief)]
        self.run("provider", [*provider, *chance])
        self.prepare(self)
        if self.has_reports:
            pages = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.pages)]
            size = ["--workers", "1", "--blocking-threads", "2"]
            self.run("web", [*GRANIAN, *pages, *size, "booking_portal.wsgi:application"])
        self.run("beat", ["celery", "-A", APP, "beat", "--pidfile", ""])
        for number in range(self.workers):
            self.run(f"worker-{number}", self.worker())

    def worker(self) -> list[str]:
        size = ["--pool", "threads", "--concurrency", "2"]
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        return ["celery", "-A", self.app, "worker", *size, *quiet]

    def settings(self) -> dict[str, str]:
        return neutral_environment() | {
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.redis.url,
            "LOCAL_DIR": str(self.local),
            "BASE_URL": f"http://localhost:{self.pages}",
            "SMS_TRANSPORT": "twilio",
            "TWILIO_API_URL": f"http://127.0.0.1:{self.provider}",
            "TWILIO_ACCOUNT_SID": SID,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "MESSAGE_CLAIM_SECONDS": str(CLAIM_SECONDS),
            "MESSAGE_SWEEP_SECONDS": "0.5",
            "DEMO": "0",
        }

    def run(self, name: str, arguments: list[str]) -> None:
        program = LoggedProgram(name, arguments, self.environment)
        program.folder = self.local / "log"
        self.programs[name] = program
        program.start()

    def stop(self) -> None:
        stop_all(self.programs.values())
        self.redis.stop()
        self.postgres.stop()

    # Killing

    def kill_worker(self, number: int) -> None:
        """``kill -9``, and another in its place."""
        program = self.programs[f"worker-{number}"]
        if program.process is not None:
            os.killpg(program.process.pid, signal.SIGKILL)
            program.process.wait()
        program.start()

    def kill_redis(self) -> None:
        """And forget all that was in it."""
        kill(self.redis)
        for path in self.redis.data.glob("appendonly*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        self.redis.start()

    def kill_postgres(self) -> None:
        kill(self.postgres)
        self.postgres.start()

    # What is sent, and what arrived

    def queue(self, many: int) -> None:
        """More messages, which beat has to find: nobody rings for them."""
        first, self.queued = self.queued, self.queued + many
        self.rows(_INSERT, {"first": first, "last": self.queued - 1})

    def rows(self, statement: LiteralString, values: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Tries again while the database is coming back."""
        deadline = time.monotonic() + 30
        while True:
            try:
                with psycopg.connect(self.postgres.url, autocommit=True) as connection:
                    cursor = connection.execute(statement, values)
                    return cursor.fetchall() if cursor.description else []
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def states(self) -> Counter[str]:
        counted = self.rows("SELECT state, count(*) FROM notifications_message GROUP BY state")
        return Counter(dict(counted))

    def is_sending(self) -> bool:
        return self.states()["sending"] > 0

    def is_done(self) -> bool:
        states = self.states()
        return not states["waiting"] and not states["sending"]

    def is_done_in_time(self) -> bool:
        """The same, with time going faster: what backs off longer than a little is tried again now."""
        self.rows(
            "UPDATE notifications_message SET next_attempt_at = now() + interval '5 seconds'"
            " WHERE state = 'waiting' AND next_attempt_at > now() + interval '6 seconds'"
        )
        return self.is_done()

    def arrived(self) -> dict[str, Any]:
        """What the provider says that it has taken, and told us."""
        with urlopen(f"http://127.0.0.1:{self.provider}/count", timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def has_reported(self) -> bool:
        delivered = self.rows("SELECT count(*) FROM notifications_message WHERE delivery = 'delivered'")[0][0]
        return bool(delivered >= self.states()["sent"] and not self.arrived()["left"])


def kill(server: Server) -> None:
    if server.process is not None:
        server.process.kill()
        server.process.wait()


def wait_for(look: Callable[[], bool], what: str, *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not look():
        if time.monotonic() > deadline:
            raise NotSo(f"After {seconds:.0f} seconds still not so: {what}")
        time.sleep(0.1)


@contextmanager
def running(stage: Stage) -> Iterator[Stage]:
    try:
        stage.start()
        yield stage
    finally:
        stage.stop()
