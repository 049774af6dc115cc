"""A booking as an iCalendar file (RFC 5545), for the patient's own calendar."""

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar, Event

from clinics.models import Organisation
from scheduling.models import Booking


def booking_calendar(*, organisation: Organisation, booking: Booking) -> str:
    """The file's text, without what the treatment is unless the clinic chose so.

    Its UID stays the same for the booking's life and its SEQUENCE rises with every change, so that a
    move updates the entry and a cancellation removes it (RFC 5546 §3.2).
    """
    event = Event()
    event.add("uid", f"{booking.public_id}@{settings.BASE_DOMAIN}")
    event.add("sequence", booking.revision)
    event.add("dtstamp", timezone.now() if booking.revision else booking.booked_at or booking.created_at)
    event.add("dtstart", booking.starts_at)
    event.add("dtend", booking.ends_at)
    named = organisation.settings.name_treatment_in_messages
    event.add("summary", f"{booking.treatment.name}, {booking.clinic.name}" if named else booking.clinic.name)
    event.add("location", ", ".join(filter(None, [booking.clinic.name, booking.clinic.address])))
    event.add("status", "CANCELLED" if booking.state == Booking.State.CANCELLED else "CONFIRMED")
    calendar = Calendar()
    calendar.add("prodid", "-//Booking portal//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method_of(booking))
    calendar.add_component(event)
    return bytes(calendar.to_ical()).decode()


def method_of(booking: Booking) -> str:
    """What a calendar should do with the file."""
    return "CANCEL" if booking.state == Booking.State.CANCELLED else "PUBLISH"
