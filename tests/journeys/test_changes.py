"""A patient moves and cancels by the link in the confirmation, and the clinic's book follows."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext

from tests.journeys.inspector import PHONE, Inspector
from tests.journeys.patient import STAMP, Patient
from tests.journeys.portal import Portal
from tests.journeys.surgery import Row
from tests.journeys.visitor import Visitor
from tests.journeys.waiting import eventually
from tests.journeys.walk import AINO

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

NewContext = Callable[..., BrowserContext]


def booked_link(portal: Portal, place: int) -> tuple[str, str]:
    """The booking's id, and the link that the phone got, of a booking two weeks ahead."""
    with Patient(portal, "demoklinikka") as patient:
        patient.choose(*AINO)
        for _ in range(2):
            patient.open(next_week(patient))
        patient.book(patient.times()[place])
        link = eventually(lambda: received_link(patient), "the confirmation's link has come")
        return patient.booking_id, urlsplit(link).path


def next_week(patient: Patient) -> str:
    found = re.search(r'href="(/book/\?[^"]*week=[^"]*)"\s+rel="next"', patient.http.get(patient.path).text)
    assert found
    return found.group(1).replace("&amp;", "&")


def received_link(patient: Patient) -> str:
    found = [re.search(r"http\S+/b/\S+", entry["text"]) for entry in patient.sms()]
    return next((match.group() for match in found if match), "")


def standing(portal: Portal, booking: str) -> Row | None:
    """The booking's appointment in the clinic's book."""
    rows = portal.demoklinikka.appointments(booking)
    return rows[0] if rows else None


def is_at(row: Row | None, moment: datetime) -> bool:
    return row is not None and datetime.fromisoformat(row["start_at"]).replace(tzinfo=UTC) == moment


def test_booking_is_moved_cancelled_and_booked_again_by_its_link(
    portal: Portal, new_context: NewContext
) -> None:
    booking, link = booked_link(portal, 0)
    eventually(lambda: standing(portal, booking), "the booking is in the book")
    visitor = Visitor(portal, new_context(), "demoklinikka")
    inspector = Inspector(visitor.page)
    look = inspector.look_at_both_widths

    visitor.open(link)
    look("the booking")
    visitor.follow(visitor.page.locator("a[href$='/move/']"))
    look("other times")
    moment = datetime.strptime(visitor.stamps()[-1], STAMP).replace(tzinfo=UTC)
    visitor.hold(moment)
    look("the new time")
    visitor.follow(visitor.page.locator("form[action$='/confirm/'] button.button"))
    look("moved")
    eventually(lambda: is_at(standing(portal, booking), moment), "the book has moved it")

    visitor.follow(visitor.page.locator("a[href$='/cancel/']"))
    look("cancel?")
    visitor.follow(visitor.page.locator("form[action$='/cancel/'] button"))
    look("cancelled")
    eventually(
        lambda: (standing(portal, booking) or {}).get("state") == "cancelled",
        "the book has cancelled it",
    )

    visitor.follow(visitor.page.locator("form[action$='/undo/'] button"))
    look("booked again")
    assert visitor.path != link
    visitor.open(f"{link}cancel/")
    assert visitor.path == link
    assert inspector.faults == []


def test_booking_is_moved_and_cancelled_without_javascript(portal: Portal, new_context: NewContext) -> None:
    _, link = booked_link(portal, 3)
    context = new_context(locale="sv-SE", viewport=PHONE, java_script_enabled=False)
    visitor = Visitor(portal, context, "demoklinikka")

    visitor.open(f"{link}move/")
    visitor.page.locator(".days button[name=at]").last.click()
    visitor.page.locator("form[action$='/confirm/'] button.button").click()
    assert visitor.path == f"{link}?moved=1"
    visitor.open(f"{link}cancel/")
    visitor.page.locator("form[action$='/cancel/'] button").click()

    assert visitor.path == link
    assert visitor.heading == "Den här bokningen är avbokad"
