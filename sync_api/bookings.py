"""``PUT bookings/{id}``: what the clinic's people did in their book to a booking of the portal."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from clinics.models import Clinic, Organisation, Practitioner
from scheduling.book_changes import BookEntry, Followed, follow_book, lock_made
from scheduling.changes import place_of
from scheduling.models import Booking
from scheduling.models.booking import BookingState
from sync_api.booking_schemas import BookingIn
from sync_api.locks import lock_sync
from sync_api.mismatches import forget_mismatch, note_missing, note_unknown
from sync_api.models import Agent
from sync_api.problems import UnknownId
from sync_api.tokens import require_in_service
from sync_api.windows import EARLIEST, LATEST, ids_of, invalid, known, parsed

STATES = {
    "booked": BookingState.BOOKED,
    "moved": BookingState.BOOKED,
    "cancelled": BookingState.CANCELLED,
    "arrived": BookingState.ARRIVED,
    "no_show": BookingState.NO_SHOW,
}
MISSING = "missing"
LONGEST = timedelta(days=1)
UNKNOWN = "The portal has no booking with this id."


def take_booking(
    *, organisation: Organisation, agent: Agent, booking: str, body: BookingIn
) -> dict[str, Any]:
    """Makes the booking what the book says; how it stands then.

    Raises InvalidBody, UnknownId, and AgentSuperseded where another agent was activated meanwhile.
    """
    public_id = id_of(booking)
    entry = None if body.state == MISSING else entry_in(organisation, body)
    with transaction.atomic():
        lock_sync(organisation)
        require_in_service(
            Agent.objects.select_related("organisation").get(organisation=organisation, pk=agent.pk)
        )
        try:
            if entry is None:
                return answer_of(lost(organisation, public_id))
            followed = follow_book(organisation=organisation, public_id=public_id, entry=entry)
        except Booking.DoesNotExist:
            followed = None
            keep_unknown(organisation, str(public_id), entry)
        else:
            forget_mismatch(organisation=organisation, booking=str(public_id))
    if followed is None:
        raise unknown_booking()
    return answer_of(followed)


def lost(organisation: Organisation, public_id: UUID) -> Followed:
    """The book has it no more: nothing is changed here, but the clinic's people are shown it."""
    booking = lock_made(organisation, public_id)
    return Followed(booking, note_missing(organisation=organisation, booking=booking))


def keep_unknown(organisation: Organisation, booking: str, entry: BookEntry | None) -> None:
    """Remembers what the book has of a booking that is not here, as long as it stands there."""
    if entry is None or entry.state == BookingState.CANCELLED:
        forget_mismatch(organisation=organisation, booking=booking)
    elif entry.during is not None:
        who = entry.practitioner.name if entry.practitioner else ""
        note_unknown(organisation=organisation, booking=booking, starts_at=entry.during.lower, who=who)


def answer_of(followed: Followed) -> dict[str, Any]:
    return {
        "changed": followed.is_changed,
        "state": followed.booking.state,
        **place_of(followed.booking),
        "overlaps": [str(other.public_id) for other in followed.overlapping],
    }


def id_of(booking: str) -> UUID:
    try:
        return UUID(booking)
    except ValueError as error:
        raise unknown_booking() from error


def unknown_booking() -> UnknownId:
    return UnknownId(UNKNOWN, errors=[((), UNKNOWN)])


def entry_in(organisation: Organisation, body: BookingIn) -> BookEntry:
    return BookEntry(
        state=STATES[body.state],
        during=during_in(body),
        practitioner=named(Practitioner, organisation, "practitioner", body.practitioner),
        clinic=named(Clinic, organisation, "clinic", body.clinic),
        tells_patient=body.notify_patient,
    )


def during_in(body: BookingIn) -> DateTimeTZRange | None:
    """When the appointment is; None where the body does not say."""
    if body.start is None and body.end is None and body.state != "moved":
        return None
    if body.start is None or body.end is None:
        raise invalid(("end" if body.start else "start",), "A time must be there, as a text of RFC 3339.")
    start, end = parsed(body.start, ("start",)), parsed(body.end, ("end",))
    if start >= end:
        raise invalid(("end",), "An appointment must end after it starts.")
    if end - start > LONGEST:
        raise invalid(("end",), "An appointment may be 24 hours long at most.")
    if start < EARLIEST or end > LATEST:
        raise invalid(("start",), "An appointment must lie between the years 2000 and 2200.")
    return DateTimeTZRange(start, end)


def named(model: Any, organisation: Organisation, name: str, value: str | None) -> Any:
    """The row that the catalogue has called so at some time; None where the body does not say."""
    if value is None:
        return None
    pk = known(ids_of(model, organisation), value, (name,))
    return model.objects.get(organisation=organisation, pk=pk)
