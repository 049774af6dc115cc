"""Everybody can book: by keyboard, without JavaScript, on a phone, with a screen reader, in the dark."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from tests.journeys.portal import Portal
from tests.journeys.visitor import Visitor
from tests.journeys.waiting import eventually
from tests.journeys.walk import AINO, walk_through

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

NewContext = Callable[..., BrowserContext]

PHONE = {"width": 320, "height": 640}
DESK = {"width": 1280, "height": 800}
MOST_TABS = 60
# How the focused element says that it is: an outline or a shadow that it does not have otherwise.
FOCUS = """() => {
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== 'none' || style.boxShadow !== 'none';
}"""
BAD = "<img src='/x'><div id='wide'>faint</div>"
AXE = "options => axe.run(document, {resultTypes: ['violations'], ...options})"


class Inspector:
    """Looks at pages with axe, in the light and in the dark."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.script = Axe().axe_script
        self.faults: list[str] = []

    def look(self, what: str) -> None:
        """All rules in the light; in the dark those that depend on colours."""
        self.page.evaluate(self.script)
        self.page.emulate_media(color_scheme="light")
        self.note(what, {})
        self.page.emulate_media(color_scheme="dark")
        self.note(f"{what}, dark", {"runOnly": ["color-contrast", "link-in-text-block"]})

    def note(self, what: str, options: dict[str, Any]) -> None:
        found = self.page.evaluate(AXE, options)
        for violation in found["violations"]:
            nodes = [" ".join(map(str, node["target"])) for node in violation["nodes"]]
            self.faults.append(f"{what}: {violation['id']} at {'; '.join(nodes[:3])}")


@pytest.mark.parametrize(("locale", "window"), [("fi-FI", DESK), ("en-GB", PHONE)])
def test_axe_finds_nothing_on_any_page(
    portal: Portal, new_context: NewContext, locale: str, window: dict[str, int]
) -> None:
    visitor = Visitor(portal, new_context(locale=locale, viewport=window), "demoklinikka")
    inspector = Inspector(visitor.page)

    walk_through(visitor, inspector.look)

    assert inspector.faults == []


@pytest.mark.parametrize("locale", ["en-GB", "fi-FI"])
def test_no_page_scrolls_sideways_on_a_phone_without_javascript(
    portal: Portal, new_context: NewContext, locale: str
) -> None:
    context = new_context(locale=locale, viewport=PHONE, java_script_enabled=False)
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


def test_keyboard_alone_books_a_time(portal: Portal, new_context: NewContext) -> None:
    visitor = Visitor(portal, new_context(locale="en-GB", viewport=DESK), "demoklinikka")
    visitor.open()
    for name in AINO:
        press_enter_on(visitor, f"a.answer:has-text('{name}')")
    press_enter_on(visitor, "button[name=at]")
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
