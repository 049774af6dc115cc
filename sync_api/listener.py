"""One connection a process that hears of new events, whoever many agents wait for them."""

import asyncio
import logging
from collections import defaultdict
from typing import Any

import psycopg
from django.db import connections

from scheduling.events import CHANNEL

log = logging.getLogger(__name__)

CHECK_SECONDS = 5.0
"""How often the counters are looked at besides, in case a notification was lost."""
ANSWER_SECONDS = 10.0
RETRY_SECONDS = 1.0

_COUNTERS = "SELECT organisation_id, last_event FROM scheduling_agentlink WHERE organisation_id = ANY(%s)"


class Listener:
    """Wakes those who wait for an organisation's events; runs in one event loop."""

    def __init__(self) -> None:
        self._count = 0
        self._last_woken: dict[int, int] = {}
        self._all_woken = 0
        self._waiting: dict[int, set[asyncio.Future[None]]] = defaultdict(set)
        self._known: dict[int, int] = {}
        self._task: asyncio.Task[None] | None = None
        self._is_lost = False

    def start(self) -> None:
        """Begins to listen, unless it does already."""
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run(), name="agent events")

    async def stop(self) -> None:
        """Stops listening, and wakes everybody."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        self.wake_all()

    @property
    def mark(self) -> int:
        """Take it before looking for events: what is told from then on ends the wait at once."""
        return self._count

    async def told(self, organisation_id: int, since: int) -> None:
        """Returns once something may have happened to the organisation after the mark ``since``."""
        if max(self._last_woken.get(organisation_id, 0), self._all_woken) > since:
            return
        waiter = asyncio.get_running_loop().create_future()
        self._waiting[organisation_id].add(waiter)
        try:
            await waiter
        finally:
            self._forget(organisation_id, waiter)

    def _forget(self, organisation_id: int, waiter: "asyncio.Future[None]") -> None:
        self._waiting[organisation_id].discard(waiter)
        if not self._waiting[organisation_id]:
            del self._waiting[organisation_id]

    def wake(self, organisation_id: int) -> None:
        self._count += 1
        self._last_woken[organisation_id] = self._count
        for waiter in self._waiting.get(organisation_id, ()):
            if not waiter.done():
                waiter.set_result(None)

    def wake_all(self) -> None:
        self._count += 1
        self._all_woken = self._count
        self._last_woken.clear()
        for organisation_id in list(self._waiting):
            self.wake(organisation_id)

    async def _run(self) -> None:
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError, TimeoutError) as error:
                self._tell_lost(error)
            await asyncio.sleep(RETRY_SECONDS)

    def _tell_lost(self, error: Exception) -> None:
        """Writes the first failure down, not every second's."""
        if not self._is_lost:
            log.warning("The connection that hears of events is lost (%s).", type(error).__name__)
        self._is_lost = True

    async def _listen(self) -> None:
        async with await psycopg.AsyncConnection.connect(
            **connection_parameters(), autocommit=True
        ) as connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            self._is_lost = False
            self.wake_all()  # for what happened while nobody listened
            while True:
                async for notification in connection.notifies(timeout=CHECK_SECONDS):
                    self._hear(notification.payload)
                async with asyncio.timeout(ANSWER_SECONDS):
                    await self._look(connection)

    def _hear(self, payload: str) -> None:
        """Wakes the organisation that is named, and remembers its last event's number if it is said."""
        organisation_id, _, last_event = payload.partition(" ")
        if organisation_id.isdecimal():
            if last_event.isdecimal():
                self._known[int(organisation_id)] = int(last_event)
            self.wake(int(organisation_id))

    async def _look(self, connection: psycopg.AsyncConnection[Any]) -> None:
        """Wakes every organisation whose counter of events is not the one that was seen last."""
        cursor = await connection.execute(
            _COUNTERS,
            [list(self._waiting)],
        )
        for organisation_id, last_event in await cursor.fetchall():
            if self._known.get(organisation_id) != last_event:
                self._known[organisation_id] = last_event
                self.wake(organisation_id)


def connection_parameters() -> dict[str, Any]:
    """How Django connects to the database, without what only its own connections understand."""
    parameters = dict(connections["default"].get_connection_params())
    for name in ("cursor_factory", "context", "prepare_threshold"):
        parameters.pop(name, None)
    return {**parameters, "connect_timeout": 10}
