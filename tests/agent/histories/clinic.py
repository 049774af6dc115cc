"""The clinic's side: an appointment book, its desk, and the agent's own code, which can be killed."""

import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, event, insert, select

from agent.book import NotInBook, TimeTaken
from agent.books.engine import writing
from agent.books.sample import tables
from agent.books.sample.at_desk import STANDING, mark_at_desk
from agent.books.sample.book import SampleBook
from agent.desk_changes import DeskChanges
from agent.events import Answers, EventReader
from agent.identity import Identity
from agent.portal import Portal
from agent.problems import PortalError, Superseded
from agent.push_state import PushState
from agent.pusher import Pusher
from tests.agent.histories.line import Killed, Line
from tests.agent.small_book import fill_small_book, place

PEOPLE = ("p1", "p2")
HALF_HOUR = timedelta(minutes=30)
WEEKS_AHEAD = 2

appointments = tables.appointments


class Book(SampleBook):
    """The agent's own, on a file that need not survive a power cut of this machine."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"sqlite:///{path}")
        self.path = path
        self.cut_power_at_commit = False
        event.listen(self.engine, "connect", _hurry)
        event.listen(self.engine, "commit", self._commit)

    def save_copy(self, to: Path) -> None:
        self.close()
        shutil.copyfile(self.path, to)

    def restore(self, older: Path) -> None:
        """Everything in the book is as it was when the copy was made."""
        self.close()
        for suffix in ("-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(older, self.path)

    def _commit(self, _connection: Any) -> None:
        if self.cut_power_at_commit:
            self.cut_power_at_commit = False
            raise Killed


def _hurry(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous = OFF")


def named(identity: Identity) -> str:
    """As the state in its home knows whose it is."""
    return f"{identity.agent_id} {identity.generation}"


def empty_book(path: Path, day: datetime) -> None:
    """A book whose two practitioners work on ``day``, a Monday, and have nothing published."""
    book = Book(path)
    fill_small_book(book)
    with writing(book.engine) as connection:
        connection.execute(delete(tables.preblock_times))
    book.close()


@dataclass
class Agent:
    """The parts of a running agent, one step at a time; what is lost with its process is in here."""

    identity: Identity
    home: Path
    book: Book
    line: Line
    portal: Portal
    reader_class: type[EventReader] = EventReader
    has_met: bool = False
    is_replaced: bool = False
    pushed_version: str = ""

    def __post_init__(self) -> None:
        self.home.mkdir(exist_ok=True)
        self.state = PushState(self.home, agent=named(self.identity))
        self.state._database.execute("PRAGMA synchronous = OFF")
        self.pusher = Pusher(self.book, self.portal, self.state, weeks_ahead=WEEKS_AHEAD)
        self.reader = self.reader_class(self.book, self.portal, on_change=lambda: None, on_taken=self.doubt)
        self.desk_changes = DeskChanges(self.book, self.portal, self.state, writing=self.reader.writing)
        self.reader.on_answers = self.follow

    def work(self) -> int:
        """What the agent's two threads do when they wake: how many events and windows there were."""
        return self.attempt(self.read) + self.attempt(self.push)

    def attempt(self, step: Any) -> int:
        if self.is_replaced:
            return 0
        try:
            return int(step())
        except Superseded:
            self.is_replaced = True
        except PortalError:
            self.has_met = False
        return 0

    def read(self) -> int:
        return self.reader.read(wait=0)

    def push(self) -> int:
        if not self.has_met:
            self.pushed_version = ""
            self.pusher.meet()
            self.desk_changes.meet(datetime.now(UTC))
            self.has_met = True
        version = self.book.version()
        if version == self.pushed_version:
            return 0
        done = self.pusher.push(datetime.now(UTC)) + self.desk_changes.tell(datetime.now(UTC))
        self.pushed_version = version
        return done

    def doubt(self, practitioner: str) -> None:
        self.pusher.doubt(practitioner)
        self.pushed_version = ""

    def follow(self, answers: Answers) -> None:
        if self.desk_changes.follow(answers):
            self.pushed_version = ""

    def end(self) -> None:
        self.state.close()


@dataclass
class Desk:
    """What the clinic's people do in the book, with a program that knows nothing of the agent."""

    book: Book
    day: datetime

    def at(self, half_hours: int) -> datetime:
        return self.day + HALF_HOUR * half_hours

    def enter(self, who: str, half_hours: int) -> None:
        start = self.at(half_hours)
        with suppress(TimeTaken):
            standing = place(start, start + HALF_HOUR, practitioner=who)
            self.book.enter_at_desk(standing, text="", entered_by="DESK")

    def cancel(self, number: int) -> None:
        """Whoever made the appointment."""
        standing = self.standing()
        if standing:
            with suppress(NotInBook):  # who has come can no longer be cancelled
                self.book.cancel_at_desk(str(standing[number % len(standing)]["id"]))

    def move(self, number: int, who: str, half_hours: int) -> None:
        standing = self.standing()
        if standing:
            chosen = standing[number % len(standing)]
            length, start = chosen["end_at"] - chosen["start_at"], self.at(half_hours)
            with suppress(TimeTaken, NotInBook):
                self.book.move_at_desk(str(chosen["id"]), place(start, start + length, practitioner=who))

    def mark(self, number: int, state: str) -> None:
        """That a patient came, or did not."""
        ours = [row for row in self.rows() if row["portal_booking"] and row["state"] in STANDING]
        if ours:
            mark_at_desk(self.book, str(ours[number % len(ours)]["id"]), state)

    def publish(self, who: str, first: int, last: int) -> None:
        row = {"preblock_id": "b1", "practitioner_id": who, "clinic_id": "c1"}
        with writing(self.book.engine) as connection:
            connection.execute(
                insert(tables.preblock_times), [{**row, "start_at": self.at(first), "end_at": self.at(last)}]
            )

    def unpublish(self, number: int) -> None:
        """One of the preblocks, whichever the number falls on."""
        times = tables.preblock_times
        with writing(self.book.engine) as connection:
            ids = connection.execute(select(times.c.id).order_by(times.c.id)).scalars().all()
            if ids:
                connection.execute(delete(times).where(times.c.id == ids[number % len(ids)]))

    def rows(self) -> list[dict[str, Any]]:
        with self.book.engine.begin() as connection:
            return [dict(row._mapping) for row in connection.execute(select(appointments))]

    def standing(self) -> list[dict[str, Any]]:
        """What keeps its practitioner from others; who has arrived, or has not come, had the time."""
        return [row for row in self.rows() if row["state"] in STANDING]

    def free(self) -> dict[str, set[datetime]]:
        """Who is free in which quarters of the hour: published, and nobody there. In our own words."""
        times = tables.preblock_times
        with self.book.engine.begin() as connection:
            published = connection.execute(select(times)).all()
        taken = self.standing()
        return {
            who: {
                quarter
                for row in published
                if row.practitioner_id == who
                for quarter in quarters(row.start_at, row.end_at)
                if not any(
                    one["practitioner_id"] == who and one["start_at"] <= quarter < one["end_at"]
                    for one in taken
                )
            }
            for who in PEOPLE
        }


def quarters(start: datetime, end: datetime) -> Iterable[datetime]:
    while start < end:
        yield start
        start += timedelta(minutes=15)
