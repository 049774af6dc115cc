"""The clinic's book and a patient at the same moment, on real connections: right whoever was first."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from scheduling.book_changes import BookEntry, follow_book
from scheduling.changes import hold_new_time, move_booking
from scheduling.models import Booking
from scheduling.models.booking import OCCUPYING_STATES, BookingState
from tests.conftest import Practice
from tests.factories import next_monday_at
from tests.races import at_once
from tests.scheduling.booked import booked, fresh
from tests.scheduling.test_change_races import mover, state_is_right, taker

ROUNDS = 2

pytestmark = pytest.mark.django_db(transaction=True)


def told(practice: Practice, booking: Booking, state: BookingState, hour: int = 0) -> Callable[[], object]:
    during = DateTimeTZRange(next_monday_at(hour), next_monday_at(hour, 30)) if hour else None
    return lambda: follow_book(
        organisation=practice.organisation,
        public_id=booking.public_id,
        entry=BookEntry(state, during),
    )


def guarded_pairs_at_once() -> int:
    """How many pairs overlap that the database keeps apart."""
    rows = list(Booking.across.filter(state__in=OCCUPYING_STATES, is_doubled=False).order_by("during"))
    return sum(1 for first, second in pairwise(rows) if first.ends_at > second.starts_at)


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_book_and_a_patient_want_one_time(practice: Practice, in_scope: Practice, round_: int) -> None:
    booking, other = booked(practice), booked(practice, next_monday_at(10))

    outcomes = at_once(
        practice.organisation,
        told(practice, booking, BookingState.BOOKED, 11),
        mover(practice, other, 11),
        taker(practice, 11, 0),
    )

    assert outcomes[0] == "done"
    assert set(outcomes[1:]) <= {"done", "TimeTaken", "HoldExpired"}
    assert fresh(booking).starts_at == next_monday_at(11)
    assert fresh(booking).is_doubled == (fresh(other).starts_at == next_monday_at(11))
    assert guarded_pairs_at_once() == 0
    state_is_right(practice)


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_book_cancels_while_the_patient_moves(practice: Practice, in_scope: Practice, round_: int) -> None:
    booking = booked(practice)
    hold = hold_new_time(organisation=practice.organisation, booking=booking, starts_at=next_monday_at(11))

    cancelled, moved = at_once(
        practice.organisation,
        told(practice, booking, BookingState.CANCELLED),
        lambda: move_booking(organisation=practice.organisation, booking=booking, new_time=hold.public_id),
    )

    assert cancelled == "done"
    assert moved in {"done", "HoldExpired", "ChangeRefused"}
    assert fresh(booking).state == BookingState.CANCELLED
    assert not Booking.across.filter(state__in=OCCUPYING_STATES).exists()
    state_is_right(practice)
