"""What is half typed survives a reload, in that tab alone, and no longer than it is of use."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.portal import Portal
from tests.journeys.visitor import Visitor
from tests.journeys.walk import AINO

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

NewContext = Callable[..., BrowserContext]
STORED = "() => Object.entries(sessionStorage).filter(([key]) => key.startsWith('draft:'))"


@pytest.fixture
def visitor(portal: Portal, new_context: NewContext) -> Visitor:
    """Somebody who holds a time and has to say who they are."""
    visitor = Visitor(portal, new_context(locale="en-GB"), "demoklinikka")
    visitor.go_to_times(*AINO)
    visitor.follow(visitor.page.locator("button[name=at]").first)
    return visitor


def drafts(page: Page) -> list[Any]:
    found: list[Any] = page.evaluate(STORED)
    return found


def fill(page: Page, **typed: str) -> None:
    for name, value in typed.items():
        page.locator(f"#id_{name}").fill(value)


def test_reload_keeps_all_but_the_identity_number(visitor: Visitor) -> None:
    page = visitor.page
    page.locator("button[name=for]").click()
    expect(page.locator("#id_booker_first_name")).to_be_visible()
    fill(page, booker_first_name="Maija", first_name="Otso", email="maija@", national_id="131052-308T")
    page.locator("#id_consent").check()

    page.reload()

    for name, value in {"booker_first_name": "Maija", "first_name": "Otso", "email": "maija@"}.items():
        expect(page.locator(f"#id_{name}")).to_have_value(value)
    ((key, draft),) = drafts(page)
    assert key == f"draft:{visitor.booking_id}"
    assert "131052" not in draft
    assert "consent" not in draft


def test_leaving_and_coming_back_keeps_what_is_typed(visitor: Visitor) -> None:
    page = visitor.page
    details = visitor.path
    fill(page, first_name="Otso", last_name="Metsä")

    visitor.open("/")
    visitor.open(details)

    expect(page.locator("#id_first_name")).to_have_value("Otso")
    expect(page.locator("#id_last_name")).to_have_value("Metsä")


def test_wrong_details_are_kept_over_a_reload_and_right_ones_forgotten(visitor: Visitor) -> None:
    page = visitor.page
    visitor.type_details()
    fill(page, email="maija@")
    visitor.continue_()
    page.reload()
    expect(page.locator("#id_email")).to_have_value("maija@")
    expect(page.locator("#id_last_name")).to_have_value(visitor.person.last_name)

    visitor.type_details()
    visitor.continue_()

    page.wait_for_url("**/code/")
    assert drafts(page) == []


def test_giving_the_time_back_forgets_what_was_typed(visitor: Visitor) -> None:
    fill(visitor.page, first_name="Otso")
    assert drafts(visitor.page)

    visitor.page.locator("button[name=change][value=time]:visible").click()
    visitor.page.wait_for_url("**/book/**")

    assert drafts(visitor.page) == []


def test_draft_goes_an_hour_after_the_hold(visitor: Visitor) -> None:
    fill(visitor.page, first_name="Otso")
    visitor.page.evaluate(
        "key => sessionStorage.setItem(key, JSON.stringify({until: Date.now() - 1, typed: {}}))",
        f"draft:{visitor.booking_id}",
    )

    visitor.open("/")

    assert drafts(visitor.page) == []


def test_another_tab_knows_nothing_of_the_draft(visitor: Visitor) -> None:
    fill(visitor.page, first_name="Otso")

    other = visitor.page.context.new_page()
    other.goto(visitor.page.url)

    expect(other.locator("#id_first_name")).to_have_value("")
    assert drafts(other) == []


def test_going_back_without_javascript_finds_what_was_typed(portal: Portal, new_context: NewContext) -> None:
    visitor = Visitor(portal, new_context(locale="en-GB", java_script_enabled=False), "demoklinikka")
    visitor.go_to_times(*AINO)
    visitor.follow(visitor.page.locator("button[name=at]").first)
    fill(visitor.page, first_name="Otso")

    visitor.open("/privacy/")
    visitor.page.go_back()

    expect(visitor.page.locator("#id_first_name")).to_have_value("Otso")
