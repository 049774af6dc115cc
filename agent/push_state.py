"""What the portal has taken and what is on its way there: a small database in the agent's home.

Everything that a push needs in order to be repeated word for word after a crash is
committed before the first byte of it is sent.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any, NamedTuple, cast

from agent.words import _

FILE_NAME = "state.db"
DOUBTED = "?"  # before what was told of a booking: it has to be told again

SCHEMA = """
CREATE TABLE IF NOT EXISTS push (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    agent TEXT NOT NULL, sequence INTEGER NOT NULL, catalogue TEXT NOT NULL, body BLOB,
    catalogue_sent TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS windows (
    practitioner TEXT, clinic TEXT, week TEXT, accepted TEXT, sent TEXT,
    PRIMARY KEY (practitioner, clinic, week)
);
CREATE TABLE IF NOT EXISTS bookings (booking TEXT PRIMARY KEY, told TEXT NOT NULL);
INSERT OR IGNORE INTO push (only_row, agent, sequence, catalogue) VALUES (1, '', 0, '');
"""
ADDED = "ALTER TABLE push ADD COLUMN catalogue_sent TEXT NOT NULL DEFAULT ''"  # to an older agent's folder


class HomeInUse(Exception):
    """Another agent runs with the same home folder."""


class WindowKey(NamedTuple):
    """One practitioner's ISO week at one clinic; ``week`` as 2026-W48."""

    practitioner: str
    clinic: str
    week: str


@dataclass(frozen=True, slots=True)
class Pending:
    """What was sent, or was about to be, and whose answer is not known: a push, or a catalogue."""

    sequence: int
    body: bytes
    is_catalogue: bool


class PushState:
    """Opened by one agent at a time; another one gets HomeInUse. Its threads may use it at once."""

    def __init__(self, home: Path, *, agent: str) -> None:
        path = home / FILE_NAME
        path.touch(mode=0o600)
        path.chmod(0o600)
        self._turn = RLock()
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=0.5)
        try:
            self._open(agent)
        except sqlite3.OperationalError:
            self.close()
            raise HomeInUse(_("Another agent is running in {home}.", home=os.fspath(home))) from None

    def _open(self, agent: str) -> None:
        self._database.executescript("PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL;")
        self._database.execute("BEGIN EXCLUSIVE")  # the lock is kept until the program ends
        self._database.execute("COMMIT")
        self._database.executescript(SCHEMA)
        if "catalogue_sent" not in [row[1] for row in self._database.execute("PRAGMA table_info(push)")]:
            self._database.execute(ADDED)
        if self._value("agent") != agent:
            self._start_over(sequence=0, agent=agent)

    def close(self) -> None:
        self._database.close()

    @property
    def sequence(self) -> int:
        return cast(int, self._value("sequence"))

    @property
    def catalogue(self) -> str:
        """The digest of the catalogue that the portal has; empty when unknown."""
        return cast(str, self._value("catalogue"))

    @property
    def pending(self) -> Pending | None:
        body = self._value("body")
        if body is None:
            return None
        return Pending(self.sequence, cast(bytes, body), bool(self._value("catalogue_sent")))

    def accepted(self) -> dict[WindowKey, str]:
        """The digest of each window as the portal has it."""
        query = "SELECT practitioner, clinic, week, accepted FROM windows WHERE accepted IS NOT NULL"
        return {WindowKey(*row[:3]): row[3] for row in self._rows(query)}

    def begin(self, sequence: int, body: bytes, digests: dict[WindowKey, str]) -> None:
        """Remember a push that is about to be sent."""
        with self._transaction() as database:
            database.execute("UPDATE push SET sequence = ?, body = ?", [sequence, body])
            database.executemany(
                "INSERT INTO windows VALUES (?, ?, ?, NULL, ?)"
                " ON CONFLICT (practitioner, clinic, week) DO UPDATE SET sent = excluded.sent",
                [(*key, digest) for key, digest in digests.items()],
            )

    def begin_catalogue(self, sequence: int, body: bytes, digest: str) -> None:
        """Remember a catalogue that is about to be sent."""
        query = "UPDATE push SET sequence = ?, body = ?, catalogue = '', catalogue_sent = ?"
        with self._transaction() as database:
            database.execute(query, [sequence, body, digest])

    def settle(self) -> None:
        """What was pending has been taken."""
        with self._transaction() as database:
            database.execute("UPDATE windows SET accepted = sent, sent = NULL WHERE sent IS NOT NULL")
            database.execute("UPDATE push SET catalogue = catalogue_sent WHERE catalogue_sent <> ''")
            database.execute("UPDATE push SET body = NULL, catalogue_sent = ''")

    def drop_pending(self) -> None:
        """What was pending has been refused: its number is free again."""
        with self._transaction() as database:
            database.execute("UPDATE windows SET sent = NULL")
            database.execute("UPDATE push SET body = NULL, catalogue_sent = '', sequence = sequence - 1")

    def free_number(self) -> None:
        """The last number was not counted by the portal."""
        with self._transaction() as database:
            database.execute("UPDATE push SET sequence = sequence - 1")

    def forget(self, keys: Iterable[WindowKey]) -> None:
        """Drop windows that no longer matter, such as those of weeks gone by."""
        with self._transaction() as database:
            database.executemany(
                "DELETE FROM windows WHERE practitioner = ? AND clinic = ? AND week = ?", list(keys)
            )

    def doubt(self, practitioner: str) -> None:
        """Believe no longer that the portal has this practitioner's windows as they were sent."""
        query = "UPDATE windows SET accepted = '' WHERE practitioner = ? AND accepted IS NOT NULL"
        with self._transaction() as database:
            database.execute(query, [practitioner])

    def doubt_all(self) -> None:
        """The same of everybody's windows."""
        with self._transaction() as database:
            database.execute("UPDATE windows SET accepted = '' WHERE accepted IS NOT NULL")

    def told_bookings(self) -> dict[str, str]:
        """What the portal is known to have of each of its bookings that stand in the book."""
        return dict(self._rows("SELECT booking, told FROM bookings"))

    def note_bookings(self, told: Mapping[str, str]) -> None:
        """That the portal has each of these bookings so."""
        with self._transaction() as database:
            database.executemany("INSERT OR REPLACE INTO bookings VALUES (?, ?)", list(told.items()))

    def doubt_bookings(self, bookings: Iterable[str]) -> None:
        """Believe no longer that the portal has these bookings as they were told, but that it has them."""
        query = "UPDATE bookings SET told = ? || told WHERE booking = ? AND told NOT LIKE ? || '%'"
        with self._transaction() as database:
            database.executemany(query, [[DOUBTED, one, DOUBTED] for one in bookings])

    def forget_bookings(self, bookings: Iterable[str]) -> None:
        with self._transaction() as database:
            database.executemany("DELETE FROM bookings WHERE booking = ?", [[one] for one in bookings])

    def adopt(self, sequence: int) -> None:
        """Go on from the portal's own number, believing nothing of what it was thought to have."""
        self._start_over(sequence=sequence, agent=cast(str, self._value("agent")))

    def _start_over(self, *, sequence: int, agent: str) -> None:
        with self._transaction() as database:
            database.execute("DELETE FROM windows")
            database.execute("DELETE FROM bookings")
            database.execute(
                "UPDATE push SET agent = ?, sequence = ?, catalogue = '', body = NULL, catalogue_sent = ''",
                [agent, sequence],
            )

    def _value(self, column: str) -> object:
        return self._rows(f"SELECT {column} FROM push")[0][0]  # noqa: S608

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        with self._turn:
            return self._database.execute(query).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """The agent's threads share one connection, and so take turns."""
        with self._turn:
            self._database.execute("BEGIN")
            try:
                yield self._database
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")
