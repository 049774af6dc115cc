"""Reminders and thanks: who gets which when, and how they follow a booking and the settings."""

from datetime import datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone

from clinics.models import Clinic, Organisation, OrganisationSettings
from notifications.claims import due_messages
from notifications.delivery import deliver
from notifications.given_back import give_back_unsent
from notifications.models import PLANNED, Channel, Message, MessageText, OptOut, Priority, State
from notifications.replies import receive
from notifications.transports.callbacks import Arrival
from notifications.unsubscribing import digest_of, refuse_email
from scheduling.bookings import PatientDetails, book, refuse_booking, store_patient
from scheduling.cancellations import cancel_booking
from scheduling.changes import (
    Staff,
    hold_beside,
    hold_new_time,
    move_booking,
    state_stamp,
)
from scheduling.desk import mark_booking
from scheduling.holds import hold_time
from scheduling.message_desk import lift_stop
from scheduling.models import Booking, BookingPatient, ReminderPlan
from scheduling.models.booking import BookingState
from scheduling.reminder_plans import BATCH, organisations_to_plan, plan_all, plan_batch
from scheduling.reminders import plan_reminders
from tests.conftest import Practice
from tests.factories import next_monday_at
from tests.scheduling.booked import MAIJA, booked, fresh

HELSINKI = ZoneInfo("Europe/Helsinki")


def choose(practice: Practice, **chosen: Any) -> None:
    """Settings as a form would store them; reminders to everybody unless something else is said."""
    values = {"reminders_to": "all", "email_reminders": True, "quiet_from": time(0), "quiet_until": time(0)}
    OrganisationSettings.objects.filter(organisation=practice.organisation).update(**(values | chosen))
    reread = Organisation.objects.select_related("settings").get(pk=practice.organisation.pk)
    practice.organisation.settings, practice.organisation.version = reread.settings, reread.version
    ReminderPlan.across.all().delete()


@pytest.fixture
def reminding(in_scope: Practice) -> Practice:
    choose(in_scope)
    return in_scope


def planned(practice: Practice, *states: State) -> list[tuple[str, str, str]]:
    """Kind, channel and hours to the appointment (or after its end) of what waits."""
    rows = Message.across.filter(
        organisation=practice.organisation, kind__in=PLANNED, state__in=states or [State.WAITING]
    )
    found = []
    for row in rows.order_by("not_before", "channel"):
        assert row.not_before is not None
        booking = Booking.across.get(public_id=row.about.split(":")[1])
        hours = (booking.starts_at - row.not_before).total_seconds() / 3600
        found.append((row.kind, row.channel, f"{hours:g}"))
    return found


def test_booking_has_its_reminder_wait(reminding: Practice) -> None:
    booking = booked(reminding)

    message = Message.across.get(kind="reminder_1")
    assert (message.channel, message.to) == (Channel.SMS, MAIJA.mobile)
    assert message.not_before == message.next_attempt_at == booking.starts_at - timedelta(hours=24)
    assert message.not_after == booking.starts_at
    assert message.priority == Priority.REMINDER
    assert message.about == f"booking:{booking.public_id}:plan:0"
    assert "9:00" in message.body
    assert reminding.treatment.name not in message.body


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"reminders_to": "nobody"}, [("reminder_1", "email", "24")]),
        ({"reminders_to": "nobody", "email_reminders": False}, []),
        ({"reminders_to": "asked"}, [("reminder_1", "email", "24")]),
        ({"reminder_1_hours": None}, []),
        ({"reminder_1_by": "sms", "reminders_to": "nobody"}, []),
        ({"reminder_1_by": "email"}, [("reminder_1", "email", "24")]),
        ({"reminder_1_by": "both"}, [("reminder_1", "email", "24"), ("reminder_1", "sms", "24")]),
        (
            {"reminder_2_hours": 2, "reminder_3_hours": 48},
            [("reminder_3", "sms", "48"), ("reminder_1", "sms", "24"), ("reminder_2", "sms", "2")],
        ),
        ({"reminder_2_hours": 24}, [("reminder_2", "sms", "24")]),
        ({"thanks_hours": 2}, [("reminder_1", "sms", "24"), ("thanks", "sms", "-2.5")]),
        ({"sms_countries": ["SE"]}, [("reminder_1", "email", "24")]),
    ],
)
def test_settings_say_who_is_reminded_when_and_how(
    reminding: Practice, chosen: dict[str, Any], expected: list[tuple[str, str, str]]
) -> None:
    choose(reminding, **chosen)

    booked(reminding)

    assert planned(reminding) == expected


