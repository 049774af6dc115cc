"""``agent.toml``: read, written, opened, and refused in one sentence that says what to do."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from agent.book import Booking, BookUnavailable, Person, Reference
from agent.books.engine import writing
from agent.books.sample import tables
from agent.books.sample.book import SampleBook
from agent.configuration import (
    FILE_NAME,
    BookSettings,
    Configuration,
    NotConfigured,
    PortalSettings,
    Secret,
    WatchSettings,
    load_configuration,
    open_books,
    save_configuration,
    written,
)
from agent.toml_files import ConfigurationError
from tests.agent.small_book import at, place

WHOLE = """\
[portal]
url = "https://api.example.com/sync/v1/"
[watch]
every_seconds = 5
[[books]]
name = "north"
kind = "sample"
address_environment = "NORTH_BOOK"
[[books]]
name = "south"
kind = "sample"
address_file = "south.txt"
"""


def in_folder(folder: Path, text: str) -> Path:
    (folder / FILE_NAME).write_text(text, encoding="utf-8")
    return folder


def test_configuration_is_read_with_all_its_books(tmp_path: Path) -> None:
    assert load_configuration(in_folder(tmp_path, WHOLE)) == Configuration(
        home=tmp_path,
        portal=PortalSettings("https://api.example.com/sync/v1/"),
        watch=WatchSettings(5),
        books=(
            BookSettings("north", "sample", Secret(environment="NORTH_BOOK")),
            BookSettings("south", "sample", Secret(file="south.txt")),
        ),
    )


def test_configuration_that_is_not_there_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(NotConfigured, match=r"holds no agent\.toml; write one"):
        load_configuration(tmp_path)


@pytest.mark.parametrize(
    ("line", "instead", "told"),
    [
        ('kind = "sample"', 'kind = "excel"', "line 7: [books 1] kind must be one of"),
        ('kind = "sample"', "kind = 7", "line 7: [books 1] kind must be text in quotes"),
        (
            'name = "south"',
            'name = "north"',
            'line 10: [books 2] name "north" is there twice',
        ),
        ('name = "south"', 'name = "The South"', "line 10: [books 2] name must be 1 to 16 small letters"),
        ('address_file = "south.txt"', "", "line 9: [books 2] address is missing; add it"),
        (
            'address_file = "south.txt"',
            'adress = "x"',
            "line 12: [books 2] adress is not known here",
        ),
        (
            'address_file = "south.txt"',
            'address = "x"\naddress_file = "y"',
            "line 13: [books 2] address_file",
        ),
        (
            "every_seconds = 5",
            "every_seconds = 0",
            "line 4: [watch] every_seconds must be",
        ),
        ("every_seconds = 5", "every_seconds = ", "is not TOML: Invalid value (at line 4"),
        ("[watch]", "[wach]", "wach is not known here; did you mean watch"),
    ],
)
def test_configuration_that_cannot_be_meant_is_refused_with_place_and_cure(
    tmp_path: Path, line: str, instead: str, told: str
) -> None:
    folder = in_folder(tmp_path, WHOLE.replace(line, instead, 1))

    with pytest.raises(ConfigurationError) as refusal:
        load_configuration(folder)

    assert told in str(refusal.value)
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize(
    ("address", "more", "told"),
    [
        ("mssql+pyodbc://host/book", "", "needs the driver pyodbc; install it"),
        ("sqlite://", 'notify = "changes"', "which only a PostgreSQL knows; leave it out"),
        ("sqlite://", 'user = "me"', "user is not known here"),
        ("sqlite://", 'queries = "nowhere.toml"', "nowhere.toml is missing; write it"),
    ],
)
def test_book_that_cannot_be_opened_says_what_to_do(
    tmp_path: Path, address: str, more: str, told: str
) -> None:
    queries = Path(__file__).parents[2] / "agent" / "examples" / "other-pms.toml"
    more = more if "queries" in more else f"{more}\nqueries = {json.dumps(str(queries))}"
    folder = in_folder(tmp_path, f'[[books]]\nkind = "sql"\naddress = "{address}"\n{more}\n')

    with pytest.raises(ConfigurationError) as refusal:
        open_books(load_configuration(folder))

    assert told in str(refusal.value)


def test_configuration_without_books_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"books is missing; add \[\[books\]\]"):
        load_configuration(in_folder(tmp_path, ""))


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


@given(texts, texts, st.floats(0.1, 3600).map(lambda number: round(number, 1)))
@settings(max_examples=50)
def test_configuration_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, url: str, address: str, every_seconds: float
) -> None:
    home = tmp_path_factory.mktemp("home")
    books = (BookSettings(address=Secret(address)), BookSettings("b-2", address=Secret(file=address)))
    configuration = Configuration(home, PortalSettings(url), books, WatchSettings(every_seconds))

    save_configuration(configuration)

    assert load_configuration(home) == configuration
    assert (home / FILE_NAME).stat().st_mode & 0o077 == 0


def test_secret_shows_itself_nowhere(tmp_path: Path) -> None:
    settings = BookSettings(address=Secret("postgresql://user:hush@host/book"))

    assert "hush" not in repr(Configuration(tmp_path, PortalSettings(""), (settings,)))
    assert "hush" in written(Configuration(tmp_path, PortalSettings(""), (settings,)))


def test_secret_is_read_from_a_file_or_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "address.txt").write_text("from a file\n")
    monkeypatch.setenv("BOOK_ADDRESS", "from the environment")

    assert Secret(file="address.txt").read(tmp_path) == "from a file"
    assert Secret(environment="BOOK_ADDRESS").read(tmp_path) == "from the environment"
    for missing in (Secret(file="nowhere.txt"), Secret(environment="NO_SUCH_ADDRESS")):
        with pytest.raises(ConfigurationError, match=r"; (write|set) it"):
            missing.read(tmp_path)


@pytest.fixture
def two_books(tmp_path: Path, book: SampleBook, other_book: SampleBook) -> Configuration:
    addresses = [Secret(one.engine.url.render_as_string(hide_password=False)) for one in (book, other_book)]
    books = tuple(BookSettings(name, address=one) for name, one in zip(("a", "b"), addresses, strict=True))
    return Configuration(tmp_path, PortalSettings(""), books)


def test_two_books_are_one_whose_ids_are_all_different(two_books: Configuration, book: SampleBook) -> None:
    both = open_books(two_books)
    both.check()
    catalogue, alone = both.catalogue(), book.catalogue()

    assert [one.id for one in catalogue.clinics] == ["a.c1", "a.c2", "b.c1", "b.c2"]
    assert [one.id for one in catalogue.treatments] == ["a.t1", "a.t2", "b.t1", "b.t2"]
    assert [one.practitioners for one in alone.treatments] == [None, None]
    assert [one.practitioners for one in catalogue.treatments][1:3] == [["a.p1", "a.p2"], ["b.p1", "b.p2"]]
    diaries = both.diaries(place(at(0), at(23)).during)
    assert [one.practitioner for one in diaries] == ["a.p1", "a.p2", "b.p1", "b.p2"]
    both.close()


def test_booking_goes_into_its_own_book_only(
    two_books: Configuration, book: SampleBook, other_book: SampleBook
) -> None:
    both = open_books(two_books)
    person = Person("Elsa", "Äyräpää", mobile="+358401234567")
    there = place(at(9), at(9, 30), practitioner="b.p1", clinic="b.c1")

    appointment = both.enter(Booking("b-1", there, "b.t1", "", person))
    assert both.enter(Booking("b-1", there, "b.t1", "", person)) == appointment

    day = place(at(0), at(23)).during
    assert book.entries(day) == []
    assert [f"b.{one.id}" for one in other_book.entries(day)] == [appointment]
    later = place(at(10), at(10, 30), practitioner="b.p2", clinic="b.c1")
    assert both.move(Reference(appointment, "b-1"), later, there, journal=False) == appointment
    assert both.cancel(Reference(None, "b-1"), journal=False) == appointment
    assert both.cancel(Reference(None, "b-2"), journal=False) is None
    both.close()


def test_id_that_grows_too_long_with_its_books_name_is_told_of(
    two_books: Configuration, book: SampleBook
) -> None:
    with writing(book.engine) as connection:
        row = {"id": "x" * 63, "name": "Long"}
        connection.execute(insert(tables.categories), [row])

    with closing(open_books(two_books)) as both, pytest.raises(BookUnavailable, match="shorten the name"):
        both.catalogue()
