"""Counting the pages of each step, without a write for each page and without anything about who looks.

Each process counts in its memory and adds its numbers to the database now and then. What a process that is
killed had not yet added is lost: these are statistics, and no page waits for them.
"""

import logging
import threading
from collections import Counter
from datetime import UTC, date, datetime
from time import monotonic

from django.conf import settings
from django.db import DatabaseError, connection, connections

from clinics.models import Organisation

log = logging.getLogger(__name__)

MOST_KEPT = 10_000
"""Different numbers in memory, after which they are written whatever the clock says."""

Key = tuple[int, date, str]


class StepCounter:
    """The numbers of one process that have not been added to the database yet."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.numbers: Counter[Key] = Counter()
        self.since = monotonic()

    def add(self, key: Key) -> Counter[Key] | None:
        """Counts one; gives what has to be written now, if it is time, and forgets it."""
        with self.lock:
            self.numbers[key] += 1
            if len(self.numbers) < MOST_KEPT and monotonic() - self.since < settings.STEP_COUNT_SECONDS:
                return None
            return self._taken()

    def take(self) -> Counter[Key]:
        """All there is, which is forgotten here."""
        with self.lock:
            return self._taken()

    def _taken(self) -> Counter[Key]:
        taken, self.numbers = self.numbers, Counter()
        self.since = monotonic()
        return taken


_counter = StepCounter()


def count_step(*, organisation: Organisation, step: str) -> None:
    """One more page of this step has been shown; now and then writes what has been counted."""
    if organisation.draft is not None:
        return
    due = _counter.add((organisation.pk, datetime.now(UTC).date(), step))
    if due:
        threading.Thread(target=write_beside, args=[due], name="step-counts", daemon=True).start()


def write_counts() -> None:
    """Adds everything that this process has counted to the database."""
    write(_counter.take())


def write_beside(numbers: Counter[Key]) -> None:
    """The same in a thread of its own, whose failure is nobody's but the statistics'."""
    try:
        write(numbers)
    except DatabaseError:
        log.warning("step counts could not be written: %s steps are missing", numbers.total())
    finally:
        connections.close_all()


def write(numbers: Counter[Key]) -> None:
    """In the order of their keys, so that processes that write at once wait for each other in turn."""
    if not numbers:
        return
    keys = sorted(numbers)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO scheduling_stepcount AS known (organisation_id, day, step, shown)"
            " SELECT counted.* FROM unnest(%s::bigint[], %s::date[], %s::text[], %s::int[])"
            " AS counted (organisation_id, day, step, shown)"
            " JOIN clinics_organisation known_still ON known_still.id = counted.organisation_id"
            " ORDER BY counted.organisation_id, counted.day, counted.step"
            " ON CONFLICT (organisation_id, day, step) DO UPDATE SET shown = known.shown + EXCLUDED.shown",
            [
                [organisation_id for organisation_id, _, _ in keys],
                [day for _, day, _ in keys],
                [step for _, _, step in keys],
                [numbers[key] for key in keys],
            ],
        )
