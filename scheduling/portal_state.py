"""Whether a portal takes bookings at this moment, and if not, why."""

from datetime import datetime, timedelta
from enum import StrEnum

from django.db import connection
from django.utils import timezone

from clinics.models import Organisation
from scheduling.agent_heard import AGENT_HEARD, LAST_HEARD

_ONE = f"SELECT {LAST_HEARD} FROM clinics_organisation organisation WHERE id = %s"  # noqa: S608 - text of ours


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
    heard_at = last_heard(organisation)
    limit = timedelta(minutes=organisation.settings.agent_silence_minutes)
    return heard_at is not None and heard_at < timezone.now() - limit


def last_heard(organisation: Organisation) -> datetime | None:
    """When the agent has asked or told anything last; None where it never has."""
    if AGENT_HEARD in organisation.read_along:
        heard_at: datetime | None = organisation.read_along[AGENT_HEARD]
        return heard_at
    with connection.cursor() as cursor:
        cursor.execute(_ONE, [organisation.pk])
        row = cursor.fetchone()
    return row[0] if row else None
