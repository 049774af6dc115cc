"""Every list of the console and of the operator's desk asks the database as often for 1, 3 and 50."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinics.models import (
    Announcement,
    ClinicGroup,
    Invitation,
    OperatorVisit,
    PortalText,
    PrivacyAction,
    User,
)
from clinics.pictures import Drawn, keep
from clinics.roles import Role
from clinics.scope import organisation_scope
from notifications.models import IncomingMessage, Message, OptOut
from scheduling.models import Booking
from tests.conftest import Practice
from tests.console.conftest import SECRET, browser_of, seat_at
from tests.console.test_people import recent
from tests.factories import (
    BookingFactory,
    BookingPatientFactory,
    ClinicFactory,
    PractitionerFactory,
    WishFactory,
    make_organisation,
    next_monday_at,
)
from tests.pages.conftest import Browser
from tests.sync_api.test_operators_desk import SYLLABLES

pytestmark = pytest.mark.django_db

HOST = "admin.localhost:8000"
MOBILE = "+358501112223"
Add = Callable[[Practice, int], object]
Ask = Callable[[Browser], Any]


def get(path: str) -> Ask:
    return lambda browser: browser.get(path)


def search(path: str, **typed: str) -> Ask:
    return lambda browser: browser.post(path, typed)


def a_booking(practice: Practice, number: int) -> None:
    start = next_monday_at(0) + timedelta(minutes=30 * number)
    booking = BookingFactory(
        organisation=practice.organisation,
        clinic=practice.clinic,
        practitioner=practice.practitioner,
        treatment=practice.treatment,
        during=practice.treatment.during(start),
    )
    BookingPatientFactory(organisation=practice.organisation, booking=booking, mobile=MOBILE)


def a_patients_trace(practice: Practice, number: int) -> None:
    a_booking(practice, number)
    WishFactory(organisation=practice.organisation, treatment=practice.treatment, mobile=MOBILE)
    Message.across.create(
        organisation=practice.organisation,
        channel="sms",
        kind="confirmation",
        about=f"by-hand:{number}",
        to=MOBILE,
        language="fi",
    )


def a_member(practice: Practice, number: int) -> None:
    seat_at(practice, Role.EDITOR, [practice.clinic])
    Invitation.across.create(
        organisation=practice.organisation, email=f"new{number}@example.com", role=Role.VIEWER
    )


def a_visit(practice: Practice, number: int) -> None:
    now = timezone.now()
    OperatorVisit.across.create(
        organisation=practice.organisation,
        name=f"Olli {number}",
        reason="Help",
        began_at=now,
        until_at=now + timedelta(minutes=5),
    )


def a_grouped_clinic(practice: Practice, number: int) -> None:
    group = ClinicGroup.across.create(organisation=practice.organisation, name=f"G{number}")
    ClinicFactory(organisation=practice.organisation, group=group, position=number)


def a_photo(practice: Practice, number: int) -> None:
    colleague = PractitionerFactory(organisation=practice.organisation, position=number)
    drawn = Drawn(f"photo {number}".encode(), "image/webp", 1, 1, "any")
    with organisation_scope(practice.organisation.pk):
        keep(practice.organisation, colleague, drawn)


def a_text(practice: Practice, number: int) -> None:
    PortalText.across.create(
        organisation=practice.organisation,
        place="clinic",
        language="fi",
        clinic=ClinicFactory(organisation=practice.organisation),
        body="Hei",
    )


def a_search(practice: Practice, number: int) -> None:
    PrivacyAction.across.create(
        organisation=practice.organisation, kind="searched", sought_by=["mobile"], rows=number
    )


def a_session(practice: Practice, number: int) -> None:
    owner = User.objects.get(email="owner0@example.com")
    other = browser_of(owner, practice)
    key = other.session.session_key
    UserSession.objects.create(user=owner, ip="127.0.0.1", session_key=key, user_agent="Firefox/1 Linux")


def an_announcement(practice: Practice, number: int) -> None:
    now = timezone.now()
    words = {f"text_{language}": f"Hello {number}" for language in ("fi", "sv", "nb", "en")}
    Announcement.objects.create(from_at=now, until_at=now + timedelta(days=1), **words)


def an_organisation(practice: Practice, number: int) -> None:
    make_organisation(f"{SYLLABLES[number % 7]}-{SYLLABLES[number // 7]}-koti")


def a_message(practice: Practice, number: int) -> None:
    a_booking(practice, number)
    booking = Booking.across.latest("pk")
    message = Message.across.create(
        organisation=practice.organisation,
        channel="sms",
        kind="reminder_1",
        about=f"booking:{booking.public_id}:plan:0",
        to=MOBILE,
        language="fi",
        body="Hei",
    )
    mobile = f"+3584011{number:05}"
    OptOut.across.create(organisation=practice.organisation, mobile=mobile, word="STOP")
    IncomingMessage.across.create(
        organisation=practice.organisation,
        sender=mobile,
        to="+358401234567",
        text="Kiitos",
        route="sms",
        provider_reference=str(number),
        answers=message,
    )


LISTS: dict[str, tuple[Add, Ask]] = {
    "bookings": (a_booking, get("/manage/bookings/")),
    "bookings found": (a_booking, search("/manage/bookings/search/", q="Meikäläinen")),
    "calendar": (a_booking, get(f"/manage/bookings/calendar/?day={next_monday_at(9).date()}")),
    "messages": (a_message, get("/manage/messages/")),
    "messages found": (a_message, search("/manage/messages/search/", q=MOBILE)),
    "messages found by name": (a_message, search("/manage/messages/search/", q="Meikäläinen")),
    "messages received": (a_message, get("/manage/messages/received/")),
    "messages counted": (a_message, get("/manage/messages/status/")),
    "people": (a_member, get("/manage/people/")),
    "visits": (a_visit, get("/manage/people/")),
    "audit": (a_member, get("/manage/audit/")),
    "clinics and groups": (a_grouped_clinic, get("/manage/clinics/")),
    "practitioners and photos": (a_photo, get("/manage/practitioners/")),
    "texts": (a_text, get("/manage/texts/")),
    "privacy, found": (a_patients_trace, search("/manage/privacy/", mobile=MOBILE)),
    "privacy, done": (a_search, get("/manage/privacy/")),
    "sessions": (a_session, get("/manage/sessions/")),
    "announcements": (an_announcement, get("/manage/status/")),
}
OPERATORS: dict[str, tuple[Add, Ask]] = {
    "organisations": (an_organisation, get("/")),
    "announcements": (an_announcement, get("/announcements/")),
}


def costs(practice: Practice, browser: Browser, add: Add, ask: Ask) -> list[int]:
    """How many queries the page takes with one item more, with three and with fifty."""
    found, made = [], 0
    for many in (1, 3, 50):
        for number in range(made, many):
            add(practice, number)
        made = many
        ask(browser)
        with CaptureQueriesContext(connection) as captured:
            assert ask(browser).status_code == 200
        found.append(len(captured))
    return found


@pytest.mark.parametrize("name", sorted(LISTS))
def test_list_of_the_console_costs_the_same_for_any_number(practice: Practice, name: str) -> None:
    add, ask = LISTS[name]
    browser = recent(browser_of(seat_at(practice), practice))

    one, three, fifty = costs(practice, browser, add, ask)

    assert one == three == fifty


@pytest.mark.parametrize("name", sorted(OPERATORS))
def test_list_of_the_operator_costs_the_same_for_any_number(practice: Practice, name: str) -> None:
    add, ask = OPERATORS[name]
    operator = User.objects.create_superuser("operator@example.com", "correct horse battery", name="Olli")
    TOTP.activate(operator, SECRET)
    browser = Browser(HOST)
    browser.force_login(operator)

    one, three, fifty = costs(practice, browser, add, ask)

    assert one == three == fifty


def test_a_list_that_asks_for_each_row_is_noticed(practice: Practice) -> None:
    """The negative control: one query more for each."""
    browser = browser_of(seat_at(practice), practice)

    def ask(browser: Browser) -> Any:
        for invitation in list(Invitation.across.all()):
            invitation.refresh_from_db()
        return browser.get("/manage/status/")

    one, three, _fifty = costs(practice, browser, a_member, ask)

    assert one < three
