"""Both sides and the line between them, and whether they agree."""

import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from threading import Thread
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import override_settings

from agent.events import EventReader
from agent.identity import Identity
from agent.portal import Portal, activate
from agent.push_state import FILE_NAME, PushState
from clinics.accounts import issue_account_key
from clinics.scope import organisation_scope
from sync_api import api as described_at_its_own_address  # noqa: F401 - before the address is another one
from sync_api import limits
from sync_api.mismatches import enter_again
from tests.agent.histories.agreement import (
    about_bookings,
    about_doubles,
    about_loss,
    about_time,
    about_waiting,
)
from tests.agent.histories.clinic import Agent, Book, Desk, empty_book, named
from tests.agent.histories.line import Killed, Line
from tests.agent.histories.patients import EMPTY, Patients, execute, restore_portal, save_portal
from tests.agent.small_book import ZONE
from tests.factories import make_organisation

MOST_ROUNDS = 12


class Requests(WSGIRequestHandler):
    disable_nagle_algorithm = True  # head and body are written one after the other

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server(ThreadedWSGIServer):
    daemon_threads = True

    def close_request(self, request: Any) -> None:
        super().close_request(request)
        connections.close_all()


@contextmanager
def served() -> Iterator[int]:
    """The portal's API on a free port of this machine."""
    application = get_wsgi_application()
    server = Server(("127.0.0.1", 0), Requests)
    server.set_app(application)
    thread = Thread(target=server.serve_forever, args=[0.02])
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def working_day() -> datetime:
    """Eight o'clock on the Monday of the week after next."""
    today = datetime.now(ZONE).date()
    monday = today + timedelta(days=14 - today.weekday())
    return datetime.combine(monday, time(8), ZONE).astimezone(UTC)


