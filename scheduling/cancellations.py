"""Cancelling a booking, and taking that back while its time is still free.

As every change of a booking (scheduling/changes.py): one transaction, with the booking's row locked first.
"""

from copy import copy

from django.db import transaction
from django.db.models import QuerySet

from clinics.models import Organisation
from notifications.withdrawal import cancel_waiting_messages
from scheduling.bookings import book, lock
from scheduling.change_rules import Change
from scheduling.changes import (
    BY_PATIENT,
    Staff,
    by_whom,
    place_of,
    release_new_time,
    require_allowed,
    require_as_seen,
)
from scheduling.errors import NotUndoable
from scheduling.events import tell_agent
from scheduling.given_back import give_time_back
from scheduling.holds import can_hold_again, hold_time_like, refresh_after
from scheduling.models import AgentEvent, AgentLink, Booking, BookingPatient
from scheduling.telling import tell_patient_cancelled


def cancel_booking(*, organisation: Organisation, booking: Booking, staff: Staff | None = None) -> Booking:
    """Cancels it for the patient, whose time is free at once. Twice cancels once. Raises ChangeRefused.

    Where it is ``staff`` who cancels, raises ChangedMeanwhile if it is not as they have seen it.
    """
    with transaction.atomic():
        locked = lock(organisation, booking)
        if staff:
            require_as_seen(locked, staff)
        if locked.state == Booking.State.CANCELLED:
            return locked
        require_allowed(organisation, locked, Change.CANCEL, staff)
        release_new_time(organisation=organisation, booking=locked)
        locked.state = Booking.State.CANCELLED
        locked.is_doubled = False
        locked.revision += 1
        locked.save(update_fields=["state", "is_doubled", "revision"])
        locked.resources.all().delete()
        refresh_after(organisation, [locked])
        give_time_back(organisation=organisation, booking=locked)
        cancel_waiting_messages(organisation=organisation, about=f"booking:{locked.public_id}")
        if staff is None or staff.tells_patient:
            tell_patient_cancelled(organisation=organisation, booking=locked)
        tell_agent(
            organisation=organisation,
            event_type=AgentEvent.Type.BOOKING_CANCELLED,
            booking=locked,
            data={
                **by_whom(staff),
                "old": place_of(locked),
                "record_in_journal": organisation.settings.journal_cancellations,
            },
        )
    return locked


def undoer_of(booking: Booking) -> str:
    """Stands as the visitor of the booking that takes the place of a cancelled one: there is only one."""
    return f"undo:{booking.public_id}"


def booked_again(*, organisation: Organisation, booking: Booking) -> Booking | None:
    """The booking that took the place of this cancelled one."""
    return (
        Booking.objects.select_related("clinic", "practitioner", "treatment", "patient")
        .filter(organisation=organisation, visitor=undoer_of(booking))
        .exclude(state__in=[Booking.State.HELD, Booking.State.EXPIRED])
        .first()
    )


def can_undo(*, organisation: Organisation, booking: Booking) -> bool:
    """Whether the patient has cancelled this booking, and could have the same time back now."""
    if not is_undoable(organisation, booking) or booked_again(organisation=organisation, booking=booking):
        return False
    own = given_back_by_portal(organisation, booking)
    return can_hold_again(organisation=organisation, booking=booking, own=own)


def given_back_by_portal(organisation: Organisation, booking: Booking) -> Booking | None:
    """The cancelled booking, for as long as only the portal can know that its time is free again.

    An agent may still push what it worked out before it heard of the cancellation.
    """
    last_push_at = (
        AgentLink.objects.filter(organisation=organisation).values_list("last_push_at", flat=True).first()
    )
    told = cancellations_of(organisation, booking).order_by("-sequence").first()
    if told is None or told.acknowledged_at is None:
        return booking
    return booking if last_push_at is None or last_push_at <= told.acknowledged_at else None


def cancellations_of(organisation: Organisation, booking: Booking) -> QuerySet[AgentEvent]:
    return AgentEvent.objects.filter(
        organisation=organisation,
        booking=booking,
        type=AgentEvent.Type.BOOKING_CANCELLED,
        data__by=BY_PATIENT,
    )


def is_undoable(organisation: Organisation, booking: Booking) -> bool:
    """Whether its patient has cancelled it, and it can be told to the clinic as a new booking."""
    return (
        is_cancelled_by_patient(organisation, booking)
        and getattr(booking, "patient", None) is not None
        and booking.treatment is not None
    )


def is_cancelled_by_patient(organisation: Organisation, booking: Booking) -> bool:
    return booking.state == Booking.State.CANCELLED and cancellations_of(organisation, booking).exists()


def undo_cancellation(*, organisation: Organisation, booking: Booking) -> Booking:
    """Books the cancelled time again, for the same patient; twice books once.

    It is another booking, since to the clinic it is another appointment. Raises NotUndoable, TimeTaken,
    TimeNotOffered.
    """
    with transaction.atomic():
        locked = lock(organisation, booking)
        again = booked_again(organisation=organisation, booking=locked)
        if again is not None:
            return again
        if not is_undoable(organisation, locked):
            raise NotUndoable
        again = hold_time_like(
            organisation=organisation,
            booking=locked,
            starts_at=locked.starts_at,
            visitor=undoer_of(locked),
            own=given_back_by_portal(organisation, locked),
        )
        copy_patient(locked.patient, again)
        book(organisation, again, Booking.Confirmation.LINK)
    return again


def copy_patient(patient: BookingPatient, booking: Booking) -> None:
    copied = copy(patient)
    copied.pk = None
    copied.booking = booking
    copied.save(force_insert=True)
