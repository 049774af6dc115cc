"""Free times offered to the waiting list: to whom, once, until when, and what becomes of them."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from clinics.scope import organisation_scope
from notifications.models import Kind, Message
from scheduling.bookings import refuse_booking
from scheduling.errors import OfferGone, TimeTaken
from scheduling.freed_times import TASK, ring_for_waiting
from scheduling.holds import hold_time, release_hold
from scheduling.models import AgentEvent, Booking, BookingPatient, Offer, Wish, WishClinic, WishPractitioner
from scheduling.offers import (
    MOST_A_DAY,
    accept_offer,
    decline_offer,
    end_wish,
    lapse_offers,
    offer_free_times,
)
from scheduling.slot_times import SlotTime
from scheduling.slots import Window, publish_slots
from scheduling.tasks import offer_times, sweep_waiting_lists
from tests.conftest import Practice
from tests.factories import ClinicFactory, PractitionerFactory, WishFactory, next_monday_at, wake
from tests.scheduling.booked import booked, fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(in_scope: Practice) -> Practice:
    """A practice with a single free time, at nine, where offers are made at any hour."""
    wake(in_scope.organisation)
    leave_free(in_scope, 9)
    return in_scope


def leave_free(practice: Practice, *hours: int, **changes: Any) -> None:
    """Publishes half an hour at each of these hours, and nothing else that day."""
    window = Window(
        practitioner_id=changes.get("practitioner", practice.practitioner).pk,
        clinic_id=changes.get("clinic", practice.clinic).pk,
        from_at=next_monday_at(7),
        to_at=next_monday_at(17),
        slots=[SlotTime.of(next_monday_at(hour), next_monday_at(hour, 30)) for hour in hours],
    )
    with organisation_scope(practice.organisation.pk):
        publish_slots(organisation=practice.organisation, windows=[window])


def wish_for(practice: Practice, **values: Any) -> Wish:
    made: Wish = WishFactory(organisation=practice.organisation, treatment=practice.treatment, **values)
    return made


def make_offers(practice: Practice) -> list[tuple[Wish, int]]:
    """Offers what is free; the wishes and hours of the offers that are open then."""
    offer_free_times(organisation=practice.organisation)
    zone = next_monday_at(9).tzinfo
    opened = Offer.objects.filter(organisation=practice.organisation, state=Offer.State.OPEN).order_by("pk")
    return [(offer.wish, offer.starts_at.astimezone(zone).hour) for offer in opened.select_related("wish")]


def open_offer(practice: Practice) -> Offer:
    offer: Offer = Offer.objects.select_related("booking", "wish").get(
        organisation=practice.organisation, state=Offer.State.OPEN
    )
    return offer


def let_lapse(offer: Offer) -> None:
    past = timezone.now() - timedelta(seconds=1)
    Offer.objects.filter(pk=offer.pk).update(expires_at=past)
    Booking.objects.filter(pk=offer.booking.pk).update(hold_expires_at=past)


def test_free_time_is_held_and_offered_by_every_way(waiting: Practice, settings: Settings) -> None:
    settings.OFFER_MINUTES = 20
    wish = wish_for(waiting)

    assert make_offers(waiting) == [(wish, 9)]

    offer = open_offer(waiting)
    left = (offer.booking.hold_expires_at or timezone.now()) - timezone.now()
    assert offer.booking.state == Booking.State.HELD
    assert timedelta(minutes=19) < left <= timedelta(minutes=20)
    messages = Message.across.filter(kind=Kind.OFFER, organisation=waiting.organisation)
    assert sorted(message.channel for message in messages) == ["email", "sms"]
    for message in messages:
        assert f"{waiting.organisation.portal_url}offer/{offer.key}/" in message.body
        assert message.not_after == offer.expires_at
        assert waiting.treatment.name not in message.body


def test_longest_waiting_is_first_and_each_has_one_offer(waiting: Practice) -> None:
    now = timezone.now()
    late = wish_for(waiting, confirmed_at=now - timedelta(hours=1))
    first = wish_for(waiting, confirmed_at=now - timedelta(hours=3))
    second = wish_for(waiting, confirmed_at=now - timedelta(hours=2))
    leave_free(waiting, 9, 11)

    assert make_offers(waiting) == [(first, 9), (second, 11)]
    assert make_offers(waiting) == [(first, 9), (second, 11)]
    leave_free(waiting, 9, 11, 13)
    assert make_offers(waiting) == [(first, 9), (second, 11), (late, 13)]


def test_declined_time_goes_to_the_next_and_never_back(waiting: Practice) -> None:
    now = timezone.now()
    first = wish_for(waiting, confirmed_at=now - timedelta(hours=2))
    second = wish_for(waiting, confirmed_at=now - timedelta(hours=1))
    make_offers(waiting)

    decline_offer(organisation=waiting.organisation, offer=open_offer(waiting))

    assert make_offers(waiting) == [(second, 9)]
    decline_offer(organisation=waiting.organisation, offer=open_offer(waiting))
    assert make_offers(waiting) == []
    first.refresh_from_db()
    assert (first.state, first.offered_until) == (Wish.State.WAITING, None)


def test_unanswered_time_goes_to_the_next(waiting: Practice) -> None:
    now = timezone.now()
    wish_for(waiting, confirmed_at=now - timedelta(hours=2))
    second = wish_for(waiting, confirmed_at=now - timedelta(hours=1))
    make_offers(waiting)
    unanswered = open_offer(waiting)
    let_lapse(unanswered)

    assert make_offers(waiting) == [(second, 9)]
    unanswered.refresh_from_db()
    assert unanswered.state == Offer.State.LAPSED
    with pytest.raises(OfferGone):
        accept_offer(organisation=waiting.organisation, offer=unanswered, visitor="v")


def test_accepted_offer_is_a_booking_with_the_wishs_details(waiting: Practice) -> None:
    wish = wish_for(waiting, national_id="131052-308T")
    make_offers(waiting)
    offer = open_offer(waiting)

    accept_offer(organisation=waiting.organisation, offer=offer, visitor="a browser")

    booking = Booking.objects.get(pk=offer.booking.pk)
    patient = BookingPatient.objects.get(booking=booking)
    assert (booking.state, booking.visitor) == (Booking.State.BOOKED, "a browser")
    assert (patient.last_name, patient.mobile, patient.national_id) == (
        "Meikäläinen",
        "+358401234567",
        "131052-308T",
    )
    assert AgentEvent.objects.get(booking=booking).type == AgentEvent.Type.BOOKING_CREATED
    assert Message.across.filter(kind=Kind.CONFIRMATION, about=f"booking:{booking.public_id}").count() == 2
    wish.refresh_from_db()
    assert wish.state == Wish.State.BOOKED
    with pytest.raises(OfferGone):
        accept_offer(organisation=waiting.organisation, offer=offer, visitor="another")
    assert make_offers(waiting) == []


def accepted(practice: Practice, wish: Wish) -> Booking:
    """The booking of the first offer made to the wish."""
    make_offers(practice)
    offer = open_offer(practice)
    assert offer.wish == wish
    accept_offer(organisation=practice.organisation, offer=offer, visitor="a browser")
    return fresh(offer.booking)


def refuse(practice: Practice, booking: Booking) -> None:
    refuse_booking(organisation=practice.organisation, booking=booking, reason="taken")


def test_refused_offer_puts_the_wish_back_into_its_place(waiting: Practice) -> None:
    now = timezone.now()
    first = wish_for(waiting, confirmed_at=now - timedelta(hours=2))
    wish_for(waiting, confirmed_at=now - timedelta(hours=1), mobile="+358407654321")
    booking = accepted(waiting, first)

    refuse(waiting, booking)
    refuse(waiting, booking)

    first.refresh_from_db()
    assert (first.state, first.ended_at, first.offered_until) == (Wish.State.WAITING, None, None)
    assert first.confirmed_at == now - timedelta(hours=2)
    told = Message.across.filter(kind=Kind.REFUSAL, about=f"booking:{booking.public_id}")
    assert sorted(message.channel for message in told) == ["email", "sms"]
    assert all(f"{waiting.organisation.portal_url}waiting/{first.key}/" in message.body for message in told)
    leave_free(waiting, 11)
    assert make_offers(waiting) == [(first, 11)]


def test_refused_offer_is_not_made_again(waiting: Practice) -> None:
    wish = wish_for(waiting)
    refuse(waiting, accepted(waiting, wish))
    leave_free(waiting, 9)

    assert make_offers(waiting) == []


def test_refused_offer_past_the_last_day_leaves_the_wish_ended(waiting: Practice) -> None:
    wish = wish_for(waiting)
    booking = accepted(waiting, wish)
    Wish.objects.filter(pk=wish.pk).update(latest_on=timezone.now().date() - timedelta(days=2))

    refuse(waiting, booking)

    wish.refresh_from_db()
    assert wish.state == Wish.State.BOOKED
    assert not Message.across.filter(kind=Kind.REFUSAL, body__contains="/waiting/").exists()


def test_refusal_of_another_booking_brings_no_wish_back(waiting: Practice) -> None:
    wish = wish_for(waiting)
    accepted(waiting, wish)
    leave_free(waiting, 9, 11)
    other = booked(waiting, next_monday_at(11))

    refuse(waiting, other)

    wish.refresh_from_db()
    assert wish.state == Wish.State.BOOKED


def test_ended_wish_gives_its_time_to_the_next(waiting: Practice) -> None:
    now = timezone.now()
    first = wish_for(waiting, confirmed_at=now - timedelta(hours=2))
    second = wish_for(waiting, confirmed_at=now - timedelta(hours=1))
    make_offers(waiting)
    offer = open_offer(waiting)

    end_wish(organisation=waiting.organisation, wish=first)
    end_wish(organisation=waiting.organisation, wish=first)

    with pytest.raises(OfferGone):
        accept_offer(organisation=waiting.organisation, offer=offer, visitor="v")
    assert make_offers(waiting) == [(second, 9)]


@pytest.mark.parametrize(
    "unwanted",
    [
        {"weekdays": [1, 2, 3, 4]},
        {"from_time": time(9, 1)},
        {"until_time": time(8, 59)},
        {"latest_on": next_monday_at(9).date() - timedelta(days=1)},
        {"latest_on": date(2020, 1, 1)},
        {"state": Wish.State.UNCONFIRMED, "confirmed_at": None},
        {"state": Wish.State.ENDED, "ended_at": timezone.now()},
    ],
)
def test_nothing_is_offered_that_is_not_wished_for(waiting: Practice, unwanted: dict[str, Any]) -> None:
    wish_for(waiting, **unwanted)

    assert make_offers(waiting) == []
    assert not Message.across.exists()


def test_only_the_wished_clinics_and_practitioners_are_offered(waiting: Practice) -> None:
    organisation = waiting.organisation
    other = ClinicFactory(organisation=organisation)
    colleague = PractitionerFactory(organisation=organisation)
    there, with_colleague = wish_for(waiting), wish_for(waiting)
    WishClinic.objects.create(organisation=organisation, wish=there, clinic=other)
    WishPractitioner.objects.create(organisation=organisation, wish=with_colleague, practitioner=colleague)

    assert make_offers(waiting) == []
    leave_free(waiting, 12, practitioner=colleague)
    assert make_offers(waiting) == [(with_colleague, 12)]
    leave_free(waiting, 15, clinic=other)
    assert make_offers(waiting) == [(with_colleague, 12), (there, 15)]


def test_time_that_begins_too_soon_is_not_offered(waiting: Practice, settings: Settings) -> None:
    wish_for(waiting)
    hours_left = int((next_monday_at(9) - timezone.now()).total_seconds() // 3600)
    settings.OFFER_NOTICE_HOURS = hours_left + 1

    assert make_offers(waiting) == []
    settings.OFFER_NOTICE_HOURS = hours_left - 1
    assert len(make_offers(waiting)) == 1


def test_nobody_is_disturbed_in_quiet_hours(waiting: Practice) -> None:
    wish_for(waiting)
    waiting.organisation.settings.quiet_weekdays = list(range(7))

    assert make_offers(waiting) == []


def test_closed_portal_offers_nothing(waiting: Practice) -> None:
    wish_for(waiting)
    waiting.organisation.settings.maintenance_mode = True

    assert make_offers(waiting) == []


def test_who_never_answers_is_not_written_to_all_day(waiting: Practice) -> None:
    wish_for(waiting)
    leave_free(waiting, *range(8, 16))
    for _ in range(MOST_A_DAY + 2):
        make_offers(waiting)
        for offer in Offer.objects.filter(state=Offer.State.OPEN).select_related("booking"):
            let_lapse(offer)

    assert Offer.objects.count() == MOST_A_DAY


def test_offer_that_no_message_can_tell_of_is_not_made(waiting: Practice) -> None:
    wish_for(waiting, email="")
    waiting.organisation.settings.sms_daily_limit = 0

    assert make_offers(waiting) == []
    assert not Booking.objects.exists()


def test_offered_time_is_taken_for_everybody_else(waiting: Practice) -> None:
    wish_for(waiting)
    make_offers(waiting)

    with pytest.raises(TimeTaken):
        hold_time(
            organisation=waiting.organisation,
            treatment=waiting.treatment,
            practitioner=waiting.practitioner,
            clinic=waiting.clinic,
            starts_at=next_monday_at(9),
            visitor="somebody else",
        )


def test_hold_that_is_given_back_rings_the_bell(
    waiting: Practice, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    held = hold_time(
        organisation=waiting.organisation,
        treatment=waiting.treatment,
        practitioner=waiting.practitioner,
        clinic=waiting.clinic,
        starts_at=next_monday_at(9),
        visitor="v",
    )
    with django_capture_on_commit_callbacks() as silent:
        ring_for_waiting(organisation=waiting.organisation)
    wish_for(waiting)
    with django_capture_on_commit_callbacks() as rung:
        release_hold(organisation=waiting.organisation, booking=held, visitor="v")

    assert (len(silent), len(rung)) == (0, 1)
    assert offer_times.name == TASK


def test_push_rings_the_bell(
    waiting: Practice, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    wish_for(waiting)
    with django_capture_on_commit_callbacks() as unchanged:
        leave_free(waiting, 9)
    with django_capture_on_commit_callbacks() as changed:
        leave_free(waiting, 9, 10)

    assert (len(unchanged), len(changed)) == (0, 1)


def test_sweep_needs_no_bell_and_keeps_organisations_apart(
    waiting: Practice, other_practice: Practice
) -> None:
    wake(other_practice.organisation)
    own, foreign = wish_for(waiting), wish_for(other_practice)

    sweep_waiting_lists()

    found = {offer.wish_id: offer for offer in Offer.across.select_related("booking")}
    assert found.keys() == {own.pk, foreign.pk}
    assert found[own.pk].booking.practitioner_id == waiting.practitioner.pk
    assert found[foreign.pk].booking.practitioner_id == other_practice.practitioner.pk


def test_lapsing_twice_is_harmless(waiting: Practice) -> None:
    wish_for(waiting)
    make_offers(waiting)
    let_lapse(open_offer(waiting))

    assert lapse_offers(organisation=waiting.organisation) == 1
    assert lapse_offers(organisation=waiting.organisation) == 0
