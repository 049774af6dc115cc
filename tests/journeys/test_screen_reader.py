"""What a screen reader is told: landmarks, headings, names of links, buttons and fields, announcements."""

import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.portal import Portal
from tests.journeys.visitor import Visitor
from tests.journeys.walk import AINO

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

NewContext = Callable[..., BrowserContext]

FRAME = """
- link "Skip to the content"
- banner:
  - link "Demoklinikka"
  - group: "/Language: English/"
- main
- contentinfo:
  - link "Privacy notice"
"""
FRONT = """
- main:
  - heading "Book your dental visit" [level=1]
  - heading "Which clinic?" [level=2]
  - heading [level=3]
  - list:
    - listitem:
      - link /Demoklinikka Keskusta .+ First free. .+/
  - heading "Severe pain?" [level=2]
  - list:
    - listitem:
      - link /\\+358/
"""
WEEK = """
- main:
  - heading "Choose a time" [level=1]
  - paragraph:
    - link /Call .+/
  - paragraph:
    - button /First free. .+/
  - heading /Week \\d+, .+/ [level=2]
  - navigation "Weeks":
    - link "Next week"
  - heading /(Mon|Tues|Wednes|Thurs|Fri)day \\d+ \\w+/ [level=3]
  - list
  - textbox "Go to date"
  - button "Show"
  - paragraph:
    - link "Month at a glance"
  - button "Show as columns"
  - button "Show as a list"
- complementary "Your choices":
  - heading "Your choices" [level=2]
  - term: Clinic
  - definition:
    - link "Change – Clinic"
  - term: Treatment
  - definition:
    - link "Change – Treatment"
  - term: Practitioner
  - definition:
    - link "Change – Practitioner"
"""
DETAILS = """
- main:
  - heading "Your details" [level=1]
  - status
  - textbox "First name"
  - textbox "Last name"
  - textbox "Personal identity code (optional)"
  - textbox "Mobile number"
  - textbox "E-mail"
  - textbox "Message to the clinic (optional)"
  - checkbox "I agree that the clinic processes my details to arrange this appointment."
  - paragraph:
    - link "Privacy notice (opens in a new tab)"
  - paragraph:
    - button "Continue"
  - paragraph:
    - button "Hold the time for 10 more minutes"
- complementary "Your choices":
  - term: Clinic
  - definition:
    - button "Change – Clinic"
  - term: Time
  - definition:
    - button "Change – Time"
"""
ERRORS = """
- main:
  - alert:
    - heading "Please check these" [level=2]
    - list:
      - listitem:
        - link "Please give your first name."
"""
CODE = """
- main:
  - heading "Type the code we sent you" [level=1]
  - status
  - list:
    - listitem: /\\+358/
    - listitem: /@/
  - textbox "Code"
  - paragraph:
    - button "Confirm the booking"
  - heading "No code?" [level=2]
  - paragraph:
    - button "Send a new code"
    - link "Change the number or e-mail"
"""
DONE = """
- main:
  - heading "Your time is booked" [level=1]
  - term: When
  - definition:
    - strong: /\\w+day \\d+ \\w+ \\d{4}, \\d+:\\d\\d/
  - paragraph:
    - link "Add to calendar"
  - heading "To move or cancel" [level=2]
  - paragraph:
    - link "See, move or cancel the appointment"
"""
TIME_NAME = re.compile(r"(Mon|Tues|Wednes|Thurs|Fri)day \d{1,2} [A-Z]\w+, \d{1,2}:\d\d, Aino Koivuranta")


def assert_told(page: Page, snapshot: str) -> None:
    """The tree holds this, in this order; and one main heading, whose level is not skipped below it."""
    expect(page.locator("body")).to_match_aria_snapshot(snapshot)
    levels = [
        int(tag[1])
        for tag in page.locator("main").locator("h1, h2, h3").evaluate_all("all => all.map(h => h.tagName)")
    ]
    assert levels.count(1) == 1
    assert levels[0] == 1 or 1 not in levels[1:]
    assert all(lower <= upper + 1 for upper, lower in pairwise(levels))


def test_each_step_says_what_it_is(portal: Portal, new_context: NewContext) -> None:
    visitor = Visitor(portal, new_context(locale="en-GB"), "demoklinikka")
    page = visitor.page
    visitor.open()
    assert_told(page, FRAME)
    assert_told(page, FRONT)
    for name in AINO:
        visitor.answer(name)
        expect(page.locator("h1")).to_be_focused()
    assert_told(page, WEEK)
    for button in page.locator(".days button[name=at]").all():
        name = button.get_attribute("aria-label") or ""
        assert TIME_NAME.fullmatch(name)
        assert button.inner_text() in name

    visitor.follow(page.locator(".days button[name=at]").first)
    assert_told(page, DETAILS)
    visitor.continue_()
    assert_told(page, ERRORS)
    expect(page.locator("#errors")).to_be_focused()
    assert page.title().startswith("Error:")
    expect(page.locator("#id_first_name")).to_have_accessible_description("Please give your first name.")
    expect(page.locator("#id_first_name")).to_have_attribute("aria-invalid", "true")
    visitor.type_details()
    visitor.continue_()
    assert_told(page, CODE)
    visitor.type_code()
    assert_told(page, DONE)
