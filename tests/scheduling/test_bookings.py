"""From a hold to a booking: details, code, confirmation, and the clinic's answer."""

import re
from copy import copy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from notifications.models import Channel, Kind, Message
from scheduling.bookings import (
    PatientDetails,
    accept_booking,
    confirm_booking,
    give_details,
    lock,
    refuse_booking,
    resend_code,
)
from scheduling.codes import COOL_DOWN_SECONDS, MOST_CODES, MOST_TRIES
from scheduling.errors import CodeExpired, CodeUnsendable, HoldExpired, TooManyCodes, WrongCode
from scheduling.events import tell_agent, waiting_events
from scheduling.free_weeks import differing_weeks
from scheduling.holds import held_booking
from scheduling.models import AgentEvent, Booking, BookingPatient, ConfirmationCode
from scheduling.retention import forget_details
from scheduling.sms_alarms import watch_codes
from tests.conftest import Practice
from tests.factories import BookingFactory, BookingPatientFactory
from tests.scheduling.test_holds import hold, starts

pytestmark = pytest.mark.django_db

DETAILS = PatientDetails(
    first_name="Maija",
    last_name="Meikäläinen",
    language="fi",
    email="maija@example.com",
    mobile="+358401234567",
    national_id="131052-308T",
)


def sent(kind: Kind) -> list[Message]:
    return list(Message.objects.filter(kind=kind).order_by("channel", "pk"))


def code_of(booking: Booking) -> str:
    """The digits of the newest code, read from the SMS as the patient would."""
    message = Message.objects.filter(kind=Kind.CODE, channel=Channel.SMS).latest("pk")
    digits = re.search(r"\b\d{6}\b", message.body)
    assert digits
    return digits.group()


