"""Moving a booking, and what holds for every change of one: who may, by which rules, and what is told.

Each change is one transaction: the booking, the patient's messages, the free weeks and the agent's event.
The booking's row is locked first, so of two changes at once the second sees what the first has done.
"""

import uuid
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from clinics.models import Organisation, Practitioner
from notifications.withdrawal import cancel_waiting_messages
from scheduling.bookings import is_held, lock
from scheduling.change_rules import (
    Appointment,
    Change,
    OrganisationRules,
    Refusal,
    TreatmentRules,
    why_not,
    why_not_to,
)
from scheduling.errors import (
    ChangedMeanwhile,
    ChangeRefused,
    HoldExpired,
    TimeNotOffered,
    TimeTaken,
)
from scheduling.events import tell_agent
from scheduling.given_back import give_time_back
from scheduling.holds import hold_time, hold_time_like, refresh_after, release_hold, take_resources
from scheduling.models import AgentEvent, Booking
from scheduling.own_time import has_own_length
from scheduling.reminders import plan_reminders
from scheduling.telling import tell_patient_moved

BY_PATIENT = "patient"


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody of the clinic who changes a booking for its patient: no rule for patients binds them."""

    tells_patient: bool
    seen: str
    """The booking's ``state_stamp`` when they decided."""


def state_stamp(booking: Booking) -> str:
    """Another one after each change of the booking's state, time or practitioner."""
    return f"{booking.state}-{booking.revision}"


def require_as_seen(booking: Booking, staff: Staff) -> None:
    if staff.seen != state_stamp(booking):
        raise ChangedMeanwhile


def by_whom(staff: Staff | None) -> dict[str, Any]:
    """What the agent's event says of who made the change."""
    return {"by": "admin", "patient_told": staff.tells_patient} if staff else {"by": BY_PATIENT}


def rules_of(organisation: Organisation) -> OrganisationRules:
    chosen = organisation.settings
    return OrganisationRules(
        move_allowed=chosen.move_allowed,
        cancel_allowed=chosen.cancel_allowed,
        move_without_treatment=chosen.move_without_template,
        cancel_without_treatment=chosen.cancel_without_template,
        deadline_hours=chosen.change_deadline_hours,
    )


def appointment_of(booking: Booking) -> Appointment:
    """The booking as the rules see it."""
    treatment = booking.treatment
    return Appointment(
        starts_at=booking.starts_at.astimezone(ZoneInfo(booking.clinic.time_zone)),
        stands=booking.state == Booking.State.BOOKED,
        treatment=TreatmentRules(
            move_allowed=treatment.move_allowed,
            cancel_allowed=treatment.cancel_allowed,
            move_within_days=treatment.move_within_days,
        )
        if treatment
        else None,
    )


def refusal_of(*, organisation: Organisation, booking: Booking, change: Change) -> Refusal | None:
    """Which rule forbids the patient this change at this moment; None where none does."""
    return why_not(
        change, rules=rules_of(organisation), appointment=appointment_of(booking), now=timezone.now()
    )


def is_within_reach(*, booking: Booking, starts_at: datetime) -> bool:
    """Whether the treatment lets the booking be moved as far as this time."""
    appointment = appointment_of(booking)
    return why_not_to(appointment, starts_at.astimezone(appointment.starts_at.tzinfo)) is None


def require(organisation: Organisation, booking: Booking, change: Change) -> None:
    refusal = refusal_of(organisation=organisation, booking=booking, change=change)
    if refusal:
        raise ChangeRefused(refusal)


def require_allowed(
    organisation: Organisation, booking: Booking, change: Change, staff: Staff | None
) -> None:
    """Staff may change whatever stands, at any time."""
    if staff is None:
        require(organisation, booking, change)
    elif booking.state != Booking.State.BOOKED:
        raise ChangeRefused(Refusal.NOT_STANDING)


def require_movable(organisation: Organisation, booking: Booking, to: datetime) -> None:
    require(organisation, booking, Change.MOVE)
    if not is_within_reach(booking=booking, starts_at=to):
        raise ChangeRefused(Refusal.TOO_FAR)


def mover_of(booking: Booking) -> str:
    """Stands as the visitor of the new time that is held for this booking, whichever browser asked."""
    return f"move:{booking.public_id}"


def hold_new_time(*, organisation: Organisation, booking: Booking, starts_at: datetime) -> Booking:
    """Holds a new time for the booking, which keeps its own; with the same practitioner if they are free.

    It may overlap the booking's own time: that is let go in the same statement in which the new one is
    taken. An earlier new time is given back. Raises ChangeRefused, TimeTaken, TimeNotOffered.
    """
    require_movable(organisation, booking, to=starts_at)
    return hold_beside(organisation=organisation, booking=booking, starts_at=starts_at)


def hold_beside(
    *,
    organisation: Organisation,
    booking: Booking,
    starts_at: datetime,
    practitioner: Practitioner | None = None,
) -> Booking:
    """The same without asking the rules, for a booking that need not be in the database.

    With just this ``practitioner``, where one is named.
    """
    release_new_time(organisation=organisation, booking=booking)
    treatment = booking.treatment
    if treatment is None or has_own_length(booking):
        return hold_as_long(organisation, booking, starts_at, practitioner)
    wanted: dict[str, Any] = {
        "organisation": organisation,
        "treatment": treatment,
        "clinic": booking.clinic,
        "starts_at": starts_at,
        "visitor": mover_of(booking),
        "moves": booking,
    }
    if practitioner is not None:
        return hold_time(practitioner=practitioner, **wanted)
    if starts_at == booking.starts_at:
        return hold_time(practitioner=None, **wanted)
    try:
        return hold_time(practitioner=booking.practitioner, **wanted)
    except (TimeTaken, TimeNotOffered):
        return hold_time(practitioner=None, **wanted)


