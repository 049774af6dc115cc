"""What the clinic's book says of a booking: its people have moved, cancelled or marked it there.

The book is the master, so no rule for patients and no opening hour stands in the way. Where the book has put
the booking onto a time that another one has here, both stand as the book has them: the exclusion constraint
is asked first, and only where it refuses is the booking marked as doubled, for the clinic's people to see.
"""

import uuid
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q, QuerySet
from django.utils import timezone

from clinics.inserting import insert_unless_conflict
from clinics.models import Clinic, Organisation, Practitioner
from notifications.withdrawal import cancel_waiting_messages
from scheduling.changes import keep_what_was_told, mover_of, place_of
from scheduling.desk import note
from scheduling.holds import refresh_after, take_resources
from scheduling.models import AgentEvent, Booking, BookingResource
from scheduling.models.booking import MADE_STATES, OCCUPYING_STATES, BookingState
from scheduling.models.desk import Act
from scheduling.reminders import plan_reminders
from scheduling.telling import tell_patient_cancelled, tell_patient_moved, tell_patient_restored

THE_BOOK = ""
"""Stands as the name of who did it; pages say that it was the clinic's book."""
SHOWN = ("clinic", "practitioner", "treatment", "patient")
GONE = [BookingState.CANCELLED, BookingState.REFUSED]
MARKS = {BookingState.ARRIVED: Act.ARRIVED, BookingState.NO_SHOW: Act.NO_SHOW}


@dataclass(frozen=True, slots=True)
class BookEntry:
    """How a booking stands in the clinic's book; what is None there is as the portal has it."""

    state: BookingState
    during: DateTimeTZRange | None = None
    practitioner: Practitioner | None = None
    clinic: Clinic | None = None
    tells_patient: bool = False

    def applied_to(self, booking: Booking) -> Booking:
        """What the booking would be like."""
        wanted = copy(booking)
        wanted.state = self.state
        for name in ("during", "practitioner", "clinic"):
            said = getattr(self, name)
            if said is not None:
                setattr(wanted, name, said)
        return wanted


@dataclass(frozen=True, slots=True)
class Followed:
    """The booking as it stands now, whether that is news, and what else stands at its time."""

    booking: Booking
    is_changed: bool
    overlapping: Sequence[Booking] = field(default=())


def follow_book(*, organisation: Organisation, public_id: uuid.UUID, entry: BookEntry) -> Followed:
    """Makes the booking what the clinic's book says; the same again changes and tells nothing.

    What the book says before its agent has answered a change that was made here is no news where it says
    what stood before that change. Raises Booking.DoesNotExist for what was never booked.
    """
    with transaction.atomic():
        before = lock_made(organisation, public_id)
        wanted = entry.applied_to(before)
        unanswered = unanswered_changes(organisation, before)
        if is_same(before, wanted) or is_old_news(before, wanted, unanswered):
            return Followed(before, False, overlapping(organisation, before))
        tells = entry.tells_patient or has_misled(unanswered) or before.state == BookingState.REFUSED
        is_told = carry_out(organisation, before, wanted, tells=tells)
        act = act_of(before, wanted)
        note(organisation=organisation, act=act, who=THE_BOOK, booking=wanted, tells_patient=is_told)
        return Followed(wanted, True, overlapping(organisation, wanted))


def follow_accepted_move(*, organisation: Organisation, event: AgentEvent) -> None:
    """The book has carried out a move: the booking stands there, whatever the book had said before that."""
    booking = event.own_booking
    later = AgentEvent.objects.filter(
        organisation=organisation, booking=booking, type=event.type, sequence__gt=event.sequence
    )
    if later.exists():
        return
    with transaction.atomic():
        before = lock_made(organisation, booking.public_id)
        if before.state != BookingState.BOOKED or place_of(before) == event.data["new"]:
            return
        place = place_told(organisation, event.data["new"])
        if place is not None:
            wanted = BookEntry(BookingState.BOOKED, **place).applied_to(before)
            carry_out(organisation, before, wanted, tells=True)
            note(organisation=organisation, act=Act.MOVED, who=THE_BOOK, booking=wanted, tells_patient=True)


