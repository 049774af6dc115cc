"""Marking messages as sent: all that a batch has sent so far, by one statement."""

import logging
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.utils import timezone

from notifications.models import Message

logger = logging.getLogger(__name__)

_MARK = """
UPDATE notifications_message AS m SET
    state = 'sent',
    sent_at = %(now)s,
    provider_reference = marked.reference,
    sent_from = marked.sender,
    replies_allowed = marked.replies,
    body = CASE WHEN m.is_secret THEN '' ELSE m.body END
FROM unnest(%(ids)s::bigint[], %(claims)s::timestamptz[], %(references)s::text[], %(senders)s::text[],
    %(replies)s::boolean[]) AS marked (id, claimed_at, reference, sender, replies)
WHERE m.id = marked.id AND m.state = 'sending' AND m.claimed_at = marked.claimed_at
RETURNING m.id
"""


def mark_sent(sent: Sequence[tuple[Message, str]]) -> None:
    """With the provider's references; a secret is forgotten with the same update.

    What another worker has taken over meanwhile stays as that one leaves it.
    """
    if not sent:
        return
    values: dict[str, Any] = {
        "now": timezone.now(),
        "ids": [message.pk for message, _reference in sent],
        "claims": [message.claimed_at for message, _reference in sent],
        "references": [reference[:255] for _message, reference in sent],
        "senders": [message.sent_from for message, _reference in sent],
        "replies": [message.replies_allowed for message, _reference in sent],
    }
    with connection.cursor() as cursor:
        cursor.execute(_MARK, values)
        marked = {pk for (pk,) in cursor.fetchall()}
    for message, _reference in sent:
        if message.pk in marked:
            logger.info("Message %s is sent after attempt %s", message.pk, message.attempts)
        else:
            logger.warning("Message %s was taken over by another worker meanwhile", message.pk)
