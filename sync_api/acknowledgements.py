"""What the agent says of events: accepted, or refused and why; each event is answered once."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from clinics.models import Organisation
from scheduling.appointment_changes import settle_appointment_change
from scheduling.bookings import accept_booking, refuse_booking
from scheduling.lookups import settle_lookup
from scheduling.models import AgentEvent
from scheduling.refused_changes import settle_change
from sync_api.locks import lock_sync
from sync_api.problems import AlreadyAcknowledged, UnknownId
from sync_api.schemas import ResultIn

OTHER = "other"


def acknowledge_events(*, organisation: Organisation, results: Sequence[ResultIn]) -> int:
    """Takes the results, all or none, and returns how many there were.

    The same result once more is harmless. Raises UnknownId, and AlreadyAcknowledged for another one.
    """
    with transaction.atomic():
        lock_sync(organisation)
        events = named_events(organisation, results)
        for index in in_order_of_settling(results, events):
            result = results[index]
            event = events.get(result.event)
            if event is None:
                raise unknown_event(result, index)
            if event.acknowledged_at is None:
                acknowledge(organisation, event, result)
            elif event.outcome != AgentEvent.Outcome.LAPSED and not is_same(event, result):
                raise answered_otherwise(result, index)
    return len(results)


def in_order_of_settling(results: Sequence[ResultIn], events: Mapping[int, AgentEvent]) -> list[int]:
    """New bookings that were refused first: what is put back by another refusal may need their time."""

    def is_later(index: int) -> bool:
        event = events.get(results[index].event)
        is_new = event is not None and event.type == AgentEvent.Type.BOOKING_CREATED
        return not is_new or results[index].outcome == "accepted"

    return sorted(range(len(results)), key=is_later)


def named_events(organisation: Organisation, results: Sequence[ResultIn]) -> dict[int, AgentEvent]:
    numbers = {result.event for result in results}
    events = (
        AgentEvent.objects.filter(organisation=organisation, sequence__in=numbers)
        .select_related("booking__clinic", "booking__practitioner", "booking__treatment")
        .order_by("sequence")
    )
    return {event.sequence: event for event in events}


def acknowledge(organisation: Organisation, event: AgentEvent, result: ResultIn) -> None:
    event.acknowledged_at = timezone.now()
    event.outcome = result.outcome
    event.appointment_id = result.appointment or ""
    event.reason = reason_of(result)
    event.detail = result.detail or ""
    event.save(update_fields=["acknowledged_at", "outcome", "appointment_id", "reason", "detail"])
    settle(organisation, event)


def settle(organisation: Organisation, event: AgentEvent) -> None:
    match AgentEvent.Type(event.type):
        case AgentEvent.Type.BOOKING_CREATED:
            settle_booking(organisation, event)
        case AgentEvent.Type.PATIENT_LOOKUP:
            settle_lookup(organisation=organisation, event=event)
        case AgentEvent.Type.APPOINTMENT_MOVE | AgentEvent.Type.APPOINTMENT_CANCEL:
            settle_appointment_change(organisation=organisation, event=event)
        case _:
            settle_change(organisation=organisation, event=event)


def settle_booking(organisation: Organisation, event: AgentEvent) -> None:
    booking = event.own_booking
    if event.outcome == AgentEvent.Outcome.ACCEPTED:
        accept_booking(organisation=organisation, booking=booking, appointment_id=event.appointment_id)
    else:
        refuse_booking(organisation=organisation, booking=booking, reason=event.reason, detail=event.detail)


def reason_of(result: ResultIn) -> str:
    """Why it was refused; an agent that does not say has other reasons."""
    return "" if result.outcome == "accepted" else result.reason or OTHER


def is_same(event: AgentEvent, result: ResultIn) -> bool:
    said = (event.outcome, event.appointment_id, event.reason)
    return said == (result.outcome, result.appointment or "", reason_of(result))


def unknown_event(result: ResultIn, index: int) -> UnknownId:
    detail = f"There is no event {result.event}."
    return UnknownId(detail, errors=[(("results", index, "event"), detail)])


def answered_otherwise(result: ResultIn, index: int) -> AlreadyAcknowledged:
    detail = f"Event {result.event} has been answered already, and otherwise."
    return AlreadyAcknowledged(detail, errors=[(("results", index), detail)])
