"""What the desk does in the sample book to the portal's bookings, and how they stand in it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from agent.book import NotInBook, Place, PortalBooking
from agent.books.engine import writing
from agent.books.sample.tables import appointments
from agent.intervals import Interval
from agent.words import _

STANDING = ("booked", "arrived", "no_show")


def read_portal_bookings(connection: Connection, ended_after: datetime) -> list[PortalBooking]:
    query = (
        select(appointments)
        .where(appointments.c.portal_booking.is_not(None), appointments.c.end_at > ended_after)
        .order_by(appointments.c.start_at, appointments.c.id)
    )
    return [_portal_booking(row) for row in connection.execute(query)]


def mark_at_desk(book: Any, appointment: str, state: str) -> None:
    """Note that the patient came or did not, or take that back; NotInBook."""
    if state not in STANDING:
        raise ValueError(state)
    _set(book, appointment, state=state)


def have_patient_told(book: Any, appointment: str, *, wanted: bool = True) -> None:
    """Whether the portal is to tell the patient of what the desk changes from now on; NotInBook."""
    _set(book, appointment, tell_patient=wanted)


def _set(book: Any, appointment: str, **columns: object) -> None:
    number = int(appointment) if appointment.isascii() and appointment.isdecimal() else 0
    change = update(appointments).where(appointments.c.id == number, appointments.c.state.in_(STANDING))
    with writing(book.engine) as connection:
        if not connection.execute(change.values(**columns)).rowcount:
            raise NotInBook(_("No such appointment is booked."))


def _portal_booking(row: Row[Any]) -> PortalBooking:
    return PortalBooking(
        booking=row.portal_booking,
        state=row.state,
        place=Place(row.clinic_id, row.practitioner_id, Interval(row.start_at, row.end_at)),
        tells_patient=row.tell_patient,
    )
