"""Books that are calendars, in folders of .ics files and on a real CalDAV server."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from agent.book import (
    Booking,
    BookUnavailable,
    ChangedAtDesk,
    NotInBook,
    Person,
    Place,
    Reference,
    Sought,
    TimeTaken,
)
from agent.books.calendars.book import CalendarBook
from agent.books.calendars.caldav import CalDav
from agent.books.calendars.clinic_file import load_clinic_file
from agent.books.calendars.folder import Folder
from agent.books.calendars.shelf import ChangedMeanwhile, Item, Shelf
from agent.configuration import load_configuration, open_books
from agent.free_slots import free_slots, working_times
from agent.intervals import Interval
from agent.toml_files import ConfigurationError
from booking_portal.servers.redis import free_port
from tests.agent.small_book import at, next_monday

EXAMPLE = Path(__file__).parents[2] / "agent" / "examples" / "clinic.toml"
HELSINKI = ZoneInfo("Europe/Helsinki")
DAY = Interval(at(0), at(23))
ELSA = Person("Elsa", "Äyräpää", mobile="+358401234567")

pytestmark = pytest.mark.xdist_group("calendar_books")


@pytest.fixture(scope="module")
def radicale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a CalDAV server, which lets everybody in by any name and keeps them apart by it."""
    folder, port = tmp_path_factory.mktemp("radicale"), free_port()
    settings = folder / "radicale.ini"
    settings.write_text(
        f"[server]\nhosts = 127.0.0.1:{port}\n[auth]\ntype = none\n[logging]\nlevel = error\n"
        f"[storage]\nfilesystem_folder = {folder / 'calendars'}\n"
    )
    command = [sys.executable, "-m", "radicale", "-C", str(settings)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while not _answers(address):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield address
    finally:
        process.terminate()
        process.wait(60)


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/.web/").status_code < 500
    except httpx.HTTPError:
        return False


@dataclass(frozen=True)
class Case:
    """A book, and its desk: people with calendar programs."""

    book: CalendarBook
    shelf: Shelf
    open_shelf: Callable[[], Shelf]

    def write(self, calendar: str, uid: str, *lines: str) -> None:
        self.shelf.put(calendar, f"{uid}.ics", ics(uid, *lines), instead_of=None)

    def free(self, practitioner: str = "anna") -> list[tuple[str, str]]:
        """By the clinic's clock."""
        diary = next(one for one in self.book.diaries(DAY) if one.practitioner == practitioner)
        working = working_times(diary.hours, next_monday(), next_monday(), HELSINKI)
        return [
            (
                f"{slot.during.start.astimezone(HELSINKI):%H:%M}",
                f"{slot.during.end.astimezone(HELSINKI):%H:%M}",
            )
            for slot in free_slots(working, diary.preblocks, diary.busy)
        ]


def ics(uid: str, *lines: str) -> str:
    wrapped = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//desk//EN", "BEGIN:VEVENT", f"UID:{uid}")
    stamp = ("DTSTAMP:20260101T000000Z", *lines, "END:VEVENT", "END:VCALENDAR", "")
    return "\r\n".join([*wrapped, *stamp])


def utc(hour: int, minute: int = 0) -> str:
    return f"{at(hour, minute):%Y%m%dT%H%M%SZ}"


@pytest.fixture(params=["ics", "caldav"])
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Case]:
    """Monday of next week, 8 to 12 and 12:30 to 16; nothing in the calendars."""
    if request.param == "ics":
        for calendar in ("anna", "bert"):
            (tmp_path / calendar).mkdir()

        def open_shelf() -> Shelf:
            return Folder(tmp_path)
    else:
        address = f"{request.getfixturevalue('radicale')}/{tmp_path.name}"
        for calendar in ("anna", "bert"):
            made = httpx.request("MKCALENDAR", f"{address}/{calendar}/", auth=(tmp_path.name, "none"))
            assert made.status_code == 201

        def open_shelf() -> Shelf:
            return CalDav(address, user=tmp_path.name, password="none")

    shelf = open_shelf()
    book = CalendarBook(load_clinic_file(EXAMPLE), shelf)
    yield Case(book, shelf, open_shelf)
    book.close()


