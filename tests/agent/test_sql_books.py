"""Books in SQLite, PostgreSQL and MariaDB, by our own tables and by queries: all keep the same promises."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, BrokenBarrierError, Event
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, event, text

from agent.book import (
    Book,
    Booking,
    BookUnavailable,
    ChangedAtDesk,
    NotAllowed,
    NotInBook,
    Person,
    Place,
    Reference,
    Sought,
    TimeTaken,
)
from agent.books.engine import writing
from agent.books.sample.book import SampleBook
from agent.books.sql.book import SqlBook
from agent.books.sql.queries import load_queries
from agent.books.sql.values import Times, WrongKind
from agent.events import EventReader
from agent.free_slots import free_slots, working_times
from agent.intervals import Interval
from agent.portal import Portal
from agent.push_state import PushState
from agent.pusher import Pusher
from agent.toml_files import ConfigurationError
from tests.agent.fake_portal import FakePortal
from tests.agent.mariadb import NoMariaDB, running_mariadb
from tests.agent.other_pms import enter_in_other_pms, make_other_pms
from tests.agent.small_book import at, fill_small_book, next_monday, written
from tests.databases import execute, url_of

EXAMPLES = Path(__file__).parents[2] / "agent" / "examples"
DAY = Interval(at(0), at(23))
ELSA = Person("Elsa", "Äyräpää", national_id="131052-308T", mobile="+358401234567", address_1="Testikatu 2")
CHANGED_BY_TESTS = ("appointment_resources", "journal", "appointments", "patients", "Tidbok", "Patient")

pytestmark = pytest.mark.xdist_group("sql_books")


@dataclass(frozen=True)
class Case:
    """A book of one kind, how it calls things, and its desk."""

    book: SampleBook | SqlBook
    practitioners: tuple[str, str]
    clinic: str
    treatment: str
    with_room: str
    enter_at_desk: Callable[[int], object]
    reopened: Callable[[], SampleBook | SqlBook]

    def place(self, hour: int, minute: int = 0, *, who: int = 0, minutes: int = 30) -> Place:
        total = hour * 60 + minute + minutes
        during = Interval(at(hour, minute), at(total // 60, total % 60))
        return Place(self.clinic, self.practitioners[who], during)

    def booking(
        self, identifier: str, place: Place, *, treatment: str | None = None, person: Person = ELSA
    ) -> Booking:
        return Booking(identifier, place, treatment or self.treatment, "", person)

    def free(self) -> list[tuple[str, str]]:
        """What the first practitioner has free on the book's one day, by the clock of Helsinki."""
        diary = next(one for one in self.book.diaries(DAY) if one.practitioner == self.practitioners[0])
        zone = ZoneInfo(self.book.catalogue().clinics[0].time_zone)
        working = working_times(diary.hours, next_monday(), next_monday(), zone)
        clock = ZoneInfo("Europe/Helsinki")
        return [
            (f"{slot.during.start.astimezone(clock):%H:%M}", f"{slot.during.end.astimezone(clock):%H:%M}")
            for slot in free_slots(working, diary.preblocks, diary.busy)
        ]


DATABASES = ("sqlite", "postgresql", "mariadb")
BOOKS = ("sample", "sample-book.toml", "other-pms.toml")


@pytest.fixture(scope="module", params=DATABASES)
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database with both programs' tables and their week in it."""
    with ExitStack() as running:
        try:
            address = running.enter_context(SERVERS[request.param](tmp_path_factory.mktemp("server")))
        except NoMariaDB as missing:
            pytest.skip(str(missing))
        book = SampleBook(address)
        fill_small_book(book)
        with writing(book.engine) as connection:
            make_other_pms(connection)
        book.close()
        yield address


@contextmanager
def sqlite(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder / 'book.db'}"


@contextmanager
def postgresql(_folder: Path) -> Iterator[str]:
    name = f"appointment_book_{os.getpid()}"
    execute("create database {}", name)
    try:
        yield url_of(name).replace("postgres://", "postgresql+psycopg://")
    finally:
        execute("drop database {} with (force)", name)


