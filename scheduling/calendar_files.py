"""A booking as an iCalendar file (RFC 5545), for the patient's own calendar."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from django.conf import settings
from django.utils import timezone

from clinics.models import Organisation
from notifications.sender import email_sender
from scheduling.models import Booking

OFF = {Booking.State.CANCELLED, Booking.State.REFUSED}
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
LONGEST = 75
"""Octets of a line, without its end."""


def booking_calendar(*, organisation: Organisation, booking: Booking, attendee: str = "") -> str:
    """The file's text, without what the treatment is unless the clinic chose so.

    Its UID stays the same for the booking's life and its SEQUENCE rises with every change, so that a
    move updates the entry and a cancellation removes it (RFC 5546 §3.2). ``attendee`` is the e-mail
    address that it is sent to: without one a file has no address of the patient's in it.
    """
    return "".join(folded(line) for line in lines_of(organisation, booking, attendee))


def lines_of(organisation: Organisation, booking: Booking, attendee: str) -> Iterator[str]:
    """The file's lines. Written by hand: every booking has such a file, and a library takes a millisecond."""
    stamp = timezone.now() if booking.revision else booking.booked_at or booking.created_at
    named = organisation.settings.name_treatment_in_messages and booking.treatment
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Booking portal//EN")
    yield f"METHOD:{method_of(booking, attendee)}"
    yield "BEGIN:VEVENT"
    yield f"SUMMARY:{text(f'{named.name}, {booking.clinic.name}' if named else booking.clinic.name)}"
    yield f"DTSTART:{instant(booking.starts_at)}"
    yield f"DTEND:{instant(booking.ends_at)}"
    yield f"DTSTAMP:{instant(stamp)}"
    yield f"UID:{booking.public_id}@{settings.BASE_DOMAIN}"
    yield f"SEQUENCE:{booking.revision}"
    if attendee:
        # Nobody has to be asked whether they come: they have just booked. Without the patient's name.
        yield f"ATTENDEE;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:{on_one_line(attendee)}"
    yield f"LOCATION:{text(', '.join(filter(None, [booking.clinic.name, booking.clinic.address])))}"
    yield organizer(organisation)
    yield f"STATUS:{'CANCELLED' if booking.state in OFF else 'CONFIRMED'}"
    yield from ("END:VEVENT", "END:VCALENDAR")


def method_of(booking: Booking, attendee: str) -> str:
    """What a calendar should do with the file. Only who is invited can be told of changes (RFC 5546 §3.2)."""
    if booking.state in OFF:
        return "CANCEL"
    return "REQUEST" if attendee else "PUBLISH"


def organizer(organisation: Organisation) -> str:
    """Who may change the entry: calendars take a change only from whom the entry came (RFC 5546 §6.1)."""
    name, address = email_sender(organisation)
    return f'ORGANIZER;CN="{parameter(name)}":mailto:{on_one_line(address)}'


def instant(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def text(value: str) -> str:
    """A value of the type TEXT (RFC 5545 §3.3.11)."""
    lines = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").splitlines()
    return on_one_line("\\n".join(lines))


def parameter(value: str) -> str:
    """A parameter's value between quotes (RFC 6868 §3.1)."""
    return on_one_line(value.replace("^", "^^").replace('"', "^'"))


def on_one_line(value: str) -> str:
    """Without control characters, which no value may have (RFC 5545 §3.1)."""
    return _CONTROL.sub("", value)


def folded(line: str) -> str:
    """With its end, and no longer than 75 octets; no character is taken apart (RFC 5545 §3.1)."""
    if len(line) <= LONGEST // 4 or len(line.encode()) <= LONGEST:
        return f"{line}\r\n"
    pieces, room = [""], LONGEST
    for character in line:
        octets = len(character.encode())
        if octets > room:
            pieces.append("")
            room = LONGEST - 1  # a space begins the rest
        pieces[-1] += character
        room -= octets
    return "\r\n ".join(pieces) + "\r\n"
