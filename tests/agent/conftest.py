"""Two small appointment books, and a fake portal with an activated agent."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent import portal
from agent.books.sample.book import SampleBook
from agent.configuration import BookSettings, Configuration, PortalSettings, Secret, save_configuration
from agent.identity import Identity, prepare_home, save_identity
from agent.push_state import PushState
from tests.agent.fake_portal import ACCOUNT_KEY, FakePortal
from tests.agent.small_book import fill_small_book


@pytest.fixture(autouse=True)
def machine_speaks_english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the machine is set to that the tests run on."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.fixture
def book_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'book.db'}"


@pytest.fixture
def book(book_url: str) -> Iterator[SampleBook]:
    """Monday of next week, 8 to 16 with lunch at 12, all of it published; nothing booked."""
    book = SampleBook(book_url)
    fill_small_book(book)
    yield book
    book.close()


@pytest.fixture
def other_book(tmp_path: Path) -> Iterator[SampleBook]:
    book = SampleBook(f"sqlite:///{tmp_path / 'other_book.db'}")
    fill_small_book(book)
    yield book
    book.close()


@pytest.fixture
def fake_portal() -> Iterator[FakePortal]:
    with FakePortal() as running:
        yield running


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def identity(home: Path, fake_portal: FakePortal, book_url: str) -> Identity:
    prepare_home(home, again=False)
    identity = portal.activate(api_url=fake_portal.url, account_key=ACCOUNT_KEY, machine="test")
    save_identity(home, identity)
    book_settings = BookSettings(address=Secret(book_url))
    save_configuration(Configuration(home, PortalSettings(fake_portal.url), (book_settings,)))
    return identity


@pytest.fixture
def connection(identity: Identity) -> Iterator[portal.Portal]:
    connection = portal.Portal(identity)
    yield connection
    connection.close()


@pytest.fixture
def state(home: Path, identity: Identity) -> Iterator[PushState]:
    state = PushState(home, agent=f"{identity.agent_id} {identity.generation}")
    yield state
    state.close()