@dataclass
class World:
    """One organisation, in whose history anything may happen; ``begin`` starts another history."""

    folder: Path
    line: Line
    api_url: str
    reader_class: type[EventReader] = EventReader
    happened: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.organisation = make_organisation("demoklinikka", skip_confirmation=True)
        self.key = issue_account_key(organisation=self.organisation)
        self.day = working_day()
        self.template = self.folder / "template.db"
        empty_book(self.template, self.day)
        self.book = Book(self.folder / "book.db")
        self.identity = self.activated()
        self.portal = self.connected(self.identity)
        self.agents: list[Agent] = []
        self.settled = self.folder / "settled.db"
        PushState(self.folder, agent="").close()
        shutil.move(self.folder / FILE_NAME, self.settled)
        self.taken: list[object] = [0, ""]
        self.begin()
        self.agent.work()  # sends the catalogue and an empty book: so each history begins
        self.agents.pop().end()
        shutil.copyfile(self.home / FILE_NAME, self.settled)
        self.taken = list(execute("SELECT last_sequence, last_push_digest FROM sync_api_agent")[0])
        self.begin()

    def activated(self) -> Identity:
        with over(self.line):
            return activate(api_url=self.api_url, account_key=self.key, machine="clinic")

    def begin(self) -> None:
        """Nothing in the book but its people, nothing on the portal but the catalogue."""
        for agent in self.agents:
            agent.end()
        self.line.mend()
        self.line.meanwhile = None
        self.book.restore(self.template)
        execute(EMPTY, self.taken)
        self.patients = Patients(self.organisation, self.day)
        self.desk = Desk(self.book, self.day)
        self.has_older_book = self.has_older_portal = self.was_set_back = False
        limits._allowances.left.clear()
        self.home = self.folder / uuid4().hex
        self.home.mkdir()
        shutil.copyfile(self.settled, self.home / FILE_NAME)
        with closing(sqlite3.connect(self.home / FILE_NAME)) as state, state:
            state.execute("UPDATE push SET agent = ?", [named(self.identity)])
        self.agents = [self.agent_in(self.home, self.portal)]

    def agent_in(self, home: Path, connected: Portal) -> Agent:
        return Agent(self.identity, home, self.book, self.line, connected, self.reader_class)

    def connected(self, identity: Identity) -> Portal:
        """An agent's way to the portal, with no token yet."""
        with over(self.line):
            return Portal(identity)

    @property
    def agent(self) -> Agent:
        """The one that was activated last."""
        return self.agents[-1]

    # What can go wrong

    def let_work(self, step: Callable[[Agent], object], number: int = -1) -> None:
        """One of the agents works; if it is killed in the midst, it starts again from what is on its disk."""
        agent = self.agents[number]
        try:
            step(agent)
        except Killed:
            self.restart(number)

    def restart(self, number: int = -1) -> None:
        agent = self.agents[number]
        agent.end()
        self.agents[number] = replace(
            agent, portal=self.connected(agent.identity), has_met=False, pushed_version=""
        )

    def activate_another(self) -> None:
        """On another machine, with the same book; the one before runs on until it hears of it."""
        faults, self.line.faults = self.line.faults, []
        self.identity = self.activated()
        self.portal = self.connected(self.identity)
        self.line.faults = faults
        self.has_older_portal = False  # it would not know this agent
        self.agents.append(self.agent_in(self.folder / uuid4().hex, self.portal))

    def save_book(self) -> None:
        self.book.save_copy(self.folder / "older.db")
        self.has_older_book = True

    def restore_book(self) -> None:
        """The agent has looked at the book since the last change: bringing a copy back takes longer."""
        self.let_work(Agent.work)
        self.book.restore(self.folder / "older.db")

    def save_portal(self) -> None:
        save_portal()
        self.has_older_portal = True

    def restore_portal(self) -> None:
        """Nobody is answered meanwhile, so every agent has to meet the portal anew."""
        restore_portal()
        self.was_set_back = True
        for agent in self.agents:
            agent.has_met = False

    # In the end

    def settle(self) -> int:
        """Nothing goes wrong any more, and the agents work until there is nothing to do; how many rounds.

        Then somebody looks at the status page, and has what the book has lost entered again.
        """
        rounds = self.come_to_rest()
        with organisation_scope(self.organisation.pk):
            if enter_again(organisation=self.organisation):
                rounds = max(rounds, self.come_to_rest())
        return rounds

    def come_to_rest(self) -> int:
        self.line.faults.clear()
        self.line.deliver_late()
        self.book.cut_power_at_commit = False
        for number in range(len(self.agents)):
            self.let_work(Agent.work, number)
        assert all(agent.is_replaced for agent in self.agents[:-1])
        rounds = 1
        while (self.agent.work() or not self.agent.has_met) and rounds < MOST_ROUNDS:
            rounds += 1
        return rounds

    def disagreements(self) -> list[str]:
        """What is not the same on both sides, is there twice, or is gone; in words."""
        lost = about_loss(self.patients) if not self.was_set_back else []
        return [
            *about_bookings(self.patients, self.desk),
            *about_time(self.patients, self.desk),
            *about_waiting(self.patients),
            *lost,  # what an older copy of the portal lacks is in the book and shown, or was never written
            *about_doubles(self.desk),
        ]


@contextmanager
def over(line: Line) -> Iterator[None]:
    """While inside, whoever opens a way to the portal goes by this line."""
    with patch("httpx._client.HTTPTransport", return_value=line):
        yield


@contextmanager
def open_world(folder: Path, reader_class: type[EventReader] = EventReader) -> Iterator[World]:
    """A world whose portal speaks HTTP; the database may be anything that Django is connected to."""
    host = urlsplit(settings.API_URL).netloc
    with served() as port:
        address = f"http://127.0.0.1:{port}/sync/v1/"
        line = Line(port, host)
        with override_settings(API_URL=address):
            world = World(folder, line, address, reader_class)
            try:
                yield world
            finally:
                for agent in world.agents:
                    with suppress(Exception):
                        agent.end()
                world.book.close()
                line.hang_up()
