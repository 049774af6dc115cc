"""A booking as an iCalendar file (RFC 5545), for the patient's own calendar."""

from datetime import UTC

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar, Event, vBoolean, vCalAddress, vText

from clinics.models import Organisation
from notifications.sender import email_sender
from scheduling.models import Booking

OFF = {Booking.State.CANCELLED, Booking.State.REFUSED}


def booking_calendar(*, organisation: Organisation, booking: Booking, attendee: str = "") -> str:
    """The file's text, without what the treatment is unless the clinic chose so.

    Its UID stays the same for the booking's life and its SEQUENCE rises with every change, so that a
    move updates the entry and a cancellation removes it (RFC 5546 §3.2). ``attendee`` is the e-mail
    address that it is sent to: without one a file has no address of the patient's in it.
    """
    event = Event()
    event.add("uid", f"{booking.public_id}@{settings.BASE_DOMAIN}")
    event.add("sequence", booking.revision)
    event.add("dtstamp", timezone.now() if booking.revision else booking.booked_at or booking.created_at)
    event.add("dtstart", booking.starts_at.astimezone(UTC))
    event.add("dtend", booking.ends_at.astimezone(UTC))
    named = organisation.settings.name_treatment_in_messages and booking.treatment
    event.add("summary", f"{named.name}, {booking.clinic.name}" if named else booking.clinic.name)
    event.add("location", ", ".join(filter(None, [booking.clinic.name, booking.clinic.address])))
    event.add("status", "CANCELLED" if booking.state in OFF else "CONFIRMED")
    event.add("organizer", organizer(organisation))
    if attendee:
        event.add("attendee", invited(attendee))
    calendar = Calendar()
    calendar.add("prodid", "-//Booking portal//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method_of(booking, attendee))
    calendar.add_component(event)
    return bytes(calendar.to_ical()).decode()


def method_of(booking: Booking, attendee: str) -> str:
    """What a calendar should do with the file. Only who is invited can be told of changes (RFC 5546 §3.2)."""
    if booking.state in OFF:
        return "CANCEL"
    return "REQUEST" if attendee else "PUBLISH"


def organizer(organisation: Organisation) -> vCalAddress:
    """Who may change the entry: calendars take a change only from whom the entry came (RFC 5546 §6.1)."""
    name, address = email_sender(organisation)
    found = vCalAddress(f"mailto:{address}")
    found.params["CN"] = vText(name)
    return found


def invited(address: str) -> vCalAddress:
    """Nobody has to be asked whether they come: they have just booked. Without the patient's name."""
    found = vCalAddress(f"mailto:{address}")
    found.params["PARTSTAT"] = vText("ACCEPTED")
    found.params["RSVP"] = vBoolean(False)
    return found
