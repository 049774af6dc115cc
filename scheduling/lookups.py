"""The agent's answer to which appointments a patient has: kept encrypted, and only while the login lasts."""

import json
import uuid
from typing import Any

from django.utils import timezone

from clinics.models import Organisation
from scheduling.models import AgentEvent, Lookup


def take_answer(*, organisation: Organisation, public_id: uuid.UUID, answer: dict[str, Any]) -> bool:
    """Keeps the answer for the page that waits for it; False where nobody does any more.

    A later answer to the same question takes the place of the first.
    """
    now = timezone.now()
    awaited = Lookup.objects.filter(
        organisation=organisation, public_id=public_id, expires_at__gt=now, login__expires_at__gt=now
    )
    written = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    return bool(awaited.update(answered_at=now, answer=written))


def settle_lookup(*, organisation: Organisation, event: AgentEvent) -> None:
    """An agent that refuses to look says so at once: no page has to wait for it."""
    if event.outcome == AgentEvent.Outcome.REFUSED and event.lookup_id:
        give_up(organisation, event.lookup_id)


def give_up(organisation: Organisation, lookup_id: int) -> None:
    unanswered = Lookup.objects.filter(
        organisation=organisation, pk=lookup_id, answered_at=None, expires_at__gt=timezone.now()
    )
    unanswered.update(expires_at=timezone.now())