def place(start: int, *, practitioner: str = "anna") -> Place:
    return Place("main", practitioner, Interval(at(start), at(start, 30)))


def booking(identifier: str, where: Place, *, treatment: str | None = "check") -> Booking:
    return Booking(identifier, where, treatment, "Nettivaraus", ELSA)


def test_opening_hours_are_free_but_for_what_the_calendar_is_busy_with(case: Case) -> None:
    case.book.check()
    empty = case.book.version()
    assert case.free() == [("08:00", "12:00"), ("12:30", "16:00")]

    weekly = f"RRULE:FREQ=WEEKLY;UNTIL={utc(23)}"
    begun = f"{at(9).replace(day=1, month=1):%Y}0105T090000"
    case.write("anna", "weekly", f"DTSTART;TZID=Europe/Helsinki:{begun}", "DURATION:PT1H", weekly)
    case.write("anna", "once", f"DTSTART:{utc(11)}", f"DTEND:{utc(14)}")
    case.write("anna", "free", f"DTSTART:{utc(8)}", f"DTEND:{utc(9)}", "TRANSP:TRANSPARENT")
    case.write("anna", "gone", f"DTSTART:{utc(8)}", f"DTEND:{utc(9)}", "STATUS:CANCELLED")
    floating = f"DTSTART:{next_monday():%Y%m%d}T150000"
    case.write("anna", "floating", floating, "DURATION:PT30M")

    assert case.book.version() != empty
    assert case.free() == [("08:00", "09:00"), ("10:00", "11:00"), ("14:00", "15:00"), ("15:30", "16:00")]
    case.write("bert", "holiday", f"DTSTART;VALUE=DATE:{next_monday():%Y%m%d}")
    assert case.free("bert") == []


def test_booking_is_one_event_however_often_it_is_told(case: Case) -> None:
    told = booking("4f6c", place(9))
    first = case.book.enter(told)
    reopened = CalendarBook(load_clinic_file(EXAMPLE), case.open_shelf())
    again = reopened.enter(told)
    reopened.close()

    assert first == again == "portal-4f6c"
    (item,) = case.shelf.items("anna", DAY)
    assert "Elsa Äyräpää\\, Check-up 30 min" in item.text.replace("\r\n ", "")
    assert case.free() == [("08:00", "09:00"), ("09:30", "12:00"), ("12:30", "16:00")]


def test_time_that_is_busy_is_refused(case: Case) -> None:
    case.write("anna", "desk", f"DTSTART:{utc(9, 15)}", f"DTEND:{utc(10)}")

    with pytest.raises(TimeTaken):
        case.book.enter(booking("b-1", place(9)))
    with pytest.raises(NotInBook):
        case.book.enter(booking("b-1", place(11), treatment="none"))
    with pytest.raises(NotInBook):
        case.book.enter(booking("b-1", place(11, practitioner="carl")))

    assert len(case.shelf.items("anna", DAY)) == 1
    assert case.book.look_up(Sought("", ELSA.mobile)) is None


class Hasty:
    """A shelf on which somebody else writes at the very moment that the agent does."""

    def __init__(self, shelf: Shelf, line: str) -> None:
        self._shelf = shelf
        self._line = line

    def __getattr__(self, name: str) -> object:
        return getattr(self._shelf, name)

    def put(self, calendar: str, name: str, text: str, *, instead_of: Item | None) -> None:
        line, self._line = self._line, ""
        if line:
            self._shelf.put(calendar, "hasty.ics", ics("hasty", line, "DURATION:PT30M"), instead_of=None)
        self._shelf.put(calendar, name, text, instead_of=instead_of)


