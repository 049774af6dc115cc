"""The waiting list: a wish in the browser, an offer from the worker, a time taken or let go by its link."""

import re
from collections.abc import Callable, Iterator
from datetime import time
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext

from tests.journeys.portal import Portal
from tests.journeys.switches import chosen
from tests.journeys.visitor import Visitor
from tests.journeys.waiting import eventually

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

NewContext = Callable[..., BrowserContext]


@pytest.fixture
def awake(portal: Portal) -> Iterator[None]:
    """No hour is quiet, whenever the test runs."""
    with chosen(portal, "demoklinikka", quiet_from=time(0), quiet_until=time(0)):
        yield


def wish(visitor: Visitor) -> str:
    """From the times to the waiting list; the wish's own address."""
    page = visitor.page
    visitor.go_to_times("Demoklinikka Keskusta", "Hammastarkastus", "Eero Lehtisalo")
    visitor.follow(page.locator(".waiting-link a"))
    visitor.type_details()
    visitor.submit(page.locator("form.form .submit button"))
    visitor.type_code()
    return visitor.path


def offered(visitor: Visitor) -> str:
    """The address in the message of the newest offer."""

    def look() -> str:
        texts = [entry["text"] for entry in visitor.portal.messages(visitor.person.mobile)]
        links = [found.group() for text in texts if (found := re.search(r"http\S+/offer/\S+", text))]
        return urlsplit(links[-1]).path if links else ""

    return eventually(look, "an offer has come by SMS")


def state_of(portal: Portal, key: str) -> tuple[str, str, str]:
    [row] = portal.rows(
        "select o.state as offer, b.state as booking, w.state as wish from scheduling_offer o"
        " join scheduling_booking b on b.id = o.booking_id join scheduling_wish w on w.id = o.wish_id"
        " where o.key = %s",
        key,
    )
    return row["offer"], row["booking"], row["wish"]


@pytest.mark.usefixtures("awake")
def test_offer_is_taken_by_its_link_and_reaches_the_book(portal: Portal, new_context: NewContext) -> None:
    visitor = Visitor(portal, new_context(locale="en-GB"), "demoklinikka")
    wished = wish(visitor)
    assert visitor.heading == "You are on the waiting list"
    link = offered(visitor)
    phone = Visitor(
        portal, new_context(viewport={"width": 320, "height": 640}, locale="en-GB"), "demoklinikka"
    )
    phone.open(link)
    assert phone.heading == "This time is free for you"
    assert phone.overflow() <= 0
    assert state_of(portal, link.split("/")[2]) == ("open", "held", "waiting")
    phone.follow(phone.page.get_by_role("button", name="Take this time"))

    assert phone.heading == "Your time is booked"
    assert state_of(portal, link.split("/")[2]) == ("accepted", "booked", "booked")
    eventually(lambda: portal.demoklinikka.appointments(phone.booking_id), "the time is in the book")
    visitor.open(wished)
    assert visitor.heading == "You are not on the waiting list any more"


@pytest.mark.usefixtures("awake")
def test_offer_is_let_go_without_javascript(portal: Portal, new_context: NewContext) -> None:
    visitor = Visitor(portal, new_context(locale="en-GB", java_script_enabled=False), "demoklinikka")
    wished = wish(visitor)
    link = offered(visitor)
    visitor.open(link)
    visitor.page.get_by_role("link", name="No, thank you").click()
    assert visitor.heading == "Let this time go?"
    assert state_of(portal, link.split("/")[2]) == ("open", "held", "waiting")
    visitor.page.get_by_role("button", name="Let it go").click()

    assert visitor.heading == "You let this time go"
    assert state_of(portal, link.split("/")[2]) == ("declined", "expired", "waiting")
    visitor.open(wished)
    visitor.page.get_by_role("button", name="Take me off the waiting list").click()
    assert visitor.heading == "You are not on the waiting list any more"
