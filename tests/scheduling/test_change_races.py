"""Changes that meet: real connections, and an outcome that is right whoever was first."""

from collections import Counter
from collections.abc import Callable
from itertools import pairwise

import pytest

from clinics.scope import organisation_scope
from scheduling.cancellations import cancel_booking, undo_cancellation
from scheduling.changes import hold_new_time, move_booking
from scheduling.errors import ChangedMeanwhile, ChangeRefused, HoldExpired, TimeTaken
from scheduling.free_weeks import differing_weeks, rebuild_free_weeks
from scheduling.holds import hold_time
from scheduling.models import AgentEvent, Booking
from tests.conftest import Practice
from tests.factories import next_monday_at
from tests.races import at_once
from tests.scheduling.booked import booked, fresh
from tests.scheduling.test_contention import without_the_guard

ROUNDS = 5
EXPECTED = (ChangedMeanwhile, ChangeRefused, HoldExpired, TimeTaken)

pytestmark = pytest.mark.django_db(transaction=True)


def mover(practice: Practice, booking: Booking, hour: int) -> Callable[[], object]:
    def attempt() -> None:
        hold = hold_new_time(
            organisation=practice.organisation, booking=booking, starts_at=next_monday_at(hour)
        )
        move_booking(organisation=practice.organisation, booking=booking, new_time=hold.public_id)

    return attempt


def state_is_right(practice: Practice) -> None:
    with organisation_scope(practice.organisation.pk):
        assert differing_weeks(organisation=practice.organisation) == 0


def test_two_moves_to_one_time_have_one_winner(practice: Practice, in_scope: Practice) -> None:
    first, second = booked(practice), booked(practice, next_monday_at(10))

    outcomes = at_once(practice.organisation, mover(practice, first, 11), mover(practice, second, 11))

    assert Counter(outcomes) == {"done": 1, "TimeTaken": 1}
    starts = {fresh(first).starts_at, fresh(second).starts_at}
    kept = next_monday_at(10) if outcomes[0] == "done" else next_monday_at(9)
    assert starts == {next_monday_at(11), kept}
    state_is_right(practice)


def test_two_bookings_can_change_places_with_free_times_without_a_deadlock(
    practice: Practice, in_scope: Practice
) -> None:
    first, second = booked(practice), booked(practice, next_monday_at(10))

    outcomes = at_once(practice.organisation, mover(practice, first, 11), mover(practice, second, 12))

    assert outcomes == ["done", "done"]
    state_is_right(practice)


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_cancellation_and_move_of_one_booking_leave_it_cancelled(
    practice: Practice, in_scope: Practice, round_: int
) -> None:
    booking = booked(practice)
    hold = hold_new_time(organisation=practice.organisation, booking=booking, starts_at=next_monday_at(11))

    cancelled, moved = at_once(
        practice.organisation,
        lambda: cancel_booking(organisation=practice.organisation, booking=booking),
        lambda: move_booking(organisation=practice.organisation, booking=booking, new_time=hold.public_id),
    )

    assert cancelled == "done"
    assert moved in {"done", "ChangeRefused", "HoldExpired"}
    assert fresh(booking).state == Booking.State.CANCELLED
    told = list(AgentEvent.across.filter(booking=booking).order_by("sequence").values_list("type", flat=True))
    assert told == ["booking.created", *(["booking.moved"] if moved == "done" else []), "booking.cancelled"]
    assert Booking.across.filter(state__in=["held", "booked"]).count() == 0
    state_is_right(practice)


def test_two_undos_book_once(practice: Practice, in_scope: Practice) -> None:
    booking = booked(practice)
    cancel_booking(organisation=practice.organisation, booking=booking)

    outcomes = at_once(
        practice.organisation,
        *[lambda: undo_cancellation(organisation=practice.organisation, booking=booking)] * 2,
    )

    assert outcomes == ["done", "done"]
    assert Booking.across.filter(state=Booking.State.BOOKED).count() == 1
    assert AgentEvent.across.filter(type="booking.created").count() == 2
    state_is_right(practice)


HALF_HOURS = [(8, 30), (9, 0), (9, 30), (10, 0), (10, 30)]


def hour_by_half_hours(practice: Practice) -> Booking:
    """A booking from nine to ten, where anything of an hour may begin every half."""
    practice.treatment.minutes = 60
    practice.treatment.save()
    practice.organisation.settings.step_minutes = 30
    practice.organisation.settings.save()
    rebuild_free_weeks(organisation=practice.organisation)
    return booked(practice)


def taker(practice: Practice, hour: int, minute: int) -> Callable[[], object]:
    return lambda: hold_time(
        organisation=practice.organisation,
        treatment=practice.treatment,
        practitioner=practice.practitioner,
        clinic=practice.clinic,
        starts_at=next_monday_at(hour, minute),
        visitor=f"visitor {hour}.{minute}",
    )


def contested_move(practice: Practice, booking: Booking) -> list[str]:
    """The booking goes half an hour later, and everybody wants some of either time at once."""
    return at_once(
        practice.organisation,
        lambda: hold_and_move(practice, booking),
        *[taker(practice, *start) for start in HALF_HOURS],
    )


def hold_and_move(practice: Practice, booking: Booking) -> None:
    hold = hold_new_time(organisation=practice.organisation, booking=booking, starts_at=next_monday_at(9, 30))
    move_booking(organisation=practice.organisation, booking=booking, new_time=hold.public_id)


def overlapping_pairs() -> int:
    """How many pairs of different patients have the practitioner at the same moment."""
    rows = list(Booking.across.filter(state__in=["held", "booked"]).order_by("during"))
    return sum(1 for first, second in pairwise(rows) if first.ends_at > second.starts_at)


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_move_over_the_own_time_lets_nobody_in_between(
    practice: Practice, in_scope: Practice, round_: int
) -> None:
    booking = hour_by_half_hours(practice)

    outcomes = contested_move(practice, booking)

    assert set(outcomes) <= {"done", "TimeTaken"}
    assert fresh(booking).state == Booking.State.BOOKED
    assert fresh(booking).starts_at == next_monday_at(9, 30 if outcomes[0] == "done" else 0)
    assert overlapping_pairs() == 0
    state_is_right(practice)


def test_move_over_the_own_time_without_the_constraint_shows_the_race(
    practice: Practice, in_scope: Practice
) -> None:
    booking = hour_by_half_hours(practice)

    with without_the_guard():
        outcomes = contested_move(practice, booking)
        overlapping = overlapping_pairs()

    assert outcomes.count("done") > 2
    assert overlapping > 0
