"""A booking as an iCalendar file (RFC 5545), for the patient's own calendar."""

from django.conf import settings
from icalendar import Calendar, Event

from clinics.models import Organisation
from scheduling.models import Booking


def booking_calendar(*, organisation: Organisation, booking: Booking) -> str:
    """The file's text. Its UID stays the same for the booking's life, so that a move updates the entry.

    It says where and when, never what the treatment is, unless the clinic chose so.
    """
    event = Event()
    event.add("uid", f"{booking.public_id}@{settings.BASE_DOMAIN}")
    event.add("dtstamp", booking.booked_at or booking.created_at)
    event.add("dtstart", booking.starts_at)
    event.add("dtend", booking.ends_at)
    named = organisation.settings.name_treatment_in_messages
    event.add("summary", f"{booking.treatment.name}, {booking.clinic.name}" if named else booking.clinic.name)
    event.add("location", ", ".join(filter(None, [booking.clinic.name, booking.clinic.address])))
    event.add("status", "CONFIRMED")
    calendar = Calendar()
    calendar.add("prodid", "-//Booking portal//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical()).decode()
