"""The two weeks in which clocks change, as patients see them: every button's clock is the clinic's own."""

import re
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from time_machine import travel

from scheduling.dates import clock
from scheduling.forms import instant_of, stamp_of
from scheduling.weeks import monday_of
from scheduling.words import day_names
from tests.conftest import Practice, open_practice
from tests.factories import publish
from tests.pages.conftest import TYPED, Browser, book_url, newest_code, text_of

pytestmark = pytest.mark.django_db

ZONES = ["Europe/Helsinki", "Europe/Stockholm", "Europe/Oslo"]
SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)
BUTTON = re.compile(r'<button name="at" value="(\w+)" aria-label="([^"]+)">([^<]+)</button>')
HALF_HOUR = timedelta(minutes=30)


def local(day: date, hour: int, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=zone)


def practice_in(zone: ZoneInfo, sunday: date) -> Practice:
    """Free on the Friday and the Monday around by day, and on the Sunday itself from midnight to six."""
    practice = open_practice("demoklinikka")
    practice.clinic.time_zone = zone.key
    practice.clinic.save()
    practice.organisation.settings.weekend_booking = True
    practice.organisation.settings.save()
    days = ((sunday - timedelta(days=2), 8, 16), (sunday, 0, 6), (sunday + timedelta(days=1), 8, 16))
    times = [(local(day, begin, zone), local(day, end, zone)) for day, begin, end in days]
    publish(practice.organisation, practice.practitioner, practice.clinic, *times)
    return practice


@pytest.mark.parametrize("zone_name", ZONES)
@pytest.mark.parametrize(("sunday", "hours"), [(SPRING, 5), (AUTUMN, 7)])
def test_week_of_a_clock_change_shows_each_time_by_the_clinics_clock(
    zone_name: str, sunday: date, hours: int
) -> None:
    zone = ZoneInfo(zone_name)
    with travel(datetime(sunday.year, sunday.month, 1, 12, tzinfo=zone), tick=False):
        practice = practice_in(zone, sunday)
        browser = Browser(practice.host)
        shown = BUTTON.findall(browser.get(book_url(practice, week=monday_of(sunday))).content.decode())

    instants = [instant_of(stamp) for stamp, _, _ in shown]
    assert len(shown) == len({name for _, name, _ in shown}) == 16 + 2 * hours
    for instant, (_, name, text) in zip(instants, shown, strict=True):
        assert instant is not None
        assert text == clock(instant, zone, "en")
        assert name.startswith(f"{day_names(instant.astimezone(zone).date(), 'en')[1]}, {text}")
    on_sunday = [instant for instant in instants if instant and instant.astimezone(zone).date() == sunday]
    assert {later - earlier for earlier, later in pairwise(on_sunday)} == {HALF_HOUR}
    assert local(sunday - timedelta(days=2), 9, zone) in instants


@pytest.mark.parametrize("sunday", [SPRING, AUTUMN])
@pytest.mark.parametrize("days", [-2, 0, 1])
def test_booking_around_a_clock_change_says_one_time_everywhere(sunday: date, days: int) -> None:
    zone = ZoneInfo("Europe/Helsinki")
    moment = local(sunday + timedelta(days=days), 9 if days else 5, zone)
    with travel(datetime(sunday.year, sunday.month, 1, 12, tzinfo=zone), tick=False):
        practice = practice_in(zone, sunday)
        browser = Browser(practice.host)
        week = browser.get(book_url(practice, week=monday_of(moment.date()))).content.decode()
        assert f'value="{stamp_of(moment)}"' in week
        address = browser.hold(practice, moment)
        details = text_of(browser.get(f"{address}details/"))
        browser.post(f"{address}details/", TYPED)
        browser.post(f"{address}code/", {"code": newest_code()})
        done = text_of(browser.get(f"{address}done/"))
        file = Calendar.from_ical(browser.get(f"{address}calendar.ics").content)

    [event] = file.walk("VEVENT")
    begins, ends = event.decoded("DTSTART"), event.decoded("DTEND")
    assert f"{moment:%a} {moment.day} {moment:%b}, {moment.hour}:00" in details
    assert f"{moment.day} {moment:%B} {moment.year}" in done
    assert f"{moment.hour}:00" in done
    assert (begins, ends) == (moment, moment + HALF_HOUR)
