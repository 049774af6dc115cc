"""Whatever order the clinic has chosen, whoever walks and in whatever language: it ends at a booked time."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

from tests.journeys.inspector import DESK, EVERYTHING, PHONE
from tests.journeys.portal import Portal
from tests.journeys.switches import chosen
from tests.journeys.visitor import Visitor
from tests.journeys.waiting import eventually

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

NewContext = Callable[..., BrowserContext]

ORDERS = (
    ["clinic", "treatment", "practitioner", "time"],
    ["treatment", "time", "clinic", "practitioner"],
    ["practitioner", "clinic", "time", "treatment"],
    ["time", "practitioner", "treatment", "clinic"],
)
"""Each step once at each place."""
WINDOWS = {"desk": DESK, "phone": PHONE}
WALKS = [
    (order, name)
    for number, order in enumerate(ORDERS)
    for place, name in enumerate(WINDOWS)
    if EVERYTHING or place == number % 2
]
"""The widths take turns; with ``AXE=all`` each order is walked at both."""
LOCALES = ("fi-FI", "sv-SE", "nb-NO", "en-GB")
BOOKED = {
    "fi-FI": "Aikasi on varattu",
    "sv-SE": "Din tid är bokad",
    "nb-NO": "Timen din er bestilt",
    "en-GB": "Your time is booked",
}
MOST_QUESTIONS = 5


def walk_to_the_details(visitor: Visitor, which: int = 0) -> list[str]:
    """Give the first, or the last, answer to whatever is asked; the headings of the questions."""
    headings: list[str] = []
    for _ in range(MOST_QUESTIONS):
        if visitor.path.startswith("/booking/"):
            return headings
        headings.append(visitor.page.locator(".question, h1").last.inner_text())
        assert visitor.overflow() <= 0, headings[-1]
        asked = visitor.page.locator("a.answer, button.answer, .days button[name=at]")
        visitor.follow(asked.first if which == 0 else asked.last)
    raise AssertionError(headings)


def book(visitor: Visitor) -> None:
    visitor.type_details()
    visitor.continue_()
    visitor.type_code()
    assert visitor.path.endswith("/done/")


@pytest.mark.parametrize(("order", "window"), WALKS, ids=["-".join([*order, at]) for order, at in WALKS])
def test_order_of_steps_ends_at_a_booked_time(
    portal: Portal, new_context: NewContext, order: list[str], window: str
) -> None:
    """The languages take turns, so that each is walked to the end."""
    locale = LOCALES[(ORDERS.index(order) + (EVERYTHING and window == "phone")) % len(LOCALES)]
    visitor = Visitor(portal, new_context(locale=locale, viewport=WINDOWS[window]), "demoklinikka")
    with chosen(portal, "demoklinikka", step_order=order, any_practitioner=False):
        visitor.open()
        assert visitor.page.locator(".days").count() == (order[0] == "time")
        headings = walk_to_the_details(visitor, -1 if window == "phone" else 0)
        assert len(set(headings)) == len(headings) <= len(order)
        book(visitor)

    assert visitor.heading == BOOKED[locale]
    assert visitor.page.locator("html").get_attribute("lang") == locale.partition("-")[0]
    spoken = portal.rows(
        "select language from scheduling_bookingpatient p join scheduling_booking b on b.id = p.booking_id"
        " where b.public_id = %s",
        visitor.booking_id,
    )
    assert spoken == [{"language": locale.partition("-")[0]}]
    eventually(lambda: portal.demoklinikka.appointments(visitor.booking_id), "the booking is in the book")


def test_combined_view_asks_for_treatment_and_practitioner_at_once(
    portal: Portal, new_context: NewContext
) -> None:
    visitor = Visitor(portal, new_context(locale="en-GB", viewport=PHONE), "demoklinikka")
    with chosen(portal, "demoklinikka", combined_view=True):
        visitor.open()
        visitor.answer("Demoklinikka Keskusta")
        assert visitor.heading == "What do you need, and from whom?"
        assert visitor.page.locator("h2.question").all_inner_texts() == [
            "What do you need?",
            "Whom would you like to see?",
        ]
        visitor.answer("Aino Koivuranta")
        visitor.answer("Hammastarkastus")
        walk_to_the_details(visitor)

    book(visitor)


def test_any_clinic_and_any_practitioner_are_settled_by_the_hold(
    portal: Portal, new_context: NewContext
) -> None:
    visitor = Visitor(portal, new_context(locale="en-GB", viewport=DESK), "demoklinikka")
    with chosen(portal, "demoklinikka", any_clinic=True):
        visitor.choose("Any clinic", "Hammastarkastus", "Anyone")
        stamps = visitor.stamps()
        assert len(set(stamps)) == len(stamps) > 0
        visitor.follow(visitor.page.locator(".days button[name=at]").last)

    named = visitor.page.locator(".choices-panel, .choices-bar").all_text_contents()
    assert all("Demoklinikka" in text and "Any" not in text.replace("Anyone", "") for text in named)
    book(visitor)
