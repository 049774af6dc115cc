"""``GET bookings``: what the clinic's book should have, for an agent that cannot know it from before."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from clinics.models import Organisation
from scheduling.changes import place_of
from scheduling.models import AgentEvent, Booking
from sync_api.mismatches import STANDING
from sync_api.models import Mismatch

LONGEST = timedelta(days=1)  # no booking is longer: what has not ended began later than this long ago


def standing_bookings(*, organisation: Organisation, after: UUID | None, limit: int) -> dict[str, Any]:
    """``limit`` of the bookings that were entered and have not ended, and the one to ask on from, if any.

    Left out is what an event waits for, and what the clinic's people are shown as gone already.
    """
    found = list(in_the_book(organisation, after)[: limit + 1])
    page = found[:limit]
    return {
        "bookings": [
            {"booking": str(booking.public_id), "state": booking.state, **place_of(booking)}
            for booking in page
        ],
        "next": str(page[-1].public_id) if len(found) > limit else None,
    }


def in_the_book(organisation: Organisation, after: UUID | None) -> QuerySet[Booking]:
    """In the order in which they were made; an ``after`` that is unknown has nothing after it."""
    now = timezone.now()
    of_this = {"organisation": organisation}
    waiting = AgentEvent.objects.filter(**of_this, booking=OuterRef("pk"), acknowledged_at=None)
    shown = Mismatch.objects.filter(**of_this, booking=Cast(OuterRef("public_id"), TextField()))
    rows: QuerySet[Booking] = Booking.objects.filter(
        ~Exists(waiting),
        ~Exists(shown),
        **of_this,
        state__in=STANDING,
        accepted_at__isnull=False,
        during__startswith__gt=now - LONGEST,
        during__endswith__gt=now,
    )
    if after is not None:
        made = Booking.objects.filter(**of_this, public_id=after)
        rows = rows.filter(pk__gt=made.values("pk"))
    return rows.select_related("clinic", "practitioner").order_by("pk")
