"""What becomes of a change that the clinic's agent refuses: the booking goes back to what the book says.

Only where nothing has happened to the booking since. The patient is told in either case, unless it was the
clinic's own people who made the change and did not tell them of it; the event keeps
the reason for the clinic's staff.
"""

import logging
from copy import copy
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.dateparse import parse_datetime

from clinics.models import Organisation, Practitioner
from notifications.withdrawal import cancel_waiting_messages
from scheduling.book_changes import follow_accepted_move
from scheduling.bookings import TAKEN, lock
from scheduling.changes import place_of, release_new_time
from scheduling.errors import TimeTaken
from scheduling.holds import refresh_after, take_resources
from scheduling.models import AgentEvent, Booking
from scheduling.reminders import plan_reminders
from scheduling.slots import withdraw_time
from scheduling.telling import tell_patient_change_refused

log = logging.getLogger(__name__)


def settle_change(*, organisation: Organisation, event: AgentEvent) -> None:
    """Takes in what the agent has said of a move or a cancellation."""
    if event.outcome == AgentEvent.Outcome.ACCEPTED:
        note_appointment(organisation, event)
        if event.type == AgentEvent.Type.BOOKING_MOVED:
            follow_accepted_move(organisation=organisation, event=event)
    elif event.type == AgentEvent.Type.BOOKING_MOVED:
        take_back_move(organisation, event)
    else:
        take_back_cancellation(organisation, event)


def note_appointment(organisation: Organisation, event: AgentEvent) -> None:
    """A book may give a moved appointment another id."""
    if event.appointment_id and event.type == AgentEvent.Type.BOOKING_MOVED:
        Booking.objects.filter(organisation=organisation, pk=event.booking_id).update(
            appointment_id=event.appointment_id
        )


def take_back_move(organisation: Organisation, event: AgentEvent) -> None:
    with transaction.atomic():
        booking = lock(organisation, event.own_booking)
        if booking.state != Booking.State.BOOKED or place_of(booking) != event.data["new"]:
            return
        gone = copy(booking)
        there, back = place_fields(booking), old_place(organisation, place_in_book(organisation, event))
        release_new_time(organisation=organisation, booking=booking)
        restored = back is not None and restore(organisation, booking, **back)
        if not restored:
            # The old time is somebody else's by now, the new one was refused: the staff have to call.
            restore(organisation, booking, **there, state=Booking.State.REFUSED, refusal_reason=event.reason)
        if event.reason == TAKEN:
            withdraw_time(organisation=organisation, booking=gone)
        say(organisation, booking, event, stands=restored)


def take_back_cancellation(organisation: Organisation, event: AgentEvent) -> None:
    with transaction.atomic():
        booking = lock(organisation, event.own_booking)
        if booking.state != Booking.State.CANCELLED:
            return
        say(
            organisation,
            booking,
            event,
            stands=restore(organisation, booking, state=Booking.State.BOOKED),
        )


def place_in_book(organisation: Organisation, event: AgentEvent) -> dict[str, str]:
    """Where the booking stood before this move, and before earlier ones that were refused as well."""
    told: dict[str, str] = event.data["old"]
    refused = AgentEvent.objects.filter(
        organisation=organisation,
        booking=event.own_booking,
        type=AgentEvent.Type.BOOKING_MOVED,
        outcome=AgentEvent.Outcome.REFUSED,
        sequence__lt=event.sequence,
    )
    for earlier in refused.order_by("-sequence"):
        if earlier.data["new"] == told:
            told = earlier.data["old"]
    return told


def place_fields(booking: Booking) -> dict[str, Any]:
    return {"during": booking.during, "practitioner": booking.practitioner}


def old_place(organisation: Organisation, told: dict[str, str]) -> dict[str, Any] | None:
    practitioner = Practitioner.objects.filter(
        organisation=organisation, external_id=told["practitioner"]
    ).first()
    if practitioner is None:
        return None
    during = DateTimeTZRange(parse_datetime(told["start"]), parse_datetime(told["end"]))
    return {"during": during, "practitioner": practitioner}


def restore(organisation: Organisation, booking: Booking, **fields: Any) -> bool:
    """Gives the booking these fields, unless the time is somebody else's; whether it could be."""
    before = {name: getattr(booking, name) for name in fields}
    left = Booking(practitioner_id=booking.practitioner_id, during=booking.during)
    for name, value in fields.items():
        setattr(booking, name, value)
    try:
        with transaction.atomic():
            booking.resources.all().delete()
            booking.save(update_fields=list(fields))
            if booking.state == Booking.State.BOOKED and not take_resources(booking):
                raise TimeTaken(booking.starts_at)
    except (IntegrityError, TimeTaken):
        for name, value in before.items():
            setattr(booking, name, value)
        return False
    refresh_after(organisation, [left, booking])
    return True


def say(organisation: Organisation, booking: Booking, event: AgentEvent, *, stands: bool) -> None:
    log.warning(
        "organisation %s: the clinic refused event %s (%s, %s); the booking %s",
        organisation.pk,
        event.sequence,
        event.type,
        event.reason,
        "is back where it was" if stands else "needs the staff",
    )
    booking.revision += 1
    booking.save(update_fields=["revision"])
    cancel_waiting_messages(organisation=organisation, about=f"booking:{booking.public_id}")
    if getattr(booking, "patient", None) and event.data.get("patient_told", True):
        tell_patient_change_refused(organisation=organisation, booking=booking, stands=stands)
    if stands:
        plan_reminders(organisation=organisation, booking=booking, is_new=True)
