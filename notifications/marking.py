"""Marking messages as sent: all that a batch has sent so far, by one statement."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from notifications.models import Message

logger = logging.getLogger(__name__)

# What is marked is also counted (totals.py), in one order, so that two that do wait in no circle.
_MARK = """
WITH done AS (
    UPDATE notifications_message AS m SET
        state = 'sent',
        sent_at = %(now)s,
        provider_reference = marked.reference,
        sent_from = marked.sender,
        replies_allowed = marked.replies,
        body = CASE WHEN m.is_secret THEN '' ELSE m.body END
    FROM unnest(%(ids)s::bigint[], %(claims)s::timestamptz[], %(references)s::text[], %(senders)s::text[],
        %(replies)s::boolean[], %(providers)s::text[])
        AS marked (id, claimed_at, reference, sender, replies, provider)
    WHERE m.id = marked.id AND m.state = 'sending' AND m.claimed_at = marked.claimed_at
    RETURNING m.id, m.channel, marked.provider
), counted AS (
    INSERT INTO notifications_messagetotal AS t (outcome, channel, provider, part, total)
    SELECT 'sent', channel, provider, pg_backend_pid() %% 16, count(*) FROM done
    GROUP BY channel, provider ORDER BY channel, provider
    ON CONFLICT (outcome, channel, provider, part) DO UPDATE SET total = t.total + excluded.total
)
SELECT id FROM done
"""


@dataclass(frozen=True, slots=True)
class Mark:
    """A message that its provider has taken, and the provider's reference for it."""

    message: Message
    reference: str
    provider: str


def mark_sent(marks: Sequence[Mark]) -> None:
    """A secret is forgotten with the same update.

    What another worker has taken over meanwhile stays as that one leaves it.
    """
    if not marks:
        return
    values: dict[str, Any] = {
        "now": timezone.now(),
        "ids": [mark.message.pk for mark in marks],
        "claims": [mark.message.claimed_at for mark in marks],
        "references": [mark.reference[:255] for mark in marks],
        "senders": [mark.message.sent_from for mark in marks],
        "replies": [mark.message.replies_allowed for mark in marks],
        "providers": [mark.provider for mark in marks],
    }
    with connection.cursor() as cursor:
        cursor.execute(_MARK, values)
        marked = {pk for (pk,) in cursor.fetchall()}
    for mark in marks:
        message = mark.message
        if message.pk in marked:
            logger.info("Message %s is sent after attempt %s", message.pk, message.attempts)
        else:
            logger.warning("Message %s was taken over by another worker meanwhile", message.pk)
