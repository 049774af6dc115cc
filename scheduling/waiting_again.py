"""A wish that seemed fulfilled goes back to its place when the clinic refuses the booking."""

from zoneinfo import ZoneInfo

from django.utils import timezone

from clinics.models import Organisation
from scheduling.freed_times import ring_for_waiting
from scheduling.models import Booking, Offer, Wish


def wait_again(*, organisation: Organisation, booking: Booking) -> Wish | None:
    """The wish whose accepted offer the booking was, waiting again as if it had never been offered the time.

    None where the booking came from no offer, or the last day of the wish is over.
    """
    today = timezone.now().astimezone(ZoneInfo(organisation.time_zone)).date()
    wish: Wish | None = (
        Wish.objects.select_for_update(of=("self",))
        .filter(
            organisation=organisation,
            offers__booking=booking,
            offers__state=Offer.State.ACCEPTED,
            state=Wish.State.BOOKED,
            latest_on__gte=today,
        )
        .first()
    )
    if wish is None:
        return None
    wish.state = Wish.State.WAITING
    wish.ended_at = None
    wish.save(update_fields=["state", "ended_at"])
    ring_for_waiting(organisation=organisation)
    return wish
