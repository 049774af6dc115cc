"""Holding a time: who gets it, for how long, and what the rules leave out."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from clinics.models import PractitionerClinic
from scheduling.errors import TimeNotOffered, TimeTaken, TooManyHolds
from scheduling.first_free import first_free
from scheduling.free_times import free_times
from scheduling.free_weeks import differing_weeks, rebuild_free_weeks
from scheduling.holds import (
    MOST_HOLDS,
    held_booking,
    hold_time,
    release_all_expired_holds,
    release_expired_holds,
    release_hold,
)
from scheduling.models import Booking, BookingResource, TreatmentResource
from scheduling.weeks import monday_of
from tests.conftest import Practice
from tests.factories import (
    ClinicFactory,
    PractitionerFactory,
    ResourceFactory,
    TreatmentFactory,
    next_monday_at,
    publish,
)

pytestmark = pytest.mark.django_db


def hold(practice: Practice, hour: int, minute: int = 0, **changes: object) -> Booking:
    arguments = {
        "organisation": practice.organisation,
        "treatment": practice.treatment,
        "practitioner": practice.practitioner,
        "clinic": practice.clinic,
        "starts_at": next_monday_at(hour, minute),
        "visitor": "visitor",
    }
    return hold_time(**{**arguments, **changes})  # type: ignore[arg-type]


def starts(practice: Practice, **changes: object) -> list[str]:
    arguments = {
        "organisation": practice.organisation,
        "clinic": practice.clinic,
        "treatment": practice.treatment,
        "practitioner": practice.practitioner,
        "week": monday_of(next_monday_at(8).date()),
    }
    times = free_times(**{**arguments, **changes})  # type: ignore[arg-type]
    return [f"{time.starts_at:%H:%M}" for time in times]


def test_hold_takes_the_time_off_the_page(in_scope: Practice) -> None:
    assert len(starts(in_scope)) == 16

    booking = hold(in_scope, 9)

    assert booking.state == Booking.State.HELD
    assert "09:00" not in starts(in_scope)
    assert len(starts(in_scope)) == 15
    assert differing_weeks(organisation=in_scope.organisation) == 0


def test_hold_of_a_held_time_is_refused(in_scope: Practice) -> None:
    first = hold(in_scope, 9)

    with pytest.raises(TimeTaken):
        hold(in_scope, 9, visitor="another")

    assert Booking.objects.filter(organisation=in_scope.organisation).get() == first


def test_hold_by_anybody_takes_the_least_loaded_practitioner(in_scope: Practice) -> None:
    second = PractitionerFactory(organisation=in_scope.organisation)
    publish(in_scope.organisation, second, in_scope.clinic, (next_monday_at(8), next_monday_at(16)))
    hold(in_scope, 8)

    booking = hold(in_scope, 9, practitioner=None)

    assert booking.practitioner == second
    assert "09:00" in starts(in_scope, practitioner=None)
    hold(in_scope, 9, practitioner=None)
    assert "09:00" not in starts(in_scope, practitioner=None)


def test_hold_of_a_start_between_the_steps_is_not_offered(in_scope: Practice) -> None:
    with pytest.raises(TimeNotOffered):
        hold(in_scope, 9, 15)

    assert not Booking.objects.filter(organisation=in_scope.organisation).exists()


def test_hold_outside_the_slots_is_not_offered(in_scope: Practice) -> None:
    with pytest.raises(TimeNotOffered):
        hold(in_scope, 16)


def test_hold_inside_the_notice_is_not_offered(in_scope: Practice) -> None:
    in_scope.organisation.settings.minimum_notice_minutes = 60 * 24 * 30

    with pytest.raises(TimeNotOffered):
        hold(in_scope, 9)
    assert starts(in_scope) == []


def test_hold_beyond_the_horizon_is_not_offered(in_scope: Practice) -> None:
    in_scope.organisation.settings.horizon_days = 1

    with pytest.raises(TimeNotOffered):
        hold(in_scope, 9)
    assert starts(in_scope) == []


def test_hold_on_a_weekend_needs_the_setting(in_scope: Practice) -> None:
    saturday = next_monday_at(9) + timedelta(days=5)
    publish(
        in_scope.organisation,
        in_scope.practitioner,
        in_scope.clinic,
        (saturday, saturday + timedelta(hours=1)),
    )
    assert len(starts(in_scope)) == 16
    with pytest.raises(TimeNotOffered):
        hold(in_scope, 9, starts_at=saturday)

    in_scope.organisation.settings.weekend_booking = True

    assert len(starts(in_scope)) == 18
    assert hold(in_scope, 9, starts_at=saturday).starts_at == saturday


def test_hold_uses_the_organisations_step(in_scope: Practice) -> None:
    in_scope.organisation.settings.step_minutes = 15
    rebuild_free_weeks(organisation=in_scope.organisation)

    assert starts(in_scope)[:3] == ["08:00", "08:15", "08:30"]
    assert hold(in_scope, 9, 15).starts_at == next_monday_at(9, 15)
    assert "09:00" not in starts(in_scope)
    assert "09:30" not in starts(in_scope)
    assert "09:45" in starts(in_scope)


def test_hold_off_the_five_minute_grid_is_offered_too(in_scope: Practice) -> None:
    odd = TreatmentFactory(organisation=in_scope.organisation, minutes=7)
    rebuild_free_weeks(organisation=in_scope.organisation)
    assert starts(in_scope, treatment=odd)[:3] == ["08:00", "08:07", "08:14"]

    hold(in_scope, 8, 7, treatment=odd)

    assert starts(in_scope, treatment=odd)[:3] == ["08:00", "08:14", "08:21"]


def test_hold_expires_by_itself_and_is_offered_again(in_scope: Practice) -> None:
    booking = hold(in_scope, 9)
    Booking.objects.filter(pk=booking.pk).update(hold_expires_at=timezone.now())

    assert release_all_expired_holds() == 1

    booking.refresh_from_db()
    assert booking.state == Booking.State.EXPIRED
    assert "09:00" in starts(in_scope)


def test_hold_of_an_expired_hold_succeeds_without_the_sweep(in_scope: Practice) -> None:
    expired = hold(in_scope, 9)
    Booking.objects.filter(pk=expired.pk).update(hold_expires_at=timezone.now())

    booking = hold(in_scope, 9, visitor="another")

    expired.refresh_from_db()
    assert (expired.state, booking.state) == (Booking.State.EXPIRED, Booking.State.HELD)


def test_hold_that_lasts_is_not_released(in_scope: Practice) -> None:
    booking = hold(in_scope, 9)

    assert release_expired_holds(organisation=in_scope.organisation) == 0

    booking.refresh_from_db()
    assert booking.state == Booking.State.HELD


def test_release_needs_the_visitor_who_holds(in_scope: Practice) -> None:
    booking = hold(in_scope, 9)

    release_hold(organisation=in_scope.organisation, booking=booking, visitor="somebody else")
    assert "09:00" not in starts(in_scope)

    release_hold(organisation=in_scope.organisation, booking=booking, visitor="visitor")
    assert "09:00" in starts(in_scope)


def test_held_booking_is_found_only_by_its_visitor_and_organisation(
    in_scope: Practice, other_practice: Practice
) -> None:
    booking = hold(in_scope, 9)
    found = held_booking(organisation=in_scope.organisation, public_id=booking.public_id, visitor="visitor")
    assert found == booking

    with pytest.raises(Booking.DoesNotExist):
        held_booking(organisation=in_scope.organisation, public_id=booking.public_id, visitor="another")
    with pytest.raises(Booking.DoesNotExist):
        held_booking(organisation=other_practice.organisation, public_id=booking.public_id, visitor="visitor")


def test_hold_cap_stops_a_visitor_who_hoards(in_scope: Practice) -> None:
    for number in range(MOST_HOLDS):
        hold(in_scope, 8 + number)

    with pytest.raises(TooManyHolds):
        hold(in_scope, 15)

    assert hold(in_scope, 15, visitor="another").state == Booking.State.HELD


def test_hold_takes_a_resource_from_everybody(in_scope: Practice) -> None:
    room = ResourceFactory(organisation=in_scope.organisation, clinic=in_scope.clinic)
    TreatmentResource.across.create(
        organisation=in_scope.organisation, treatment=in_scope.treatment, resource=room
    )
    second = PractitionerFactory(organisation=in_scope.organisation)
    publish(in_scope.organisation, second, in_scope.clinic, (next_monday_at(8), next_monday_at(16)))

    booking = hold(in_scope, 9)

    assert BookingResource.objects.filter(booking=booking).get().during == booking.during
    assert "09:00" not in starts(in_scope, practitioner=second)
    with pytest.raises(TimeTaken):
        hold(in_scope, 9, practitioner=second)
    with pytest.raises(TimeTaken):
        hold(in_scope, 9, practitioner=None)
    release_hold(organisation=in_scope.organisation, booking=booking, visitor="visitor")
    assert "09:00" in starts(in_scope, practitioner=second)


def test_first_free_time_passes_over_a_taken_resource(in_scope: Practice) -> None:
    room = ResourceFactory(organisation=in_scope.organisation, clinic=in_scope.clinic)
    TreatmentResource.across.create(
        organisation=in_scope.organisation, treatment=in_scope.treatment, resource=room
    )

    def first() -> list[datetime]:
        found = first_free(
            organisation=in_scope.organisation, clinics=[in_scope.clinic], treatments=[in_scope.treatment]
        )
        return list(found.values())

    assert first() == [next_monday_at(8)]

    second = PractitionerFactory(organisation=in_scope.organisation)
    publish(in_scope.organisation, second, in_scope.clinic, (next_monday_at(8), next_monday_at(16)))
    hold(in_scope, 8)

    assert first() == [next_monday_at(8, 30)]


def test_hold_of_one_organisation_leaves_the_other_alone(
    in_scope: Practice, other_practice: Practice
) -> None:
    before = starts(other_practice)

    hold(in_scope, 9)

    assert starts(other_practice) == before
    with pytest.raises(TimeNotOffered):
        hold(in_scope, 10, practitioner=other_practice.practitioner)


def test_hold_where_the_practitioner_no_longer_works_is_not_offered(in_scope: Practice) -> None:
    elsewhere = ClinicFactory(organisation=in_scope.organisation)
    PractitionerClinic.across.create(
        organisation=in_scope.organisation, practitioner=in_scope.practitioner, clinic=elsewhere
    )
    rebuild_free_weeks(organisation=in_scope.organisation)

    assert starts(in_scope) == []
    with pytest.raises(TimeNotOffered):
        hold(in_scope, 9)


def test_hold_at_an_unpublished_practitioner_is_not_offered(in_scope: Practice) -> None:
    in_scope.practitioner.is_published = False
    in_scope.practitioner.save()

    assert starts(in_scope, practitioner=None) == []
    with pytest.raises(TimeNotOffered):
        hold(in_scope, 9)
