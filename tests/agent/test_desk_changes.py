"""What the desk does in the book to the portal's bookings reaches the portal, once each."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock

import pytest
from sqlalchemy import delete

from agent.book import Booking, Person
from agent.books.composite import CompositeBook
from agent.books.engine import writing
from agent.books.sample import tables
from agent.books.sample.at_desk import have_patient_told, mark_at_desk
from agent.books.sample.book import SampleBook
from agent.desk_changes import AT_ONCE, DeskChanges
from agent.identity import Identity
from agent.portal import Portal
from agent.problems import NotOffered, TryLater
from agent.push_state import DOUBTED, PushState
from tests.agent.fake_portal import FakePortal
from tests.agent.small_book import at, place


@pytest.fixture
def changes(book: SampleBook, connection: Portal, state: PushState) -> DeskChanges:
    return DeskChanges(book, connection, state, writing=Lock())


def entered(book: SampleBook, name: str = "b1", hour: int = 9, minute: int = 0) -> str:
    """The id of the appointment of a portal booking."""
    start = at(hour, minute)
    person = Person("Maija", "Meikäläinen")
    return book.enter(Booking(name, place(start, start + timedelta(minutes=30)), "t1", "", person))


def tell(changes: DeskChanges) -> int:
    return changes.tell(datetime.now(UTC))


def told(fake_portal: FakePortal) -> list[tuple[str, str, bool]]:
    return [
        (booking, body["state"], body["notify_patient"]) for booking, body in fake_portal.state.told_bookings
    ]


def test_booking_as_the_portal_made_it_is_told_once(
    book: SampleBook, changes: DeskChanges, fake_portal: FakePortal
) -> None:
    entered(book)

    assert [tell(changes), tell(changes)] == [1, 0]
    assert told(fake_portal) == [("b1", "booked", False)]


def test_cancellation_is_told_once_and_the_patient_if_asked(
    book: SampleBook, changes: DeskChanges, fake_portal: FakePortal
) -> None:
    quiet, loud = entered(book), entered(book, "b2", 10)
    tell(changes)
    have_patient_told(book, loud)

    book.cancel_at_desk(quiet)
    book.cancel_at_desk(loud)

    assert [tell(changes), tell(changes)] == [2, 0]
    assert told(fake_portal)[2:] == [("b1", "cancelled", False), ("b2", "cancelled", True)]


def test_move_and_marks_are_told_with_their_place(
    book: SampleBook, changes: DeskChanges, fake_portal: FakePortal
) -> None:
    appointment = entered(book)
    tell(changes)

    book.move_at_desk(appointment, place(at(11), at(11, 30), practitioner="p2"))
    tell(changes)
    for state in ("arrived", "no_show"):
        mark_at_desk(book, appointment, state)
        tell(changes)

    assert [state for _, state, _ in told(fake_portal)] == ["booked", "moved", "arrived", "no_show"]
    stands = fake_portal.state.bookings["b1"]
    assert (stands["practitioner"], datetime.fromisoformat(stands["start"])) == ("p2", at(11))


def test_what_the_desk_made_itself_is_not_told(
    book: SampleBook, changes: DeskChanges, fake_portal: FakePortal
) -> None:
    book.enter_at_desk(place(at(9), at(10)), text="Own", entered_by="DESK")

    assert (tell(changes), told(fake_portal)) == (0, [])


def test_lost_answer_is_told_again_after_a_crash(
    book: SampleBook,
    changes: DeskChanges,
    fake_portal: FakePortal,
    connection: Portal,
    state: PushState,
) -> None:
    appointment = entered(book)
    tell(changes)
    book.cancel_at_desk(appointment)
    fake_portal.state.lose_answers_to.append("bookings/b1")

    with pytest.raises(TryLater):
        tell(changes)
    again = DeskChanges(book, connection, state, writing=Lock())

    assert [tell(again), tell(again)] == [1, 0]
    assert told(fake_portal)[1:] == [("b1", "cancelled", False)] * 2


def test_portal_that_says_otherwise_is_told_until_both_agree(
    book: SampleBook, changes: DeskChanges, fake_portal: FakePortal
) -> None:
    """A cancellation on the portal waits for the book's answer while the desk moves the appointment."""
    appointment = entered(book)
    tell(changes)
    fake_portal.state.bookings["b1"]["state"] = "cancelled"
    original = fake_portal.state.bookings["b1"]
    book.move_at_desk(appointment, place(at(11), at(11, 30)))
    fake_portal.state.bookings["b1"] = Stubborn(original)

    assert [tell(changes), tell(changes)] == [1, 1]
    fake_portal.state.bookings["b1"] = dict(original)
    assert [tell(changes), tell(changes)] == [1, 0]


