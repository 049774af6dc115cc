"""A book's free time cut into the windows of a push: one practitioner's ISO week at one clinic."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from agent.book import Diary
from agent.free_slots import Slot, free_slots, working_times
from agent.intervals import Interval, common
from agent.push_state import WindowKey
from agent.wire import digest_of

ONE_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Window:
    """All the free slots of its key's week, as the protocol writes them."""

    key: WindowKey
    body: dict[str, Any]
    digest: str

    @property
    def slots(self) -> int:
        return len(self.body["slots"])


@dataclass(frozen=True, slots=True)
class Horizon:
    """The weeks that are published: the one that holds ``now`` and ``weeks_ahead`` more."""

    now: datetime
    weeks_ahead: int

    def mondays(self, zone: ZoneInfo) -> list[date]:
        today = self.now.astimezone(zone).date()
        first = today - timedelta(days=today.weekday())
        return [first + ONE_WEEK * number for number in range(self.weeks_ahead + 1)]

    @property
    def during(self) -> Interval:
        """Wide enough for the weeks of every time zone."""
        return Interval(self.now - ONE_WEEK * 2, self.now + ONE_WEEK * (self.weeks_ahead + 2))


def windows_of(diaries: Iterable[Diary], zones: dict[str, ZoneInfo], horizon: Horizon) -> Iterator[Window]:
    """Every window of the horizon, the empty ones too."""
    for diary in diaries:
        zone = zones[diary.clinic]
        open_preblocks = [preblock for preblock in diary.preblocks if preblock.is_open_at(horizon.now)]
        for monday in horizon.mondays(zone):
            week = _week(monday, zone)
            slots = free_slots(
                common(working_times(diary.hours, monday, monday + timedelta(days=6), zone), [week]),
                [preblock for preblock in open_preblocks if preblock.during.overlaps(week)],
                [appointment for appointment in diary.busy if appointment.overlaps(week)],
            )
            yield _window(diary.practitioner, diary.clinic, monday, zone, slots)


def empty_window(key: WindowKey, zone: ZoneInfo) -> Window:
    """The window that takes a week off the portal."""
    return _window(key.practitioner, key.clinic, monday_of(key.week), zone, [])


def week_name(monday: date) -> str:
    return monday.strftime("%G-W%V")


def monday_of(week: str) -> date:
    return datetime.strptime(f"{week}-1", "%G-W%V-%u").replace(tzinfo=UTC).date()


def _week(monday: date, zone: ZoneInfo) -> Interval:
    start, end = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (monday, monday + ONE_WEEK))
    return Interval(start, end)


def _window(practitioner: str, clinic: str, monday: date, zone: ZoneInfo, slots: Iterable[Slot]) -> Window:
    during = _week(monday, zone)
    body = {
        "practitioner": practitioner,
        "clinic": clinic,
        "from": _written(during.start, zone),
        "to": _written(during.end, zone),
        "slots": [_slot(slot, zone) for slot in slots],
    }
    key = WindowKey(practitioner, clinic, week_name(monday))
    return Window(key, body, digest_of(body))


def _slot(slot: Slot, zone: ZoneInfo) -> dict[str, Any]:
    written: dict[str, Any] = {
        "start": _written(slot.during.start, zone),
        "end": _written(slot.during.end, zone),
    }
    if not slot.accepts.excluded:
        written["categories"] = sorted(slot.accepts.names)
    elif slot.accepts.names:
        written["categories_except"] = sorted(slot.accepts.names)
    return written


def _written(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat(timespec="seconds")
