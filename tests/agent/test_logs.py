"""Nothing of a patient gets into the log, the activity or the bundle for a support person."""

import logging
import stat
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent import logs
from agent.activity import Activity
from agent.book import Booking
from agent.books.sample.book import SampleBook
from agent.cli import main
from agent.identity import Identity
from agent.push_state import PushState
from agent.redaction import STRUCK_OUT, without_personal_data
from agent.runner import Runner
from agent.watched_portal import WatchedPortal
from tests.agent.fake_portal import FakePortal
from tests.agent.test_bookings import PATIENT, created

CANARIES = {
    **PATIENT,
    "first_name": "Kanariella",
    "last_name": "Lintuvainio",
    "national_id": "131052-308T",
    "mobile": "+358 40 123 4567",
    "email": "kanariella@lintuvainio.example",
    "address_1": "Häkkikuja 7",
}
SECRETS = ("hunter2", "appointment-note-canary")


class BookThatQuotes(SampleBook):
    """Fails with words that no log may hold."""

    def enter(self, booking: Booking) -> str:
        if booking.id == "b-3":
            raise KeyError(f"{CANARIES['first_name']} {CANARIES['last_name']}, {SECRETS[1]}")
        return super().enter(booking)


@pytest.fixture
def log_file(home: Path, identity: Identity) -> Iterator[Path]:
    """The agent's log as `run` writes it."""
    handler = logs.file_handler(home)
    handler.setFormatter(logs.CarefulFormatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield home / logs.FOLDER / logs.FILE_NAME
    root.setLevel(level)
    root.removeHandler(handler)
    handler.close()


def test_bundle_holds_what_happened_and_none_of_the_canaries(
    home: Path,
    identity: Identity,
    book: SampleBook,
    book_url: str,
    state: PushState,
    fake_portal: FakePortal,
    log_file: Path,
    tmp_path: Path,
) -> None:
    activity = Activity(home)
    portal = WatchedPortal(identity, activity)
    quoting = BookThatQuotes(book_url)
    runner = Runner(quoting, portal, state, activity=activity)
    for booking, hour in (("b-1", 9), ("b-2", 9), ("b-3", 13)):
        fake_portal.tell("booking.created", **created(booking, hour, patient=CANARIES))
    fake_portal.tell("patient.lookup", lookup="l-1", mobile=CANARIES["mobile"], national_id="131052-308T")
    quoted = f'"{CANARIES["first_name"]}" at {CANARIES["email"]}, {CANARIES["mobile"]} is not known'
    fake_portal.state.problems_for["events/ack"] = [(422, quoted)]

    runner._attempt(runner._push_if_changed)
    runner._attempt(runner._event_step)
    fake_portal.state.results |= {3: {}}
    for _ in range(2):
        runner._attempt(runner._event_step)
    logging.getLogger("sqlalchemy").warning("postgresql://reader:%s@book/", SECRETS[0])
    quoting.close()
    portal.close()

    bundle = tmp_path / "bundle.zip"
    assert main(["logs", "--home", str(home), "--bundle", str(bundle)]) == 0
    assert stat.S_IMODE(bundle.stat().st_mode) == 0o600
    with zipfile.ZipFile(bundle) as packed:
        contents = {name: packed.read(name).decode() for name in packed.namelist()}
    assert set(contents) == {"about.txt", "activity.json", "agent.log"}
    assert "Push 2: " in contents["agent.log"]
    assert "KeyError at " in contents["agent.log"]
    assert "refused taken" in contents["agent.log"]
    everything = "".join([*contents.values(), log_file.read_text(), (home / "activity.json").read_text()])
    assert [
        word for word in (*CANARIES.values(), *SECRETS) if word not in ("fi", "") and word in everything
    ] == []


@pytest.mark.parametrize(
    "text",
    [
        "131052-308T",
        "131052A308T",
        "19900118-9811",
        "9001189811",
        "01129955131",
        "+358 40 123 4567",
        "(040) 123-4567",
        "somebody@example.com",
        "'Kanariella'",
        "“Kanariella Lintuvainio”",
    ],
)
def test_what_looks_personal_is_struck_out(text: str) -> None:
    assert without_personal_data(f"422 invalid-body: {text} is not known") == (
        f"422 invalid-body: {STRUCK_OUT} is not known"
    )


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22 15:55:53,615 Push 41: 5 windows with 80 slots.",
        "The server's clock reads 2026-11-22T15:55:53+02:00.",
        "Agent 7d3f8a52-9d0c-4f6e-8a43-0f3b6c1d2e4f, /windows/0/slots/3/end",
        "Self-check: Python 3.11.7, SQLAlchemy 2.0.44; port 127.0.0.1:8765",
    ],
)
def test_what_a_support_person_needs_stays(text: str) -> None:
    assert without_personal_data(text) == text


def test_moments_stay_in_the_activity(home: Path, identity: Identity) -> None:
    activity = Activity(home)
    activity.pushed(sequence=4, slots=2, weeks=1)

    moment = datetime.fromisoformat(activity.facts.last_push_at)

    assert (datetime.now(UTC) - moment).total_seconds() < 60
    assert activity.entries[0].words == "Push 4: 1 week with 2 free stretches"
