"""The desk played from the command line: what it does to the book, and whom it has told."""

from datetime import timedelta

import pytest

from agent.book import Booking, Person
from agent.books.sample.at_desk import read_portal_bookings
from agent.books.sample.book import DeskEntry, SampleBook
from agent.cli import main
from tests.agent.small_book import at, next_monday, place

PERSON = Person("Maija", "Meikäläinen")


@pytest.fixture
def booked(book: SampleBook) -> str:
    """The portal has booked 9 to 9:30."""
    return book.enter(Booking("b1", place(at(9), at(9, 30)), "t1", "", PERSON))


@pytest.fixture
def own(book: SampleBook) -> str:
    """The desk has entered 10 to 11."""
    return book.enter_at_desk(place(at(10), at(11)), text="", entered_by="DESK")


def desk(book_url: str, action: str, *arguments: str) -> int:
    return main(["desk", action, "--database", book_url, *arguments])


def standing(book: SampleBook, appointment: str) -> DeskEntry:
    entry = book.entry(appointment)
    assert entry is not None
    return entry


def tells(book: SampleBook) -> bool:
    with book.engine.begin() as connection:
        (booking,) = read_portal_bookings(connection, at(0))
        return booking.tells_patient


def test_move_keeps_what_is_not_given(book: SampleBook, book_url: str, booked: str, own: str) -> None:
    assert desk(book_url, "move", booked, "--start", f"{next_monday()}T13:00", "--tell") == 0

    entry = standing(book, booked)
    assert (entry.start_at, entry.end_at, entry.practitioner) == (at(13), at(13, 30), "p1")
    assert tells(book)

    assert desk(book_url, "move", own, "--minutes", "30", "--practitioner", "p2") == 0
    entry = standing(book, own)
    assert (entry.start_at, entry.end_at, entry.practitioner) == (at(10), at(10, 30), "p2")


def test_move_to_where_it_cannot_be_changes_nothing(
    book: SampleBook, book_url: str, booked: str, own: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = standing(book, own)

    assert desk(book_url, "move", own, "--start", f"{next_monday()}T09:15") == 1
    assert "another appointment at that time" in capsys.readouterr().err
    assert desk(book_url, "move", own, "--clinic", "c9") == 1
    assert desk(book_url, "move", own, "--practitioner", "p9") == 1
    assert desk(book_url, "move", "99", "--minutes", "30") == 1
    assert standing(book, own) == before


@pytest.mark.parametrize("tell", [True, False])
def test_cancel_has_the_patient_told_only_when_asked_to(
    book: SampleBook, book_url: str, booked: str, tell: bool
) -> None:
    assert desk(book_url, "cancel", booked, *(["--tell"] if tell else [])) == 0

    assert standing(book, booked).state == "cancelled"
    assert tells(book) is tell


def test_marks_are_made_and_taken_back(book: SampleBook, book_url: str, booked: str) -> None:
    states = []
    for mark in ("arrived", "no-show", "booked"):
        assert desk(book_url, "mark", booked, mark) == 0
        states.append(standing(book, booked).state)

    assert states == ["arrived", "no_show", "booked"]
    book.cancel_at_desk(booked)
    assert desk(book_url, "mark", booked, "arrived") == 1
    assert standing(book, booked).state == "cancelled"


def test_nobody_is_told_of_what_the_portal_did_not_book(
    book: SampleBook, book_url: str, own: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert desk(book_url, "cancel", own, "--tell") == 1

    assert "cannot tell the patient" in capsys.readouterr().err
    assert standing(book, own).state == "booked"


@pytest.mark.parametrize(
    "wrong", [("--start", "soon"), ("--minutes", "0"), ("--minutes", "-5"), ("--minutes", "²")]
)
def test_time_that_is_none_is_called_wrongly(
    book: SampleBook, book_url: str, own: str, wrong: tuple[str, str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        desk(book_url, "move", own, *wrong)

    assert standing(book, own).end_at - standing(book, own).start_at == timedelta(hours=1)


def test_list_from_a_day_that_is_none_is_called_wrongly(book_url: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        desk(book_url, "list", "--from", "monday")