def hold_as_long(
    organisation: Organisation, booking: Booking, starts_at: datetime, practitioner: Practitioner | None
) -> Booking:
    """The same for what has its own length, which stays with its practitioner."""
    if starts_at == booking.starts_at or practitioner not in (None, booking.practitioner):
        raise TimeNotOffered(starts_at)
    return hold_time_like(
        organisation=organisation,
        booking=booking,
        starts_at=starts_at,
        visitor=mover_of(booking),
        own=booking,
        moves=booking,
    )


def new_time_of(*, organisation: Organisation, booking: Booking) -> Booking | None:
    """The new time that is held for the booking at this moment."""
    return (
        Booking.objects.select_related("clinic", "practitioner", "treatment")
        .filter(
            organisation=organisation,
            visitor=mover_of(booking),
            state=Booking.State.HELD,
            hold_expires_at__gt=timezone.now(),
        )
        .order_by("-pk")
        .first()
    )


def release_new_time(*, organisation: Organisation, booking: Booking) -> None:
    """Gives back whatever new time is held for the booking."""
    holds = Booking.objects.filter(
        organisation=organisation, visitor=mover_of(booking), state=Booking.State.HELD
    )
    for hold in holds:
        release_hold(organisation=organisation, booking=hold, visitor=mover_of(booking))


def move_booking(
    *, organisation: Organisation, booking: Booking, new_time: uuid.UUID, staff: Staff | None = None
) -> Booking:
    """Moves the booking to the new time that is held for it; its old one is free from then on, not before.

    Twice moves once. Raises HoldExpired, ChangeRefused, and TimeTaken if a resource is somebody else's.
    Where it is ``staff`` who moves, raises ChangedMeanwhile if it is not as they have seen it.
    """
    with transaction.atomic():
        locked = lock(organisation, booking)
        if staff:
            require_as_seen(locked, staff)
        held = lock_new_time(organisation, locked, new_time)
        if (locked.during, locked.practitioner_id) == (held.during, held.practitioner_id):
            return locked
        if not is_held(held):
            raise HoldExpired
        if staff is None:
            require_movable(organisation, locked, to=held.starts_at)
        else:
            require_allowed(organisation, locked, Change.MOVE, staff)
        before = copy(locked)
        take_place(locked, held)
        refresh_after(organisation, [before, locked])
        give_time_back(organisation=organisation, booking=before)
        keep_what_was_told(organisation, before)
        cancel_waiting_messages(organisation=organisation, about=f"booking:{locked.public_id}")
        if staff is None or staff.tells_patient:
            tell_patient_moved(organisation=organisation, booking=locked)
        plan_reminders(organisation=organisation, booking=locked, is_new=True)
        tell_agent(
            organisation=organisation,
            event_type=AgentEvent.Type.BOOKING_MOVED,
            booking=locked,
            data={
                "old": place_of(before),
                "new": place_of(locked),
                "record_in_journal": organisation.settings.journal_moves,
                **(by_whom(staff) if staff else {}),
            },
        )
    return locked


def lock_new_time(organisation: Organisation, booking: Booking, public_id: uuid.UUID) -> Booking:
    try:
        held: Booking = (
            Booking.objects.select_for_update(of=("self",))
            .select_related("practitioner")
            .get(organisation=organisation, visitor=mover_of(booking), public_id=public_id)
        )
    except Booking.DoesNotExist:
        raise HoldExpired from None
    return held


def take_place(booking: Booking, held: Booking) -> None:
    """Puts the booking where the hold was. The hold's row guards the time until the very statement."""
    held.state = Booking.State.EXPIRED
    held.save(update_fields=["state"])
    held.resources.all().delete()
    booking.resources.all().delete()
    booking.during = held.during
    booking.practitioner = held.practitioner
    booking.is_doubled = False
    booking.revision += 1
    booking.save(update_fields=["during", "practitioner", "is_doubled", "revision"])
    if not take_resources(booking):
        raise TimeTaken(booking.starts_at)


def keep_what_was_told(organisation: Organisation, before: Booking) -> None:
    """Writes the first time into an event of the booking that the agent has not answered yet.

    It reads the booking when it is asked for, and would otherwise tell of the new time twice.
    """
    AgentEvent.objects.filter(
        organisation=organisation,
        booking=before,
        type=AgentEvent.Type.BOOKING_CREATED,
        acknowledged_at=None,
        data={},
    ).update(data=place_of(before))


def place_of(booking: Booking) -> dict[str, str]:
    """When, with whom and where, as the agent is told: its own ids, and the clinic's offset."""
    zone = ZoneInfo(booking.clinic.time_zone)
    return {
        "start": booking.starts_at.astimezone(zone).isoformat(timespec="seconds"),
        "end": booking.ends_at.astimezone(zone).isoformat(timespec="seconds"),
        "practitioner": booking.practitioner.external_id,
        "clinic": booking.clinic.external_id,
    }
