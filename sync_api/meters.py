"""What whoever watches over the running reads: numbers from PostgreSQL, at the moment they are asked for.

So all processes tell the same, and none has to remember anything. No label names a person or an organisation,
and none takes more than a handful of values: who wants to know which clinic it is looks at the desk. What
happens in sandboxes counts nowhere among agents, events and bookings: bells would ring for nobody's sake.
"""

import logging
import time
from collections.abc import Iterator
from typing import Any, LiteralString

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from redis import Redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

_PREFIX = "portal_"
_PATIENCE = "3s"
"""For each question to the database; a scrape that is slow must not make everything else so."""
_REDIS_PATIENCE = 0.5
_QUEUE = "celery"
CLASSES = {0: "code", 10: "soon", 20: "reminder", 30: "bulk"}
"""By notifications.models.Priority."""
CHANNELS = ("email", "sms")
AGENTS = ("online", "silent", "never")
PUSHED = ("5m", "1h", "1d", "older", "never")

# What is due is found by its index; of a backlog beyond all measure the first hundred thousand tell enough.
_MESSAGES_DUE: LiteralString = """
    SELECT due.priority, due.channel, s.messages_paused AND due.priority > 0, count(*),
        extract(epoch FROM now() - min(coalesce(due.not_before, due.created_at)))
    FROM (
        SELECT organisation_id, priority, channel, not_before, created_at FROM notifications_message
        WHERE state = 'waiting' AND next_attempt_at <= now() ORDER BY next_attempt_at LIMIT 100000
    ) AS due
    JOIN clinics_organisationsettings s ON s.organisation_id = due.organisation_id
    GROUP BY 1, 2, 3
"""
_TOTALS: LiteralString = """
    SELECT outcome, channel, provider, sum(total) FROM notifications_messagetotal GROUP BY 1, 2, 3
"""
_ROUTES: LiteralString = """
    SELECT CASE WHEN route LIKE 'sms:%' THEN 'own' ELSE route END,
        count(*) FILTER (WHERE closed_until IS NOT NULL), max(extract(epoch FROM last_success_at))
    FROM notifications_routestate GROUP BY 1
"""
_PAUSES: LiteralString = """
    SELECT (SELECT count(*) FROM notifications_sendingpause),
        (SELECT count(*) FROM clinics_organisationsettings WHERE messages_paused),
        (SELECT count(*) FROM notifications_codepause WHERE until > now()),
        (SELECT count(*) FROM notifications_message WHERE state = 'sending')
"""
_AGENTS: LiteralString = """
    SELECT CASE
            WHEN coalesce(l.last_seen_at, l.last_push_at) IS NULL THEN 'never'
            WHEN greatest(l.last_seen_at, l.last_push_at)
                < now() - make_interval(mins => s.agent_silence_minutes) THEN 'silent'
            ELSE 'online' END,
        CASE
            WHEN l.last_push_at IS NULL THEN 'never'
            WHEN l.last_push_at > now() - interval '5 minutes' THEN '5m'
            WHEN l.last_push_at > now() - interval '1 hour' THEN '1h'
            WHEN l.last_push_at > now() - interval '1 day' THEN '1d'
            ELSE 'older' END,
        count(*), sum(l.last_event)
    FROM clinics_organisation o
    JOIN clinics_organisationsettings s ON s.organisation_id = o.id
    LEFT JOIN scheduling_agentlink l ON l.organisation_id = o.id
    WHERE NOT o.is_suspended AND o.id NOT IN (SELECT organisation_id FROM sync_api_sandbox) GROUP BY 1, 2
"""
_EVENTS: LiteralString = """
    SELECT count(*), extract(epoch FROM now() - min(created_at)) FROM scheduling_agentevent
    WHERE acknowledged_at IS NULL AND organisation_id NOT IN (SELECT organisation_id FROM sync_api_sandbox)
"""
_BOOKINGS: LiteralString = """
    SELECT (SELECT count(*) FROM scheduling_booking WHERE state = 'held' AND hold_expires_at > now()), (
        SELECT count(*) FROM clinics_organisation o JOIN scheduling_booking b
            ON b.organisation_id = o.id AND b.booked_at > now() - interval '1 hour'
        WHERE o.id NOT IN (SELECT organisation_id FROM sync_api_sandbox)
    )
"""


