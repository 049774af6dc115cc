"""One change at a time of what an organisation's agent has told."""

from django.db import connection

from clinics.models import Organisation

_SPACE = 0x53796E63 << 32


def lock_sync(organisation: Organisation) -> None:
    """Waits until no other activation or push of the organisation is under way; held until commit.

    An advisory lock and not a row's: patients' bookings must not wait for a push.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SPACE | (organisation.pk & 0xFFFFFFFF)])
