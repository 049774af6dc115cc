"""The agent's answer to a lookup: which appointments a patient has, or whether it knows a number at all.

The first is kept encrypted, and only while the login lasts; of the second only the yes or no is.
"""

import json
import uuid
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from clinics.models import Organisation
from scheduling.login_codes import send_code_late
from scheduling.models import AgentEvent, Lookup


def take_answer(*, organisation: Organisation, public_id: uuid.UUID, answer: dict[str, Any]) -> bool:
    """Keeps the answer for the page that waits for it; False where nobody does any more.

    A later answer to the same question takes the place of the first.
    """
    now = timezone.now()
    lookup = (
        Lookup.objects.filter(
            Q(login__expires_at__gt=now) | Q(code__expires_at__gt=now),
            organisation=organisation,
            public_id=public_id,
            expires_at__gt=now,
        )
        .select_related("code")
        .first()
    )
    if lookup is None:
        return False
    kept = {"found": answer["found"]} if lookup.code else answer
    written = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
    with transaction.atomic():
        taken = Lookup.objects.filter(organisation=organisation, pk=lookup.pk).update(
            answered_at=now, answer=written
        )
        if taken and lookup.code and answer["found"]:
            send_code_late(organisation=organisation, code=lookup.code)
    return bool(taken)


def settle_lookup(*, organisation: Organisation, event: AgentEvent) -> None:
    """An agent that refuses to look says so at once: no page has to wait for it."""
    if event.outcome == AgentEvent.Outcome.REFUSED and event.lookup_id:
        give_up(organisation, event.lookup_id)


def give_up(organisation: Organisation, lookup_id: int) -> None:
    unanswered = Lookup.objects.filter(
        organisation=organisation, pk=lookup_id, answered_at=None, expires_at__gt=timezone.now()
    )
    unanswered.update(expires_at=timezone.now())