SERVERS = {"sqlite": sqlite, "postgresql": postgresql, "mariadb": running_mariadb}


def queried(address: str, example: str, folder: Path, **changes: str) -> SqlBook:
    """A book by one of the documented files, with some of its words changed."""
    words = (EXAMPLES / example).read_text(encoding="utf-8")
    if address.startswith("sqlite"):
        words = words.replace(" FOR UPDATE", "")
    for word, instead in changes.items():
        words = words.replace(word, instead)
    path = folder / example
    path.write_text(words, encoding="utf-8")
    return SqlBook(address, load_queries(path))


@pytest.fixture(params=BOOKS)
def case(request: pytest.FixtureRequest, address: str, tmp_path: Path) -> Iterator[Case]:
    desk = SampleBook(address)

    def opened() -> SampleBook | SqlBook:
        return SampleBook(address) if request.param == "sample" else queried(address, request.param, tmp_path)

    def in_sample(hour: int) -> object:
        there = Place("c1", "p1", Interval(at(hour), at(hour, 30)))
        return desk.enter_at_desk(there, text="", entered_by="DESK")

    def in_other_pms(hour: int) -> None:
        with writing(desk.engine) as connection:
            enter_in_other_pms(connection, 1, at(hour), at(hour, 30))

    book = opened()
    if request.param == "other-pms.toml":
        yield Case(book, ("1", "2"), "1", "1", "2", in_other_pms, opened)
    else:
        yield Case(book, ("p1", "p2"), "c1", "t1", "t2", in_sample, opened)
    book.close()
    with writing(desk.engine) as connection:
        for table in CHANGED_BY_TESTS:
            connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608
    desk.close()


def test_book_passes_its_check_and_shows_what_is_published(case: Case) -> None:
    case.book.check()

    catalogue = case.book.catalogue()

    assert [one.id for one in catalogue.practitioners] == list(case.practitioners)
    assert {one.id: one.minutes for one in catalogue.treatments} == {case.treatment: 30, case.with_room: 15}
    assert [len(one.resources) for one in catalogue.treatments] == [0, 1]
    assert case.free() == [("08:00", "12:00"), ("12:30", "16:00")]


def test_booking_is_entered_once_even_by_an_agent_that_was_killed_before_it_told(case: Case) -> None:
    booking = case.booking("b-1", case.place(9))

    first = case.book.enter(booking)
    later = case.reopened()
    again = later.enter(booking)
    later.close()

    assert first == again
    assert case.free() == [("08:00", "09:00"), ("09:30", "12:00"), ("12:30", "16:00")]


def test_time_and_room_that_are_taken_are_refused(case: Case) -> None:
    case.enter_at_desk(9)
    case.book.enter(case.booking("b-1", case.place(10), treatment=case.with_room))

    with pytest.raises(TimeTaken, match="practitioner"):
        case.book.enter(case.booking("b-2", case.place(9, 15)))
    with pytest.raises(TimeTaken, match="room"):
        case.book.enter(case.booking("b-2", case.place(10, who=1), treatment=case.with_room))
    with pytest.raises(NotInBook):
        case.book.enter(case.booking("b-2", case.place(11), treatment="99"))
    with pytest.raises(NotInBook):
        case.book.enter(case.booking("b-2", Place("99", case.practitioners[0], DAY)))

    assert case.book.enter(case.booking("b-2", case.place(9, 30)))


def test_booking_is_moved_and_cancelled_and_its_time_is_free_again(case: Case) -> None:
    appointment = case.book.enter(case.booking("b-1", case.place(9), treatment=case.with_room))
    which = Reference(None, "b-1")

    for _ in range(2):
        moved = case.book.move(which, case.place(10), case.place(9), journal=True)
        assert moved == appointment
    with pytest.raises(ChangedAtDesk):
        case.book.move(which, case.place(11), case.place(9), journal=True)
    assert case.free() == [("08:00", "10:00"), ("10:30", "12:00"), ("12:30", "16:00")]

    for _ in range(2):
        assert case.book.cancel(Reference(appointment, None), journal=True) == appointment
    assert case.book.cancel(Reference(None, "b-9"), journal=True) is None
    assert case.free() == [("08:00", "12:00"), ("12:30", "16:00")]


