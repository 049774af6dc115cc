"""The desk's calendar, by the clinics' clocks, and the overview of today and tomorrow."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinics.models import Clinic
from clinics.scope import organisation_scope
from notifications.models import Message
from scheduling.console import calendar
from scheduling.models import AgentEvent, AgentLink, Booking
from tests.conftest import Practice
from tests.console.test_bookings import HOME, made, refuse
from tests.factories import BookingFactory, ClinicFactory, PractitionerFactory, next_monday_at
from tests.pages.conftest import Browser, text_of
from tests.scheduling.booked import booked

pytestmark = pytest.mark.django_db

CALENDAR = f"{HOME}calendar/"
MONDAY = next_monday_at(9).date()


@pytest.fixture
def booking(practice: Practice) -> Booking:
    with organisation_scope(practice.organisation.pk):
        return booked(practice)


def test_week_has_a_column_for_each_day_and_the_booking_at_its_hour(
    editor: Browser, booking: Booking
) -> None:
    context = editor.get(CALENDAR, {"on": str(MONDAY + timedelta(days=3))}).context

    assert [len(column.blocks) for column in context["columns"]] == [1, 0, 0, 0, 0]
    (block,) = context["columns"][0].blocks
    assert (block.clock, block.style) == ("9:00–9:30", "at-5 long-2 state-waiting")
    assert context["hours"][1] == (9, 5)


def test_hours_are_those_of_the_clinics_clock(editor: Browser, booking: Booking) -> None:
    Clinic.across.filter(pk=booking.clinic_id).update(time_zone="Europe/Oslo")

    (block,) = editor.get(CALENDAR, {"on": str(MONDAY)}).context["columns"][0].blocks

    assert block.clock == "8:00–8:30"


def test_day_has_a_column_for_each_practitioner(
    practice: Practice, editor: Browser, booking: Booking
) -> None:
    colleague = PractitionerFactory(organisation=practice.organisation, name="Zacharias")
    BookingFactory(organisation=practice.organisation, practitioner=colleague, during=booking.during)

    both = editor.get(CALENDAR, {"on": str(MONDAY), "view": "day"}).context["columns"]
    one = editor.get(CALENDAR, {"on": str(MONDAY), "view": "day", "practitioner": str(colleague.public_id)})

    assert [column.name for column in both] == [practice.practitioner.name, "Zacharias"]
    assert [column.name for column in one.context["columns"]] == ["Zacharias"]


def test_weekend_is_shown_where_something_is_booked(practice: Practice, editor: Browser) -> None:
    saturday = next_monday_at(9) + timedelta(days=5)
    BookingFactory(
        organisation=practice.organisation,
        treatment=practice.treatment,
        during=practice.treatment.during(saturday),
    )

    assert len(editor.get(CALENDAR, {"on": str(MONDAY)}).context["columns"]) == 6


def test_what_takes_up_no_time_is_not_in_the_calendar(editor: Browser, booking: Booking) -> None:
    Booking.across.update(state=Booking.State.CANCELLED)

    assert "Nothing is booked." in text_of(editor.get(CALENDAR, {"on": str(MONDAY)}))


@pytest.mark.parametrize(
    "asked",
    [
        {"on": "9999-12-31"},
        {"on": "0001-01-01"},
        {"on": "no day", "view": "century", "clinic": "\x00", "practitioner": "x"},
        {"on": "2026-10-25", "view": "day"},
    ],
)
def test_odd_questions_are_answered(editor: Browser, asked: dict[str, str]) -> None:
    assert editor.get(CALENDAR, asked).status_code == 200


def today_at_noon(practice: Practice) -> Booking:
    (row,) = made(practice, 1, last_name="Kutsuttu")
    noon = timezone.now().replace(hour=10, minute=0, second=0, microsecond=0)
    Booking.across.filter(pk=row.pk).update(during=practice.treatment.during(noon))
    return row


def test_overview_lists_who_comes_today(practice: Practice, other_practice: Practice, owner: Browser) -> None:
    row = today_at_noon(practice)
    today_at_noon(other_practice)

    days = owner.get("/manage/").context["days"]

    assert [[line.booking.pk for line in day.lines] for day in days] == [[row.pk], []]


def test_overview_says_what_needs_a_hand(practice: Practice, owner: Browser, booking: Booking) -> None:
    Message.across.filter(channel="sms").update(state="failed")
    AgentEvent.across.update(created_at=timezone.now() - timedelta(minutes=6))
    text = text_of(owner.get("/manage/"))
    assert "1 booking or change has waited" in text
    assert "1 message of the last seven days could not be sent." in text

    refuse(practice, booking)

    assert "1 refused by the clinic’s book" in text_of(owner.get("/manage/"))


def test_overview_compares_the_weeks(practice: Practice, owner: Browser) -> None:
    for row, ago in zip(made(practice, 3), (0, 0, 7), strict=True):
        Booking.across.filter(pk=row.pk).update(booked_at=timezone.now() - timedelta(days=ago, seconds=1))
    Booking.across.filter(booked_at__gt=timezone.now() - timedelta(days=1)).update(state="cancelled")

    numbers = [(number.now, number.before) for number in owner.get("/manage/").context["numbers"]]

    assert numbers == [(2, 1), (2, 0), (0, 0)]


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (None, "The agent has never been heard."),
        (1, "The agent is in contact."),
        (9, "The agent has been silent since"),
    ],
)
def test_overview_tells_of_the_agent_in_a_line(
    practice: Practice, owner: Browser, ago: int | None, words: str
) -> None:
    heard = timezone.now() - timedelta(minutes=ago) if ago else None
    AgentLink.objects.update_or_create(
        organisation=practice.organisation, defaults={"last_seen_at": heard, "last_push_at": None}
    )

    assert words in text_of(owner.get("/manage/"))


def test_day_is_that_of_each_clinics_own_clock(practice: Practice, editor: Browser, booking: Booking) -> None:
    oslo = ClinicFactory(organisation=practice.organisation, time_zone="Europe/Oslo")
    midnight = next_monday_at(0) + timedelta(days=1)
    late = BookingFactory(
        organisation=practice.organisation, clinic=oslo, during=practice.treatment.during(midnight)
    )

    monday, tuesday = (
        editor.get(CALENDAR, {"on": str(day), "view": "day", "clinic": str(oslo.public_id)}).context[
            "columns"
        ]
        for day in (MONDAY, MONDAY + timedelta(days=1))
    )

    assert [block.clock for column in monday for block in column.blocks] == ["23:00–23:30"]
    assert [block.clock for column in tuesday for block in column.blocks] == []
    assert late.starts_at == midnight


def test_more_than_fit_are_cut_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch, practice: Practice, editor: Browser
) -> None:
    made(practice, 2)
    week = {"on": str(MONDAY + timedelta(days=7))}
    monkeypatch.setattr(calendar, "MOST_BLOCKS", 2)
    whole = editor.get(CALENDAR, week).context
    monkeypatch.setattr(calendar, "MOST_BLOCKS", 1)

    cut = editor.get(CALENDAR, week).context

    assert [whole["is_cut"], cut["is_cut"]] == [False, True]
    assert [len(shown["columns"][0].blocks) for shown in (whole, cut)] == [2, 1]
