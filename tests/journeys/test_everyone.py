"""Everybody can book: by keyboard, without JavaScript, on a phone, with a screen reader, in the dark."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.inspector import DESK, PHONE, Inspector
from tests.journeys.portal import Portal
from tests.journeys.visitor import Visitor
from tests.journeys.waiting import eventually
from tests.journeys.walk import AINO, walk_through

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

NewContext = Callable[..., BrowserContext]

MOST_TABS = 60
# How the focused element says that it is: an outline or a shadow that it does not have otherwise.
FOCUS = """() => {
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== 'none' || style.boxShadow !== 'none';
}"""
BAD = "<img src='/x'><div id='wide'>faint</div>"


def test_axe_finds_nothing_on_any_page_of_the_way(portal: Portal, new_context: NewContext) -> None:
    """As pages are when scripts have put one in the place of another; all their states: test_gallery.py."""

    def look(what: str) -> None:
        inspector.bring_axe()
        inspector.look_in_the_light(what)

    visitor = Visitor(portal, new_context(locale="sv-SE", viewport=PHONE), "demoklinikka")
    inspector = Inspector(visitor.page)

    walk_through(visitor, look)

    assert inspector.faults == []


def test_no_page_scrolls_sideways_on_a_phone_without_javascript(
    portal: Portal, new_context: NewContext
) -> None:
    context = new_context(locale="en-GB", viewport=PHONE, java_script_enabled=False)
    visitor = Visitor(portal, context, "demoklinikka")
    too_wide: dict[str, int] = {}

    def look(what: str) -> None:
        if visitor.overflow() > 0:
            too_wide[what] = visitor.overflow()

    walk_through(visitor, look)

    assert too_wide == {}


def test_inspector_and_ruler_find_what_is_wrong(portal: Portal, new_context: NewContext) -> None:
    visitor = Visitor(portal, new_context(viewport=PHONE), "demoklinikka")
    inspector = Inspector(visitor.page)
    visitor.open()
    visitor.page.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", BAD)
    visitor.page.evaluate("wide.style.cssText = 'width: 400px; color: #777; background: #888'")

    inspector.look("a bad page")

    assert visitor.overflow() > 0
    assert [fault for fault in inspector.faults if "image-alt" in fault]
    assert [fault for fault in inspector.faults if "dark: color-contrast" in fault]


def test_keyboard_alone_books_moves_cancels_and_takes_it_back(
    portal: Portal, new_context: NewContext
) -> None:
    visitor = Visitor(portal, new_context(locale="en-GB", viewport=DESK), "demoklinikka")
    page = visitor.page
    visitor.open()
    tab_to(page, ".skip")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    tab_to(page, ".languages summary")
    page.keyboard.press("Enter")
    tab_to(page, ".languages button")
    page.keyboard.press("Escape")
    expect(page.locator(".languages summary")).to_be_focused()
    expect(page.locator(".languages button").first).to_be_hidden()
    for name in AINO:
        press_enter_on(visitor, f"a.answer:has-text('{name}')")
    for _ in range(2):
        press_enter_on(visitor, "a[rel=next]")
    press_enter_on(visitor, ".days button[name=at]")
    tab_to(page, ".form .submit button")
    page.keyboard.press("Enter")
    expect(page.locator("#errors")).to_be_focused()
    tab_to(page, "#errors a")
    page.keyboard.press("Enter")
    expect(page.locator("#id_first_name")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    for name, value in visitor.person.typed.items():
        tab_to(visitor.page, f"#id_{name}")
        visitor.page.keyboard.press("Space") if name == "consent" else visitor.page.keyboard.type(value)
    press_enter_on(visitor, ".form .submit button")
    tab_to(visitor.page, "#id_code")
    visitor.page.keyboard.type(visitor.code())
    before = visitor.page.url
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url(lambda url: url != before)
    visitor.settle()

    assert visitor.path.endswith("/done/")
    assert visitor.heading == "Your time is booked"
    eventually(lambda: portal.demoklinikka.appointments(visitor.booking_id), "the booking is in the book")
    for selector, heading in (
        ("main a[href*='/b/']", "Your appointment"),
        ("a[href$='/move/']", "Choose a new time"),
        (".days button[name=at]", "Move the appointment?"),
        ("form[action$='/confirm/'] button", "Your appointment"),
        ("a[href$='/cancel/']", "Cancel this appointment?"),
        ("form[action$='/cancel/'] button", "This booking has been cancelled"),
        ("form[action$='/undo/'] button", "Your appointment"),
    ):
        press_enter_on(visitor, selector)
        assert visitor.heading == heading


def press_enter_on(visitor: Visitor, selector: str) -> None:
    """Press Enter on what leads to another page."""
    before = visitor.page.url
    tab_to(visitor.page, selector)
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url(lambda url: url != before)
    visitor.settle()


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the first of what the selector names has the focus, and shows it."""
    wanted = page.locator(selector).first
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            assert page.evaluate(FOCUS), f"{selector} does not show that it has the focus"
            return
    raise AssertionError(f"{MOST_TABS} times Tab did not lead to {selector}")
