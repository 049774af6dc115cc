"""The bell: wakes a worker for a message that has been committed, and manages without a broker.

The outbox row is the truth, so a bell that is not heard loses nothing. But a patient waits for a code:
where the broker does not answer, this process delivers on threads of its own.
"""

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from django.conf import settings
from django.db import connections
from redis.exceptions import RedisError

from notifications.broker import push
from notifications.claims import due_messages
from notifications.delivery import deliver_each

logger = logging.getLogger(__name__)

_TASK = "notifications.tasks.deliver_message"
_DRAIN = "notifications.tasks.drain_messages"
_BELIEVED_DOWN = 5.0
"""Seconds during which a broker that did not answer is not asked again."""
_DELIVERED_ALONG = 5
"""How many other due messages a process without a broker takes with it: nobody else sweeps now."""


class Broker:
    """Whether the broker is worth asking."""

    def __init__(self) -> None:
        self._down_until = 0.0

    @property
    def is_believed_down(self) -> bool:
        return time.monotonic() < self._down_until

    def note_down(self) -> None:
        self._down_until = time.monotonic() + _BELIEVED_DOWN

    def forget(self) -> None:
        """Ask it again at the next bell."""
        self._down_until = 0.0


broker = Broker()
in_process = ThreadPoolExecutor(max_workers=2, thread_name_prefix="deliver")


def ring(*message_ids: int) -> None:
    """Have messages delivered soon, by a worker or, where the broker is down, by this process.

    Never raises for a broker that is away, and takes about a second at the very most.
    """
    if not told_a_worker(_TASK, *message_ids):
        in_process.submit(_deliver_here, message_ids).add_done_callback(partial(_note_failure, message_ids))


def wake_a_worker() -> None:
    """Has what is due looked for now instead of with the next sweep, which finds it anyhow."""
    told_a_worker(_DRAIN)


def have_done(task: str, row_id: int, here: Callable[[int], None]) -> None:
    """Have a task about one row done soon, by a worker or, where the broker is down, by this process.

    ``here`` is what the task does. Never raises for a broker that is away.
    """
    if not told_a_worker(task, row_id):
        in_process.submit(_do_here, here, row_id).add_done_callback(partial(_note_undone, task, row_id))


def told_a_worker(task: str, *row_ids: int) -> bool:
    """Whether a task about these rows could be handed to the broker, which is not waited for long."""
    if broker.is_believed_down:
        return False
    try:
        push(settings.CELERY_BROKER_URL, task, *row_ids)
    except (RedisError, OSError) as error:
        broker.note_down()
        logger.warning("The broker does not answer (%s)", type(error).__name__)
        return False
    return True


def _deliver_here(message_ids: Sequence[int]) -> None:
    try:
        deliver_each(message_ids)
        deliver_each(due_messages(limit=_DELIVERED_ALONG))
    finally:
        connections.close_all()


def _do_here(here: Callable[[int], None], row_id: int) -> None:
    try:
        here(row_id)
    finally:
        connections.close_all()


def _note_undone(task: str, row_id: int, future: Future[None]) -> None:
    """The row still waits: the sweep takes it from there."""
    error = future.exception()
    if error is not None:
        logger.error("%s of %s was not done here: %s", task, row_id, type(error).__name__)


def _note_failure(message_ids: Sequence[int], future: Future[None]) -> None:
    """The rows still wait, or their claims run out: the sweep takes it from there."""
    error = future.exception()
    if error is not None:
        logger.error("Messages %s were not all delivered here: %s", message_ids, type(error).__name__)