def test_booking_is_taken_back_when_somebody_writes_into_its_time_meanwhile(case: Case) -> None:
    hasty = CalendarBook(load_clinic_file(EXAMPLE), Hasty(case.shelf, f"DTSTART:{utc(9, 15)}"))  # type: ignore[arg-type]

    with pytest.raises(TimeTaken):
        hasty.enter(booking("b-1", place(9)))

    assert [item.name for item in case.shelf.items("anna", DAY)] == ["hasty.ics"]


def test_move_is_undone_when_somebody_writes_into_the_new_time_meanwhile(case: Case) -> None:
    case.book.enter(booking("b-1", place(9)))
    hasty = CalendarBook(load_clinic_file(EXAMPLE), Hasty(case.shelf, f"DTSTART:{utc(11)}"))  # type: ignore[arg-type]

    with pytest.raises(TimeTaken):
        hasty.move(Reference(None, "b-1"), place(11), place(9), journal=False)

    assert case.free() == [("08:00", "09:00"), ("09:30", "11:00"), ("11:30", "12:00"), ("12:30", "16:00")]


def test_booking_is_moved_also_to_another_calendar_and_cancelled(case: Case) -> None:
    uid = case.book.enter(booking("b-1", place(9)))
    which = Reference(None, "b-1")

    for _ in range(2):
        assert case.book.move(which, place(10), place(9), journal=True) == uid
    assert case.free() == [("08:00", "10:00"), ("10:30", "12:00"), ("12:30", "16:00")]
    for _ in range(2):
        assert case.book.move(which, place(11, practitioner="bert"), place(10), journal=True) == uid
    assert case.free() == [("08:00", "12:00"), ("12:30", "16:00")]
    assert case.free("bert") == [("08:00", "11:00"), ("11:30", "16:00")]
    with pytest.raises(ChangedAtDesk):
        case.book.move(which, place(14), place(9), journal=True)

    for _ in range(2):
        assert case.book.cancel(Reference(uid, None), journal=True) == uid
    assert case.free("bert") == [("08:00", "16:00")]
    assert case.book.cancel(Reference(None, "b-2"), journal=True) is None
    assert case.book.enter(booking("b-1", place(9))) == uid, "it was there, and stays cancelled"


def test_portals_bookings_are_told_as_people_left_them_in_the_calendar(case: Case) -> None:
    uid = case.book.enter(booking("b-1", place(9)))
    case.book.enter(booking("b-2", place(10)))
    case.book.cancel(Reference(None, "b-2"), journal=False)
    case.write("anna", "desk", f"DTSTART:{utc(11)}", f"DTEND:{utc(12)}")
    item = case.shelf.find("anna", f"{uid}.ics")
    assert item is not None
    moved = item.text.replace(utc(9), utc(14)).replace(utc(9, 30), utc(14, 30))
    case.shelf.put("anna", item.name, moved, instead_of=item)

    told = case.book.portal_bookings(ended_after=at(8))

    assert {(one.booking, one.state, one.place) for one in told} == {
        ("b-1", "booked", place(14)),
        ("b-2", "cancelled", place(10)),
    }
    assert case.book.portal_bookings(ended_after=at(14, 30)) == []


def test_move_between_calendars_that_was_cut_off_is_finished(case: Case) -> None:
    uid = case.book.enter(booking("b-1", place(9)))
    (old,) = case.shelf.items("anna", DAY)
    case.book.move(Reference(None, "b-1"), place(11, practitioner="bert"), place(9), journal=False)
    case.shelf.put("anna", old.name, old.text, instead_of=None)

    case.book.move(Reference(None, "b-1"), place(11, practitioner="bert"), place(9), journal=False)

    assert case.free() == [("08:00", "12:00"), ("12:30", "16:00")]
    assert case.shelf.find("bert", f"{uid}.ics")


