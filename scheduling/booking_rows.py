"""One booking with its patient, read in one question, for the pages that every patient passes."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from clinics.models import Organisation
from clinics.rows import Rows
from scheduling.menu import menu_of
from scheduling.models import Booking, BookingPatient
from scheduling.steps import STEPS

_BOOKINGS, _PATIENTS = Rows(Booking), Rows(BookingPatient)
_ONE = f"""
    SELECT {_BOOKINGS.columns("b")}, {_PATIENTS.columns("p")}
    FROM scheduling_booking b LEFT JOIN scheduling_bookingpatient p ON p.booking_id = b.id
    WHERE b.organisation_id = %s AND
"""  # noqa: S608 - names of ours


def one_booking(organisation: Organisation, where: str, values: Sequence[Any]) -> Booking:
    """The organisation's booking ``b`` for which the condition holds. Raises Booking.DoesNotExist.

    Its clinic, practitioner and treatment are those of the organisation's menu, for reading only; what is
    not on it (any more) is read when it is asked for.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ONE + where, [organisation.pk, *values])
        row = cursor.fetchone()
    if row is None:
        raise Booking.DoesNotExist
    booking = _BOOKINGS.made(row[: len(_BOOKINGS)])
    booking.organisation = organisation
    patient = row[len(_BOOKINGS) :]
    give_patient(booking, _PATIENTS.made(patient) if patient[0] is not None else None)
    return booking


def give_patient(booking: Booking, patient: BookingPatient | None) -> None:
    """Lets the booking know its patient, or that it has none, without asking the database."""
    Booking._meta.get_field("patient").set_cached_value(booking, patient)
    if patient is not None:
        patient.booking = booking


def give_things(organisation: Organisation, booking: Booking) -> None:
    """Lets the booking know its clinic, practitioner and treatment, where they are on the menu."""
    menu = menu_of(organisation)
    for step in STEPS:
        thing = menu.by_pk(step).get(getattr(booking, f"{step}_id"))
        if thing is not None:
            setattr(booking, step, thing)
