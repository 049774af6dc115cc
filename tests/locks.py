"""Who waits for whom in the test's own database."""

from django.db import connection

# Not pg_stat_activity: within a transaction that says for ever what it said first.
WAITING = """
    SELECT EXISTS (
        SELECT FROM pg_locks AS wanted JOIN pg_locks AS held USING (pid)
        WHERE NOT wanted.granted
          AND (SELECT datname FROM pg_database WHERE oid = held.database) = current_database()
    )
"""


def somebody_waits_for_a_lock() -> bool:
    """Whether a session of this database waits. Other workers' databases on the same server don't count."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return bool(cursor.fetchone()[0])