def test_only_who_asked_gets_sms_where_the_clinic_wants_it_so(reminding: Practice) -> None:
    choose(reminding, reminders_to="asked", email_reminders=False)
    booking = booked(reminding)
    assert planned(reminding) == []

    BookingPatient.across.update(wants_sms_reminders=True)
    plan_reminders(organisation=reminding.organisation, booking=fresh(booking))

    assert planned(reminding) == [("reminder_1", "sms", "24")]


def test_number_that_is_no_mobile_is_not_reminded(reminding: Practice) -> None:
    booking = booked(reminding)
    BookingPatient.across.update(mobile="+35891234567")

    plan_reminders(organisation=reminding.organisation, booking=fresh(booking))

    assert planned(reminding) == [("reminder_1", "email", "24")]


def test_who_sent_stop_is_reminded_by_email_only(reminding: Practice, other_practice: Practice) -> None:
    for practice in (reminding, other_practice):
        OptOut.across.create(organisation=practice.organisation, mobile=MAIJA.mobile, word="STOP")
    OptOut.across.filter(organisation=reminding.organisation).delete()
    booking = booked(reminding)
    assert planned(reminding) == [("reminder_1", "sms", "24")]

    OptOut.across.create(organisation=reminding.organisation, mobile=MAIJA.mobile, word="STOP")
    plan_reminders(organisation=reminding.organisation, booking=fresh(booking))

    assert planned(reminding) == [("reminder_1", "email", "24")]


def test_who_refused_emails_gets_none(reminding: Practice) -> None:
    choose(reminding, reminder_1_by="both")
    booked(reminding)

    refuse_email(
        organisation=reminding.organisation, digest=digest_of(reminding.organisation, "Maija@example.com")
    )

    assert planned(reminding) == [("reminder_1", "sms", "24")]
    booked(reminding, next_monday_at(11))
    assert planned(reminding) == [("reminder_1", "sms", "24")] * 2


def test_reminder_ends_where_the_next_begins(reminding: Practice) -> None:
    choose(reminding, reminder_2_hours=2)

    booking = booked(reminding)

    first = Message.across.get(kind="reminder_1")
    assert first.not_after == booking.starts_at - timedelta(hours=2)


def test_reminder_whose_time_has_passed_is_not_sent_late(reminding: Practice) -> None:
    choose(reminding, reminder_1_hours=720, reminder_2_hours=24)

    booked(reminding)

    assert planned(reminding) == [("reminder_2", "sms", "24")]


def test_reminder_goes_before_the_night(reminding: Practice) -> None:
    choose(reminding, quiet_from=None, quiet_until=None, reminder_1_hours=26)

    booked(reminding)

    moment = Message.across.get(kind="reminder_1").not_before
    assert moment is not None
    expected = next_monday_at(9).astimezone(HELSINKI) - timedelta(days=2)
    assert moment.astimezone(HELSINKI) == expected.replace(hour=20, minute=59)


def test_quiet_is_by_the_clinics_clock(reminding: Practice) -> None:
    Clinic.across.update(time_zone="Europe/Lisbon")
    reminding.clinic.refresh_from_db()
    choose(reminding, quiet_from=time(6), quiet_until=time(8))

    booked(reminding)

    moment = Message.across.get(kind="reminder_1").not_before
    assert moment is not None
    assert moment.astimezone(ZoneInfo("Europe/Lisbon")).time() == time(5, 59)


