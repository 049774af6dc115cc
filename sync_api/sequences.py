"""The numbers of what an agent tells: each is taken once, in order; what comes late undoes nothing."""

import hashlib

import orjson

from clinics.models import Organisation
from sync_api.models import Agent
from sync_api.problems import InvalidBody, StaleSequence


def digest_of(body: object) -> str:
    """Equal for equal bodies, however they are spaced and in whichever order their members stand."""
    try:
        return hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()
    except TypeError as error:  # what a parsed body may have and dumps refuses: depth
        raise InvalidBody("The body is nested too deeply.") from error


def was_taken(agent: Agent, sequence: int, digest: str) -> bool:
    """Whether this very body has been taken under this number, and nothing since. Raises StaleSequence."""
    if sequence > agent.last_sequence:
        return False
    if sequence == agent.last_sequence and digest == agent.last_push_digest:
        return True
    raise StaleSequence(
        f"Number {agent.last_sequence} has been taken already: the next one must be higher.",
        members={"sequence": agent.last_sequence},
    )


def note_taken(*, organisation: Organisation, agent: Agent, sequence: int, digest: str) -> None:
    """Only under ``lock_sync``, in the transaction in which the body is applied."""
    Agent.objects.filter(organisation=organisation, pk=agent.pk).update(
        last_sequence=sequence, last_push_digest=digest
    )
