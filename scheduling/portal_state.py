"""Whether a portal takes bookings at this moment, and if not, why."""

from datetime import timedelta
from enum import StrEnum

from django.db import connection
from django.utils import timezone

from clinics.models import Organisation

_LAST_HEARD = """
    SELECT greatest(last_seen_at, last_push_at) FROM scheduling_agentlink WHERE organisation_id = %s
"""


class PortalState(StrEnum):
    OPEN = "open"
    MAINTENANCE = "maintenance"
    UNPUBLISHED = "unpublished"
    CLOSED = "closed"
    """Published, but takes no new bookings."""
    AGENT_SILENT = "agent_silent"
    """The clinic's agent has not been heard for too long for its times to be trusted."""


def portal_state(organisation: Organisation) -> PortalState:
    """What the organisation's settings and its agent's last word come to, the gravest first."""
    chosen = organisation.settings
    if chosen.maintenance_mode:
        return PortalState.MAINTENANCE
    if not chosen.publish_on_portal:
        return PortalState.UNPUBLISHED
    if not chosen.new_booking or (chosen.new_booking_requires_login and not chosen.can_log_in):
        # Where patients have to log in and cannot, nobody could book.
        return PortalState.CLOSED
    return PortalState.AGENT_SILENT if is_agent_silent(organisation) else PortalState.OPEN


def is_agent_silent(organisation: Organisation) -> bool:
    """Whether an agent that was once heard has been silent for longer than the organisation allows."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST_HEARD, [organisation.pk])
        row = cursor.fetchone()
    limit = timedelta(minutes=organisation.settings.agent_silence_minutes)
    return row is not None and row[0] is not None and row[0] < timezone.now() - limit
