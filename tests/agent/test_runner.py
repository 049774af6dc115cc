"""The agent as a process of its own: at work, killed, stopped, replaced."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agent.books.sample.book import SampleBook
from agent.cli import main
from agent.identity import Identity
from tests.agent.fake_portal import FakePortal
from tests.agent.small_book import at, next_monday, place, written
from tests.agent.test_bookings import created, rows

ROOT = Path(__file__).parents[2]
Start = Callable[[], "subprocess.Popen[str]"]


@pytest.fixture
def start(identity: Identity, home: Path) -> Iterator[Start]:
    """Starts agents, and makes sure that none outlives the test."""
    running: list[subprocess.Popen[str]] = []

    def start_agent() -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "agent", "run", "--home", str(home)]
        process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        running.append(process)
        return process

    yield start_agent
    for process in running:
        if process.poll() is None:
            process.kill()
            process.communicate()


def test_agent_pushes_books_and_shows_the_time_as_taken(
    start: Start, book: SampleBook, fake_portal: FakePortal
) -> None:
    agent = start()
    fake_portal.wait_until(lambda: (written(8), written(12)) in fake_portal.slots_of("p1"))

    fake_portal.tell("booking.created", **created("b-1", 8))
    fake_portal.wait_until(lambda: (written(8, 30), written(12)) in fake_portal.slots_of("p1"))
    book.enter_at_desk(place(at(12, 30), at(16)), text="", entered_by="DESK")
    fake_portal.wait_until(lambda: fake_portal.slots_of("p1") == [(written(8, 30), written(12))])

    agent.send_signal(signal.SIGTERM)
    _, told = agent.communicate(timeout=60)
    assert agent.returncode == 0
    assert fake_portal.state.results[1]["outcome"] == "accepted"
    assert not [word for word in ("Elsa", "131052", "+358", "Traceback") if word in told]


def test_killed_agent_takes_up_where_it_was(start: Start, book: SampleBook, fake_portal: FakePortal) -> None:
    fake_portal.state.problems_for["events/ack"] = [(503, "")]
    fake_portal.tell("booking.created", **created("b-1", 9))
    first = start()
    fake_portal.wait_until(lambda: not fake_portal.state.problems_for["events/ack"])
    first.kill()
    first.communicate()

    start()
    fake_portal.wait_until(lambda: fake_portal.state.results)

    assert [row["portal_booking"] for row in rows(book)] == ["b-1"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_agent_stops_at_once_in_the_middle_of_a_long_poll(
    start: Start, fake_portal: FakePortal, book: SampleBook, number: signal.Signals
) -> None:
    agent = start()
    fake_portal.wait_until(lambda: fake_portal.state.polls and fake_portal.state.windows)

    agent.send_signal(number)

    _, told = agent.communicate(timeout=20)
    assert agent.returncode == 0
    assert "Traceback" not in told


def test_replaced_agent_stops_with_one_sentence(
    start: Start, fake_portal: FakePortal, book: SampleBook
) -> None:
    fake_portal.state.superseded |= set(fake_portal.state.agents)

    agent = start()

    _, told = agent.communicate(timeout=60)
    assert agent.returncode == 3
    assert told.count("Another agent has been activated") == 1
    assert "Traceback" not in told


def test_second_agent_in_one_home_is_refused(start: Start, fake_portal: FakePortal, book: SampleBook) -> None:
    start()
    fake_portal.wait_until(lambda: fake_portal.state.polls)

    second = start()

    _, told = second.communicate(timeout=60)
    assert second.returncode == 1
    assert "Another agent is running" in told


def test_desk_commands_book_list_and_cancel(
    book: SampleBook, identity: Identity, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start_text = f"{next_monday()}T09:00"
    booked = ["desk", "book", "--home", str(home), "--practitioner", "p1", "--minutes", "30"]
    assert main([*booked, "--start", start_text]) == 0
    appointment = capsys.readouterr().out.strip()
    assert main([*booked, "--start", start_text]) == 1
    with pytest.raises(SystemExit, match="2"):
        main([*booked, "--start", "soon"])

    assert main(["desk", "list", "--home", str(home)]) == 0
    assert f"{next_monday()} 09:00  30 min  p1 c1" in capsys.readouterr().out
    assert main(["desk", "cancel", "--home", str(home), appointment]) == 0
    assert main(["desk", "cancel", "--home", str(home), appointment]) == 1
    assert [row["state"] for row in rows(book)] == ["cancelled"]


def test_status_shows_account_connection_and_portal(
    identity: Identity, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status", "--home", str(home)]) == 0

    shown = capsys.readouterr().out
    assert [line.split()[:2] for line in shown.splitlines()[:3]] == [
        ["account", "ok"],
        ["connection", "ok"],
        ["portal", "ok"],
    ]
