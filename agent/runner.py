"""Runs the agent: threads push, read events and look after the agent; the main one waits for the end."""

import logging
import random
import signal
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event, Lock, Thread
from types import FrameType

from sqlalchemy.exc import SQLAlchemyError

from agent.activity import Activity
from agent.book import Book, BookUnavailable
from agent.desk_changes import DeskChanges
from agent.events import Answers, EventReader
from agent.portal import Portal
from agent.problems import PortalError, Superseded, TryLater
from agent.push_state import PushState
from agent.pusher import Pusher
from agent.toml_files import ConfigurationError
from agent.words import _, words_of

log = logging.getLogger(__name__)

EVERY_SECONDS = 2.0
REFRESH_SECONDS = 30.0  # also without a visible change: preblocks expire, weeks go by
FIRST_REST_SECONDS = 0.5
LONGEST_REST_SECONDS = 30.0
FINISH_SECONDS = 5.0  # what stopping grants to an event that is half written


class Stopped(BaseException):
    """Raised in the main thread by the signals that end the program."""


class Runner:
    """One agent at work until it is told to stop or is replaced by another."""

    def __init__(
        self,
        book: Book,
        portal: Portal,
        state: PushState,
        *,
        activity: Activity | None = None,
        every_seconds: float = EVERY_SECONDS,
        look_after: Callable[[], float] | None = None,
    ) -> None:
        """``look_after`` checks the agent itself, and says in how many seconds to do so again."""
        self._book = book
        self._activity = activity or Activity()
        self._every_seconds = every_seconds
        self._look_after = look_after
        self._pusher = Pusher(book, portal, state)
        self._reader = EventReader(book, portal, on_change=self.look_again, on_taken=self._doubt)
        self._desk_changes = DeskChanges(book, portal, state, writing=self._reader.writing)
        self._reader.on_answers = self._follow
        self._ended = Event()
        self._speaking = Lock()
        self._changed = Event()
        self._has_checked = False
        self._has_met = False
        self._pushed_version = ""
        self._pushed_at = 0.0

    def run(self) -> bool:
        """Work until stopped (True) or until it makes no sense to go on (False)."""
        try:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, _raise_stopped)
            self._book.watch(self.look_again)
            for name, step in self._steps():
                # Daemons: a long poll need not end before the program may.
                Thread(target=self._repeat, args=[step], name=name, daemon=True).start()
            while not self._ended.wait(1):
                pass
        except Stopped:
            log.info("Stopping.")
            self._ended.set()
            self._reader.writing.acquire(timeout=FINISH_SECONDS)
            return True
        return False

    def look_again(self) -> None:
        """Look at the book at once; from any thread."""
        self._changed.set()

    def _steps(self) -> list[tuple[str, Callable[[], None]]]:
        steps = [("push", self._push_step), ("events", self._event_step)]
        return [*steps, ("care", self._care_step)] if self._look_after else steps

    def _repeat(self, step: Callable[[], None]) -> None:
        rest = FIRST_REST_SECONDS
        try:
            while not self._ended.is_set():
                trouble = self._attempt(step)
                if trouble is None:
                    rest = FIRST_REST_SECONDS
                else:
                    self._ended.wait(_resting_seconds(trouble, rest))
                    rest = min(rest * 2, LONGEST_REST_SECONDS)
        except Superseded as replaced:
            self._say_last_words(replaced)
        finally:
            self._ended.set()

    def _say_last_words(self, replaced: Superseded) -> None:
        """Every thread hears it; one says so."""
        with self._speaking:
            if not self._ended.is_set():
                log.error("Another agent has been activated in this one's place; stopping. (%s)", replaced)
            self._ended.set()

    def _attempt(self, step: Callable[[], object]) -> Exception | None:
        """The trouble that a rest may cure, if there was any."""
        try:
            step()
        except Superseded:
            raise
        except PortalError as trouble:
            self._forget_portal()
            log.warning("%s", trouble)
            return trouble
        except (SQLAlchemyError, BookUnavailable, ConfigurationError) as trouble:
            words = _book_words(trouble)
            log.warning("%s", words)
            self._activity.book_failed(words)
            return trouble
        except (sqlite3.Error, OSError) as trouble:
            log.warning("The agent's own folder cannot be written (%s).", type(trouble).__name__)
            return trouble
        except Exception as trouble:  # whatever it is: an agent that has stopped helps nobody
            log.exception("Something unexpected; it is tried again.")
            return trouble
        return None

    def _forget_portal(self) -> None:
        """After any trouble the portal may be an older copy of itself: meet it again before pushing."""
        self._has_met = False
        self._pushed_version = ""

    def _push_step(self) -> None:
        self._push_if_changed()
        self._changed.wait(self._every_seconds)
        self._changed.clear()

    def _push_if_changed(self) -> None:
        if not self._has_checked:
            self._book.check()
            self._has_checked = True
        if not self._has_met:
            self._pusher.meet()
            self._desk_changes.meet(datetime.now(UTC))
            self._has_met = True
        version = self._book.version()
        self._activity.book_failed("")
        is_due = time.monotonic() - self._pushed_at > REFRESH_SECONDS
        if version != self._pushed_version or is_due:
            self._pusher.push(datetime.now(UTC))
            self._desk_changes.tell(datetime.now(UTC))  # who is new there is known here by now
            self._pushed_version, self._pushed_at = version, time.monotonic()

    def _event_step(self) -> None:
        began = time.monotonic()
        if not self._reader.read() and time.monotonic() - began < 1:
            self._ended.wait(1)  # a portal that does not wait for events must not be flooded

    def _doubt(self, practitioner: str) -> None:
        self._pusher.doubt(practitioner)
        self._pushed_version = ""
        self.look_again()

    def _follow(self, answers: Answers) -> None:
        if self._desk_changes.follow(answers):
            self._pushed_version = ""
            self.look_again()

    def _care_step(self) -> None:
        if self._look_after is not None:
            self._ended.wait(self._look_after())


def _book_words(trouble: Exception) -> str:
    """Of a database no more than the kind of error: what it says itself may quote the book."""
    if isinstance(trouble, BookUnavailable | ConfigurationError):
        return words_of(trouble)
    return _("The appointment book cannot be used ({trouble}).", trouble=type(trouble).__name__)


def _resting_seconds(trouble: Exception, rest: float) -> float:
    asked = trouble.after if isinstance(trouble, TryLater) else None
    if asked is not None:
        return min(asked, LONGEST_REST_SECONDS)
    return rest * random.uniform(0.7, 1.0)  # noqa: S311 - so that agents do not all come back at once


def _raise_stopped(_number: int, _frame: FrameType | None) -> None:
    raise Stopped
