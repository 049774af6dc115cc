"""What the clinic's own people do with a booking: cancel, move, mark, send again, note that they saw to it.

Each is written down with the name of who did it. Cancelling and moving are the patient's own services
(scheduling/changes.py and cancellations.py), which take the same locks, tell the agent, and send each
message once.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from clinics.models import Organisation, Practitioner
from scheduling.bookings import lock
from scheduling.cancellations import cancel_booking
from scheduling.change_rules import Refusal
from scheduling.changes import Staff, hold_beside, move_booking, mover_of, require_as_seen
from scheduling.errors import ChangedMeanwhile, ChangeRefused, TimeTaken
from scheduling.holds import release_hold
from scheduling.marketing import withdraw_of
from scheduling.models import AgentEvent, Booking, DeskAct
from scheduling.models.booking import BookingState
from scheduling.models.desk import Act
from scheduling.reminders import plan_reminders
from scheduling.telling import tell_patient_booked_again

MARKS = {
    BookingState.ARRIVED: Act.ARRIVED,
    BookingState.NO_SHOW: Act.NO_SHOW,
    BookingState.BOOKED: Act.UNMARKED,
}
"""States that staff give to a booking that stands, whichever of them it has."""


def note(
    *,
    organisation: Organisation,
    act: Act,
    who: str,
    booking: Booking | None = None,
    tells_patient: bool | None = None,
    kind: str = "",
    many: int | None = None,
) -> None:
    """Writes down who did what; to be called in the transaction that does it."""
    DeskAct(
        organisation=organisation,
        booking=booking.public_id if booking else None,
        act=act,
        who=who[:254],
        tells_patient=tells_patient,
        kind=kind,
        many=many,
    ).save(force_insert=True)


def cancel_at_desk(*, organisation: Organisation, booking: Booking, staff: Staff, who: str) -> Booking:
    """Cancels it on the patient's behalf. Raises ChangedMeanwhile, ChangeRefused."""
    with transaction.atomic():
        cancelled = cancel_booking(organisation=organisation, booking=booking, staff=staff)
        note(
            organisation=organisation,
            act=Act.CANCELLED,
            who=who,
            booking=booking,
            tells_patient=staff.tells_patient,
        )
    return cancelled


def move_at_desk(
    *,
    organisation: Organisation,
    booking: Booking,
    starts_at: datetime,
    practitioner: Practitioner,
    staff: Staff,
    who: str,
) -> Booking:
    """Moves it to another free time of its treatment; a new time that the patient was holding is let go.

    The new time is held first, in a transaction of its own, as for a patient: so nobody holds one
    practitioner's diary while waiting for another's. Raises ChangedMeanwhile, ChangeRefused, TimeTaken
    and TimeNotOffered; the booking is where it was then.
    """
    require_as_seen(booking, staff)
    if booking.state != BookingState.BOOKED:
        raise ChangeRefused(Refusal.NOT_STANDING)
    hold = hold_beside(
        organisation=organisation, booking=booking, starts_at=starts_at, practitioner=practitioner
    )
    try:
        with transaction.atomic():
            moved = move_booking(
                organisation=organisation, booking=booking, new_time=hold.public_id, staff=staff
            )
            note(
                organisation=organisation,
                act=Act.MOVED,
                who=who,
                booking=booking,
                tells_patient=staff.tells_patient,
            )
    except (ChangedMeanwhile, ChangeRefused, TimeTaken):
        release_hold(organisation=organisation, booking=hold, visitor=mover_of(booking))
        raise
    return moved


def mark_booking(
    *, organisation: Organisation, booking: Booking, state: BookingState, seen: str, who: str
) -> Booking:
    """Notes whether the patient has come, or takes that back. Raises ChangedMeanwhile, ChangeRefused."""
    with transaction.atomic():
        locked = lock(organisation, booking)
        require_as_seen(locked, Staff(tells_patient=False, seen=seen))
        if locked.state not in MARKS or locked.state == state:
            raise ChangeRefused(Refusal.NOT_STANDING)
        locked.state = state
        locked.save(update_fields=["state"])
        plan_reminders(organisation=organisation, booking=locked)
        note(organisation=organisation, act=MARKS[state], who=who, booking=locked)
    return locked


def times_sent_again(*, organisation: Organisation, booking: Booking) -> int:
    return DeskAct.objects.filter(
        organisation=organisation, booking=booking.public_id, act=Act.SENT_AGAIN
    ).count()


def send_confirmation_again(
    *, organisation: Organisation, booking: Booking, sent_before: int, seen: str, who: str
) -> int:
    """Queues the confirmation once more; by how many ways. ``sent_before`` is how often it had been by then.

    Raises ChangedMeanwhile where it has been sent again since, and ChangeRefused for what does not stand.
    """
    with transaction.atomic():
        locked = lock(organisation, booking)
        require_as_seen(locked, Staff(tells_patient=True, seen=seen))
        if times_sent_again(organisation=organisation, booking=locked) != sent_before:
            raise ChangedMeanwhile
        if locked.state != BookingState.BOOKED or locked.starts_at <= timezone.now():
            raise ChangeRefused(Refusal.NOT_STANDING)
        number = sent_before + 1
        ways = tell_patient_booked_again(organisation=organisation, booking=locked, number=number)
        note(organisation=organisation, act=Act.SENT_AGAIN, who=who, booking=locked, tells_patient=ways > 0)
    return ways


def end_offers_at_desk(*, organisation: Organisation, booking: Booking, who: str) -> bool:
    """Withdraws the patient's consent to offers; False where there was none any more."""
    patient = getattr(booking, "patient", None)
    if patient is None:
        return False
    with transaction.atomic():
        is_done = withdraw_of(organisation=organisation, patient=patient) > 0
        if is_done:
            note(organisation=organisation, act=Act.NO_OFFERS, who=who, booking=booking)
    return is_done


def handle_refusal(*, organisation: Organisation, event: AgentEvent, who: str) -> bool:
    """Notes that somebody has seen to what the clinic's book refused; False where somebody had before."""
    with transaction.atomic():
        handled = AgentEvent.objects.filter(
            organisation=organisation,
            pk=event.pk,
            outcome=AgentEvent.Outcome.REFUSED,
            handled_at=None,
        ).update(handled_at=timezone.now())
        if handled:
            note(organisation=organisation, act=Act.HANDLED, who=who, booking=event.booking)
    return bool(handled)
