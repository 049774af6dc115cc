"""Adding to the totals of what became of messages, in the transaction of what is counted."""

from django.db import connection

_ADD = """
INSERT INTO notifications_messagetotal AS t (outcome, channel, provider, part, total)
VALUES (%s, %s, %s, pg_backend_pid() %% 16, 1)
ON CONFLICT (outcome, channel, provider, part) DO UPDATE SET total = t.total + 1
"""


def count_message(*, outcome: str, channel: str, provider: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [outcome, channel, provider])
