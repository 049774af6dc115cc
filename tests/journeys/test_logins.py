"""A patient logs in by SMS: to see and cancel a booking, and to book where only known patients may."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from playwright.sync_api import BrowserContext

from tests.journeys.inspector import Inspector
from tests.journeys.patient import CODE, STAMP, Patient
from tests.journeys.portal import Portal
from tests.journeys.test_changes import next_week, standing
from tests.journeys.visitor import Visitor
from tests.journeys.waiting import eventually
from tests.journeys.walk import AINO

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

NewContext = Callable[..., BrowserContext]


def times_in_two_weeks(patient: Patient) -> list[datetime]:
    patient.choose(*AINO)
    for _ in range(2):
        patient.open(next_week(patient))
    return patient.times()


def login_code(portal: Portal, mobile: str) -> str:
    """The digits of the login code, which comes after those of the booking's."""

    def newest() -> str:
        texts = [entry["text"] for entry in portal.messages(mobile)]
        found = [CODE.search(text) for text in texts if re.search("irjautumiskoodisi|login code", text)]
        return next((match.group() for match in reversed(found) if match), "")

    return eventually(newest, f"{mobile} gets a login code")


def test_patient_logs_in_by_sms_and_cancels_from_the_list(portal: Portal, new_context: NewContext) -> None:
    visitor = Visitor(portal, new_context(locale="en-GB"), "demoklinikka")
    with Patient(portal, "demoklinikka") as patient:
        patient.book(times_in_two_weeks(patient)[1])
        visitor.person, booking = patient.person, patient.booking_id
    eventually(lambda: standing(portal, booking), "the booking is in the book")
    inspector = Inspector(visitor.page)
    look = inspector.look_at_both_widths

    visitor.open()
    visitor.follow(visitor.page.locator("header a.to-mine"))
    look("the login")
    visitor.continue_()
    look("no number")
    visitor.page.locator("#id_mobile").fill(visitor.person.mobile)
    visitor.continue_()
    look("the login code")
    code = login_code(portal, visitor.person.mobile)
    visitor.type_code("000000" if code != "000000" else "000001")
    look("a wrong login code")
    visitor.type_code(code)
    look("my bookings")
    assert visitor.path == "/my/"

    visitor.follow(visitor.page.locator(f"a[href='/my/{booking}/']"))
    look("the booking")
    visitor.follow(visitor.page.locator("a[href$='/cancel/']"))
    look("cancel?")
    visitor.follow(visitor.page.locator("form[action$='/cancel/'] button"))
    look("cancelled")
    eventually(
        lambda: (standing(portal, booking) or {}).get("state") == "cancelled",
        "the book has cancelled it",
    )
    visitor.follow(visitor.page.locator("main a[href='/my/']"))
    visitor.page.locator("details.earlier summary").click()
    look("my bookings, one cancelled")
    visitor.submit(visitor.page.locator("form[action='/logout/'] button"))
    look("logged out")
    assert visitor.path == "/login/?out=1"
    assert inspector.faults == []


@pytest.fixture
def for_the_known(portal: Portal) -> Iterator[None]:
    """Only who is logged in may book."""
    require_login(portal, on=True)
    yield
    require_login(portal, on=False)


def require_login(portal: Portal, *, on: bool) -> None:
    portal.rows(
        "update clinics_organisationsettings s set new_booking_requires_login = %s"
        " from clinics_organisation o"
        " where o.id = s.organisation_id and o.subdomain = 'demoklinikka' returning 1",
        on,
    )


def test_known_patient_books_by_login_alone(portal: Portal, request: pytest.FixtureRequest) -> None:
    with Patient(portal, "demoklinikka") as patient:
        patient.book(times_in_two_weeks(patient)[4])
        request.getfixturevalue("for_the_known")
        moment = times_in_two_weeks(patient)[-1]

        patient.hold(moment)
        assert patient.path.startswith("/login/?next=")
        patient.send("/login/", mobile=patient.person.mobile)
        patient.send("/login/code/", code=login_code(portal, patient.person.mobile))
        assert patient.path.endswith(f"at={moment.strftime(STAMP)}")
        patient.send("/book/time/", at=moment.strftime(STAMP))
        assert patient.path.endswith("/details/")
        patient.give_details()

        assert patient.path.endswith("/done/")
        booking = patient.booking_id
        assert portal.booking(booking)["confirmed_by"] == "login"
    eventually(lambda: standing(portal, booking), "the booking is in the book")
