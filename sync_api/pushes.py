"""Taking a push of slots: in order, once, whole or not at all."""

import hashlib
from typing import Any

import orjson
from django.db import transaction

from clinics.models import Organisation
from scheduling.slots import publish_slots
from sync_api.locks import lock_sync
from sync_api.models import Agent
from sync_api.problems import InvalidBody, StaleSequence
from sync_api.schemas import BIGGEST_NUMBER
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
    if sequence <= agent.last_sequence:
        return replayed(agent, sequence, digest)
    windows = windows_in(body, KnownIds.of(organisation))
    with transaction.atomic():
        lock_sync(organisation)
        now = Agent.objects.select_related("organisation").get(organisation=organisation, pk=agent.pk)
        require_in_service(now)
        if sequence <= now.last_sequence:
            return replayed(now, sequence, digest)
        published = publish_slots(organisation=organisation, windows=windows)
        Agent.objects.filter(organisation=organisation, pk=agent.pk).update(
            last_sequence=sequence, last_push_digest=digest
        )
    return {"sequence": sequence, "slots": published.slots, "changed_days": published.changed_days}


def sequence_in(body: dict[str, Any]) -> int:
    sequence = body.get("sequence")
    if not isinstance(sequence, int) or isinstance(sequence, bool) or not 0 <= sequence <= BIGGEST_NUMBER:
        raise invalid(("sequence",), f"A whole number from 0 to {BIGGEST_NUMBER} must be there.")
    return sequence


def digest_of(body: dict[str, Any]) -> str:
    """Equal for equal bodies, however they are spaced and in whichever order their members stand."""
    try:
        return hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()
    except TypeError as error:  # what a parsed body may have and dumps refuses: depth
        raise InvalidBody("The body is nested too deeply.") from error


def replayed(agent: Agent, sequence: int, digest: str) -> Answer:
    """The answer to a push that was taken before. Raises StaleSequence for any other."""
    if sequence == agent.last_sequence and digest == agent.last_push_digest:
        return {"sequence": sequence, "replayed": True}
    raise StaleSequence(
        f"Push {agent.last_sequence} has been taken already: the next one must have a higher sequence.",
        members={"sequence": agent.last_sequence},
    )