def test_nothing_waits_where_every_day_is_quiet(reminding: Practice) -> None:
    choose(reminding, quiet_weekdays=list(range(7)), thanks_hours=1)

    booked(reminding)

    assert planned(reminding) == []


def test_confirmation_and_code_are_not_held_by_the_quiet(reminding: Practice) -> None:
    choose(reminding, quiet_weekdays=list(range(7)))

    booked(reminding)

    assert set(Message.across.filter(kind="confirmation").values_list("not_before", flat=True)) == {None}


def moved(practice: Practice, booking: Booking, starts_at: datetime) -> Booking:

    hold = hold_new_time(organisation=practice.organisation, booking=booking, starts_at=starts_at)
    return move_booking(organisation=practice.organisation, booking=fresh(booking), new_time=hold.public_id)


def test_moved_bookings_reminders_move_along(reminding: Practice) -> None:
    booking = booked(reminding)

    moved(reminding, booking, next_monday_at(13))

    waiting = Message.across.get(kind="reminder_1", state=State.WAITING)
    assert waiting.not_before == next_monday_at(13) - timedelta(hours=24)
    assert "13:00" in waiting.body
    assert planned(reminding, State.CANCELLED) != []


def test_cancelled_bookings_reminders_go(reminding: Practice) -> None:
    choose(reminding, thanks_hours=2)

    cancel_booking(organisation=reminding.organisation, booking=booked(reminding))

    assert planned(reminding) == []


def test_refused_bookings_reminders_go(reminding: Practice) -> None:
    refuse_booking(organisation=reminding.organisation, booking=booked(reminding), reason="taken")

    assert planned(reminding) == []


def test_who_did_not_come_is_not_thanked_unless_that_was_a_mistake(reminding: Practice) -> None:
    choose(reminding, thanks_hours=2)
    booking = booked(reminding)
    thanks = [("thanks", "sms", "-2.5")]

    def mark(state: BookingState) -> None:
        now = fresh(booking)
        mark_booking(
            organisation=reminding.organisation,
            booking=now,
            state=state,
            seen=state_stamp(now),
            who="Owner",
        )

    mark(BookingState.NO_SHOW)
    assert planned(reminding) == []
    mark(BookingState.ARRIVED)
    assert planned(reminding) == thanks
    mark(BookingState.BOOKED)
    assert planned(reminding) == [("reminder_1", "sms", "24"), *thanks]
    assert Message.across.filter(kind="reminder_1").count() == 1


def test_planning_twice_changes_nothing(reminding: Practice) -> None:
    booking = booked(reminding)
    before = list(Message.across.order_by("pk").values())

    plan_reminders(organisation=reminding.organisation, booking=fresh(booking))

    assert list(Message.across.order_by("pk").values()) == before


def test_reminder_that_has_gone_does_not_go_again(reminding: Practice) -> None:
    booking = booked(reminding)
    Message.across.filter(kind="reminder_1").update(state=State.SENT, sent_at=timezone.now())
    choose(reminding, reminder_1_hours=48)

    plan_reminders(organisation=reminding.organisation, booking=fresh(booking))

    assert planned(reminding) == []


def test_reminder_that_staff_cancelled_stays_cancelled(reminding: Practice) -> None:
    booking = booked(reminding)
    Message.across.filter(kind="reminder_1").update(state=State.CANCELLED)

    plan_reminders(organisation=reminding.organisation, booking=fresh(booking))

    assert planned(reminding) == []


def test_reminder_that_is_being_sent_is_left_alone(reminding: Practice) -> None:
    booking = booked(reminding)
    Message.across.filter(kind="reminder_1").update(
        state=State.SENDING, claimed_at=timezone.now(), attempts=1
    )
    choose(reminding, reminders_to="nobody", email_reminders=False)

    plan_reminders(organisation=reminding.organisation, booking=fresh(booking))

    assert Message.across.get(kind="reminder_1").state == State.SENDING