class Stubborn(dict[str, object]):
    """Stays as it is."""

    def __ior__(self, other: object) -> "Stubborn":  # type: ignore[override,misc]
        return self


def test_booking_that_the_portal_does_not_know_is_told_once(
    book: SampleBook, changes: DeskChanges, fake_portal: FakePortal
) -> None:
    entered(book)
    fake_portal.state.problems_for["bookings/b1"] = [(422, "unknown-id")]

    assert [tell(changes), tell(changes)] == [1, 0]


def test_portal_of_another_day_is_told_of_all(
    book: SampleBook, changes: DeskChanges, fake_portal: FakePortal, state: PushState
) -> None:
    entered(book)
    tell(changes)

    state.adopt(0)

    assert [tell(changes), tell(changes)] == [1, 0]


def test_many_are_told_some_at_a_time(
    book: SampleBook, changes: DeskChanges, fake_portal: FakePortal
) -> None:
    count = AT_ONCE + 1
    for number in range(count):
        start = at(8) + timedelta(days=7 * number)
        person = Person("Maija", "Meikäläinen")
        book.enter(Booking(f"b{number}", place(start, start + timedelta(minutes=30)), "t1", "", person))

    assert [tell(changes), tell(changes)] == [count, 0]


def test_books_of_one_agent_name_their_places(
    book: SampleBook, connection: Portal, state: PushState, fake_portal: FakePortal
) -> None:
    entered(book)

    tell(DeskChanges(CompositeBook({"north": book}), connection, state, writing=Lock()))

    assert fake_portal.state.bookings["b1"]["practitioner"] == "north.p1"


def event(kind: str, booking: str, **data: object) -> dict[str, object]:
    return {"id": 1, "type": kind, "data": {"booking": booking, **data}}


def where(hour: int) -> dict[str, str]:
    return {
        "start": at(hour).isoformat(),
        "end": at(hour, 30).isoformat(),
        "practitioner": "p1",
        "clinic": "c1",
    }


def test_what_the_portal_did_itself_is_not_told_to_it(
    book: SampleBook, changes: DeskChanges, fake_portal: FakePortal
) -> None:
    accepted = {"outcome": "accepted"}
    appointment = entered(book)
    changes.follow([(event("booking.created", "b1", **where(9)), accepted)])
    assert tell(changes) == 0

    book.move_at_desk(appointment, place(at(11), at(11, 30)))
    changes.follow([(event("booking.moved", "b1", old=where(9), new=where(11)), accepted)])
    assert tell(changes) == 0

    book.move_at_desk(appointment, place(at(9), at(9, 30)))
    tell(changes)
    assert told(fake_portal) == [("b1", "moved", False)]


def test_refused_change_is_told_even_after_an_accepted_one(
    book: SampleBook, changes: DeskChanges, fake_portal: FakePortal
) -> None:
    entered(book)
    created = event("booking.created", "b1", **where(9))
    moved = event("booking.moved", "b1", old=where(9), new=where(11))

    assert not changes.follow([(created, {"outcome": "accepted"})])
    assert changes.follow([(moved, {"outcome": "refused"}), (created, {"outcome": "accepted"})])

    tell(changes)
    assert told(fake_portal) == [("b1", "moved", False)]


def test_what_no_book_can_tell_of_is_not_missing(
    book: SampleBook, connection: Portal, state: PushState, fake_portal: FakePortal
) -> None:
    hours = {
        "start": at(9).isoformat(),
        "end": at(9, 30).isoformat(),
        "clinic": "north.c1",
        "state": "booked",
    }
    fake_portal.state.standing = [
        {"booking": name, "practitioner": f"{name}.p1", **hours} for name in ("north", "south")
    ]
    changes = DeskChanges(CompositeBook({"north": book}), connection, state, writing=Lock())

    changes.meet(datetime.now(UTC))
    tell(changes)

    assert fake_portal.state.told_bookings == [("north", {"state": "missing"})]


