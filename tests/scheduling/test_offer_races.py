"""Workers that offer at once, and offers against patients: real connections, exactly one winner."""

from collections.abc import Callable

import pytest

from clinics.scope import organisation_scope
from scheduling.errors import OfferGone, TimeTaken
from scheduling.holds import hold_time
from scheduling.models import AgentEvent, Booking, Offer, Wish
from scheduling.offers import accept_offer, decline_offer, offer_free_times
from tests.conftest import Practice
from tests.factories import WishFactory, next_monday_at, wake
from tests.races import at_once
from tests.scheduling.test_offers import leave_free

WORKERS = 8

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def waiting(practice: Practice) -> Practice:
    wake(practice.organisation)
    leave_free(practice, 9)
    return practice


def wishes(practice: Practice, count: int) -> list[Wish]:
    return [
        WishFactory(organisation=practice.organisation, treatment=practice.treatment) for _ in range(count)
    ]


def offering(practice: Practice) -> Callable[[], str]:
    return lambda: str(offer_free_times(organisation=practice.organisation))


def test_workers_at_once_offer_one_time_once(waiting: Practice) -> None:
    first, *_ = wishes(waiting, 3)

    outcomes = at_once(waiting.organisation, *[offering(waiting)] * WORKERS)

    assert sorted(outcomes) == [*["0"] * (WORKERS - 1), "1"]
    assert Offer.across.count() == 1
    assert Booking.across.count() == 1
    assert Wish.across.filter(offered_until__isnull=False).count() == 1
    assert Offer.across.get().wish_id in {first.pk, *Wish.across.values_list("pk", flat=True)}


def test_workers_at_once_make_one_wish_one_offer(waiting: Practice) -> None:
    leave_free(waiting, 9, 10, 11, 12)
    wishes(waiting, 1)

    outcomes = at_once(waiting.organisation, *[offering(waiting)] * WORKERS)

    assert sorted(outcomes) == [*["0"] * (WORKERS - 1), "1"]
    assert Booking.across.count() == 1


def test_offer_and_patients_contend_for_one_time(waiting: Practice) -> None:
    wishes(waiting, 1)

    def patient() -> str:
        try:
            hold_time(
                organisation=waiting.organisation,
                treatment=waiting.treatment,
                practitioner=waiting.practitioner,
                clinic=waiting.clinic,
                starts_at=next_monday_at(9),
                visitor="a patient",
            )
        except TimeTaken:
            return "0"
        return "1"

    outcomes = at_once(waiting.organisation, offering(waiting), *[patient] * 4, offering(waiting))

    assert sorted(outcomes) == ["0"] * 5 + ["1"]
    assert Booking.across.count() == 1


def test_accepting_and_declining_at_once_has_one_outcome(waiting: Practice) -> None:
    wishes(waiting, 1)
    with organisation_scope(waiting.organisation.pk):
        offer_free_times(organisation=waiting.organisation)
    offer = Offer.across.select_related(
        "booking__clinic", "booking__practitioner", "booking__treatment", "wish"
    ).get()

    def accept() -> str:
        try:
            accept_offer(organisation=waiting.organisation, offer=offer, visitor="v")
        except OfferGone:
            return "gone"
        return "booked"

    def decline() -> str:
        decline_offer(organisation=waiting.organisation, offer=offer)
        return "asked"

    outcomes = at_once(waiting.organisation, accept, decline, accept, decline)

    state = Booking.across.get().state
    assert outcomes.count("booked") == (state == Booking.State.BOOKED)
    assert state in (Booking.State.BOOKED, Booking.State.EXPIRED)
    assert AgentEvent.across.count() == outcomes.count("booked")