def change_settings(practice: Practice, **chosen: Any) -> None:
    """As a form would; what that asks for is left to the job."""
    OrganisationSettings.objects.filter(organisation=practice.organisation).update(**chosen)


def test_changed_settings_retime_what_waits(other_practice: Practice, reminding: Practice) -> None:
    booked(reminding)

    change_settings(reminding, reminder_1_hours=48, thanks_hours=3)
    assert organisations_to_plan() == [reminding.organisation.pk]
    plan_all(reminding.organisation.pk)

    assert planned(reminding) == [("reminder_1", "sms", "48"), ("thanks", "sms", "-3.5")]
    assert organisations_to_plan() == []


def test_reminders_switched_off_and_on_wait_again(reminding: Practice) -> None:
    booked(reminding)

    change_settings(reminding, reminders_to="nobody", email_reminders=False)
    plan_all(reminding.organisation.pk)
    assert planned(reminding) == []
    change_settings(reminding, reminders_to="all")
    plan_all(reminding.organisation.pk)

    assert planned(reminding) == [("reminder_1", "sms", "24")]
    assert Message.across.filter(kind="reminder_1").count() == 1


def test_reminder_that_a_new_setting_would_have_sent_already_keeps_its_time(reminding: Practice) -> None:
    booked(reminding)

    change_settings(reminding, reminder_1_hours=720)
    plan_all(reminding.organisation.pk)

    assert planned(reminding) == [("reminder_1", "sms", "24")]


def test_new_words_reach_what_waits(reminding: Practice) -> None:
    booked(reminding)

    MessageText.across.create(
        organisation=reminding.organisation,
        channel="sms",
        kind="reminder_1",
        language="en",
        body="See you on [date] at [time]!",
    )
    plan_all(reminding.organisation.pk)

    assert Message.across.get(kind="reminder_1").body.startswith("See you on Mon")


def test_clinics_new_phone_reaches_what_waits(reminding: Practice) -> None:
    booked(reminding)

    Clinic.across.filter(pk=reminding.clinic.pk).update(phone="+358 9 000 0000")
    plan_all(reminding.organisation.pk)

    assert "+358 9 000 0000" in Message.across.get(kind="reminder_1").body


@pytest.mark.parametrize("column", ["accent_colour", "email_sender_name"])
def test_other_settings_ask_for_nothing(reminding: Practice, column: str) -> None:
    change_settings(reminding, **{column: "#123456"})

    assert organisations_to_plan() == []