def place_told(organisation: Organisation, told: dict[str, str]) -> dict[str, Any] | None:
    """An event's place as rows; None where the catalogue has lost them."""
    named = {"organisation": organisation, "external_id": told["practitioner"]}
    practitioner = Practitioner.objects.filter(**named).first()
    clinic = Clinic.objects.filter(organisation=organisation, external_id=told["clinic"]).first()
    if practitioner is None or clinic is None:
        return None
    during = DateTimeTZRange(datetime.fromisoformat(told["start"]), datetime.fromisoformat(told["end"]))
    return {"during": during, "practitioner": practitioner, "clinic": clinic}


def lock_made(organisation: Organisation, public_id: uuid.UUID) -> Booking:
    """The booking, locked. A hold is nobody's business but the patient's: it is not there for the book."""
    found: Booking = (
        Booking.objects.select_for_update(of=("self",))
        .select_related("clinic", "practitioner", "treatment", "patient")
        .get(organisation=organisation, public_id=public_id, state__in=MADE_STATES)
    )
    found.organisation = organisation
    return found


def unanswered_changes(organisation: Organisation, booking: Booking) -> list[AgentEvent]:
    """Changes that were made here and that the agent has not answered yet, the oldest first."""
    changes = [AgentEvent.Type.BOOKING_MOVED, AgentEvent.Type.BOOKING_CANCELLED]
    rows = AgentEvent.objects.filter(
        organisation=organisation, booking=booking, acknowledged_at=None, type__in=changes
    )
    return list(rows.order_by("sequence"))


def is_same(booking: Booking, wanted: Booking) -> bool:
    if booking.state in GONE and wanted.state in GONE:
        return True
    return booking.state == wanted.state and not is_elsewhere(booking, wanted)


def is_elsewhere(booking: Booking, wanted: Booking) -> bool:
    def place(one: Booking) -> tuple[Any, ...]:
        return one.starts_at, one.ends_at, one.practitioner_id, one.clinic_id

    return place(booking) != place(wanted)


def is_old_news(booking: Booking, wanted: Booking, unanswered: Iterable[AgentEvent]) -> bool:
    """Whether the book only says that it does not know yet what was changed here."""
    if wanted.state != BookingState.BOOKED:
        return False
    if booking.state == BookingState.CANCELLED:
        return any(event.type == AgentEvent.Type.BOOKING_CANCELLED for event in unanswered)
    return booking.state == BookingState.BOOKED and place_of(wanted) in [
        event.data["old"] for event in unanswered if event.type == AgentEvent.Type.BOOKING_MOVED
    ]


def has_misled(unanswered: Iterable[AgentEvent]) -> bool:
    """Whether the patient was told here of a move that the book goes against: they are told in any case."""
    moves = [event for event in unanswered if event.type == AgentEvent.Type.BOOKING_MOVED]
    return any(event.data.get("patient_told", True) for event in moves)


def carry_out(organisation: Organisation, before: Booking, wanted: Booking, *, tells: bool) -> bool | None:
    """Writes what the book says, tells the patient if they are to know; whether they are told.

    None where there is nothing to tell: who came, and who did not.
    """
    is_new_place = is_elsewhere(before, wanted)
    is_mark = not is_new_place and before.state not in GONE and wanted.state not in GONE
    if not is_mark:
        wanted.revision += 1
        gone = take_its_place(organisation, wanted)
        refresh_after(organisation, [before, wanted, *gone])
        keep_what_was_told(organisation, before)
        cancel_waiting_messages(organisation=organisation, about=f"booking:{wanted.public_id}")
    else:
        wanted.save(update_fields=["state"])
    plan_reminders(organisation=organisation, booking=wanted, is_new=not is_mark)
    if is_mark:
        return None
    return tells and tell(organisation, before, wanted)


def take_its_place(organisation: Organisation, wanted: Booking) -> list[Booking]:
    """Puts the booking where the book has it; the held times that were in its way, and are free of it.

    The time is held first, as for anybody: inserting waits for no lock and deadlocks with nobody.
    """
    gone = expire_holds_in_the_way(organisation, wanted)
    guard = None
    wanted.is_doubled = False
    while wanted.state not in GONE and not wanted.is_doubled and not (guard := hold_for(wanted)):
        new_holds = expire_holds_in_the_way(organisation, wanted)
        gone += new_holds
        # Locked, so that what leaves in this moment either has left or finds the booking doubled.
        wanted.is_doubled = not new_holds and at_its_time(organisation, wanted).select_for_update().exists()
    wanted.resources.all().delete()
    wanted.save(update_fields=["state", "during", "practitioner", "clinic", "is_doubled", "revision"])
    if guard:
        guard.state = BookingState.EXPIRED
        guard.save(update_fields=["state"])
    if wanted.state not in GONE:
        take_resources(wanted)  # those that can be had: the book has its reasons
    return gone