def test_item_that_is_there_or_has_changed_is_not_written_over(case: Case) -> None:
    case.write("anna", "desk", f"DTSTART:{utc(9)}", f"DTEND:{utc(10)}")
    item = case.shelf.find("anna", "desk.ics")
    assert item is not None
    with pytest.raises(ChangedMeanwhile):
        case.write("anna", "desk", f"DTSTART:{utc(9)}", f"DTEND:{utc(10)}")
    case.shelf.put("anna", "desk.ics", ics("desk", f"DTSTART:{utc(9)}", f"DTEND:{utc(11)}"), instead_of=item)

    with pytest.raises(ChangedMeanwhile):
        case.shelf.put("anna", "desk.ics", item.text, instead_of=item)
    with pytest.raises(ChangedMeanwhile):
        case.shelf.remove("anna", item)

    assert case.free() == [("08:00", "09:00"), ("11:00", "12:00"), ("12:30", "16:00")]


def test_calendar_that_is_not_there_or_not_readable_is_told_of(case: Case, tmp_path: Path) -> None:
    with pytest.raises(BookUnavailable, match="carl"):
        case.shelf.check("carl")
    if isinstance(case.shelf, Folder):
        (tmp_path / "anna" / "broken.ics").write_text("BEGIN:VEVENT\nnonsense")
        with pytest.raises(BookUnavailable, match=r"broken\.ics is no iCalendar"):
            case.book.check()
    away = CalDav("http://127.0.0.1:9/", user="someone", password="hush")
    with pytest.raises(BookUnavailable, match="cannot be reached"):
        away.version("anna")
    away.close()


@pytest.mark.parametrize("kind", ["ics", "caldav"])
def test_configuration_opens_calendars(tmp_path: Path, kind: str) -> None:
    (tmp_path / "clinic.toml").write_bytes(EXAMPLE.read_bytes())
    address = "calendars" if kind == "ics" else "http://127.0.0.1:9/calendars/"
    lines = f'[[books]]\nkind = "{kind}"\naddress = "{address}"\nclinic = "clinic.toml"\n'
    (tmp_path / "agent.toml").write_text(lines)

    book = open_books(load_configuration(tmp_path))

    assert [one.id for one in book.catalogue().practitioners] == ["anna", "bert"]
    book.close()


def test_calendars_of_another_machine_are_asked_over_https_only(tmp_path: Path) -> None:
    (tmp_path / "clinic.toml").write_bytes(EXAMPLE.read_bytes())
    lines = '[[books]]\nkind = "caldav"\naddress = "http://calendar.example.com/"\nclinic = "clinic.toml"\n'
    (tmp_path / "agent.toml").write_text(lines)

    with pytest.raises(ConfigurationError, match="use https"):
        open_books(load_configuration(tmp_path))


@pytest.mark.parametrize(
    ("line", "instead", "told"),
    [
        (
            'weekdays = ["mon", "tue", "wed"]',
            'weekdays = ["monday"]',
            "line 40: [practitioners 1.hours 1] weekdays",
        ),
        ("every_weeks = 1", "every_weeks = 0", "[practitioners 2.hours 1] every_weeks must be above zero"),
        ('clinic = "main"', 'clinic = "mian"', 'clinic "mian" is not among main'),
        ('begins = "12:30"', 'begins = "noon"', "[practitioners 1.hours 2] begins must be a time of day"),
        ('category = "surgery"', 'category = "surgeon"', '[treatments 2] category "surgeon" is not among'),
        ('id = "bert"', 'id = "anna"', '[practitioners 2] id "anna" is there twice'),
        ('calendar = "bert"', "", "[practitioners 2] calendar is missing; add it"),
        ('"Europe/Helsinki"', '"Helsinki"', "[clinics 1] time_zone must be a zone such as"),
    ],
)
def test_clinic_file_that_cannot_be_meant_is_refused_with_place_and_cure(
    tmp_path: Path, line: str, instead: str, told: str
) -> None:
    path = tmp_path / "clinic.toml"
    path.write_text(EXAMPLE.read_text(encoding="utf-8").replace(line, instead, 1), encoding="utf-8")

    with pytest.raises(ConfigurationError) as refusal:
        load_clinic_file(path)

    assert told in str(refusal.value)
    assert "line " in str(refusal.value)
