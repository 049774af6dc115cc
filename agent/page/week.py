"""One practitioner's week in the sample book, arranged into columns of days and rows of five minutes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from agent.book import Catalogue, Diary, Practitioner
from agent.books.sample.book import DeskEntry, SampleBook
from agent.books.sample.preblocks import LaidPreblock, laid_preblocks
from agent.free_slots import free_slots, working_times
from agent.intervals import Interval, common, without

ROW = timedelta(minutes=5)
ONE_HOUR = timedelta(hours=1)
ONE_DAY = timedelta(days=1)
WORKDAYS = 5
USUAL_HOURS = (8, 16)


@dataclass(frozen=True, slots=True)
class Block:
    """Something in a day, by the clinic's clock; ``row`` counts from 1 at the week's first hour."""

    start: datetime
    end: datetime
    row: int
    rows: int


@dataclass(frozen=True, slots=True)
class AppointmentBlock(Block):
    entry: DeskEntry


@dataclass(frozen=True, slots=True)
class PreblockBlock(Block):
    laid: LaidPreblock
    lane: int


@dataclass(frozen=True, slots=True)
class FreeBlock(Block):
    """Worked and not taken, an hour at most; offered where the portal is told of it."""

    clinic: str
    is_offered: bool


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    appointments: Sequence[AppointmentBlock]
    preblocks: Sequence[PreblockBlock]
    free: Sequence[FreeBlock]

    @property
    def in_order(self) -> list[AppointmentBlock | PreblockBlock | FreeBlock]:
        """As they are read out: by time, what lies below before what lies above."""
        return sorted([*self.preblocks, *self.appointments, *self.free], key=lambda block: block.start)


@dataclass(frozen=True, slots=True)
class Week:
    practitioner: Practitioner
    zone: ZoneInfo
    first_hour: int
    last_hour: int
    days: Sequence[Day]

    @property
    def monday(self) -> date:
        return self.days[0].day


def week_of(book: SampleBook, catalogue: Catalogue, practitioner: str, monday: date, now: datetime) -> Week:
    """The week of a practitioner whom the catalogue names; weekends only where there is anything."""
    person = next(one for one in catalogue.practitioners if one.id == practitioner)
    zones = {clinic.id: ZoneInfo(clinic.time_zone) for clinic in catalogue.clinics}
    zone = zones[person.clinics[0]]
    during = Interval(_midnight(monday, zone), _midnight(monday + 7 * ONE_DAY, zone))
    entries = [
        entry
        for entry in book.entries(during)
        if entry.practitioner == practitioner and entry.state != "cancelled"
    ]
    laid = laid_preblocks(book, practitioner, during)
    diaries = [diary for diary in book.diaries(during) if diary.practitioner == practitioner]
    free = [piece for diary in diaries for piece in _free(diary, monday, zones[diary.clinic], now)]
    first, last = _hours([*_spans(entries), *(one.place.during for one in laid)], zone)
    days = [
        _day(monday + ONE_DAY * number, zone, first, entries=entries, laid=laid, free=free)
        for number in range(7)
    ]
    shown = [one for number, one in enumerate(days) if number < WORKDAYS or one.in_order]
    return Week(person, zone, first, last, shown)


def _day(
    day: date,
    zone: ZoneInfo,
    first_hour: int,
    *,
    entries: Iterable[DeskEntry],
    laid: Iterable[LaidPreblock],
    free: Iterable[tuple[Interval, str, bool]],
) -> Day:
    grid = _Grid(day, zone, first_hour)
    return Day(
        day,
        [
            AppointmentBlock(*grid.place(during), entry)
            for entry in entries
            if grid.holds(during := Interval(entry.start_at, entry.end_at))
        ],
        list(_in_lanes(grid, [one for one in laid if grid.holds(one.place.during)])),
        [
            FreeBlock(*grid.place(piece), clinic, offered)
            for piece, clinic, offered in free
            if grid.holds(piece)
        ],
    )


def _in_lanes(grid: "_Grid", laid: Iterable[LaidPreblock]) -> Iterator[PreblockBlock]:
    """Side by side where they overlap: each in the first lane that is free by then."""
    ends: list[datetime] = []
    for one in laid:
        during = one.place.during
        lane = next((number for number, end in enumerate(ends) if end <= during.start), len(ends))
        ends[lane : lane + 1] = [during.end]
        yield PreblockBlock(*grid.place(during), one, lane + 1)


@dataclass(frozen=True, slots=True)
class _Grid:
    """The rows of one day."""

    day: date
    zone: ZoneInfo
    first_hour: int

    def holds(self, during: Interval) -> bool:
        return during.start.astimezone(self.zone).date() == self.day

    def place(self, during: Interval) -> tuple[datetime, datetime, int, int]:
        """Start and end by the wall clock, the row and how many; a part of a row counts as a whole one."""
        start, end = during.start.astimezone(self.zone), during.end.astimezone(self.zone)
        minutes = start.hour * 60 + start.minute - self.first_hour * 60
        row = minutes // 5 + 1
        rows = max(1, -(-int((during.end - during.start) / timedelta(minutes=1)) // 5))
        return start, end, row, rows


def _free(diary: Diary, monday: date, zone: ZoneInfo, now: datetime) -> Iterator[tuple[Interval, str, bool]]:
    """What is worked, not taken and not over, cut at every full hour: offered on the portal, and not."""
    worked = working_times(diary.hours, monday, monday + 6 * ONE_DAY, zone)
    coming = without(worked, [*diary.busy, Interval(datetime.min.replace(tzinfo=UTC), now)])
    published = [preblock for preblock in diary.preblocks if preblock.is_open_at(now)]
    offered = [slot.during for slot in free_slots(worked, published, diary.busy)]
    for pieces, is_offered in ((common(coming, offered), True), (without(coming, offered), False)):
        for piece in pieces:
            for part in _by_hours(piece):
                yield part, diary.clinic, is_offered


def _by_hours(piece: Interval) -> Iterator[Interval]:
    start = piece.start
    while start < piece.end:
        full_hour = start.replace(minute=0, second=0, microsecond=0) + ONE_HOUR
        end = min(full_hour, piece.end)
        yield Interval(start, end)
        start = end


def _spans(entries: Iterable[DeskEntry]) -> Iterator[Interval]:
    return (Interval(entry.start_at, entry.end_at) for entry in entries)


def _hours(spans: Iterable[Interval], zone: ZoneInfo) -> tuple[int, int]:
    """The first and the last hour that the week has to show."""
    local = [(one.start.astimezone(zone), one.end.astimezone(zone)) for one in spans]
    first = min([start.hour for start, _ in local], default=USUAL_HOURS[0])
    last = max([_ceiling(start, end) for start, end in local], default=USUAL_HOURS[1])
    return min(first, USUAL_HOURS[0]), max(last, USUAL_HOURS[1])


def _ceiling(start: datetime, end: datetime) -> int:
    if end.date() > start.date():
        return 24
    return end.hour + (1 if end.minute else 0)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