def another(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def make_time_pass(booking: Booking, seconds: int) -> None:
    """As if the booking's codes had been sent that much earlier."""
    for code in ConfirmationCode.objects.filter(booking=booking):
        code.created_at -= timedelta(seconds=seconds)
        code.expires_at -= timedelta(seconds=seconds)
        code.save()


@pytest.fixture
def awaiting_code(in_scope: Practice) -> Booking:
    booking = hold(in_scope, 9)
    assert give_details(organisation=in_scope.organisation, booking=booking, details=DETAILS) is False
    return booking


def confirm(practice: Practice, booking: Booking, code: str) -> Booking:
    return confirm_booking(organisation=practice.organisation, booking=booking, code=code)


def test_details_send_the_code_by_sms_and_email(in_scope: Practice, awaiting_code: Booking) -> None:
    email, sms = sent(Kind.CODE)

    assert (email.channel, email.to) == (Channel.EMAIL, "maija@example.com")
    assert (sms.channel, sms.to) == (Channel.SMS, "+358401234567")
    assert code_of(awaiting_code) in email.body
    assert BookingPatient.objects.get(booking=awaiting_code).national_id == "131052-308T"


def test_details_keep_the_national_id_encrypted(in_scope: Practice, awaiting_code: Booking) -> None:
    stored = BookingPatient.objects.extra(select={"raw": "national_id"}).values_list("raw", flat=True).get()

    assert b"131052" not in bytes(stored)


def test_confirm_books_with_messages_and_an_event(in_scope: Practice, awaiting_code: Booking) -> None:
    confirm(in_scope, awaiting_code, code_of(awaiting_code))

    awaiting_code.refresh_from_db()
    assert awaiting_code.state == Booking.State.BOOKED
    email, sms = sent(Kind.CONFIRMATION)
    assert "BEGIN:VCALENDAR" in email.attachments[0]["text"]
    assert f"UID:{awaiting_code.public_id}" in email.attachments[0]["text"]
    assert in_scope.clinic.name in sms.body
    assert in_scope.treatment.name not in email.body + sms.body
    (event,) = waiting_events(organisation=in_scope.organisation, after=None, limit=10)
    assert (event.type, event.sequence, event.booking) == ("booking.created", 1, awaiting_code)


def test_confirm_twice_books_and_tells_once(in_scope: Practice, awaiting_code: Booking) -> None:
    code = code_of(awaiting_code)

    confirm(in_scope, awaiting_code, code)
    confirm(in_scope, awaiting_code, code)

    assert len(sent(Kind.CONFIRMATION)) == 2
    assert AgentEvent.objects.count() == 1


def test_confirm_with_a_wrong_code_counts_the_try(in_scope: Practice, awaiting_code: Booking) -> None:
    with pytest.raises(WrongCode) as wrong:
        confirm(in_scope, awaiting_code, another(code_of(awaiting_code)))

    assert wrong.value.tries_left == MOST_TRIES - 1
    assert ConfirmationCode.objects.get().tries == 1
    awaiting_code.refresh_from_db()
    assert awaiting_code.state == Booking.State.HELD


def test_confirm_after_too_many_tries_refuses_the_right_code(
    in_scope: Practice, awaiting_code: Booking
) -> None:
    code = code_of(awaiting_code)
    for _ in range(MOST_TRIES):
        with pytest.raises(WrongCode):
            confirm(in_scope, awaiting_code, another(code))

    with pytest.raises(CodeExpired):
        confirm(in_scope, awaiting_code, code)


def test_confirm_with_an_old_code_says_that_it_expired(in_scope: Practice, awaiting_code: Booking) -> None:
    make_time_pass(awaiting_code, 11 * 60)

    with pytest.raises(CodeExpired):
        confirm(in_scope, awaiting_code, code_of(awaiting_code))


def test_confirm_after_the_hold_has_expired_books_nothing(in_scope: Practice, awaiting_code: Booking) -> None:
    Booking.objects.update(hold_expires_at=timezone.now())

    with pytest.raises(HoldExpired):
        confirm(in_scope, awaiting_code, code_of(awaiting_code))

    assert not AgentEvent.objects.exists()
    assert BookingPatient.objects.filter(booking=awaiting_code).exists()


def test_resend_makes_the_earlier_code_useless(in_scope: Practice, awaiting_code: Booking) -> None:
    first = code_of(awaiting_code)
    make_time_pass(awaiting_code, COOL_DOWN_SECONDS)

    resend_code(organisation=in_scope.organisation, booking=awaiting_code)

    second = code_of(awaiting_code)
    if first != second:
        with pytest.raises(WrongCode):
            confirm(in_scope, awaiting_code, first)
    assert confirm(in_scope, awaiting_code, second).state == Booking.State.BOOKED


def test_resend_too_soon_says_how_long_to_wait(in_scope: Practice, awaiting_code: Booking) -> None:
    with pytest.raises(TooManyCodes) as refused:
        resend_code(organisation=in_scope.organisation, booking=awaiting_code)

    assert refused.value.seconds is not None
    assert 0 < refused.value.seconds <= COOL_DOWN_SECONDS
    assert len(sent(Kind.CODE)) == 2


def test_resend_ends_after_the_last_code(in_scope: Practice, awaiting_code: Booking) -> None:
    for _ in range(MOST_CODES - 1):
        make_time_pass(awaiting_code, COOL_DOWN_SECONDS)
        resend_code(organisation=in_scope.organisation, booking=awaiting_code)
    make_time_pass(awaiting_code, COOL_DOWN_SECONDS)

    with pytest.raises(TooManyCodes) as refused:
        resend_code(organisation=in_scope.organisation, booking=awaiting_code)

    assert refused.value.seconds is None


def test_hold_outlives_its_code(in_scope: Practice) -> None:
    booking = hold(in_scope, 9)
    Booking.objects.update(hold_expires_at=timezone.now() + timedelta(seconds=20))

    give_details(organisation=in_scope.organisation, booking=booking, details=DETAILS)

    booking.refresh_from_db()
    code = ConfirmationCode.objects.get()
    assert booking.hold_expires_at is not None
    assert booking.hold_expires_at >= code.expires_at


def test_details_of_an_expired_hold_are_refused(in_scope: Practice) -> None:
    booking = hold(in_scope, 9)
    Booking.objects.update(hold_expires_at=timezone.now())

    with pytest.raises(HoldExpired):
        give_details(organisation=in_scope.organisation, booking=booking, details=DETAILS)

    assert not Message.objects.exists()


def test_details_book_at_once_where_confirmation_is_skipped(in_scope: Practice) -> None:
    in_scope.organisation.settings.skip_confirmation = True
    booking = hold(in_scope, 9)

    assert give_details(organisation=in_scope.organisation, booking=booking, details=DETAILS) is True

    booking.refresh_from_db()
    assert booking.state == Booking.State.BOOKED
    assert sent(Kind.CODE) == []
    assert len(sent(Kind.CONFIRMATION)) == 2


def test_messages_name_the_treatment_where_the_clinic_chose_so(in_scope: Practice) -> None:
    in_scope.organisation.settings.name_treatment_in_messages = True
    in_scope.organisation.settings.skip_confirmation = True
    booking = hold(in_scope, 9)

    give_details(organisation=in_scope.organisation, booking=booking, details=DETAILS)

    assert in_scope.treatment.name in sent(Kind.CONFIRMATION)[0].body


def test_code_by_one_way_only_goes_that_way(in_scope: Practice) -> None:
    in_scope.organisation.settings.code_by_email = False
    booking = hold(in_scope, 9)

    give_details(organisation=in_scope.organisation, booking=booking, details=DETAILS)

    (message,) = sent(Kind.CODE)
    assert message.channel == Channel.SMS


def test_code_by_sms_past_the_days_limit_goes_by_email_only(in_scope: Practice) -> None:
    in_scope.organisation.settings.sms_daily_limit = 0
    booking = hold(in_scope, 9)

    give_details(organisation=in_scope.organisation, booking=booking, details=DETAILS)

    (message,) = sent(Kind.CODE)
    assert message.channel == Channel.EMAIL


def test_code_by_sms_counts_against_the_address_it_is_asked_from(
    in_scope: Practice, settings: Settings
) -> None:
    settings.SMS_PER_ADDRESS = 0
    booking = hold(in_scope, 9)
    Booking.objects.filter(pk=booking.pk).update(address_hash="somewhere")

    give_details(organisation=in_scope.organisation, booking=booking, details=DETAILS)

    (message,) = sent(Kind.CODE)
    assert message.channel == Channel.EMAIL


def test_code_that_can_go_nowhere_is_said_to(in_scope: Practice) -> None:
    in_scope.organisation.settings.sms_countries = ["SE"]
    booking = hold(in_scope, 9)

    with pytest.raises(CodeUnsendable):
        give_details(organisation=in_scope.organisation, booking=booking, details=replace(DETAILS, email=""))

    assert not Message.objects.exists()
    assert not ConfirmationCode.objects.exists()


def test_accept_records_the_appointment(in_scope: Practice, awaiting_code: Booking) -> None:
    booked = confirm(in_scope, awaiting_code, code_of(awaiting_code))

    accept_booking(organisation=in_scope.organisation, booking=booked, appointment_id="a77")

    booked.refresh_from_db()
    assert booked.appointment_id == "a77"
    assert booked.accepted_at is not None


def test_refuse_of_a_taken_time_withdraws_it_and_offers_the_three_nearest_others(
    in_scope: Practice, awaiting_code: Booking
) -> None:
    booked = confirm(in_scope, awaiting_code, code_of(awaiting_code))

    refuse_booking(organisation=in_scope.organisation, booking=booked, reason="taken")

    booked.refresh_from_db()
    assert (booked.state, booked.refusal_reason) == (Booking.State.REFUSED, "taken")
    assert "09:00" not in starts(in_scope)
    assert "09:30" in starts(in_scope)
    assert differing_weeks(organisation=in_scope.organisation) == 0
    email, _sms = sent(Kind.REFUSAL)
    assert [time for time in ("8.00", "8.30", "9.30") if time in email.body] == ["8.00", "8.30", "9.30"]
    assert "10.00" not in email.body


def test_refuse_for_another_reason_frees_the_time(in_scope: Practice, awaiting_code: Booking) -> None:
    booked = confirm(in_scope, awaiting_code, code_of(awaiting_code))

    refuse_booking(organisation=in_scope.organisation, booking=booked, reason="other")

    assert "09:00" in starts(in_scope)
    assert differing_weeks(organisation=in_scope.organisation) == 0


def test_refuse_twice_tells_once(in_scope: Practice, awaiting_code: Booking) -> None:
    booked = confirm(in_scope, awaiting_code, code_of(awaiting_code))

    refuse_booking(organisation=in_scope.organisation, booking=booked, reason="taken")
    refuse_booking(organisation=in_scope.organisation, booking=booked, reason="other")

    assert len(sent(Kind.REFUSAL)) == 2
    booked.refresh_from_db()
    assert booked.refusal_reason == "taken"


def test_events_are_numbered_for_each_organisation_apart(
    in_scope: Practice, other_practice: Practice
) -> None:
    for practice in (in_scope, in_scope, other_practice):
        booking = BookingFactory(organisation=practice.organisation)
        tell_agent(
            organisation=practice.organisation, event_type=AgentEvent.Type.BOOKING_CREATED, booking=booking
        )

    numbers = AgentEvent.across.order_by("organisation", "sequence").values_list("organisation", "sequence")
    first, second = in_scope.organisation.pk, other_practice.organisation.pk
    assert sorted(numbers) == sorted([(first, 1), (first, 2), (second, 1)])


def test_event_of_a_rolled_back_booking_leaves_no_gap(in_scope: Practice) -> None:
    booking = BookingFactory(organisation=in_scope.organisation)
    arguments: dict[str, Any] = {
        "organisation": in_scope.organisation,
        "event_type": AgentEvent.Type.BOOKING_CREATED,
        "booking": booking,
    }
    with transaction.atomic():
        tell_agent(**arguments)
        transaction.set_rollback(True)

    assert tell_agent(**arguments).sequence == 1


def test_forget_deletes_details_of_abandoned_holds_only(in_scope: Practice) -> None:
    kept = BookingFactory(organisation=in_scope.organisation)
    abandoned = BookingFactory(organisation=in_scope.organisation, state=Booking.State.EXPIRED)
    for booking in (kept, abandoned):
        BookingPatientFactory(organisation=in_scope.organisation, booking=booking)
    Booking.objects.update(created_at=timezone.now() - timedelta(hours=3))

    assert forget_details() == 1

    assert BookingPatient.objects.get().booking == kept


def test_forget_deletes_details_past_the_retention(in_scope: Practice) -> None:
    old = BookingFactory(organisation=in_scope.organisation)
    BookingPatientFactory(organisation=in_scope.organisation, booking=old)
    past = timezone.now() - timedelta(days=366)
    Booking.objects.update(during=in_scope.treatment.during(past))

    assert forget_details() == 1

    assert Booking.objects.get() == old


def test_codes_of_bookings_that_nobody_uses_pause_codes_by_sms(
    in_scope: Practice, awaiting_code: Booking
) -> None:
    then = timezone.now() - timedelta(minutes=30)
    code = ConfirmationCode.objects.get(booking=awaiting_code)
    code.created_at, code.used_at = then, None
    codes = [copy(code) for _ in range(19)]
    for each in codes:
        each.pk = None
    ConfirmationCode.objects.bulk_create(codes)
    assert watch_codes() == 0

    code.save()

    assert watch_codes() == 1


def test_lock_reads_a_booking_again_only_where_it_has_been_written(
    awaiting_code: Booking, in_scope: Practice
) -> None:
    organisation = in_scope.organisation
    known = held_booking(
        organisation=organisation, public_id=awaiting_code.public_id, visitor=awaiting_code.visitor
    )
    questions = []
    for change in (None, {"with_anybody": True}, {"patient": "Liisa"}):
        if change == {"patient": "Liisa"}:
            BookingPatient.objects.filter(booking=known).update(first_name="Liisa")
        elif change:
            Booking.objects.filter(pk=known.pk).update(**change)
        with CaptureQueriesContext(connection) as asked:
            found = lock(organisation, known)
        questions.append(len(asked))

    assert questions == [1, 2, 2]
    assert (found.with_anybody, found.patient.first_name) == (True, "Liisa")
    assert (known.with_anybody, known.patient.first_name) == (False, "Maija")
