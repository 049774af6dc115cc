"""What the portal and the clinic's book cannot agree on by themselves, kept for the clinic's people.

An older copy of either side, brought back after a breakdown, lacks what came later; so does a book from which
somebody has deleted. Which of them is right no machine can say.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from clinics.models import Organisation
from scheduling.book_changes import coming_doubled
from scheduling.events import tell_agent
from scheduling.models import AgentEvent, Booking
from sync_api.models import Mismatch

STANDING = (Booking.State.BOOKED, Booking.State.ARRIVED, Booking.State.NO_SHOW)


def note_missing(*, organisation: Organisation, booking: Booking) -> bool:
    """The book has lost a booking; whether that is for people to see to.

    It is not where the booking does not stand, is over, or is about to be entered anyway.
    """
    stands = booking.state in STANDING and booking.ends_at > timezone.now()
    if not stands or is_to_be_entered(organisation, booking):
        return False
    keep(
        organisation,
        str(booking.public_id),
        Mismatch.Kind.MISSING,
        booking.starts_at,
        booking.practitioner.name,
    )
    return True


def is_to_be_entered(organisation: Organisation, booking: Booking) -> bool:
    return AgentEvent.objects.filter(
        organisation=organisation,
        booking=booking,
        type=AgentEvent.Type.BOOKING_CREATED,
        acknowledged_at=None,
    ).exists()


def note_unknown(*, organisation: Organisation, booking: str, starts_at: datetime, who: str) -> None:
    """The book has an appointment of a booking that is not here."""
    keep(organisation, booking, Mismatch.Kind.UNKNOWN, starts_at, who)


def keep(
    organisation: Organisation, booking: str, kind: Mismatch.Kind, starts_at: datetime, who: str
) -> None:
    Mismatch.objects.update_or_create(
        organisation=organisation,
        booking=booking,
        defaults={"kind": kind, "starts_at": starts_at, "who": who},
    )


def forget_mismatch(*, organisation: Organisation, booking: str) -> None:
    """Both sides have it again, or neither."""
    Mismatch.objects.filter(organisation=organisation, booking=booking).delete()


def coming_mismatches(*, organisation: Organisation) -> list[Mismatch]:
    """Those whose time is still to come, the next one first."""
    rows = Mismatch.objects.filter(organisation=organisation, starts_at__gt=timezone.now())
    return list(rows.order_by("starts_at", "pk"))


def count_for_people(*, organisation: Organisation) -> int:
    """How many appointments to come want a decision: those of one side only, and those at one time."""
    mismatches = Mismatch.objects.filter(organisation=organisation, starts_at__gt=timezone.now())
    return mismatches.count() + coming_doubled(organisation).count()


def enter_again(*, organisation: Organisation) -> int:
    """Has the agent enter into the book what the book has lost, as far as it still stands here; how many."""
    missing = Mismatch.objects.filter(organisation=organisation, kind=Mismatch.Kind.MISSING)
    with transaction.atomic():
        lost = list(missing.select_for_update().values_list("booking", flat=True))
        bookings = Booking.objects.select_for_update().filter(
            organisation=organisation, public_id__in=lost, state__in=STANDING
        )
        told = list(bookings.order_by("pk"))
        for booking in told:
            tell_agent(organisation=organisation, event_type=AgentEvent.Type.BOOKING_CREATED, booking=booking)
        Booking.objects.filter(organisation=organisation, pk__in=[booking.pk for booking in told]).update(
            accepted_at=None, state=Booking.State.BOOKED
        )
        missing.filter(booking__in=lost).delete()
    return len(told)
