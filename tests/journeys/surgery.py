"""The clinic's side of an organisation: an appointment book, a desk, an agent between book and portal."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from booking_portal.embedded import ROOT
from booking_portal.launch.addresses import free_port
from booking_portal.launch.agents import agent_environment
from booking_portal.launch.commands import run_python
from tests.journeys.programs import Killable

Row = dict[str, Any]


@dataclass
class Surgery:
    """One organisation as its own staff see it."""

    subdomain: str
    name: str
    home: Path
    logs: Path
    page_port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self.home.mkdir(mode=0o700, parents=True)
        self.agent = Killable(
            f"agent-{self.subdomain}",
            ["agent", "run", "--home", str(self.home), "--page", str(self.page_port)],
            agent_environment(),
            logs=self.logs,
        )

    @property
    def book(self) -> Path:
        return self.home / "appointment-book.sqlite3"

    @property
    def book_url(self) -> str:
        return f"sqlite:///{self.book}"

    def begin_book(self) -> "subprocess.Popen[bytes]":
        """Begin to fill the appointment book with the demo's eight weeks."""
        book = ("demo-book", "--database", self.book_url, "--organisation", self.subdomain)
        return subprocess.Popen(
            [sys.executable, "-m", "agent", *book],
            cwd=ROOT,
            env=agent_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def activate(self, api_url: str, account_key: str) -> None:
        where = ("--home", str(self.home), "--api-url", api_url, "--database", self.book_url)
        self.ask("activate", *where, "--account-key", account_key)

    def book_at_desk(self, practitioner: str, starts_at: datetime, minutes: int) -> str:
        """The id of an appointment that the desk has just entered."""
        when = ("--start", starts_at.isoformat(), "--minutes", str(minutes))
        return self.desk("book", "--practitioner", practitioner, *when).strip()

    def cancel_at_desk(self, appointment: str, *, tells_patient: bool = False) -> None:
        self.desk("cancel", appointment, *(["--tell"] if tells_patient else []))

    def desk(self, action: str, *arguments: str) -> str:
        return self.ask("desk", action, "--database", self.book_url, *arguments)

    def ask(self, *arguments: str) -> str:
        return run_python(["-m", "agent", *arguments], agent_environment())

    def appointments(self, booking: str) -> list[Row]:
        """What stands in the book for a portal booking, read past the agent's own code."""
        return self.rows(
            "select a.*, p.first_name, p.last_name, p.mobile, p.email from appointments a"
            " left join patients p on p.id = a.patient_id where a.portal_booking = ?",
            booking,
        )

    def practitioner_id(self, name: str) -> str:
        return str(self.rows("select id from practitioners where name = ?", name)[0]["id"])

    def overlaps(self) -> list[Row]:
        """Pairs of appointments that stand for the same practitioner at the same time: there must be none."""
        return self.rows(
            "select a.id, b.id as other from appointments a join appointments b"
            " on a.practitioner_id = b.practitioner_id and a.id < b.id"
            " and a.start_at < b.end_at and b.start_at < a.end_at"
            " where a.state = 'booked' and b.state = 'booked'"
        )

    def rows(self, query: str, *values: object) -> list[Row]:
        with closing(sqlite3.connect(self.book, timeout=30)) as book:
            book.row_factory = sqlite3.Row
            return [dict(row) for row in book.execute(query, values)]


def read_lines(path: Path) -> list[Row]:
    """The JSON lines of a file that others append to."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines()]