def test_patient_who_is_known_by_mobile_or_national_id_gets_no_second_card(case: Case) -> None:
    case.book.enter(case.booking("b-1", case.place(9)))
    other_way = Person("elsa", "ÄYRÄPÄÄ", mobile="+358401234567")
    case.book.enter(case.booking("b-2", case.place(10), person=other_way))
    case.book.enter(
        case.booking("b-3", case.place(11), person=Person("Emil", "Äyräpää", mobile="+358401234567"))
    )

    by_id = case.book.look_up(Sought("131052-308T", ""))

    assert by_id is not None
    assert [(one.booking, one.start) for one in by_id.appointments] == [("b-1", at(9)), ("b-2", at(10))]
    assert case.book.look_up(Sought("", "+358401234567")) is None, "two cards have this number"


def test_version_changes_with_what_the_desk_and_the_portal_do(case: Case) -> None:
    versions = [case.book.version()]
    case.enter_at_desk(9)
    versions.append(case.book.version())
    case.book.enter(case.booking("b-1", case.place(10)))
    versions.append(case.book.version())
    case.book.move(Reference(None, "b-1"), case.place(11), None, journal=False)
    versions.append(case.book.version())

    assert len(set(versions)) == 4
    assert case.book.version() == versions[-1]


def test_one_of_several_writers_gets_the_time_and_one_booking_is_entered_once(case: Case) -> None:
    """Half of them bring the same booking; with SQLite's write lock, a row's lock, or none the wiser."""
    together = Barrier(4)

    def attempt(booking: Booking) -> str:
        together.wait()
        try:
            return case.book.enter(booking)
        except TimeTaken:
            return "taken"

    bookings = [case.booking(name, case.place(9)) for name in ("b-1", "b-1", "b-2", "b-3")]
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(attempt, bookings))

    assert len(set(outcomes) - {"taken"}) == 1
    assert case.free() == [("08:00", "09:00"), ("09:30", "12:00"), ("12:30", "16:00")]


@pytest.mark.parametrize("case", BOOKS[1:], indirect=True)
def test_queried_book_tells_how_the_portals_bookings_stand(case: Case) -> None:
    for name, hour in (("b-1", 9), ("b-2", 10)):
        case.book.enter(case.booking(name, case.place(hour)))
    case.enter_at_desk(11)
    case.book.cancel(Reference(None, "b-2"), journal=False)

    told = {one.booking: one for one in case.book.portal_bookings(ended_after=at(8))}

    assert {name: (one.state, one.place) for name, one in told.items()} == {
        "b-1": ("booked", case.place(9)),
        "b-2": ("cancelled", case.place(10)),
    }
    assert case.book.portal_bookings(ended_after=at(10, 30)) == []


def test_moved_appointment_is_the_booking_that_the_portal_says(case: Case) -> None:
    """The portal may be an older copy that no longer knows the booking it once was."""
    appointment = case.book.enter(case.booking("b-1", case.place(9)))

    for _ in range(2):
        moved = case.book.move(Reference(appointment, "b-2"), case.place(10), case.place(9), journal=False)
        assert moved == appointment

    assert [one.booking for one in case.book.portal_bookings(ended_after=at(8))] == ["b-2"]


def test_queried_book_without_a_query_for_them_tells_of_no_bookings(tmp_path: Path) -> None:
    words = (EXAMPLES / "other-pms.toml").read_text(encoding="utf-8")
    before, _, after = words.partition("[read.portal_bookings]")
    (tmp_path / "book.toml").write_text(before + after[after.index("[read.") :], encoding="utf-8")

    told = [
        SqlBook("sqlite://", load_queries(path)).tells_of("p1")
        for path in (EXAMPLES / "other-pms.toml", tmp_path / "book.toml")
    ]

    assert told == [True, False]


