"""Wishes against start times: the quick way gives what a slow look at every start gives."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.availability import Starts, settle
from scheduling.matching import Preference, fitting_starts
from scheduling.weeks import midnight, minutes_in_week

HELSINKI = ZoneInfo("Europe/Helsinki")
ZONES = [HELSINKI, ZoneInfo("Europe/Stockholm"), ZoneInfo("Europe/Oslo")]
WEEKS = [date(2026, 3, 23), date(2026, 10, 19), date(2026, 11, 23)]
"""Clocks go forward in the first, back in the second."""

times = st.times(min_value=time(0), max_value=time(23, 59)).map(lambda t: t.replace(second=0, microsecond=0))
preferences = st.builds(
    lambda days, edges, last: Preference(frozenset(days), min(edges), max(edges), last),
    st.sets(st.integers(0, 6), min_size=1),
    st.tuples(times, times),
    st.sampled_from([week + timedelta(days=n) for week in WEEKS for n in range(-1, 8)]),
)


def slowly(
    starts: Starts, week: date, zone: ZoneInfo, preference: Preference, earliest: datetime
) -> list[datetime]:
    """Every start of the week, one by one, by the clinic's clock."""
    everything = [
        (midnight(week, zone) + timedelta(minutes=minute)).astimezone(zone) for minute in starts.minutes()
    ]
    return [
        local
        for local in everything
        if local >= earliest
        and local.weekday() in preference.weekdays
        and local.date() <= preference.latest_on
        and preference.from_time <= local.time() <= preference.until_time
    ]


@settings(max_examples=300)
@given(
    zone=st.sampled_from(ZONES),
    week=st.sampled_from(WEEKS),
    minutes=st.sets(st.integers(0, 167 * 60 - 1), max_size=60),
    preference=preferences,
    hours_gone=st.integers(-5, 170),
)
def test_quick_matching_equals_the_slow_model(
    zone: ZoneInfo, week: date, minutes: set[int], preference: Preference, hours_gone: int
) -> None:
    starts = settle(0, minutes)
    earliest = midnight(week, zone) + timedelta(hours=hours_gone)

    quickly = fitting_starts(starts=starts, week=week, zone=zone, preference=preference, earliest=earliest)

    assert list(quickly) == slowly(starts, week, zone, preference, earliest)


@pytest.mark.parametrize("week", WEEKS)
def test_hours_around_a_clock_change_are_all_looked_at(week: date) -> None:
    """Every five minutes of the week, hours that the clock skips or shows twice among the edges."""
    starts = settle(0, range(0, minutes_in_week(week, HELSINKI), 5))
    for edges in ((time(2), time(3)), (time(3), time(3, 55)), (time(3, 30), time(4, 30)), (time(4), time(5))):
        preference = Preference(frozenset({5, 6}), *edges, date(2027, 1, 1))
        early = datetime(2020, 1, 1, tzinfo=UTC)

        quickly = fitting_starts(
            starts=starts, week=week, zone=HELSINKI, preference=preference, earliest=early
        )

        assert list(quickly) == slowly(starts, week, HELSINKI, preference, early)
