"""The hold in a real browser: its minutes are seen, and heard at the moments that matter."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.journeys.portal import Portal
from tests.journeys.visitor import Visitor
from tests.journeys.walk import AINO

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

NewContext = Callable[..., BrowserContext]
MINUTE = 60_000


def test_hold_is_counted_down_in_words(portal: Portal, new_context: NewContext) -> None:
    visitor = Visitor(portal, new_context(locale="en-GB"), "demoklinikka")
    page = visitor.page
    page.clock.install()
    visitor.go_to_times(*AINO)
    visitor.follow(page.locator("button[name=at]").first)
    seen, heard = page.locator(".held-left"), page.locator(".held-spoken")

    expect(seen).to_have_text("about 10 minutes left")
    expect(heard).to_have_text("")
    for minutes, words in (
        (3, ""),
        (2, "Your time is held: about 5 minutes left"),
        (3, "Your time is held: about 2 minutes left"),
        (1, "Your time is held: less than a minute left"),
        (1, "The time is no longer held for you. Choose it again, or another."),
    ):
        page.clock.fast_forward(minutes * MINUTE)
        expect(heard).to_have_text(words)
    expect(seen).to_have_text("The time is no longer held for you. Choose it again, or another.")


def test_more_time_starts_the_count_anew_and_keeps_what_is_typed(
    portal: Portal, new_context: NewContext
) -> None:
    visitor = Visitor(portal, new_context(locale="en-GB"), "demoklinikka")
    page = visitor.page
    visitor.go_to_times(*AINO)
    visitor.follow(page.locator("button[name=at]").first)
    page.locator("#id_first_name").fill("Otso")
    visitor.submit(page.locator("button[name=extend]"))

    expect(page.locator(".held-left")).to_have_text("about 20 minutes left")
    expect(page.locator("#id_first_name")).to_have_value("Otso")
    expect(page.locator("button[name=extend]")).to_have_count(0)


@pytest.mark.parametrize("javascript", [True, False])
def test_who_books_is_asked_for_once_it_is_for_somebody_else(
    portal: Portal, new_context: NewContext, javascript: bool
) -> None:
    visitor = Visitor(portal, new_context(locale="en-GB", java_script_enabled=javascript), "demoklinikka")
    page = visitor.page
    visitor.go_to_times(*AINO)
    visitor.follow(page.locator("button[name=at]").first)
    booker = page.locator("#id_booker_first_name")

    expect(booker).to_be_hidden()
    page.locator("#id_first_name").fill("Otso")
    page.locator("button[name=for]").click()
    expect(booker).to_be_visible()
    expect(page.locator("#id_first_name")).to_have_value("Otso")
    expect(page.get_by_label("Mobile number (your own)")).to_be_visible()
