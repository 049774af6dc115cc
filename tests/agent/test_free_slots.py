"""Free time has order and length and follows the clock on the wall; the whole is in test_preblocks.py."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.free_slots import Accepts, Preblock, WorkHours, free_slots, wall_times, working_times
from agent.intervals import Interval

HELSINKI = ZoneInfo("Europe/Helsinki")
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
STEP = timedelta(minutes=5)
CATEGORIES = ("exam", "hygiene", "surgery")

clock_times = st.integers(0, 287).map(lambda number: time(number // 12, number % 12 * 5))
accepts = st.builds(Accepts, st.frozensets(st.sampled_from(CATEGORIES)), st.booleans())


@st.composite
def work_hours(draw: st.DrawFn, day: date) -> WorkHours:
    begins, ends = draw(clock_times), draw(clock_times)
    starts = day - timedelta(days=draw(st.integers(-1, 3)))
    until = draw(st.none() | st.just(day + timedelta(days=draw(st.integers(-1, 1)))))
    return WorkHours((day.weekday() + draw(st.integers(-1, 1))) % 7, begins, ends, starts, until)


@st.composite
def intervals(draw: st.DrawFn, day: date) -> Interval:
    midnight = datetime.combine(day, time(), HELSINKI).astimezone(UTC)
    start = midnight + STEP * draw(st.integers(-40, 330))
    return Interval(start, start + STEP * draw(st.integers(1, 150)))


@st.composite
def diaries(draw: st.DrawFn) -> tuple[date, list[WorkHours], list[Preblock], list[Interval]]:
    day = draw(st.sampled_from([SPRING, AUTUMN, date(2026, 11, 23)]))
    hours = draw(st.lists(work_hours(day), max_size=4))
    preblocks = draw(st.lists(st.builds(Preblock, intervals(day), accepts), max_size=4))
    return day, hours, preblocks, draw(st.lists(intervals(day), max_size=5))


@given(diaries())
@settings(max_examples=40)
def test_free_slots_are_in_order_have_length_and_touch_only_where_they_differ(
    diary: tuple[date, list[WorkHours], list[Preblock], list[Interval]],
) -> None:
    day, hours, preblocks, busy = diary
    slots = free_slots(working_times(hours, day, day, HELSINKI), preblocks, busy)

    assert all(slot.during.start < slot.during.end for slot in slots)
    for earlier, later in pairwise(slots):
        assert earlier.during.end <= later.during.start
        assert earlier.during.end < later.during.start or earlier.accepts != later.accepts


@pytest.mark.parametrize(
    ("day", "begins", "ends", "expected"),
    [
        (SPRING, time(2), time(5), [("00:00", "02:00")]),  # an hour is missing
        (SPRING, time(3), time(4), []),  # the missing hour itself
        (SPRING, time(3, 30), time(5), [("01:00", "02:00")]),
        (AUTUMN, time(2), time(5), [("23:00", "03:00")]),  # an hour comes twice
        (AUTUMN, time(3), time(3, 30), [("00:00", "00:30"), ("01:00", "01:30")]),
        (date(2026, 11, 23), time(8), time(16), [("06:00", "14:00")]),
        (date(2026, 11, 23), time(20), time(), [("18:00", "22:00")]),  # to the end of the day
    ],
)
def test_wall_times_follow_the_clock_on_the_wall(
    day: date, begins: time, ends: time, expected: list[tuple[str, str]]
) -> None:
    found = wall_times(day, begins, ends, HELSINKI)

    assert [(f"{one.start:%H:%M}", f"{one.end:%H:%M}") for one in found] == expected


def test_preblock_is_withdrawn_its_hours_before_it_starts() -> None:
    start = datetime(2026, 11, 23, 6, tzinfo=UTC)
    preblock = Preblock(Interval(start, start + timedelta(hours=8)), Accepts(), timedelta(hours=24))

    assert preblock.is_open_at(start - timedelta(hours=24, minutes=1))
    assert not preblock.is_open_at(start - timedelta(hours=24))