def test_plan_goes_on_where_a_worker_died_and_begins_anew_after_a_change(
    reminding: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduling.reminder_plans.BATCH", 1)
    assert BATCH == 100
    first, second = booked(reminding), booked(reminding, next_monday_at(11))

    change_settings(reminding, reminder_1_hours=48)
    assert plan_batch(reminding.organisation.pk)
    assert ReminderPlan.across.get().reached == first.pk
    assert [hours for _kind, _channel, hours in planned(reminding)] == ["48", "24"]
    change_settings(reminding, reminder_1_hours=72)
    assert ReminderPlan.across.get().reached == 0
    plan_all(reminding.organisation.pk)

    assert [hours for _kind, _channel, hours in planned(reminding)] == ["72", "72"]
    assert second.pk > first.pk


@pytest.mark.parametrize("bookings", [1, 3])
def test_booking_costs_the_same_with_reminders_off(
    in_scope: Practice, bookings: int, django_assert_num_queries: Any
) -> None:
    hold = hold_time(
        organisation=in_scope.organisation,
        treatment=in_scope.treatment,
        practitioner=in_scope.practitioner,
        clinic=in_scope.clinic,
        starts_at=next_monday_at(8 + bookings),
        visitor="maija",
    )
    store_patient(in_scope.organisation, hold, MAIJA)

    with django_assert_num_queries(0):
        plan_reminders(organisation=in_scope.organisation, booking=hold, is_new=True)


def test_due_reminder_is_sent_and_a_late_one_never(reminding: Practice, settings: Any, tmp_path: Any) -> None:
    settings.EMAIL_TRANSPORT = settings.SMS_TRANSPORT = "file"
    settings.MESSAGES_FILE = str(tmp_path / "messages.jsonl")
    choose(reminding, reminder_2_hours=2)
    booked(reminding)
    now = timezone.now()
    due = Message.across.filter(kind="reminder_1")
    late = Message.across.filter(kind="reminder_2")
    due.update(next_attempt_at=now, not_before=now - timedelta(hours=1), not_after=now + timedelta(hours=1))
    late.update(
        next_attempt_at=now, not_before=now - timedelta(hours=2), not_after=now - timedelta(seconds=1)
    )

    for message_id in due_messages(limit=10):
        deliver(message_id)

    assert (due.get().state, late.get().state) == (State.SENT, State.EXPIRED)


def test_booking_for_a_child_reminds_who_booked(reminding: Practice) -> None:
    choose(reminding, reminder_1_by="email")
    hold = hold_time(
        organisation=reminding.organisation,
        treatment=reminding.treatment,
        practitioner=reminding.practitioner,
        clinic=reminding.clinic,
        starts_at=next_monday_at(9),
        visitor="maija",
    )
    details = PatientDetails(
        first_name="Otso",
        last_name="Meikäläinen",
        booker_first_name="Maija",
        booker_last_name="Meikäläinen",
        language="en",
        email="maija@example.com",
    )
    with transaction.atomic():
        store_patient(reminding.organisation, hold, details)
        book(reminding.organisation, hold, Booking.Confirmation.CODE)

    body = Message.across.get(kind="reminder_1").body
    assert "Dear Maija Meikäläinen" in body
    assert "Otso" not in body


def test_staff_who_move_without_telling_move_the_reminders_too(reminding: Practice) -> None:

    booking = booked(reminding)
    hold = hold_beside(organisation=reminding.organisation, booking=booking, starts_at=next_monday_at(14))

    move_booking(
        organisation=reminding.organisation,
        booking=booking,
        new_time=hold.public_id,
        staff=Staff(tells_patient=False, seen=state_stamp(booking)),
    )

    assert Message.across.get(kind="reminder_1", state=State.WAITING).not_before == next_monday_at(
        14
    ) - timedelta(hours=24)


def test_start_after_stop_has_reminders_wait_again_at_once(
    reminding: Practice, other_practice: Practice
) -> None:
    """Of the bookings made before and after STOP; marketing that was cancelled stays so."""
    first = booked(reminding)
    advertised = Message.across.create(
        organisation=reminding.organisation,
        kind="marketing",
        channel=Channel.SMS,
        to=MAIJA.mobile,
        language="fi",
        about="advert:1",
        priority=Priority.BULK,
    )
    said = partial(receive, route="sms:1", organisation_id=reminding.organisation.pk)
    said(arrival=Arrival(MAIJA.mobile, "+358501112222", "STOP", "in-1"))
    booked(reminding, next_monday_at(10))
    assert [channel for _kind, channel, _hours in planned(reminding)] == ["email"]
    give_back_unsent()

    said(arrival=Arrival(MAIJA.mobile, "+358501112222", "START", "in-2"))

    assert planned(reminding) == [("reminder_1", "sms", "24")] * 2
    again = Message.across.get(about=f"booking:{first.public_id}:plan:0", channel=Channel.SMS)
    assert again.not_before is not None
    assert (again.last_error, again.sms_day) == ("", again.not_before.date())
    assert Message.across.get(pk=advertised.pk).state == State.CANCELLED


def test_lifting_a_stop_at_the_desk_plans_at_once_too(reminding: Practice) -> None:
    OptOut.across.create(organisation=reminding.organisation, mobile=MAIJA.mobile, since=timezone.now())
    booked(reminding)

    assert lift_stop(organisation=reminding.organisation, mobile=MAIJA.mobile, who="Editor")

    assert planned(reminding) == [("reminder_1", "sms", "24")]
