"""The calendar's file: one entry for a booking's whole life, which only the clinic can change."""

from typing import Any

import pytest
from icalendar import Calendar
from pytest_django.fixtures import Settings

from notifications.models import Channel, Kind, Message
from scheduling.bookings import refuse_booking
from scheduling.calendar_files import booking_calendar
from scheduling.cancellations import cancel_booking
from scheduling.changes import hold_new_time, move_booking
from scheduling.models import Booking
from tests.conftest import Practice
from tests.factories import next_monday_at
from tests.scheduling.booked import MAIJA, booked, fresh

pytestmark = pytest.mark.django_db


def sent_with(kind: Kind) -> tuple[Any, Any]:
    """The calendar in the newest e-mail of this kind, and the event in it."""
    message = Message.across.filter(kind=kind, channel=Channel.EMAIL).latest("pk")
    (attachment,) = message.attachments
    calendar = Calendar.from_ical(attachment["text"])
    assert f"method={calendar['METHOD']};" in attachment["content_type"]
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def told(kind: Kind) -> tuple[str, int, str]:
    """What the calendar is to do, which change it is, and how the entry stands then."""
    calendar, event = sent_with(kind)
    return str(calendar["METHOD"]), int(event["SEQUENCE"]), str(event["STATUS"])


def move(practice: Practice, booking: Booking, hour: int) -> Booking:
    hold = hold_new_time(organisation=practice.organisation, booking=booking, starts_at=next_monday_at(hour))
    return move_booking(organisation=practice.organisation, booking=booking, new_time=hold.public_id)


def test_entry_is_one_from_booking_to_cancellation(in_scope: Practice) -> None:
    booking = booked(in_scope)
    assert told(Kind.CONFIRMATION) == ("REQUEST", 0, "CONFIRMED")

    moved = move(in_scope, booking, 11)
    assert told(Kind.MOVE) == ("REQUEST", 1, "CONFIRMED")
    assert sent_with(Kind.MOVE)[1].decoded("DTSTART") == next_monday_at(11)

    cancel_booking(organisation=in_scope.organisation, booking=moved)
    assert told(Kind.CANCELLATION) == ("CANCEL", 2, "CANCELLED")
    kinds = (Kind.CONFIRMATION, Kind.MOVE, Kind.CANCELLATION)
    assert len({str(sent_with(kind)[1]["UID"]) for kind in kinds}) == 1
    assert len({str(sent_with(kind)[1]["ORGANIZER"]) for kind in kinds}) == 1


def test_entry_of_a_refused_booking_is_taken_out_again(in_scope: Practice) -> None:
    refuse_booking(organisation=in_scope.organisation, booking=booked(in_scope), reason="taken")

    assert told(Kind.REFUSAL) == ("CANCEL", 1, "CANCELLED")


def test_organizer_is_who_sends_the_mail_and_attendee_who_gets_it(
    in_scope: Practice, settings: Settings
) -> None:
    settings.DEFAULT_FROM_EMAIL = "Portal <times@portal.example>"
    in_scope.organisation.settings.email_sender_name = 'Klinikka "Å", Oy; Helsinki'
    booked(in_scope)

    event = sent_with(Kind.CONFIRMATION)[1]

    assert str(event["ORGANIZER"]) == "mailto:times@portal.example"
    assert event["ORGANIZER"].params["CN"] == 'Klinikka "Å", Oy; Helsinki'
    assert str(event["ATTENDEE"]) == f"mailto:{MAIJA.email}"
    assert dict(event["ATTENDEE"].params) == {"PARTSTAT": "ACCEPTED", "RSVP": "FALSE"}


def test_file_to_download_holds_nothing_of_the_patient(in_scope: Practice) -> None:
    text = booking_calendar(organisation=in_scope.organisation, booking=fresh(booked(in_scope)))

    calendar = Calendar.from_ical(text)
    assert calendar["METHOD"] == "PUBLISH"
    assert "ATTENDEE" not in calendar.walk("VEVENT")[0]
    for personal in (MAIJA.first_name, MAIJA.last_name, MAIJA.email):
        assert personal not in text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ('Klinikka "Å"; Oy, \\^ C:', 'Klinikka "Å"; Oy, \\^ C:'),
        ("pitkä\xa0nimi " * 20, "pitkä\xa0nimi " * 20),
        ("日本" * 60, "日本" * 60),
        ("\\n", "\\n"),
    ],
)
def test_whatever_the_clinic_is_called_the_file_says_it(in_scope: Practice, name: str, said: str) -> None:
    booking = fresh(booked(in_scope))
    in_scope.organisation.settings.email_sender_name = name
    booking.clinic.name, booking.clinic.address = name, ""

    text = booking_calendar(organisation=in_scope.organisation, booking=booking)
    (event,) = Calendar.from_ical(text).walk("VEVENT")

    assert (str(event["SUMMARY"]), str(event["LOCATION"])) == (said, said)
    assert event["ORGANIZER"].params["CN"] == said
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
