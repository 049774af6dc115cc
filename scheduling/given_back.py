"""A time that a booking has left is free at once, before the agent has had time to say so.

Once a booking stands in the clinic's book, the agent publishes its time no more. Until it has learnt of
the change and pushes again, the portal publishes the time itself: it was published when it was booked.
"""

from clinics.models import Organisation
from scheduling.free_weeks import lock_practitioners
from scheduling.models import Booking, Slot
from scheduling.slot_times import SlotTime
from scheduling.slots import Window, make_true, windows_by_place


def give_time_back(*, organisation: Organisation, booking: Booking) -> None:
    """Publishes the booking's time for treatments like its own, unless it is published already.

    Called in the transaction in which the booking has left its time.
    """
    lock_practitioners([booking.practitioner_id])
    published = Slot.objects.filter(
        organisation=organisation,
        practitioner=booking.practitioner_id,
        starts_at__lt=booking.ends_at,
        ends_at__gt=booking.starts_at,
    )
    if published.exists():
        return
    only = (booking.treatment.category_id,) if booking.treatment else None
    slot = SlotTime.of(booking.starts_at, booking.ends_at, only=only)
    window = Window(booking.practitioner_id, booking.clinic_id, booking.starts_at, booking.ends_at, [slot])
    make_true(organisation, windows_by_place([window]))