class Meters:
    """A collector for prometheus_client."""

    def collect(self) -> Iterator[Metric]:
        up = gauge("up", "Whether what the portal stands on answers.", "what")
        began = time.monotonic()
        try:
            with transaction.atomic():
                found = list(from_database())
        except (DatabaseError, InterfaceError) as error:
            logger.warning("No metrics: %s", type(error).__name__)
            found = []
        up.add_metric(["database"], bool(found))
        waiting = bells()
        up.add_metric(["redis"], waiting is not None)
        yield up
        yield from found
        if waiting is not None:
            yield single("bells_waiting", "Tasks that wait in Redis for a worker.", waiting)
        yield single("scrape_seconds", "How long it took to find all this.", time.monotonic() - began)


def from_database() -> Iterator[Metric]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [_PATIENCE])
    for family in (messages_due, totals, routes, pauses, agents, bookings):
        yield from family()


def messages_due() -> Iterator[Metric]:
    queue = gauge("messages_due", "Messages that should have left by now.", "class", "channel")
    age = gauge("messages_due_age_seconds", "How long the oldest of them waits.", "class", "channel")
    rows = {(row[0], row[1], row[2]): row[3:] for row in rows_of(_MESSAGES_DUE)}
    for priority, name in CLASSES.items():
        for channel in CHANNELS:
            many, seconds = rows.get((priority, channel, False), (0, 0))
            queue.add_metric([name, channel], many)
            age.add_metric([name, channel], float(seconds))
    held = single(
        "messages_held_by_clinics",
        "Messages that are due, but whose clinic has paused its messages.",
        sum(many for (_priority, _channel, is_held), (many, _age) in rows.items() if is_held),
    )
    yield from (queue, age, held)


def totals() -> Iterator[Metric]:
    found = CounterMetricFamily(
        f"{_PREFIX}messages",
        "What became of messages: sent, failed, expired, cancelled, and by report delivered or undelivered.",
        labels=["outcome", "channel", "provider"],
    )
    for outcome, channel, provider, total in rows_of(_TOTALS):
        found.add_metric([outcome, channel, provider or "none"], float(total))
    yield found


def routes() -> Iterator[Metric]:
    """By account: the operator's for each channel, and those of clinics together."""
    closed = gauge("breakers_closed", "Accounts that are left alone because they failed.", "account")
    success = gauge("last_success_timestamp_seconds", "When an account last took a message.", "account")
    rows = {account: (many, at) for account, many, at in rows_of(_ROUTES)}
    for account in (*CHANNELS, "own"):
        many, at = rows.get(account, (0, None))
        closed.add_metric([account], many)
        if at is not None:
            success.add_metric([account], float(at))
    yield from (closed, success)


def pauses() -> Iterator[Metric]:
    ((stopped, paused, codes, sending),) = rows_of(_PAUSES)
    yield single("sending_stopped", "Whether the operator has stopped all messages.", stopped)
    yield single("clinics_paused", "Organisations that have paused their messages.", paused)
    yield single("clinics_codes_paused", "Organisations whose codes by SMS pause, for few are used.", codes)
    yield single("messages_sending", "Messages that workers have claimed.", sending)


def agents() -> Iterator[Metric]:
    by_state = gauge("agents", "Organisations by how their agent was heard last.", "state")
    by_push = gauge("agents_by_last_push", "Organisations by the age of the last push, at most.", "age")
    rows = rows_of(_AGENTS)
    for state in AGENTS:
        by_state.add_metric([state], sum(row[2] for row in rows if row[0] == state))
    for age in PUSHED:
        by_push.add_metric([age], sum(row[2] for row in rows if row[1] == age))
    ((backlog, oldest),) = rows_of(_EVENTS)
    yield from (by_state, by_push)
    yield single("agent_events_waiting", "Events that no agent has answered yet.", backlog)
    yield single("agent_events_age_seconds", "How long the oldest of them waits.", float(oldest or 0))


def bookings() -> Iterator[Metric]:
    ((held, booked),) = rows_of(_BOOKINGS)
    yield single("holds", "Times that are held at this moment.", held)
    yield single("bookings_last_hour", "Bookings that were made within the last hour.", booked)


def bells() -> int | None:
    """How many tasks wait in Redis; None where it does not answer."""
    try:
        with Redis.from_url(
            settings.CELERY_BROKER_URL,
            socket_timeout=_REDIS_PATIENCE,
            socket_connect_timeout=_REDIS_PATIENCE,
        ) as redis:
            return int(redis.llen(_QUEUE))
    except RedisError:
        return None


def gauge(name: str, words: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{_PREFIX}{name}", words, labels=labels)


def single(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{_PREFIX}{name}", words, value=value)


def rows_of(sql: LiteralString) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
