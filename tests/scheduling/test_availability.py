"""The quick arithmetic of start times against a slow, obvious model."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.availability import Interval, Starts, start_times

WEEK = 7 * 24 * 60


def slow_start_times(
    *, slots: list[Interval], busy: list[Interval], length: int, step: int, week_minutes: int
) -> list[int]:
    """Every minute of every slot, asked one by one."""
    free = {minute for start, end in slots for minute in range(start, end)}
    taken = {minute for start, end in busy for minute in range(start, end)}
    found = set()
    for start, end in slots:
        for minute in range(start, end, step):
            needed = set(range(minute, minute + length))
            if 0 <= minute < week_minutes and needed <= free and not needed & taken:
                found.add(minute)
    return sorted(found)


@st.composite
def stretches(draw: st.DrawFn) -> list[Interval]:
    """Ascending slots that do not overlap, of which many touch; some reach over the week's ends."""
    grid = draw(st.sampled_from([1, 5, 15]))
    at = draw(st.integers(-10, 8)) * 60
    slots = []
    for _ in range(draw(st.integers(0, 6))):
        at += draw(st.sampled_from([0, 0, 1, 3, 20])) * grid
        end = at + draw(st.integers(1, 16)) * grid
        slots.append((at, end))
        at = end
    shift = draw(st.sampled_from([0, 0, WEEK - 700]))
    return [(start + shift, end + shift) for start, end in slots]


busy_times = st.lists(
    st.tuples(st.integers(-60, 900), st.integers(1, 90)).map(lambda pair: (pair[0], pair[0] + pair[1])),
    max_size=4,
)


@settings(max_examples=300)
@given(
    slots=stretches(),
    busy=busy_times,
    length=st.integers(1, 70),
    step=st.none() | st.sampled_from([5, 7, 15, 30]),
)
def test_start_times_equal_the_slow_model(
    slots: list[Interval], busy: list[Interval], length: int, step: int | None
) -> None:
    arguments: dict[str, Any] = {
        "slots": slots,
        "busy": busy,
        "length": length,
        "step": step or length,
        "week_minutes": WEEK,
    }

    assert start_times(**arguments).minutes() == slow_start_times(**arguments)


def test_start_times_of_an_eight_hour_slot_are_sixteen_half_hours() -> None:
    starts = start_times(slots=[(480, 960)], busy=[], length=30, step=30, week_minutes=WEEK)

    assert starts.minutes() == list(range(480, 960, 30))
    assert len(starts.minutes()) == 16


def test_start_times_count_touching_slots_as_one_stretch() -> None:
    starts = start_times(slots=[(480, 510), (510, 540)], busy=[], length=40, step=40, week_minutes=WEEK)

    assert starts.minutes() == [480]


def test_start_times_use_up_both_slots_of_a_stretch() -> None:
    starts = start_times(
        slots=[(480, 510), (510, 540)], busy=[(480, 520)], length=20, step=20, week_minutes=WEEK
    )

    assert starts.minutes() == []


def test_start_times_leave_a_gap_between_slots_alone() -> None:
    starts = start_times(slots=[(480, 510), (511, 541)], busy=[], length=40, step=40, week_minutes=WEEK)

    assert starts.minutes() == []


def test_starts_first_is_the_earliest_on_or_off_the_grid() -> None:
    assert Starts().first() is None
    assert start_times(slots=[(480, 540)], busy=[], length=30, step=30, week_minutes=WEEK).first() == 480
    assert start_times(slots=[(482, 540)], busy=[], length=30, step=30, week_minutes=WEEK).first() == 482


@given(st.lists(st.integers(0, WEEK - 1), max_size=20), st.integers(0, WEEK), st.integers(0, WEEK))
def test_starts_between_keeps_both_ends(minutes: list[int], first: int, last: int) -> None:
    grid = [minute for minute in minutes if minute % 5 == 0]
    odd = tuple(sorted({minute for minute in minutes if minute % 5}))
    bits = sum(1 << (2027 - minute // 5) for minute in set(grid))

    kept = Starts(bits, odd).between(first, last)

    assert kept.minutes() == sorted({minute for minute in minutes if first <= minute <= last})
