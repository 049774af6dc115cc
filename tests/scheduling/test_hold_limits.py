"""More time for a hold, once; and how many times may be held from one place or with one number."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from scheduling.bookings import PatientDetails, confirm_booking, give_details
from scheduling.errors import HoldExpired, TooManyHolds
from scheduling.holds import (
    LONGEST_HOLD,
    MOST_HOLDS_OF_NUMBER,
    can_extend,
    extend_hold,
    hold_time,
    release_hold,
)
from scheduling.models import Booking
from scheduling.retention import forget_addresses
from tests.conftest import Practice
from tests.factories import BookingFactory, next_monday_at
from tests.pages.conftest import newest_code

pytestmark = pytest.mark.django_db

DETAILS = PatientDetails(
    first_name="Maija", last_name="Meikäläinen", language="fi", mobile="+358401234567", email="m@example.com"
)


def hold(
    practice: Practice, hour: int, *, visitor: str = "visitor", address: str = "", **who: None
) -> Booking:
    return hold_time(
        organisation=practice.organisation,
        treatment=practice.treatment,
        practitioner=who.get("practitioner", practice.practitioner),
        clinic=practice.clinic,
        starts_at=next_monday_at(hour),
        visitor=visitor,
        address=address,
    )


def stored(booking: Booking) -> Booking:
    found: Booking = Booking.across.get(pk=booking.pk)
    return found


def extend(practice: Practice, booking: Booking, visitor: str = "visitor") -> bool:
    return extend_hold(organisation=practice.organisation, booking=booking, visitor=visitor)


def test_hold_is_extended_once(in_scope: Practice) -> None:
    booking = hold(in_scope, 9)
    until = booking.hold_expires_at
    assert until is not None
    assert can_extend(booking)

    assert extend(in_scope, booking)
    assert not extend(in_scope, booking)

    assert stored(booking).hold_expires_at == until + timedelta(minutes=10)
    assert booking.hold_expires_at == stored(booking).hold_expires_at
    assert not can_extend(stored(booking))


def test_hold_is_never_extended_beyond_the_longest(in_scope: Practice) -> None:
    in_scope.organisation.settings.hold_minutes = 45
    booking = hold(in_scope, 9)

    assert extend(in_scope, booking)
    assert stored(booking).hold_expires_at == booking.created_at + LONGEST_HOLD


def test_hold_as_long_as_the_longest_cannot_be_extended(in_scope: Practice) -> None:
    in_scope.organisation.settings.hold_minutes = 60
    booking = hold(in_scope, 9)
    Booking.across.filter(pk=booking.pk).update(hold_expires_at=booking.created_at + LONGEST_HOLD)

    assert not extend(in_scope, booking)
    assert stored(booking).extended_at is None


@pytest.mark.parametrize("how", ["past its time", "released", "booked", "somebody else's"])
def test_only_ones_own_hold_that_lasts_is_extended(in_scope: Practice, how: str) -> None:
    booking = hold(in_scope, 9)
    held = Booking.across.filter(pk=booking.pk)
    if how == "past its time":
        held.update(hold_expires_at=timezone.now())
    elif how == "released":
        release_hold(organisation=in_scope.organisation, booking=booking, visitor="visitor")
    elif how == "booked":
        held.update(state=Booking.State.BOOKED, hold_expires_at=None)
    before = stored(booking).hold_expires_at

    with pytest.raises(HoldExpired):
        extend(in_scope, booking, "another" if how == "somebody else's" else "visitor")

    assert stored(booking).hold_expires_at == before


def test_hold_of_another_organisation_is_not_extended(in_scope: Practice, other_practice: Practice) -> None:
    booking = BookingFactory(
        organisation=other_practice.organisation, state=Booking.State.HELD, visitor="visitor"
    )

    with pytest.raises(HoldExpired):
        extend(in_scope, booking)


def test_hold_remembers_that_anybody_would_do(in_scope: Practice) -> None:
    assert stored(hold(in_scope, 9, practitioner=None)).with_anybody
    assert not stored(hold(in_scope, 10)).with_anybody


def test_address_holds_so_many_times_at_once(
    in_scope: Practice, other_practice: Practice, settings: Settings
) -> None:
    settings.HOLDS_PER_ADDRESS = 2
    BookingFactory(
        organisation=other_practice.organisation, state=Booking.State.HELD, address_hash="a waiting room"
    )
    first = hold(in_scope, 8, visitor="one", address="a waiting room")
    hold(in_scope, 9, visitor="two", address="a waiting room")

    with pytest.raises(TooManyHolds) as refusal:
        hold(in_scope, 10, visitor="three", address="a waiting room")
    assert refusal.value.limit == "address"

    assert hold(in_scope, 10, visitor="three", address="elsewhere").state == Booking.State.HELD
    release_hold(organisation=in_scope.organisation, booking=first, visitor="one")
    assert hold(in_scope, 11, visitor="three", address="a waiting room").state == Booking.State.HELD


def test_holds_without_an_address_are_not_counted_together(in_scope: Practice, settings: Settings) -> None:
    settings.HOLDS_PER_ADDRESS = 1
    hold(in_scope, 8, visitor="one")

    assert hold(in_scope, 9, visitor="two").state == Booking.State.HELD


@pytest.mark.parametrize("end", ["released", "booked"])
def test_address_goes_when_the_time_is_held_no_longer(in_scope: Practice, end: str) -> None:
    booking = hold(in_scope, 9, address="somewhere")
    assert stored(booking).address_hash == "somewhere"

    if end == "released":
        release_hold(organisation=in_scope.organisation, booking=booking, visitor="visitor")
    else:
        give_details(organisation=in_scope.organisation, booking=booking, details=DETAILS)
        confirm_booking(organisation=in_scope.organisation, booking=booking, code=newest_code())

    assert stored(booking).address_hash == ""


def test_address_that_stayed_behind_is_forgotten(in_scope: Practice) -> None:
    held = hold(in_scope, 9, address="somewhere")
    stayed = BookingFactory(organisation=in_scope.organisation, address_hash="elsewhere")

    assert forget_addresses() == 1
    assert (stored(held).address_hash, stored(stayed).address_hash) == ("somewhere", "")


def test_number_is_typed_for_so_many_holds_at_once(in_scope: Practice) -> None:
    for number in range(MOST_HOLDS_OF_NUMBER):
        held = hold(in_scope, 8 + number, visitor=f"visitor {number}")
        give_details(organisation=in_scope.organisation, booking=held, details=DETAILS)
    one_more = hold(in_scope, 15, visitor="another")

    with pytest.raises(TooManyHolds) as refusal:
        give_details(organisation=in_scope.organisation, booking=one_more, details=DETAILS)
    assert refusal.value.limit == "number"

    release_hold(organisation=in_scope.organisation, booking=held, visitor=f"visitor {number}")
    assert not give_details(organisation=in_scope.organisation, booking=one_more, details=DETAILS)
