"""iCalendar (RFC 5545) as the agent needs it: when somebody is busy, and the portal's bookings as events."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Event

from agent.book import PORTAL_USER, Booking, BookUnavailable, Place
from agent.books.calendars.shelf import Item
from agent.intervals import Interval

ONE_DAY = timedelta(days=1)
SAFE = re.compile(r"[A-Za-z0-9-]{1,56}")
PREFIX = "portal-"
BOOKING, CLINIC = "X-PORTAL-BOOKING", "X-PORTAL-CLINIC"


@dataclass(frozen=True, slots=True)
class Busy:
    """When, and by which event."""

    uid: str
    during: Interval


def uid_of(booking: str) -> str:
    """The id of the booking's event: always the same, so that it is found again and never made twice."""
    return PREFIX + (
        booking if SAFE.fullmatch(booking) else hashlib.sha256(booking.encode()).hexdigest()[:32]
    )


def file_of(uid: str) -> str:
    return f"{uid}.ics"


def busy_times(items: Iterable[Item], during: Interval, zone: ZoneInfo) -> Iterator[Busy]:
    """What takes time within ``during``, every repetition; ``zone`` is for times that name none."""
    for item in items:
        for event in _occurrences(item, during):
            if str(event.get("STATUS", "")) == "CANCELLED" or str(event.get("TRANSP", "")) == "TRANSPARENT":
                continue
            taken = _during(event, zone)
            if taken.overlaps(during):
                yield Busy(str(event.get("UID", "")), taken)


def _occurrences(item: Item, during: Interval) -> list[Any]:
    try:
        found = recurring_ical_events.of(_parsed(item), components=["VEVENT"])
        return list(found.between(during.start - ONE_DAY, during.end + ONE_DAY))  # for days of other zones
    except (ValueError, TypeError, KeyError, AttributeError) as trouble:
        raise _unusable(item, trouble) from None


def _parsed(item: Item) -> Calendar:
    try:
        return Calendar.from_ical(item.text)
    except (ValueError, IndexError) as trouble:
        raise _unusable(item, trouble) from None


def _unusable(item: Item, trouble: Exception) -> BookUnavailable:
    return BookUnavailable(
        f"The calendar's {item.name} is no iCalendar that can be read ({type(trouble).__name__});"
        " mend or remove it."
    )


def _during(event: Any, zone: ZoneInfo) -> Interval:
    return Interval(_moment(event.start, zone), _moment(event.end, zone))


def _moment(value: date, zone: ZoneInfo) -> datetime:
    """A day is its first moment."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


def booked_events(items: Iterable[Item]) -> "Iterator[BookedEvent]":
    """Those of the items that are bookings of the portal."""
    for item in items:
        if BOOKING in item.text:
            yield BookedEvent(item)


class BookedEvent:
    """A portal booking's event, as it stands in a calendar."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self._calendar = _parsed(item)
        found = self._calendar.walk("VEVENT")
        if not found:
            raise _unusable(item, ValueError())
        self._event = found[0]

    @property
    def uid(self) -> str:
        return str(self._event.get("UID", ""))

    @property
    def booking(self) -> str:
        return str(self._event.get(BOOKING, ""))

    @property
    def clinic(self) -> str:
        return str(self._event.get(CLINIC, ""))

    @property
    def is_cancelled(self) -> bool:
        return str(self._event.get("STATUS", "")) == "CANCELLED"

    @property
    def state(self) -> str:
        return "cancelled" if self.is_cancelled else "booked"

    def during(self, zone: ZoneInfo) -> Interval:
        return _during(self._event, zone)

    def moved(self, to: Place, note: str) -> str:
        """The same event at another time, as text."""
        for key in ("DTSTART", "DTEND", "DURATION", CLINIC):
            self._event.pop(key, None)
        self._event.add("dtstart", to.during.start)
        self._event.add("dtend", to.during.end)
        self._event.add(CLINIC, to.clinic)
        return self._changed(note)

    def cancelled(self, note: str) -> str:
        """The same event, taking no time any more, as text."""
        for key in ("STATUS", "TRANSP"):
            self._event.pop(key, None)
        self._event.add("status", "CANCELLED")
        self._event.add("transp", "TRANSPARENT")
        return self._changed(note)

    def _changed(self, note: str) -> str:
        sequence = int(self._event.pop("SEQUENCE", 0)) + 1
        for key in ("DTSTAMP", "LAST-MODIFIED"):
            self._event.pop(key, None)
            self._event.add(key, datetime.now(UTC))
        self._event.add("sequence", sequence)
        if note:
            self._event.add("comment", note)
        return str(self._calendar.to_ical().decode())


def event_for(booking: Booking, treatment: str) -> str:
    """A new event for a booking, as text."""
    calendar, event = Calendar(), Event()
    calendar.add("prodid", "-//booking portal//agent//EN")
    calendar.add("version", "2.0")
    person = booking.person
    name = f"{person.first_name} {person.last_name}".strip()
    event.add("uid", uid_of(booking.id))
    event.add("dtstamp", datetime.now(UTC))
    event.add("dtstart", booking.place.during.start)
    event.add("dtend", booking.place.during.end)
    event.add("summary", ", ".join(filter(None, [name, treatment])))
    event.add("description", "\n".join(_lines(booking)))
    event.add("categories", [PORTAL_USER])
    event.add("status", "CONFIRMED")
    event.add(BOOKING, booking.id)
    event.add(CLINIC, booking.place.clinic)
    calendar.add_component(event)
    return str(calendar.to_ical().decode())


def _lines(booking: Booking) -> Iterator[str]:
    person = booking.person
    address = ", ".join(
        filter(None, [person.address_1, person.address_2, f"{person.postcode} {person.city}".strip()])
    )
    for line in (booking.text, person.national_id, person.mobile, person.email, address):
        if line:
            yield line
    if booking.booked_by:
        yield f"Booked on the portal by {booking.booked_by}"
