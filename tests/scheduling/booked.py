"""Bookings as patients make them, with everything that comes with one."""

from datetime import datetime

from django.db import transaction

from clinics.models import Practitioner
from scheduling.bookings import PatientDetails, book, store_patient
from scheduling.holds import hold_time
from scheduling.models import AgentEvent, Booking
from tests.conftest import Practice
from tests.factories import PractitionerFactory, next_monday_at, publish

MAIJA = PatientDetails(
    first_name="Maija",
    last_name="Meikäläinen",
    language="en",
    email="maija@example.com",
    mobile="+358401234567",
)


def booked(practice: Practice, starts_at: datetime | None = None) -> Booking:
    """A booking of Maija's; its organisation has to be in scope."""
    hold = hold_time(
        organisation=practice.organisation,
        treatment=practice.treatment,
        practitioner=practice.practitioner,
        clinic=practice.clinic,
        starts_at=starts_at or next_monday_at(9),
        visitor="maija",
    )
    with transaction.atomic():
        store_patient(practice.organisation, hold, MAIJA)
        book(practice.organisation, hold, Booking.Confirmation.CODE)
    return fresh(hold)


def fresh(booking: Booking) -> Booking:
    """The booking as it stands now."""
    found: Booking = Booking.across.select_related("clinic", "practitioner", "treatment", "patient").get(
        pk=booking.pk
    )
    return found


def colleague_of(practice: Practice) -> Practitioner:
    """Somebody else who is free on the same Monday."""
    colleague: Practitioner = PractitionerFactory(organisation=practice.organisation, external_id="p2")
    publish(practice.organisation, colleague, practice.clinic, (next_monday_at(8), next_monday_at(16)))
    return colleague


def newest_event(booking: Booking) -> AgentEvent:
    found: AgentEvent = AgentEvent.across.filter(booking=booking).latest("sequence")
    return found
