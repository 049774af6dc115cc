"""Hears of changes from the database itself: PostgreSQL's LISTEN, on a connection and a thread of its own."""

import logging
from collections.abc import Callable
from threading import Event, Thread

import psycopg
from psycopg import sql
from sqlalchemy import Engine

log = logging.getLogger(__name__)

LISTEN_SECONDS = 0.5  # how soon a stop is noticed
REST_SECONDS = 10.0


class Listener:
    """Rings for every notification; the book is also looked at by the clock, so a lost one costs little."""

    def __init__(self, engine: Engine, channel: str) -> None:
        self._address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._channel = channel
        self._stopped = Event()
        self._thread: Thread | None = None

    def start(self, on_change: Callable[[], object]) -> None:
        self._thread = Thread(target=self._repeat, args=[on_change], name="listen", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(LISTEN_SECONDS * 4)

    def _repeat(self, on_change: Callable[[], object]) -> None:
        while not self._stopped.is_set():
            try:
                self._listen(on_change)
            except psycopg.Error as trouble:
                if self._stopped.is_set():
                    return
                log.warning("The database cannot be listened to (%s).", type(trouble).__name__)
                self._stopped.wait(REST_SECONDS)

    def _listen(self, on_change: Callable[[], object]) -> None:
        with psycopg.connect(self._address, autocommit=True) as connection:
            connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(self._channel)))
            on_change()  # whatever happened while nobody listened
            while not self._stopped.is_set():
                for _ in connection.notifies(timeout=LISTEN_SECONDS):
                    on_change()
