"""The two weeks a year in which clocks change, in three countries: every start at its wall-clock time."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from scheduling.free_times import free_times
from scheduling.slot_times import SlotTime, instant
from scheduling.slots import Window, publish_slots
from scheduling.weeks import GRID_BITS, minutes_in_week, minutes_into_week, monday_of, week_of
from tests.conftest import Practice

ZONES = ["Europe/Helsinki", "Europe/Stockholm", "Europe/Oslo"]
SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)


def every_five_minutes(day: date, zone: ZoneInfo) -> list[datetime]:
    """The instants of this local day, five minutes apart, found by stepping through UTC."""
    instant = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=6)
    steps = (instant + timedelta(minutes=5 * n) for n in range(12 * 40))
    return [moment.astimezone(zone) for moment in steps if moment.astimezone(zone).date() == day]


@pytest.mark.parametrize("zone_name", ZONES)
@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25)])
def test_week_grid_holds_every_five_minutes_of_a_clock_change(zone_name: str, day: date, hours: int) -> None:
    zone = ZoneInfo(zone_name)
    week = monday_of(day)
    moments = every_five_minutes(day, zone)

    minutes = [minutes_into_week(moment, week, zone) for moment in moments]

    assert len(moments) == hours * 12
    assert minutes == list(range(minutes[0], minutes[0] + hours * 60, 5))
    assert minutes[-1] // 5 < GRID_BITS
    assert minutes[-1] + 5 == minutes_in_week(week, zone) == (144 + hours) * 60
    assert {week_of(moment, zone) for moment in moments} == {week}


@pytest.mark.django_db
@pytest.mark.parametrize("zone_name", ZONES)
@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_free_times_of_a_clock_change_day_are_the_slots_own(
    in_scope: Practice, zone_name: str, day: date
) -> None:
    zone = ZoneInfo(zone_name)
    in_scope.clinic.time_zone = zone_name
    in_scope.clinic.save()
    in_scope.organisation.settings.weekend_booking = True
    moments = every_five_minutes(day, zone)
    slot = SlotTime.of(moments[0].astimezone(UTC), (moments[-1] + timedelta(minutes=5)).astimezone(UTC))
    window = Window(
        in_scope.practitioner.pk, in_scope.clinic.pk, instant(slot.start), instant(slot.end), [slot]
    )

    with time_machine.travel(datetime(day.year, day.month, 1, tzinfo=UTC), tick=False):
        publish_slots(organisation=in_scope.organisation, windows=[window])
        times = free_times(
            organisation=in_scope.organisation,
            clinic=in_scope.clinic,
            treatment=in_scope.treatment,
            practitioner=None,
            week=monday_of(day),
        )

    assert [time.starts_at for time in times] == moments[::6]
    assert [f"{time.starts_at:%H:%M}" for time in times] == [f"{moment:%H:%M}" for moment in moments[::6]]
