"""Taking a push of slots: in order, once, whole or not at all."""

from typing import Any

from django.db import transaction

from clinics.models import Organisation
from scheduling.slots import publish_slots
from sync_api.locks import lock_sync
from sync_api.models import Agent
from sync_api.schemas import BIGGEST_NUMBER
from sync_api.sequences import digest_of, note_taken, was_taken
from sync_api.tokens import require_in_service
from sync_api.windows import KnownIds, invalid, windows_in

Answer = dict[str, Any]


def take_push(*, organisation: Organisation, agent: Agent, body: dict[str, Any]) -> Answer:
    """Publishes a push's windows, unless it has been taken before.

    Raises StaleSequence, InvalidBody, UnknownId or TooLarge, and AgentSuperseded where another agent was
    activated meanwhile. The number is looked at once before the windows are read, so that a repeated push
    costs little, and once more under the lock.
    """
    sequence, digest = sequence_in(body), digest_of(body)
    if was_taken(agent, sequence, digest):
        return replayed(sequence)
    windows = windows_in(body, KnownIds.of(organisation))
    with transaction.atomic():
        lock_sync(organisation)
        now = Agent.objects.select_related("organisation").get(organisation=organisation, pk=agent.pk)
        require_in_service(now)
        if was_taken(now, sequence, digest):
            return replayed(sequence)
        published = publish_slots(organisation=organisation, windows=windows)
        note_taken(organisation=organisation, agent=agent, sequence=sequence, digest=digest)
    return {"sequence": sequence, "slots": published.slots, "changed_days": published.changed_days}


def sequence_in(body: dict[str, Any]) -> int:
    sequence = body.get("sequence")
    if not isinstance(sequence, int) or isinstance(sequence, bool) or not 0 <= sequence <= BIGGEST_NUMBER:
        raise invalid(("sequence",), f"A whole number from 0 to {BIGGEST_NUMBER} must be there.")
    return sequence


def replayed(sequence: int) -> Answer:
    """The answer to a push that was taken before."""
    return {"sequence": sequence, "replayed": True}
