"""What should be sent now, in which order, and whose it is to send.

Most urgent first, and by turns between organisations. The cost depends on how many organisations wait
and not on how many messages: one that queues 50,000 holds up nobody, nor does reading what is due.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from clinics.inserting import rows_of
from clinics.models import Organisation
from notifications.breaker import closed_routes
from notifications.models import Message
from notifications.routes import has_own_accounts

# Steps from one organisation's messages of a priority and channel to the next's by the index, and looks at
# the first of each. Rows whose worker has died are few, at most what the workers held.
_DUE = """
WITH RECURSIVE turn (priority, organisation_id, channel) AS (
    (
        SELECT priority, organisation_id, channel FROM notifications_message
        WHERE state = 'waiting' ORDER BY priority, organisation_id, channel LIMIT 1
    )
    UNION ALL
    SELECT next.* FROM turn CROSS JOIN LATERAL (
        SELECT m.priority, m.organisation_id, m.channel FROM notifications_message m
        WHERE m.state = 'waiting'
          AND (m.priority, m.organisation_id, m.channel)
            > (turn.priority, turn.organisation_id, turn.channel)
        ORDER BY m.priority, m.organisation_id, m.channel LIMIT 1
    ) next
), due (id, priority, organisation_id, since) AS (
    SELECT first.id, turn.priority, turn.organisation_id, first.next_attempt_at
    FROM turn
    JOIN clinics_organisationsettings s ON s.organisation_id = turn.organisation_id
    LEFT JOIN clinics_provideraccount a ON a.organisation_id = turn.organisation_id AND %(own)s
    CROSS JOIN LATERAL (
        SELECT m.id, m.next_attempt_at FROM notifications_message m
        WHERE m.state = 'waiting' AND m.priority = turn.priority AND m.channel = turn.channel
          AND m.organisation_id = turn.organisation_id AND m.next_attempt_at <= %(now)s
        ORDER BY m.next_attempt_at LIMIT %(limit)s
    ) first
    WHERE (turn.priority = 0 OR NOT s.messages_paused)
      AND turn.channel || CASE WHEN turn.channel = 'sms' THEN coalesce(':' || a.id, '') ELSE '' END
        <> ALL (%(closed)s)
    UNION ALL
    (
        SELECT m.id, m.priority, m.organisation_id, m.claimed_at FROM notifications_message m
        JOIN clinics_organisationsettings s ON s.organisation_id = m.organisation_id
        WHERE m.state = 'sending' AND m.claimed_at <= %(lost)s AND m.route <> ALL (%(closed)s)
          AND (m.priority = 0 OR NOT s.messages_paused)
        ORDER BY m.claimed_at LIMIT %(limit)s
    )
)
SELECT id FROM (
    SELECT id, priority, since,
        row_number() OVER (PARTITION BY priority, organisation_id ORDER BY since, id) AS turn
    FROM due
) AS turns
WHERE NOT EXISTS (SELECT FROM notifications_sendingpause)
ORDER BY priority, turn, since, id
LIMIT %(limit)s
"""
# Of several that try, one gets a row: the others step over what it holds.
_CLAIM = """
WITH mine AS MATERIALIZED (
    SELECT m.id FROM notifications_message m
    JOIN clinics_organisationsettings s ON s.organisation_id = m.organisation_id
    WHERE m.id = ANY (%(ids)s)
      AND (m.state = 'waiting' AND m.next_attempt_at <= %(now)s
        OR m.state = 'sending' AND m.claimed_at <= %(lost)s)
      AND (m.priority = 0 OR NOT s.messages_paused)
      AND NOT EXISTS (SELECT FROM notifications_sendingpause)
    ORDER BY array_position(%(ids)s, m.id) LIMIT %(limit)s
    FOR UPDATE OF m SKIP LOCKED
)
UPDATE notifications_message AS m SET
    state = 'sending',
    claimed_at = %(now)s,
    attempts = m.attempts + 1,
    unknown_outcomes = m.unknown_outcomes + (m.state = 'sending')::int,
    route = CASE
        WHEN m.route <> '' AND (m.state = 'sending' OR m.unknown_outcomes > 0) THEN m.route
        WHEN m.channel = 'sms' THEN coalesce((
            SELECT 'sms:' || a.id FROM clinics_provideraccount a
            WHERE a.organisation_id = m.organisation_id AND %(own)s
        ), 'sms')
        ELSE m.channel
    END
FROM mine WHERE m.id = mine.id
RETURNING {columns}
"""


def due_messages(*, limit: int) -> list[int]:
    """Ids of what should be sent now, codes first; among them are messages whose worker has died."""
    return ids_of(_DUE, limit=limit, closed=list(closed_routes()), **moments(timezone.now()))


def claim_each(message_ids: Sequence[int], *, limit: int | None = None) -> list[Message]:
    """Those that are due, which are the caller's to send from now on, in the order given."""
    if not message_ids:
        return []
    ids = list(message_ids)
    values = {"ids": ids, "limit": limit or len(ids), **moments(timezone.now())}
    with connection.cursor() as cursor:
        cursor.execute(claim_statement(), values)
        mine = [rows_of(Message).made(row) for row in cursor.fetchall()]
    organisations = Organisation.objects.select_related("settings").in_bulk(
        {message.organisation_id for message in mine}
    )
    for message in mine:
        message.organisation = organisations[message.organisation_id]
    return sorted(mine, key=lambda message: ids.index(message.pk))


@cache
def claim_statement() -> str:
    return _CLAIM.format(columns=rows_of(Message).columns("m"))


def claim(message_id: int) -> Message | None:
    """The message, which is the caller's to send from now on, or None if it is not due."""
    return next(iter(claim_each([message_id])), None)


def moments(now: datetime) -> dict[str, Any]:
    """Now, and since when a worker that has not answered is thought dead."""
    return {
        "now": now,
        "lost": now - timedelta(seconds=settings.MESSAGE_CLAIM_SECONDS),
        "own": has_own_accounts(),
    }


def ids_of(statement: str, **values: Any) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [pk for (pk,) in cursor.fetchall()]
