"""What the demo's clinics have been booked for hangs together, and what is to come was really booked."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from clinics.scope import organisation_scope
from notifications.models import Message
from scheduling.demo_bookings import COMING, DAYS_BACK, put_answers_back, write_bookings
from scheduling.demo_patients import moment_of
from scheduling.events import count_waiting_events
from scheduling.free_weeks import differing_weeks
from scheduling.models import AgentEvent, AgentLink, Booking, BookingPatient, DeskAct
from scheduling.statistics import Period, statistics
from tests.conftest import Practice
from tests.console.places import works_at
from tests.factories import next_monday_at, publish
from tests.scheduling.test_day_numbers import is_true

pytestmark = pytest.mark.django_db
TODAY = timezone.now().date()


@pytest.fixture
def filled(practice: Practice, other_practice: Practice) -> Iterator[Practice]:
    for one in (practice, other_practice):
        works_at(one.practitioner, one.clinic)
    weeks = [
        (next_monday_at(8) + timedelta(days=days), next_monday_at(16) + timedelta(days=days))
        for days in (-7, 0, 7)
    ]
    publish(practice.organisation, practice.practitioner, practice.clinic, *weeks)
    with organisation_scope(practice.organisation.pk):
        assert write_bookings(organisation=practice.organisation, today=TODAY) > DAYS_BACK / 2
        yield practice


def coming() -> list[Booking]:
    return list(Booking.across.filter(during__startswith__gt=timezone.now()))


def test_past_is_told_and_answered_in_order(filled: Practice) -> None:
    past = Booking.across.filter(during__startswith__lt=timezone.now()).exclude(state="expired")
    events = list(AgentEvent.across.filter(booking__in=past).order_by("sequence"))

    assert {"arrived", "cancelled"} <= set(past.values_list("state", flat=True))
    assert all(event.acknowledged_at for event in events)
    assert [event.created_at for event in events] == sorted(event.created_at for event in events)
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    assert all(booking.created_at < booking.booked_at < booking.starts_at for booking in past)
    assert BookingPatient.across.count() == Booking.across.exclude(state="expired").count()
    assert DeskAct.across.count() == past.filter(state__in=["arrived", "no_show"]).count()


def test_coming_times_are_the_agents_to_enter(filled: Practice) -> None:
    booked = coming()
    link = AgentLink.objects.get(organisation=filled.organisation)

    assert 1 <= len(booked) <= COMING
    assert count_waiting_events(organisation=filled.organisation) >= len(booked)
    assert AgentEvent.across.latest("sequence").sequence == link.last_event
    assert differing_weeks(organisation=filled.organisation) == 0


def test_nobodys_telephone_rings(filled: Practice) -> None:
    assert set(Message.across.values_list("state", flat=True)) == {"sent"}
    assert all(message.to.endswith("@patients.example") for message in Message.across.filter(channel="email"))
    assert all(message.to.startswith("+3584055501") for message in Message.across.filter(channel="sms"))


def test_numbers_have_something_to_show(filled: Practice) -> None:
    found = statistics(
        organisation=filled.organisation, period=Period(TODAY - timedelta(days=DAYS_BACK), TODAY)
    )

    assert found.shares.booked > found.shares.cancelled > 0
    steps = [many for _, many in found.way]
    assert steps == sorted(steps, reverse=True)
    assert is_true(filled)


def test_answers_are_put_back_once_they_have_come(filled: Practice) -> None:
    assert put_answers_back(organisation=filled.organisation) > 0
    now = timezone.now()
    AgentEvent.across.filter(acknowledged_at=None).update(acknowledged_at=now, outcome="accepted")
    Booking.across.filter(accepted_at=None).update(accepted_at=now)

    assert put_answers_back(organisation=filled.organisation) == 0

    for booking in coming():
        assert booking.accepted_at
        assert booking.accepted_at - moment_of(booking) < timedelta(minutes=1)


def test_twice_writes_nothing_more_and_nobody_elses(filled: Practice, other_practice: Practice) -> None:
    before = Booking.across.count()

    assert write_bookings(organisation=filled.organisation, today=TODAY) == 0

    assert Booking.across.count() == before
    assert not Booking.across.filter(organisation=other_practice.organisation).exists()
