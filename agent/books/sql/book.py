"""An appointment book in anybody's SQL database, read and written by the queries of a file."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DataError, IntegrityError

from agent.book import BookError, Booking, Catalogue, Diary, Found, Place, PortalBooking, Reference, Sought
from agent.books.engine import is_worth_another_try, open_engine, writing
from agent.books.sql.checking import check_queries
from agent.books.sql.listening import Listener
from agent.books.sql.lookups import look_up
from agent.books.sql.queries import Queries
from agent.books.sql.reading import read_catalogue, read_diaries, read_portal_bookings, read_version
from agent.books.sql.writing import BookWriter
from agent.intervals import Interval
from agent.words import _

MOST_TRIES = 5
LOOKED_AT = timedelta(weeks=28)

T = TypeVar("T")


class SqlBook:
    """The book behind ``address``, any database that SQLAlchemy knows."""

    def __init__(self, address: str, queries: Queries, *, notify: str = "") -> None:
        """``notify``: the channel on which a PostgreSQL tells of changes."""
        self.engine = open_engine(address)
        self._queries = queries
        self._listener = Listener(self.engine, notify) if notify else None

    def check(self) -> None:
        check_queries(self.engine, self._queries)

    def watch(self, on_change: Callable[[], object]) -> None:
        if self._listener is not None:
            self._listener.start(on_change)

    def close(self) -> None:
        if self._listener is not None:
            self._listener.stop()
        self.engine.dispose()

    def version(self) -> str:
        today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        with self._reading() as connection:
            return read_version(self._queries, connection, Interval(today, today + LOOKED_AT))

    def catalogue(self) -> Catalogue:
        with self._reading() as connection:
            return read_catalogue(self._queries, connection)

    def diaries(self, during: Interval) -> list[Diary]:
        with self._reading() as connection:
            return read_diaries(self._queries, connection, during)

    def look_up(self, sought: Sought) -> Found | None:
        with self._reading() as connection:
            return look_up(self._queries, connection, read_catalogue(self._queries, connection), sought)

    def portal_bookings(self, *, ended_after: datetime) -> list[PortalBooking]:
        with self._reading() as connection:
            return read_portal_bookings(self._queries, connection, ended_after)

    def tells_of(self, practitioner: str) -> bool:
        return self._queries.has("portal_bookings")

    def enter(self, booking: Booking) -> str:
        return self._written(lambda writer: writer.enter(booking))

    def move(self, which: Reference, to: Place, seen_at: Place | None, *, journal: bool) -> str:
        return self._written(lambda writer: writer.move(which, to, seen_at, journal=journal))

    def cancel(self, which: Reference, *, journal: bool) -> str | None:
        return self._written(lambda writer: writer.cancel(which, journal=journal))

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self.engine.begin() as connection:
            yield connection

    def _written(self, work: Callable[[BookWriter], T]) -> T:
        """What one transaction's work came to; tried again when another writer was in the way."""
        for tries_left in reversed(range(MOST_TRIES)):
            try:
                with writing(self.engine) as connection:
                    return work(BookWriter(self._queries, connection))
            except DataError:
                raise BookError(_("The appointment book's database does not take what was given.")) from None
            except IntegrityError:
                if not tries_left:
                    raise BookError(_("A rule of the appointment book's database forbids it.")) from None
            except Exception as trouble:
                if not tries_left or not is_worth_another_try(trouble):
                    raise
        raise AssertionError
