"""Free times by pure arithmetic: working hours, internet preblocks and appointments make slots."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import reduce
from itertools import pairwise, starmap
from operator import or_
from zoneinfo import ZoneInfo

from agent.intervals import Interval, common, merged, without

ONE_DAY = timedelta(days=1)
ONE_WEEK = timedelta(weeks=1)
ONE_MINUTE = timedelta(minutes=1)
NO_TIME = timedelta()


@dataclass(frozen=True, slots=True)
class Accepts:
    """Treatment categories: those named or, when ``excluded``, all but those named."""

    names: frozenset[str] = frozenset()
    excluded: bool = True

    @property
    def is_nothing(self) -> bool:
        return not self.excluded and not self.names

    def __or__(self, other: "Accepts") -> "Accepts":
        """What either accepts."""
        if self.excluded and other.excluded:
            return Accepts(self.names & other.names)
        if self.excluded:
            return Accepts(self.names - other.names)
        if other.excluded:
            return Accepts(other.names - self.names)
        return Accepts(self.names | other.names, excluded=False)


@dataclass(frozen=True, slots=True)
class WorkHours:
    """Working time that repeats every week, by the clock on the clinic's wall; 00:00 ends a day."""

    weekday: int  # 0 is Monday
    begins: time
    ends: time
    valid_from: date
    valid_until: date | None = None
    every_weeks: int = 1  # counted from the week of ``valid_from``

    def holds_on(self, day: date) -> bool:
        ended = self.valid_until is not None and day > self.valid_until
        is_due = (monday_of(day) - monday_of(self.valid_from)) % (ONE_WEEK * self.every_weeks) == NO_TIME
        return day.weekday() == self.weekday and day >= self.valid_from and not ended and is_due


@dataclass(frozen=True, slots=True)
class Preblock:
    """A stretch of the book published for the internet, withdrawn ``expires_before`` its start."""

    during: Interval
    accepts: Accepts
    expires_before: timedelta | None = None

    def is_open_at(self, moment: datetime) -> bool:
        return self.expires_before is None or moment < self.during.start - self.expires_before


@dataclass(frozen=True, slots=True)
class Slot:
    """Free time with the treatment categories it accepts."""

    during: Interval
    accepts: Accepts


def monday_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - ONE_DAY * day.weekday()


def working_times(hours: Iterable[WorkHours], first: date, last: date, zone: ZoneInfo) -> list[Interval]:
    """The moments between two days (both included) that any of ``hours`` covers."""
    hours = list(hours)
    days = (first + ONE_DAY * number for number in range((last - first).days + 1))
    return merged(
        piece
        for day in days
        for entry in hours
        if entry.holds_on(day)
        for piece in wall_times(day, entry.begins, entry.ends, zone)
    )


def wall_times(day: date, begins: time, ends: time, zone: ZoneInfo) -> list[Interval]:
    """The moments of ``day`` at which the wall clock reads from ``begins`` up to ``ends``.

    Usually one interval; the hour that the clock skips in spring has no moment,
    and the hour it repeats in autumn has both.
    """
    until = day + ONE_DAY if ends == time() else day
    start, end = datetime.combine(day, begins, UTC), datetime.combine(until, ends, UTC)
    return merged(
        piece
        for stretch, offset in _steady_stretches(day, zone)
        for piece in common([Interval(start - offset, end - offset)], [stretch])
    )


def _steady_stretches(day: date, zone: ZoneInfo) -> Iterator[tuple[Interval, timedelta]]:
    start = datetime.combine(day, time(), zone).astimezone(UTC)
    end = datetime.combine(day + ONE_DAY, time(), zone).astimezone(UTC)
    before, after = _offset(start, zone), _offset(end - ONE_MINUTE, zone)
    change = end if before == after else _change_of_clock(start, end, zone)
    yield Interval(start, change), before
    if change < end:
        yield Interval(change, end), after


def _change_of_clock(start: datetime, end: datetime, zone: ZoneInfo) -> datetime:
    """The minute from which another offset holds than at ``start``."""
    before, low, high = _offset(start, zone), 0, int((end - start) / ONE_MINUTE)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(start + ONE_MINUTE * middle, zone) == before:
            low = middle
        else:
            high = middle
    return start + ONE_MINUTE * high


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def free_slots(
    working: Iterable[Interval], preblocks: Iterable[Preblock], busy: Iterable[Interval]
) -> list[Slot]:
    """What is worked, published and not taken, in order and without overlap.

    Where preblocks overlap, the time accepts what either does.
    """
    free = without(working, busy)
    return _joined(
        Slot(piece, accepts)
        for stretch, accepts in _layered(list(preblocks))
        if not accepts.is_nothing
        for piece in common([stretch], free)
    )


def _layered(preblocks: list[Preblock]) -> Iterator[tuple[Interval, Accepts]]:
    edges = sorted({edge for preblock in preblocks for edge in preblock.during})
    for stretch in starmap(Interval, pairwise(edges)):
        covering = [preblock.accepts for preblock in preblocks if preblock.during.contains(stretch)]
        if covering:
            yield stretch, reduce(or_, covering)


def _joined(slots: Iterable[Slot]) -> list[Slot]:
    result: list[Slot] = []
    for slot in slots:
        previous = result[-1] if result else None
        if previous and previous.during.end == slot.during.start and previous.accepts == slot.accepts:
            result[-1] = Slot(Interval(previous.during.start, slot.during.end), slot.accepts)
        else:
            result.append(slot)
    return result
