"""When nobody is disturbed, and when a message goes that would have: over nights, weekends, clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinics.models import Organisation
from notifications.quiet_hours import Quiet, moment_to_send, quiet_of

HELSINKI = ZoneInfo("Europe/Helsinki")
LONDON = ZoneInfo("Europe/London")
NIGHT = Quiet(time(21), time(8))
NOON = Quiet(time(12), time(14))
NEVER = Quiet(time(0), time(0))
WEEKEND = Quiet(time(21), time(8), frozenset({5, 6}))
EVERY_DAY = Quiet(time(0), time(0), frozenset(range(7)))
ALL_BUT_MONDAY = Quiet(time(21), time(8), frozenset(range(1, 7)))


def at(text: str, zone: ZoneInfo = HELSINKI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def goes(
    wanted: str, quiet: Quiet, *, earliest: str = "", latest: str = "", zone: ZoneInfo = HELSINKI
) -> str | None:
    moment = moment_to_send(
        at(wanted, zone),
        quiet=quiet,
        zone=zone,
        earliest=at(earliest, zone) if earliest else at(wanted, zone) - timedelta(days=30),
        latest=at(latest, zone) if latest else at(wanted, zone) + timedelta(days=30),
    )
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M %z") if moment else None


@pytest.mark.parametrize(
    ("clock", "quiet", "expected"),
    [
        (time(12), NIGHT, False),
        (time(3), NIGHT, True),
        (time(21), NIGHT, True),
        (time(8), NIGHT, False),
        (time(23), Quiet(time(22), time(6)), True),
        (time(21), Quiet(time(22), time(6)), False),
        (time(12), NOON, True),
        (time(14), NOON, False),
        (time(3), NEVER, False),
        (time(12), Quiet(time(0), time(0), frozenset({6})), True),
    ],
)
def test_quiet_covers_its_hours_and_weekdays(clock: time, quiet: Quiet, expected: bool) -> None:
    sunday = datetime.combine(date(2026, 11, 22), clock, HELSINKI)

    assert quiet.covers(sunday) == expected


@pytest.mark.parametrize(
    ("wanted", "quiet", "limits", "expected"),
    [
        ("2026-11-24 12:00", NIGHT, {}, "2026-11-24 12:00 +0200"),
        ("2026-11-24 23:30", NIGHT, {}, "2026-11-24 20:59 +0200"),
        ("2026-11-24 07:00", NIGHT, {}, "2026-11-23 20:59 +0200"),
        ("2026-11-24 21:00", NIGHT, {}, "2026-11-24 20:59 +0200"),
        ("2026-11-24 08:00", NIGHT, {}, "2026-11-24 08:00 +0200"),
        ("2026-11-24 12:30", NOON, {}, "2026-11-24 11:59 +0200"),
        ("2026-11-24 03:00", NEVER, {}, "2026-11-24 03:00 +0200"),
        # made too late for the evening before: after the night, but never too late
        ("2026-11-24 23:30", NIGHT, {"earliest": "2026-11-24 21:30"}, "2026-11-25 08:00 +0200"),
        (
            "2026-11-24 23:30",
            NIGHT,
            {"earliest": "2026-11-24 21:30", "latest": "2026-11-25 07:30"},
            None,
        ),
        # over the weekend, and over a week of quiet
        ("2026-11-22 12:00", WEEKEND, {}, "2026-11-20 20:59 +0200"),
        ("2026-11-22 12:00", WEEKEND, {"earliest": "2026-11-21 12:00"}, "2026-11-23 08:00 +0200"),
        ("2026-11-29 12:00", ALL_BUT_MONDAY, {}, "2026-11-23 20:59 +0200"),
        ("2026-11-24 12:00", EVERY_DAY, {}, None),
        # the end of a year
        ("2027-01-01 00:30", NIGHT, {}, "2026-12-31 20:59 +0200"),
        ("2026-12-31 23:00", NIGHT, {"earliest": "2026-12-31 22:00"}, "2027-01-01 08:00 +0200"),
        # clocks go forward on 28 March 2027 at 3, and back on 25 October 2026 at 4
        ("2027-03-28 04:30", NIGHT, {}, "2027-03-27 20:59 +0200"),
        ("2027-03-28 04:30", NIGHT, {"earliest": "2027-03-28 00:30"}, "2027-03-28 08:00 +0300"),
        ("2027-03-28 04:10", Quiet(time(1), time(3, 30)), {}, "2027-03-28 04:10 +0300"),
        (
            "2027-03-28 02:10",
            Quiet(time(1), time(3, 30)),
            {"earliest": "2027-03-28 01:10"},
            "2027-03-28 04:00 +0300",
        ),
        ("2026-10-25 05:00", NIGHT, {"earliest": "2026-10-25 00:30"}, "2026-10-25 08:00 +0200"),
        (
            "2026-10-25 02:10",
            Quiet(time(1), time(3, 30)),
            {"earliest": "2026-10-25 01:10"},
            "2026-10-25 03:30 +0200",
        ),
    ],
)
def test_message_goes_before_the_quiet_else_after_it(
    wanted: str, quiet: Quiet, limits: dict[str, Any], expected: str | None
) -> None:
    assert goes(wanted, quiet, **limits) == expected


def test_it_is_the_clinics_clock_that_counts() -> None:
    late = at("2026-11-24 22:30", HELSINKI)

    for zone, expected in ((HELSINKI, "20:59"), (LONDON, "20:30")):
        moment = moment_to_send(
            late, quiet=NIGHT, zone=zone, earliest=late - timedelta(days=1), latest=late + timedelta(days=1)
        )
        assert moment is not None
        assert moment.astimezone(zone).strftime("%H:%M") == expected


OCTOBER = datetime(2026, 10, 20, tzinfo=UTC)
moments = st.integers(0, 165 * 24 * 60).map(lambda minutes: OCTOBER + timedelta(minutes=minutes))
clocks = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))


@given(moments, clocks, clocks, st.frozensets(st.integers(0, 6)), st.integers(0, 80), st.integers(1, 80))
def test_no_message_goes_in_the_quiet_too_early_or_too_late(
    wanted: datetime, begins: time, ends: time, weekdays: frozenset[int], before: int, after: int
) -> None:
    quiet = Quiet(begins, ends, weekdays)
    earliest, latest = wanted - timedelta(hours=before), wanted + timedelta(hours=after)

    moment = moment_to_send(wanted, quiet=quiet, zone=HELSINKI, earliest=earliest, latest=latest)

    if moment is None:
        minutes = (earliest + timedelta(minutes=step) for step in range(0, (before + after) * 60, 30))
        open_ones = [minute for minute in minutes if not quiet.covers(minute.astimezone(HELSINKI))]
        # Where clocks show an hour twice, the quiet has both.
        assert len(open_ones) <= 2
    else:
        assert not quiet.covers(moment.astimezone(HELSINKI))
        assert earliest <= moment < latest


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [((None, None), NIGHT), ((time(22), None), NIGHT), ((time(12), time(14)), NOON)],
)
def test_quiet_is_the_night_unless_chosen(
    organisation: Organisation, chosen: tuple[time | None, time | None], expected: Quiet
) -> None:
    organisation.settings.quiet_from, organisation.settings.quiet_until = chosen

    assert quiet_of(organisation) == expected
