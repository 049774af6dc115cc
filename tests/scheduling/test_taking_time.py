"""What a hold takes off the weeks worked out beforehand is what working them out anew would leave."""

import random
from datetime import datetime, timedelta

import pytest

from scheduling.free_weeks import differing_weeks, rebuild_free_weeks
from scheduling.holds import insert_hold, new_hold
from scheduling.models import Booking, FreeWeek
from scheduling.offerings import catalogue_of
from tests.conftest import Practice
from tests.factories import ClinicFactory, TreatmentFactory, next_monday_at, publish

pytestmark = pytest.mark.django_db


def take(practice: Practice, starts_at: datetime) -> bool:
    """Whether the time was had, by whoever may have it or not: only what becomes of the weeks is asked."""
    hold = new_hold(
        practice.organisation,
        practice.treatment,
        practice.practitioner,
        practice.clinic,
        practice.treatment.during(starts_at),
    )
    hold.visitor = "visitor"
    return insert_hold(hold, catalogue_of(practice.organisation))


def starts_on_and_off_the_grid(practice: Practice) -> None:
    """Treatments of several lengths, 7 minutes apart, at clinics of two zones, over the end of a week."""
    organisation = practice.organisation
    organisation.settings.step_minutes = 7
    organisation.settings.save()
    for minutes in (5, 45, 600, 1440):
        TreatmentFactory(organisation=organisation, category=practice.treatment.category, minutes=minutes)
    elsewhere = ClinicFactory(organisation=organisation, time_zone="Europe/Stockholm")
    sunday = next_monday_at(0) - timedelta(hours=6)
    publish(organisation, practice.practitioner, practice.clinic, (sunday, sunday + timedelta(hours=60)))
    tuesday = next_monday_at(0) + timedelta(hours=60)
    publish(organisation, practice.practitioner, elsewhere, (tuesday, tuesday + timedelta(hours=30)))
    rebuild_free_weeks(organisation=organisation)


def test_taken_time_leaves_what_working_out_anew_would(in_scope: Practice) -> None:
    starts_on_and_off_the_grid(in_scope)
    minutes = random.Random(3).sample(range(-300, 5000), 12)

    taken = [take(in_scope, next_monday_at(0) + timedelta(minutes=minute)) for minute in minutes]

    assert any(taken)
    assert FreeWeek.objects.exclude(odd_starts=None).exists()
    assert differing_weeks(organisation=in_scope.organisation) == 0


def test_last_free_time_of_a_week_leaves_no_row(in_scope: Practice) -> None:
    FreeWeek.objects.all().delete()
    organisation = in_scope.organisation
    hour = (next_monday_at(8), next_monday_at(8) + timedelta(minutes=in_scope.treatment.minutes))
    publish(organisation, in_scope.practitioner, in_scope.clinic, hour)
    rebuild_free_weeks(organisation=organisation)

    for half_hour in range(16):
        take(in_scope, next_monday_at(8) + timedelta(minutes=30 * half_hour))

    assert not FreeWeek.objects.filter(treatment=in_scope.treatment).exists()
    assert differing_weeks(organisation=organisation) == 0


def test_time_that_somebody_has_takes_nothing(in_scope: Practice) -> None:
    assert take(in_scope, next_monday_at(9))
    before = list(FreeWeek.objects.order_by("pk").values_list("starts", flat=True))

    assert not take(in_scope, next_monday_at(9))

    assert list(FreeWeek.objects.order_by("pk").values_list("starts", flat=True)) == before
    assert Booking.objects.count() == 1
