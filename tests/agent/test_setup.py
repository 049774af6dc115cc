"""`agent setup`: by options and by questions, again and again, and each fault in one sentence."""

from collections.abc import Callable
from pathlib import Path

import pytest

from agent.books.sample.book import SampleBook
from agent.cli import main
from agent.configuration import load_configuration
from agent.identity import load_identity
from agent.questions import NotSaid, Questions
from agent.setting_up import Wishes, set_up
from tests.agent.fake_portal import ACCOUNT_KEY, FakePortal

Answers = Callable[..., Questions]


@pytest.fixture
def answers() -> Answers:
    """A person who gives these answers in turn, and is asked for no more."""

    def person(*given: str) -> Questions:
        left = list(given)

        def answer(_: str) -> str:
            return left.pop(0)

        return Questions(is_person_there=True, read=answer, read_secret=answer)

    return person


def setup(home: Path, *options: str) -> int:
    return main(["setup", "--home", str(home), *options])


def test_setup_by_options_ends_with_three_lights(
    home: Path, book: SampleBook, book_url: str, fake_portal: FakePortal, capsys: pytest.CaptureFixture[str]
) -> None:
    portal = ("--api-url", fake_portal.url, "--account-key", ACCOUNT_KEY)

    assert setup(home, *portal, "--database", book_url, "--page", "8777") == 0

    told = [line[:15].rstrip() for line in capsys.readouterr().out.splitlines() if line[13:16] == "ok "]
    names = ("address", "database", "catalogue", "free time", "clock", "account", "connection", "portal")
    assert told == [f"{name:<12} ok" for name in names]
    configuration = load_configuration(home)
    assert configuration.books[0].address.value == book_url
    assert (configuration.portal.url, configuration.page.port) == (fake_portal.url, 8777)
    assert load_identity(home).generation == 1


def test_setup_by_questions_asks_again_for_what_was_wrong(
    home: Path, book: SampleBook, book_url: str, fake_portal: FakePortal, answers: Answers
) -> None:
    person = answers(
        *("nonsense", "sample", "no address", "0", "", book_url),
        *("http://127.0.0.1:9/sync/v1/", "a key", fake_portal.url, "wrong key", "", ACCOUNT_KEY),
    )

    lights = set_up(Wishes(home), person)

    assert [light.is_green for light in lights] == [True, True, True]


def test_setup_again_keeps_what_is_not_asked_for(
    home: Path, book: SampleBook, book_url: str, fake_portal: FakePortal, capsys: pytest.CaptureFixture[str]
) -> None:
    portal = ("--api-url", fake_portal.url, "--account-key", ACCOUNT_KEY)
    setup(home, *portal, "--database", book_url, "--page", "8777")

    assert setup(home, "--page", "0") == 0
    assert load_configuration(home).page.port == 0
    assert load_identity(home).generation == 1
    capsys.readouterr()
    assert setup(home, *portal) == 1
    assert "--again" in capsys.readouterr().err
    assert setup(home, *portal, "--again") == 0
    assert load_identity(home).generation == 2


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("no address", "write it like"),
        ("nosuch://host/name", "This kind of database is not known"),
        ("sqlite:////nowhere/book.db", "The database does not answer"),
        ("sqlite://", "run `demo-book` first"),
    ],
)
def test_book_that_cannot_be_used_is_told_in_one_sentence(
    home: Path, capsys: pytest.CaptureFixture[str], address: str, said: str
) -> None:
    assert setup(home, "--database", address) == 1

    (told,) = capsys.readouterr().err.splitlines()
    assert said in told
    assert not (home / "agent.toml").exists()


def test_setup_of_another_kind_asks_for_its_file(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert setup(home, "--kind", "sql", "--database", "sqlite://") == 1
    assert capsys.readouterr().err.splitlines() == [
        "--queries is needed; give it, or run this on a terminal to be asked."
    ]

    assert setup(home, "--kind", "ics", "--database", "calendars", "--clinic", "clinic.toml") == 1
    assert "clinic.toml is missing" in capsys.readouterr().err


def test_setup_without_anybody_to_ask_names_the_option(home: Path) -> None:
    with pytest.raises(NotSaid, match="--database is needed"):
        set_up(Wishes(home), Questions(is_person_there=False))


def test_portal_that_does_not_answer_is_told_in_one_sentence(
    home: Path, book: SampleBook, book_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = "http://127.0.0.1:9/sync/v1/"

    assert setup(home, "--database", book_url, "--api-url", nowhere, "--account-key", "key") == 1

    (told,) = capsys.readouterr().err.splitlines()
    assert told.startswith("The portal cannot be reached (ConnectError). Mend the address")