def test_what_the_books_tell_of_no_more_is_not_missing(
    book: SampleBook, connection: Portal, state: PushState, fake_portal: FakePortal
) -> None:
    """One of two books has been taken out of the configuration."""
    entered(book)
    books = CompositeBook({"north": book})
    tell(DeskChanges(books, connection, state, writing=Lock()))

    tell(DeskChanges(CompositeBook({}), connection, state, writing=Lock()))

    assert told(fake_portal) == [("b1", "booked", False)]
    assert state.told_bookings() == {}


def test_what_the_desk_moved_into_the_past_is_not_missing(
    book: SampleBook, changes: DeskChanges, fake_portal: FakePortal
) -> None:
    appointment = entered(book)
    tell(changes)
    long_ago = at(9) - timedelta(days=40)
    book.move_at_desk(appointment, place(long_ago, long_ago + timedelta(minutes=30)))

    assert [tell(changes), tell(changes)] == [1, 0]

    assert told(fake_portal)[1:] == [("b1", "moved", False)]
    assert fake_portal.state.bookings["b1"]["start"] == long_ago.isoformat()


def test_passing_404_is_no_answer(book: SampleBook, changes: DeskChanges, fake_portal: FakePortal) -> None:
    entered(book)
    changes.meet(datetime.now(UTC))
    fake_portal.state.problems_for["bookings/b1"] = [(404, "")]

    with pytest.raises(NotOffered):
        tell(changes)

    assert tell(changes) == 1


def test_threads_of_one_agent_take_turns(state: PushState) -> None:
    def note(name: str) -> None:
        for number in range(50):
            state.note_bookings({f"{name}{number}": "booked"})
            state.doubt_bookings([f"{name}{number}"])
            state.doubt_all()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(note, "abcd"))

    assert set(state.told_bookings().values()) == {f"{DOUBTED}booked"}
    assert len(state.told_bookings()) == 200


def test_home_of_an_older_version_learns_of_bookings(
    home: Path, identity: Identity, book: SampleBook
) -> None:
    agent = f"{identity.agent_id} {identity.generation}"
    older = PushState(home, agent=agent)
    older._database.execute("DROP TABLE bookings")
    older.close()

    state = PushState(home, agent=agent)

    assert state.told_bookings() == {}
    state.close()


def test_what_the_book_should_have_and_has_not_is_told(
    book: SampleBook, changes: DeskChanges, fake_portal: FakePortal
) -> None:
    entered(book)
    there = {"practitioner": "p1", "clinic": "c1", "state": "booked"}
    fake_portal.state.standing = [
        {"booking": name, "start": at(9).isoformat(), "end": at(9, 30).isoformat(), **there}
        for name in ("b1", "b2")
    ]

    changes.meet(datetime.now(UTC))

    assert [tell(changes), tell(changes)] == [0, 0]
    assert fake_portal.state.told_bookings == [("b2", {"state": "missing"})]


def test_portal_that_is_older_than_the_agent_is_told_of_every_booking(
    book: SampleBook, changes: DeskChanges, fake_portal: FakePortal
) -> None:
    entered(book)
    fake_portal.state.problems_for["bookings"] = [(404, "")]

    changes.meet(datetime.now(UTC))

    assert tell(changes) == 1
    assert told(fake_portal) == [("b1", "booked", False)]


def test_what_the_book_has_lost_is_told_once(
    book: SampleBook, changes: DeskChanges, fake_portal: FakePortal
) -> None:
    book.cancel_at_desk(entered(book))
    entered(book, "b2", 10)
    tell(changes)
    with writing(book.engine) as connection:  # as an older copy of it has none of them
        connection.execute(delete(tables.appointments))

    assert [tell(changes), tell(changes)] == [0, 0]

    assert fake_portal.state.told_bookings[2:] == [("b2", {"state": "missing"})]
