"""What the clinic's agent is told: written with what happened, read in order, answered once."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from clinics.inserting import rows_of
from clinics.models import Clinic, Organisation, Practitioner
from clinics.prepared import Question, ask
from clinics.rows import Rows
from scheduling.models import AgentEvent, AgentLink, Booking, BookingPatient, Lookup, Treatment

CHANNEL = "agent_events"
"""PostgreSQL's notification channel; the payload is the organisation's id and its last event's number."""
_COUNT = """
    WITH counted AS (
        INSERT INTO scheduling_agentlink AS link (organisation_id, last_event) VALUES (%s, 1)
        ON CONFLICT (organisation_id) DO UPDATE SET last_event = link.last_event + 1
        RETURNING last_event
    )
"""
_EVENTS, _BOOKING = Rows(AgentEvent), Rows(Booking)
_PARTS: dict[str, Rows[Any]] = {
    "clinic": Rows(Clinic),
    "practitioner": Rows(Practitioner),
    "treatment": Rows(Treatment),
    "patient": Rows(BookingPatient),
}
_WAITING = f"""
    SELECT {_EVENTS.columns("e")} FROM scheduling_agentevent e
    WHERE e.organisation_id = %s AND e.acknowledged_at IS NULL AND e.sequence > %s
    ORDER BY e.sequence LIMIT %s
"""  # noqa: S608 - names of ours
_BOOKINGS = f"""
    SELECT {_BOOKING.columns("b")}, {", ".join(rows.columns(name) for name, rows in _PARTS.items())}
    FROM scheduling_booking b
    JOIN clinics_clinic clinic ON clinic.id = b.clinic_id
    JOIN clinics_practitioner practitioner ON practitioner.id = b.practitioner_id
    LEFT JOIN scheduling_treatment treatment ON treatment.id = b.treatment_id
    LEFT JOIN scheduling_bookingpatient patient ON patient.booking_id = b.id
    WHERE b.organisation_id = %s AND b.id = ANY(%s::bigint[])
"""  # noqa: S608 - names of ours
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
    statement = (
        f"{_COUNT} {rows.insertion}{numbered} RETURNING id, sequence, pg_notify(%s, %s || ' ' || sequence)"
    )
    values = [organisation.pk, *rows.values(event, but=["sequence"]), CHANNEL, str(organisation.pk)]
    return event, ask(statement, values)


def waiting_events(*, organisation: Organisation, after: int | None, limit: int) -> list[AgentEvent]:
    """Events not yet acknowledged, in order: all of them, or those numbered above ``after``.

    Mostly there are none, which one small question tells; agents ask it all the time.
    """
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [organisation.pk, after or 0, limit])
        events = [_EVENTS.made(row) for row in cursor.fetchall()]
    if any(event.type == AgentEvent.Type.PATIENT_LOOKUP for event in events):
        return events_of_use(organisation, after or 0, limit)
    give_bookings(organisation, events)
    return events


def events_of_use(organisation: Organisation, after: int, limit: int) -> list[AgentEvent]:
    """The same where there are lookups among them, of which some may be of no use any more."""
    events = unanswered(organisation).filter(sequence__gt=after)
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


def give_bookings(organisation: Organisation, events: list[AgentEvent]) -> None:
    """Lets the events know their bookings, and these all that an agent is told of them, in one question."""
    wanted = [event.booking_id for event in events if event.booking_id]
    if not wanted:
        return
    with connection.cursor() as cursor:
        cursor.execute(_BOOKINGS, [organisation.pk, wanted])
        bookings = {booking.pk: booking for booking in map(booking_told, cursor.fetchall())}
    for event in events:
        if event.booking_id:
            event.booking = bookings[event.booking_id]


def booking_told(row: Sequence[Any]) -> Booking:
    """A booking with what belongs to it, of a row of ``_BOOKINGS``."""
    booking: Booking
    booking, *others = parts_of(row)
    for name, other in zip(_PARTS, others, strict=True):
        field: Any = Booking._meta.get_field(name)
        field.set_cached_value(booking, other)
    return booking


def parts_of(row: Sequence[Any]) -> Iterator[Any]:
    place = 0
    for rows in (_BOOKING, *_PARTS.values()):
        values = row[place : place + len(rows)]
        place += len(rows)
        yield rows.made(values) if values[0] is not None else None


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


def note_agent_pushed(*, organisation: Organisation) -> None:
    """Remembers that the agent has said just now what is free."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO scheduling_agentlink (organisation_id, last_event, last_push_at) VALUES (%s, 0, %s)"
            " ON CONFLICT (organisation_id) DO UPDATE SET last_push_at = excluded.last_push_at",
            [organisation.pk, timezone.now()],
        )


def is_agent_away(*, organisation: Organisation) -> bool:
    """Whether the agent cannot be expected to answer within seconds: away, or never heard at all."""
    link = link_of(organisation)
    return link is None or link.last_seen_at is None or link.last_seen_at < timezone.now() - AWAY_AFTER


def link_of(organisation: Organisation) -> AgentLink | None:
    """What is known of the organisation's agent; None until it has been heard for the first time."""
    return AgentLink.objects.filter(organisation=organisation).first()