def test_queries_that_lose_sight_of_a_moved_appointment_are_refused(tmp_path: Path) -> None:
    words = (EXAMPLES / "other-pms.toml").read_text(encoding="utf-8")
    (tmp_path / "book.toml").write_text(words.replace(", BokningsId = :booking", ""), encoding="utf-8")

    with pytest.raises(ConfigurationError, match=r"\[write\] move must note :booking too"):
        load_queries(tmp_path / "book.toml")


@pytest.mark.parametrize("address", DATABASES[1:], indirect=True)
@pytest.mark.parametrize("is_locked", [True, False])
def test_writers_who_take_no_lock_would_book_a_time_twice(
    address: str, tmp_path: Path, is_locked: bool
) -> None:
    """The race is real: each looks for clashes before the other writes, unless the lock forbids it.

    Not so in SQLite, which has one writer at a time, whatever the queries say.
    """
    changes = {} if is_locked else {" FOR UPDATE": ""}
    book = queried(address, "other-pms.toml", tmp_path, **changes)
    looked = Barrier(2)
    wait_after_looking(book.engine, looked, seconds=0.3 if is_locked else 30)

    def attempt(name: str) -> str:
        place = Place("1", "1", Interval(at(9), at(9, 30)))
        try:
            return book.enter(Booking(name, place, "1", "", ELSA))
        except TimeTaken:
            return "taken"

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(attempt, ["b-1", "b-2"]))
    with writing(book.engine) as connection:
        connection.execute(text("DELETE FROM Tidbok"))
        connection.execute(text("DELETE FROM Patient"))
    book.close()

    assert outcomes.count("taken") == (1 if is_locked else 0)


def wait_after_looking(engine: Engine, barrier: Barrier, *, seconds: float) -> None:
    @event.listens_for(engine, "after_cursor_execute")
    def wait(*arguments: Any) -> None:
        if arguments[2].startswith("SELECT TidNr AS id FROM Tidbok WHERE Status <> 'A' AND BehNr"):
            with suppress(BrokenBarrierError):
                barrier.wait(seconds)


def test_desks_appointment_that_its_template_keeps_is_not_moved(address: str, tmp_path: Path) -> None:
    book = queried(address, "other-pms.toml", tmp_path)
    with writing(book.engine) as connection:
        enter_in_other_pms(connection, 1, at(9), at(9, 30))
        number = str(connection.execute(text("SELECT TidNr FROM Tidbok")).scalar_one())

    there, elsewhere = (Place("1", "1", Interval(at(hour), at(hour, 30))) for hour in (9, 10))
    with pytest.raises(NotAllowed):
        book.move(Reference(number, "b-1"), elsewhere, there, journal=True)
    with pytest.raises(NotAllowed):
        book.cancel(Reference(number, None), journal=True)
    with writing(book.engine) as connection:
        connection.execute(text("DELETE FROM Tidbok"))
    book.close()


@pytest.mark.parametrize(
    ("word", "instead", "told"),
    [
        ("Veckodag - 1", "Veckodagen - 1", "[read.hours]: the database does not take it"),
        ("Namn, Titel FROM", "Namn, Titeln FROM", "[read.practitioners]: the database does not take it"),
        ("SET Status = 'A'", "SET Statusen = 'A'", "[write.cancel]: the database does not take it"),
        ("(Fornamn, Efternamn", "(Namn, Efternamn", "[write.add_patient]: the database does not take it"),
        ("Langd AS minutes", "Langd", "[read.treatments]: the column minutes is missing from the answer"),
        ("Veckodag - 1", "Veckodag + 6", "the column weekday must be a number from 0, which is Monday, to 6"),
        ("Langd AS minutes", "Namn AS minutes", "the column minutes must be a whole number above zero"),
        ("BehNr, Namn,", "BehNr, NULL AS Namn,", "the column Namn must be text, but in row 1 it is empty"),
    ],
)
def test_check_names_the_query_and_what_is_wrong(
    address: str, tmp_path: Path, word: str, instead: str, told: str
) -> None:
    book = queried(address, "other-pms.toml", tmp_path, **{word: instead})

    with pytest.raises(BookUnavailable) as refusal:
        book.check()

    assert told in str(refusal.value)
    assert str(refusal.value).endswith(".")
    book.close()


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_notification_of_the_database_rings_at_once(address: str, tmp_path: Path) -> None:
    load = queried(address, "other-pms.toml", tmp_path)
    book = SqlBook(address, load_queries(tmp_path / "other-pms.toml"), notify="tidbok")
    rung = Event()
    book.watch(rung.set)
    assert rung.wait(60), "it begins by ringing, for whatever happened before"
    rung.clear()

    with writing(load.engine) as connection:
        connection.execute(text("NOTIFY tidbok"))

    assert rung.wait(60)
    book.close()
    load.close()


