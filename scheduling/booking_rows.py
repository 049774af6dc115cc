"""One booking with its patient, read in one question, for the pages that every patient passes."""

from collections.abc import Sequence
from typing import Any

from clinics.models import Organisation
from clinics.prepared import Question, ask
from clinics.rows import Rows, copied
from scheduling.menu import menu_of
from scheduling.models import Booking, BookingPatient
from scheduling.steps import STEPS

_BOOKINGS, _PATIENTS = Rows(Booking), Rows(BookingPatient)
_VERSIONS = "b.xmin::text || b.ctid::text, p.xmin::text || p.ctid::text"
"""Another where a row has been written: who wrote it, and where it is stored."""
_ONE = f"""
    SELECT {_VERSIONS}, {_BOOKINGS.columns("b")}, {_PATIENTS.columns("p")}
    FROM scheduling_booking b LEFT JOIN scheduling_bookingpatient p ON p.booking_id = b.id
    WHERE b.organisation_id = %s AND
"""  # noqa: S608 - names of ours
_LOCK = f"""
    SELECT {_VERSIONS}
    FROM scheduling_booking b LEFT JOIN scheduling_bookingpatient p ON p.booking_id = b.id
    WHERE b.organisation_id = %s AND b.id = %s FOR UPDATE OF b
"""  # noqa: S608


def one_booking(organisation: Organisation, where: str, values: Sequence[Any]) -> Booking:
    """The organisation's booking ``b`` for which the condition holds. Raises Booking.DoesNotExist.

    Its clinic, practitioner and treatment are those of the organisation's menu, for reading only; what is
    not on it (any more) is read when it is asked for.
    """
    row = ask(_ONE + where, [organisation.pk, *values]).row()
    if row is None:
        raise Booking.DoesNotExist
    booking = _BOOKINGS.made(row[2 : 2 + len(_BOOKINGS)])
    booking.organisation = organisation
    booking.as_stored = row[:2]
    patient = row[2 + len(_BOOKINGS) :]
    give_patient(booking, _PATIENTS.made(patient) if patient[0] is not None else None)
    return booking


def ask_to_lock(organisation: Organisation, booking: Booking) -> Question:
    """Locks the booking's row; the answer is for ``locked``."""
    return ask(_LOCK, [organisation.pk, booking.pk])


def locked(organisation: Organisation, booking: Booking, asked: Question) -> Booking:
    """The booking and its patient as they stand now, in an object of its own.

    They are read again only where somebody has written them since ``booking`` was read; its clinic,
    practitioner and treatment are not, as long as they are still the same.
    """
    if booking.as_stored is not None and asked.row() == booking.as_stored:
        return copied(booking)
    found = one_booking(organisation, "b.id = %s", [booking.pk])
    for step in STEPS:
        if getattr(found, f"{step}_id") == getattr(booking, f"{step}_id"):
            setattr(found, step, getattr(booking, step))
    return found


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
