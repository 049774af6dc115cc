"""Fifty visitors, one time: real connections, exactly one winner, and the race without the guard."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from django.db import connection

from clinics.scope import organisation_scope
from scheduling.errors import TimeTaken
from scheduling.free_weeks import differing_weeks
from scheduling.holds import hold_time
from scheduling.models import Booking
from tests.conftest import Practice
from tests.factories import next_monday_at
from tests.races import at_once

VISITORS = 50

pytestmark = pytest.mark.django_db(transaction=True)


def race(practice: Practice, attempt: Callable[[int], str]) -> Counter[str]:
    """Runs ``attempt`` for every visitor at the same moment; how often each outcome came."""
    return Counter(
        at_once(practice.organisation, *(partial(attempt, visitor) for visitor in range(VISITORS)))
    )


def attempt_hold(practice: Practice, minutes_apart: int = 0) -> Callable[[int], str]:
    def attempt(visitor: int) -> str:
        offset = (visitor % 2) * minutes_apart
        try:
            hold_time(
                organisation=practice.organisation,
                treatment=practice.treatment,
                practitioner=practice.practitioner,
                clinic=practice.clinic,
                starts_at=next_monday_at(9, offset),
                visitor=f"visitor {visitor}",
            )
        except TimeTaken:
            return "taken"
        return "held"

    return attempt


@contextmanager
def without_the_guard() -> Iterator[None]:
    """Takes the exclusion constraint away, and puts it back once the table is empty."""
    constraint = next(
        found for found in Booking._meta.constraints if found.name == "booking_practitioner_no_overlap"
    )
    with connection.schema_editor() as editor:
        editor.remove_constraint(Booking, constraint)
    try:
        yield
    finally:
        Booking.across.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Booking, constraint)


def test_hold_contested_by_fifty_has_exactly_one_winner(practice: Practice) -> None:
    outcomes = race(practice, attempt_hold(practice))

    assert outcomes == {"held": 1, "taken": VISITORS - 1}
    assert Booking.across.filter(organisation=practice.organisation).count() == 1


def test_hold_contested_without_the_constraint_shows_the_race(practice: Practice) -> None:
    with without_the_guard():
        outcomes = race(practice, attempt_hold(practice))
        stored = Booking.across.filter(organisation=practice.organisation).count()

    assert outcomes["held"] > 1
    assert stored == outcomes["held"]


def test_holds_of_two_times_at_once_leave_the_free_weeks_right(practice: Practice) -> None:
    outcomes = race(practice, attempt_hold(practice, minutes_apart=30))

    assert outcomes == {"held": 2, "taken": VISITORS - 2}
    with organisation_scope(practice.organisation.pk):
        assert differing_weeks(organisation=practice.organisation) == 0
