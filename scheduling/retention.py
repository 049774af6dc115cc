"""Personal data goes when it is no longer needed; the booking itself stays, without a name."""

from collections import Counter
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from clinics.models import RetentionJob
from clinics.retention import note_run
from scheduling.models import Booking

KEEP_TYPED = timedelta(hours=2)
"""Details of a hold that became no booking: long enough to choose another time and not type again."""


def forget_addresses() -> int:
    """Empties the hashed addresses of bookings that are held no longer, should any have stayed; how many."""
    held_no_longer = Booking.across.exclude(state=Booking.State.HELD).exclude(address_hash="")
    return held_no_longer.update(address_hash="")


def forget_desk_acts() -> Counter[int]:
    """Deletes what was done at the desk longer ago than its organisation keeps the log; how many of whom."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL portal.audit_retention = 'on'")
        cursor.execute(
            "DELETE FROM scheduling_deskact a USING clinics_organisationsettings s"
            " WHERE s.organisation_id = a.organisation_id"
            " AND a.at < %s - make_interval(days => s.audit_retention_days)"
            " RETURNING a.organisation_id",
            [timezone.now()],
        )
        forgotten = [organisation_id for (organisation_id,) in cursor.fetchall()]
        cursor.execute("SET LOCAL portal.audit_retention = 'off'")
    return Counter(forgotten)


def forget_details() -> int:
    """Deletes patients of abandoned holds, and of bookings past their organisation's retention; how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM scheduling_bookingpatient p"
            " USING scheduling_booking b, clinics_organisationsettings s"
            " WHERE b.id = p.booking_id AND s.organisation_id = b.organisation_id"
            " AND ((b.state = 'expired' AND b.created_at < %s)"
            " OR (b.state <> 'held' AND upper(b.during) < %s - make_interval(days => s.retention_days)))"
            " RETURNING p.organisation_id",
            [timezone.now() - KEEP_TYPED, timezone.now()],
        )
        forgotten = [organisation_id for (organisation_id,) in cursor.fetchall()]
    note_run(RetentionJob.DETAILS, Counter(forgotten))
    return len(forgotten)
