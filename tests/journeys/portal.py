"""A whole portal of its own for the journeys: database, Redis, the portal's processes, two clinics' agents.

Everything is a real process on ports of its own, so that any of it can be killed without hurting other tests.
"""

import json
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg.rows import dict_row

from booking_portal.embedded import Places
from booking_portal.launch.addresses import Addresses, free_port
from booking_portal.launch.checks import neutral_environment
from booking_portal.launch.commands import run_python
from booking_portal.launch.processes import Program, stop_all
from booking_portal.launch.services import portal_programs
from booking_portal.launch.waiting import status_of
from booking_portal.servers.redis import Redis
from tests.journeys.programs import Killable
from tests.journeys.surgery import Row, Surgery, read_lines
from tests.journeys.waiting import eventually

# A worker that was killed over a message is believed dead so soon; ninety seconds in real life.
CLAIM_SECONDS = "4"


class Portal:
    """The running portal, and what a test may ask of it from outside."""

    def __init__(self, local: Path, database_url: str) -> None:
        self.local = local
        self.database_url = database_url
        self.addresses = Addresses("127.0.0.1", free_port(), free_port())
        (local / "log").mkdir()
        (local / "run").mkdir()
        self.redis = Redis(Places(local, "redis"))
        self.messages_file = local / "messages.jsonl"
        self.environment: dict[str, str] = {}
        self.programs: dict[str, Killable] = {}
        self.known_whole: list[int] = []
        """The processes that all answered when somebody last asked."""
        self.known_times: dict[tuple[str, tuple[str, ...]], str] = {}
        """Where the answers to an organisation's questions have led."""
        self.owners_session: list[Any] = []
        """The cookie by which the owner is signed in, once a browser has signed her in."""
        self.demoklinikka = self.surgery("demoklinikka", "Demoklinikka")
        self.pikkuhammas = self.surgery("pikkuhammas", "Pikkuhammas")

    def surgery(self, subdomain: str, name: str) -> Surgery:
        return Surgery(subdomain, name, self.local / "agents" / subdomain, self.local / "log")

    @property
    def surgeries(self) -> tuple[Surgery, ...]:
        return (self.demoklinikka, self.pikkuhammas)

    # Starting and stopping

    def start(self) -> None:
        """Return when both portals show free times that their agents have brought."""
        books = [surgery.begin_book() for surgery in self.surgeries]
        self.redis.start()
        self.environment = self.settings()
        self.add(portal_programs(self.addresses, self.environment))
        keys = {surgery.subdomain: self.open_account(surgery) for surgery in self.surgeries}
        eventually(self.is_api_answering, "the API answers", seconds=60)
        for surgery, book in zip(self.surgeries, books, strict=True):
            assert book.wait(60) == 0
            surgery.activate(self.addresses.api_url, keys[surgery.subdomain])
            self.add([surgery.agent])
        eventually(self.has_slots_everywhere, "the agents have brought free times", seconds=60)
        eventually(self.are_pages_answering, "the portals' first pages open", seconds=60)
        self.furnish()

    def settings(self) -> dict[str, str]:
        """What the portal's processes are told; nothing of the demo or of the other tests."""
        return neutral_environment() | {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis.url,
            "LOCAL_DIR": str(self.local),
            "DEMO": "1",
            "MESSAGES_FILE": str(self.messages_file),
            "MESSAGE_CLAIM_SECONDS": CLAIM_SECONDS,
            "BASE_URL": self.addresses.base_url,
            "API_URL": self.addresses.api_url,
            "HOLDS_PER_ADDRESS": "100000",
            "LOGIN_CODES_PER_ADDRESS": "100000",
            "SMS_PER_ADDRESS": "100000",
            "SMS_PER_BLOCK": "100000",
            "DEMO_PASSWORD": secrets.token_urlsafe(12),
        }

    def add(self, programs: Iterable[Program]) -> None:
        for program in programs:
            killable = (
                program if isinstance(program, Killable) else Killable.like(program, self.local / "log")
            )
            self.programs[program.name] = killable
            killable.start()

    def open_account(self, surgery: Surgery) -> str:
        """The account key of a new organisation, opened as an operator would."""
        names = ("--name", surgery.name, "--subdomain", surgery.subdomain, "--language", "fi")
        answer = run_python(["manage.py", "open_account", "--json", *names], self.environment)
        return str(json.loads(answer)["account_key"])

    def furnish(self) -> None:
        """Give the first organisation what its admin would: groups, texts, a colour."""
        people = ("--owner", "owner@journeys.example", "--operator", "operator@journeys.example")
        run_python(["manage.py", "furnish_demo", "demoklinikka", *people], self.environment)

    def stop(self) -> None:
        """Leave nothing running, whatever state it is in."""
        for program in self.programs.values():
            if program.is_running:
                program.thaw()
        stop_all(self.programs.values())
        self.redis.stop()

    def mend(self) -> None:
        """Play the supervisor: start again whatever a test has killed and left so."""
        if not self.redis.is_running():
            self.redis.start()
        for program in self.programs.values():
            if program.is_running:
                program.thaw()
            else:
                program.start()
        if self.known_whole != self.process_ids():
            eventually(self.is_api_answering, "the API answers")
            eventually(self.are_pages_answering, "the portals' first pages open")
            self.known_whole = self.process_ids()

    def process_ids(self) -> list[int]:
        return [program.process.pid for program in self.programs.values() if program.process]

    def is_api_answering(self) -> bool:
        return status_of(f"{self.addresses.api_url}status") != 0

    def are_pages_answering(self) -> bool:
        return all(
            status_of(f"http://127.0.0.1:{self.addresses.port}/", host=self.host(surgery.subdomain)) == 200
            for surgery in self.surgeries
        )

    def has_slots_everywhere(self) -> bool:
        return len(self.rows("select distinct organisation_id from scheduling_slot")) == len(self.surgeries)

    def kill_redis(self) -> None:
        assert self.redis.process is not None
        self.redis.process.kill()
        self.redis.process.wait()

    # Looking from outside

    def host(self, subdomain: str) -> str:
        return f"{subdomain}.localhost:{self.addresses.port}"

    def url(self, subdomain: str, path: str = "/") -> str:
        """An address for browsers, which know that names below localhost are this machine."""
        return f"http://{self.host(subdomain)}{path}"

    def messages(self, to: str) -> list[Row]:
        """What has been sent to one mobile number or e-mail address, oldest first."""
        return [entry for entry in read_lines(self.messages_file) if entry["to"] == to]

    def rows(self, query: LiteralString, *values: object) -> list[Row]:
        """What stands in the portal's database, or what was changed there when a statement returns it."""
        with psycopg.connect(self.database_url, row_factory=dict_row) as connection:
            return connection.execute(query, values).fetchall()

    def booking(self, public_id: str) -> Row:
        return self.rows("select * from scheduling_booking where public_id = %s", public_id)[0]
