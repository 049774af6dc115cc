"""A line that is cut: a TCP proxy between real processes, the agent's and the portal's."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from threading import Thread
from typing import Any

import psutil

from agent.books.sample.book import SampleBook
from clinics.accounts import issue_account_key
from scheduling.models import Booking
from tests.agent.histories.clinic import Desk, empty_book
from tests.agent.histories.patients import Patients
from tests.agent.histories.world import working_day
from tests.factories import make_organisation
from tests.sync_api.live import ROOT, database_url, free_port, wait_until_healthy

PATIENCE = 60.0
PIECE = 65_536
TIMES = 16


class Mischief(StrEnum):
    """What the line does from now on."""

    NOTHING = "nothing"
    DELAY = "every piece is late"
    DROP = "connections break off, and no new ones come about"
    HALF_CLOSE = "what is asked arrives, and no answer comes back"


class CutLine:
    """Listens on a port of this machine and passes on to another, as the mischief lets it."""

    def __init__(self, to_port: int) -> None:
        self.to_port = to_port
        self.mischief = Mischief.NOTHING
        self.open: list[socket.socket] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.threads = [Thread(target=self.listen, daemon=True)]
        self.threads[0].start()

    def listen(self) -> None:
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self.to_port))
            except OSError:
                near.close()
                continue
            self.open += [near, far]
            for source, sink, is_answer in ((near, far, False), (far, near, True)):
                self.threads.append(Thread(target=self.carry, args=[source, sink, is_answer], daemon=True))
                self.threads[-1].start()

    def carry(self, source: socket.socket, sink: socket.socket, is_answer: bool) -> None:
        with suppress(OSError):
            while piece := source.recv(PIECE):
                if self.mischief is Mischief.DELAY:
                    time.sleep(0.2)
                if self.mischief is Mischief.DROP:
                    break
                if self.mischief is Mischief.HALF_CLOSE and is_answer:
                    break
                sink.sendall(piece)
        for one in (sink, source) if self.mischief is Mischief.DROP else (sink,):
            with suppress(OSError):
                one.shutdown(socket.SHUT_WR)

    def do(self, mischief: Mischief) -> None:
        self.mischief = mischief
        if mischief is Mischief.DROP:
            self.break_off()

    def break_off(self) -> None:
        for one in self.open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.break_off()
        for thread in self.threads:
            thread.join()
        for one in self.open:
            one.close()


@dataclass
class Processes:
    """The API and the agent, each a process that can be killed and started again."""

    home: Path
    line: CutLine
    api_port: int
    running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.line.port}/sync/v1/"

    def start(self, name: str) -> None:
        granian = ["-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--log-level", "critical"]
        commands = {
            "api": [*granian, "--port", str(self.api_port), "booking_portal.asgi:application"],
            "agent": ["-m", "agent", "run", "--home", str(self.home)],
        }
        environment = os.environ | {"DATABASE_URL": database_url(), "API_URL": self.api_url}
        self.running[name] = subprocess.Popen(
            [sys.executable, *commands[name]], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL
        )
        if name == "api":
            wait_until_healthy(self.running[name], f"http://127.0.0.1:{self.line.port}/health/")

    def activate(self, account_key: str, database: str) -> None:
        options = ["--home", str(self.home), "--api-url", self.api_url, "--database", database]
        subprocess.run(
            [sys.executable, "-m", "agent", "activate", *options, "--account-key", "-"],
            cwd=ROOT,
            input=account_key.encode(),
            stdout=subprocess.DEVNULL,
            check=True,
        )

    def kill(self, name: str) -> None:
        """And its children: granian's worker answers nobody without it."""
        process = self.running[name]
        for one in [*psutil.Process(process.pid).children(recursive=True), process]:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        process.wait()

    def stop(self) -> None:
        for name in self.running:
            with suppress(Exception):
                self.kill(name)


@dataclass
class Scene:
    """A clinic and its portal, with a line between them that can be cut."""

    processes: Processes
    line: CutLine
    desk: Desk
    patients: Patients

    def book(self, number: int) -> Booking:
        """One of sixteen times, from which the patient before has been sent away."""
        if number >= TIMES:
            self.patients.cancel(number - TIMES)
        before = len(self.patients.made)
        self.patients.hold(f"p{1 + number % 2}", self.desk.at(number // 2 % 8))
        self.patients.confirm(-1)
        assert len(self.patients.made) == before + 1
        return self.patients.made[-1]

    def is_in_step(self) -> bool:
        """Every booking has its one appointment, and the portal knows it."""
        stand = {row["portal_booking"]: str(row["id"]) for row in self.desk.standing()}
        bookings = {
            str(booking.public_id): booking.appointment_id
            for booking in self.patients.bookings()
            if booking.state == Booking.State.BOOKED
        }
        return stand == bookings and len(self.desk.standing()) == len(stand)


@contextmanager
def scene(folder: Path) -> Iterator[Scene]:
    """Everything at work, and all of the morning published."""
    organisation = make_organisation("demoklinikka", skip_confirmation=True)
    path = folder / "book.db"
    empty_book(path, working_day())
    book = SampleBook(f"sqlite:///{path}")
    api_port = free_port()
    line = CutLine(api_port)
    processes = Processes(folder / "home", line, api_port)
    desk: Any = Desk(book, working_day())  # type: ignore[arg-type]
    try:
        processes.start("api")
        processes.activate(issue_account_key(organisation=organisation), f"sqlite:///{path}")
        for who in ("p1", "p2"):
            desk.publish(who, 0, 8)
        processes.start("agent")
        found = Scene(processes, line, desk, Patients(organisation, working_day()))
        eventually(lambda: all(found.patients.published().values()))
        yield found
    finally:
        processes.stop()
        line.close()
        book.close()


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it never came to that state"
        time.sleep(0.05)
