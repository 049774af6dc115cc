"""What the clinic's agent is told: written with what happened, read in order, answered once."""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from clinics.inserting import rows_of
from clinics.models import Organisation
from clinics.prepared import Question, ask
from scheduling.models import AgentEvent, AgentLink, Booking, Lookup

CHANNEL = "agent_events"
"""PostgreSQL's notification channel; the payload is the organisation's id."""
_COUNT = """
    WITH counted AS (
        INSERT INTO scheduling_agentlink AS link (organisation_id, last_event) VALUES (%s, 1)
        ON CONFLICT (organisation_id) DO UPDATE SET last_event = link.last_event + 1
        RETURNING last_event
    )
"""
AWAY_AFTER = timedelta(minutes=2)
"""An agent asks for events all the time: one that was not heard for so long answers nobody who waits."""


def tell_agent(
    *,
    organisation: Organisation,
    event_type: AgentEvent.Type,
    booking: Booking | None = None,
    lookup: Lookup | None = None,
    data: dict[str, Any] | None = None,
) -> AgentEvent:
    """Writes the next event for the organisation's agent, and wakes who waits for it on commit."""
    event, asked = ask_to_tell_agent(
        organisation=organisation, event_type=event_type, booking=booking, lookup=lookup, data=data
    )
    event.pk, event.sequence, _ = asked.row() or (None, None, None)
    return event


def ask_to_tell_agent(
    *,
    organisation: Organisation,
    event_type: AgentEvent.Type,
    booking: Booking | None = None,
    lookup: Lookup | None = None,
    data: dict[str, Any] | None = None,
) -> tuple[AgentEvent, Question]:
    """The same where nobody has to know the event's number yet.

    The number comes from a counter whose row stays locked until commit, so numbers are visible in
    order: an agent that has read 7 will never find a 6 that it has not seen.
    """
    event = AgentEvent(
        organisation=organisation, type=event_type, booking=booking, lookup=lookup, data=data or {}
    )
    rows = rows_of(AgentEvent)
    numbered = rows.placeholders_but(sequence="(SELECT last_event FROM counted)")
    statement = f"{_COUNT} {rows.insertion}{numbered} RETURNING id, sequence, pg_notify(%s, %s)"
    values = [organisation.pk, *rows.values(event, but=["sequence"]), CHANNEL, str(organisation.pk)]
    return event, ask(statement, values)


def waiting_events(*, organisation: Organisation, after: int | None, limit: int) -> list[AgentEvent]:
    """Events not yet acknowledged, in order: all of them, or those numbered above ``after``."""
    events = unanswered(organisation)
    if after is not None:
        events = events.filter(sequence__gt=after)
    return list(
        events.select_related(
            "booking__clinic",
            "booking__practitioner",
            "booking__treatment",
            "booking__patient",
            "lookup__login",
            "lookup__code",
        ).order_by("sequence")[:limit]
    )


def count_waiting_events(*, organisation: Organisation) -> int:
    return unanswered(organisation).count()


def unanswered(organisation: Organisation) -> QuerySet[AgentEvent]:
    """What the agent still has to be told, without the lookups that nobody waits for any more."""
    events = AgentEvent.objects.filter(organisation=organisation, acknowledged_at=None)
    return events.exclude(Q(type=AgentEvent.Type.PATIENT_LOOKUP) & ~of_use())


def of_use() -> Q:
    """The lookups of events that a patient still waits for, not for too long: logged in, or for a code."""
    now = timezone.now()
    awaited = Q(lookup__login__expires_at__gt=now) | Q(lookup__code__expires_at__gt=now)
    return Q(lookup__expires_at__gt=now) & awaited


def close_lapsed_lookups() -> int:
    """Answers for the agents what nobody waits for any more, in every organisation; how many."""
    waiting = AgentEvent.across.filter(type=AgentEvent.Type.PATIENT_LOOKUP, acknowledged_at=None)
    lapsed = waiting.exclude(of_use()).values("pk")
    closed: int = AgentEvent.across.filter(pk__in=lapsed, acknowledged_at=None).update(
        acknowledged_at=timezone.now(), outcome=AgentEvent.Outcome.LAPSED
    )
    return closed


def note_agent_seen(*, organisation: Organisation) -> None:
    """Remembers that the agent was heard just now; costs a write once a minute at most."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO scheduling_agentlink AS link (organisation_id, last_event, last_seen_at)"
            " VALUES (%s, 0, now()) ON CONFLICT (organisation_id) DO UPDATE SET last_seen_at = now()"
            " WHERE link.last_seen_at IS NULL OR link.last_seen_at < now() - interval '1 minute'",
            [organisation.pk],
        )


def is_agent_away(*, organisation: Organisation) -> bool:
    """Whether the agent cannot be expected to answer within seconds: away, or never heard at all."""
    link = link_of(organisation)
    return link is None or link.last_seen_at is None or link.last_seen_at < timezone.now() - AWAY_AFTER


def link_of(organisation: Organisation) -> AgentLink | None:
    """What is known of the organisation's agent; None until it has been heard for the first time."""
    return AgentLink.objects.filter(organisation=organisation).first()