def hold_for(wanted: Booking) -> Booking | None:
    """A hold that guards the booking's new time for this transaction; None where it is somebody else's."""
    hold = Booking(
        organisation=wanted.organisation,
        clinic=wanted.clinic,
        practitioner=wanted.practitioner,
        treatment=wanted.treatment,
        during=wanted.during,
        state=BookingState.HELD,
        visitor=mover_of(wanted),
        hold_expires_at=timezone.now(),
        moves=wanted,
    )
    return hold if insert_unless_conflict(hold) else None


def expire_holds_in_the_way(organisation: Organisation, wanted: Booking) -> list[Booking]:
    """Lets go what patients hold at this time, and a new time held for the booking itself."""
    in_the_way = Q(visitor=mover_of(wanted))
    if wanted.state not in GONE:
        in_the_way |= Q(practitioner=wanted.practitioner, during__overlap=wanted.during)
    holds = Booking.objects.filter(in_the_way, organisation=organisation, state=BookingState.HELD)
    gone = list(holds.order_by("pk").select_for_update())
    Booking.objects.filter(organisation=organisation, pk__in=[hold.pk for hold in gone]).update(
        state=BookingState.EXPIRED, address_hash=""
    )
    BookingResource.objects.filter(organisation=organisation, booking__in=gone).delete()
    return gone


def tell(organisation: Organisation, before: Booking, wanted: Booking) -> bool:
    """Tells the patient of what is to come; False where it is over, or nobody is there to be told."""
    if max(before.ends_at, wanted.ends_at) <= timezone.now() or getattr(wanted, "patient", None) is None:
        return False
    if wanted.state in GONE:
        tell_patient_cancelled(organisation=organisation, booking=wanted)
    elif before.state in GONE:
        tell_patient_restored(organisation=organisation, booking=wanted)
    else:
        tell_patient_moved(organisation=organisation, booking=wanted)
    return True


def act_of(before: Booking, wanted: Booking) -> Act:
    if wanted.state in GONE:
        return Act.CANCELLED
    if before.state in GONE:
        return Act.RESTORED
    if is_elsewhere(before, wanted):
        return Act.MOVED
    return MARKS.get(BookingState(wanted.state), Act.UNMARKED)


def overlapping(organisation: Organisation, booking: Booking) -> list[Booking]:
    """What else stands at the time of a doubled booking."""
    if not booking.is_doubled:
        return []
    return list(at_its_time(organisation, booking).select_related("clinic").order_by("during", "pk"))


def at_its_time(organisation: Organisation, booking: Booking) -> QuerySet[Booking]:
    """The other bookings that have the practitioner then."""
    rows = standing(organisation).filter(practitioner=booking.practitioner, during__overlap=booking.during)
    return rows.exclude(pk=booking.pk)


def doubled_bookings(*, organisation: Organisation) -> list[tuple[Booking, list[Booking]]]:
    """The bookings to come that the clinic's book has put where others stand, each with those others."""
    found = list(coming_doubled(organisation).select_related(*SHOWN).order_by("during", "pk"))
    if not found:
        return []
    anywhere = Q(pk=None)
    for one in found:
        anywhere |= Q(practitioner=one.practitioner_id, during__overlap=one.during)
    others = list(standing(organisation).filter(anywhere).select_related(*SHOWN).order_by("during", "pk"))
    return [(one, [other for other in others if are_at_once(one, other)]) for one in found]


def coming_doubled(organisation: Organisation) -> QuerySet[Booking]:
    return standing(organisation).filter(is_doubled=True, during__endswith__gt=timezone.now())


def are_at_once(one: Booking, other: Booking) -> bool:
    return (
        one.pk != other.pk
        and one.practitioner_id == other.practitioner_id
        and one.starts_at < other.ends_at
        and other.starts_at < one.ends_at
    )


def standing(organisation: Organisation) -> QuerySet[Booking]:
    made = [state for state in OCCUPYING_STATES if state != BookingState.HELD]
    rows: QuerySet[Booking] = Booking.objects.filter(organisation=organisation, state__in=made)
    return rows
