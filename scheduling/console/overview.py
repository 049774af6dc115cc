"""The console's first page: whether bookings and messages arrive."""

from django.db.models import Count
from django.http import HttpResponse
from django.utils import timezone

from clinics.console.guard import ConsoleRequest, console_page
from clinics.console.pages import show
from clinics.methods import allowed
from clinics.models import Organisation
from clinics.roles import Role
from notifications.models import Message
from notifications.models import State as MessageState
from scheduling.events import link_of
from scheduling.models import Booking


@allowed("GET")
@console_page(role=Role.VIEWER)
def overview(request: ConsoleRequest) -> HttpResponse:
    """The agent's last word, and what waits for somebody."""
    organisation = request.organisation
    context = {
        "link": link_of(organisation),
        "time_zone": organisation.time_zone,
        "bookings": booking_counts(organisation),
        "messages_by_state": message_counts(organisation),
    }
    return show(request, "manage/overview.html", context)


def booking_counts(organisation: Organisation) -> dict[str, int]:
    booked = Booking.objects.filter(organisation=organisation, state=Booking.State.BOOKED)
    return {
        "waiting": booked.filter(accepted_at=None).count(),
        "coming": booked.filter(during__endswith__gt=timezone.now()).count(),
        "refused": Booking.objects.filter(organisation=organisation, state=Booking.State.REFUSED).count(),
    }


def message_counts(organisation: Organisation) -> dict[str, int]:
    rows = (
        Message.objects.filter(organisation=organisation)
        .values_list("state")
        .annotate(many=Count("pk"))
        .order_by()
    )
    by_state: dict[str, int] = dict(rows)
    return {
        "waiting": by_state.get(MessageState.WAITING, 0) + by_state.get(MessageState.SENDING, 0),
        "failed": by_state.get(MessageState.FAILED, 0),
    }