def test_agent_serves_another_programs_book(
    address: str, tmp_path: Path, connection: Portal, state: PushState, fake_portal: FakePortal
) -> None:
    """From the opening hours in its tables to the patient's booking in them."""
    book = queried(address, "other-pms.toml", tmp_path)
    pusher = Pusher(book, connection, state, weeks_ahead=1)
    reader = EventReader(book, connection, on_change=lambda: None, on_taken=pusher.doubt)
    told = {"clinic": "1", "practitioner": "1", "treatment": "1", "appointment_text": "x" * 300}
    patient = {"first_name": "Elsa", "last_name": "Äyräpää", "mobile": "+358401234567"}

    pusher.push(at(0) - timedelta(days=3))
    fake_portal.tell(
        "booking.created", booking="b-1", **told, start=written(9), end=written(9, 30), patient=patient
    )
    reader.read(wait=1)
    pusher.push(at(0) - timedelta(days=3))

    assert fake_portal.state.results[1]["outcome"] == "accepted"
    moments = [datetime.fromisoformat(start) for start, _ in fake_portal.slots_of("1")]
    assert moments == [at(8), at(9, 30), at(12, 30)]
    with writing(book.engine) as database:
        (entered,) = database.execute(text("SELECT Signatur, LENGTH(Anteckning) FROM Tidbok")).all()
        database.execute(text("DELETE FROM Tidbok"))
        database.execute(text("DELETE FROM Patient"))
    assert tuple(entered) == ("ITB", 200)
    book.close()


@pytest.mark.parametrize(
    ("form", "written", "is_read"),
    [
        ("", "2026-11-23 08:00:00.000000", True),
        ("", "2026-11-23 08:00:00", False),  # would be less than the same moment with its millionths
        ("%Y-%m-%d %H:%M", "2026-11-23 08:00", True),
        ("%Y-%m-%d %H:%M", "2026-11-23T08:00", False),
    ],
)
def test_times_that_are_text_are_read_only_as_they_are_written(
    form: str, written: str, is_read: bool
) -> None:
    times = Times(ZoneInfo("Europe/Helsinki"), form)
    moment = datetime(2026, 11, 23, 6, tzinfo=UTC)

    if is_read:
        assert times.earliest(written) == times.latest(written) == moment
        assert times.written(moment) == (written if form else datetime.fromisoformat(written))
    else:
        with pytest.raises(WrongKind):
            times.earliest(written)


def test_hour_that_the_clock_shows_twice_is_taken_from_its_first_to_its_last_reading() -> None:
    times = Times(ZoneInfo("Europe/Helsinki"))
    shown = datetime(2026, 10, 25, 3, 30)  # noqa: DTZ001 - as a database gives it

    assert times.earliest(shown) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert times.latest(shown) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_database_that_is_not_there_is_unavailable_without_its_password(tmp_path: Path) -> None:
    example = EXAMPLES / "other-pms.toml"
    for driver in ("postgresql+psycopg", "mysql+pymysql"):
        book: Book = SqlBook(f"{driver}://someone:hush@127.0.0.1:9/book", load_queries(example))
        with pytest.raises(BookUnavailable, match="cannot be reached") as refusal:
            book.check()
        assert "hush" not in str(refusal.value)
        book.close()
