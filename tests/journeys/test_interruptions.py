"""Two tabs, the back button, a reload, a hold that runs out, codes that do not fit: nothing is lost."""

from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.journeys.portal import Portal
from tests.journeys.visitor import Visitor
from tests.journeys.waiting import eventually
from tests.journeys.walk import AINO, let_expire

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

NewContext = Callable[..., BrowserContext]
EERO = ("Demoklinikka Keskusta", "Hammastarkastus", "Eero Lehtisalo")


def at_the_times(portal: Portal, context: BrowserContext) -> Visitor:
    visitor = Visitor(portal, context, "demoklinikka")
    visitor.go_to_times(*EERO)
    return visitor


def first_typed(visitor: Visitor) -> str:
    return visitor.page.locator("#id_first_name").input_value()


def test_two_tabs_hold_two_times_and_book_both(portal: Portal, new_context: NewContext) -> None:
    context = new_context(locale="en-GB")
    one, two = at_the_times(portal, context), at_the_times(portal, context)
    one.follow(one.page.locator(".days button[name=at]").nth(0))
    two.follow(two.page.locator(".days button[name=at]").nth(1))
    assert one.booking_id != two.booking_id

    for tab in (two, one):
        tab.type_details()
        tab.continue_()
        tab.type_code()
        assert tab.heading == "Your time is booked"


def test_stale_tab_says_so_and_shows_the_way_on(portal: Portal, new_context: NewContext) -> None:
    context = new_context(locale="en-GB")
    one, two = at_the_times(portal, context), at_the_times(portal, context)
    stamp = two.stamps()[0]
    moment = datetime.strptime(stamp, "%Y%m%dT%H%M%z")
    one.hold(moment)
    two.hold(moment)
    expect(two.page.locator(".notice, [role=status]").first).to_contain_text("just been taken")
    assert stamp not in two.stamps()

    two.page.goto(one.page.url)
    two.submit(two.page.locator("aside button[value=clinic]"))
    one.type_details()
    one.continue_()
    assert one.heading == "The time is no longer held"
    one.follow(one.page.get_by_role("link", name="Choose a time"))
    one.hold(moment)
    assert first_typed(one) == one.person.first_name


def test_tab_left_behind_leads_to_the_booking(portal: Portal, new_context: NewContext) -> None:
    context = new_context(locale="en-GB")
    one = at_the_times(portal, context)
    one.follow(one.page.locator(".days button[name=at]").first)
    one.type_details()
    one.continue_()
    two = Visitor(portal, context, "demoklinikka")
    two.page.goto(one.page.url)
    code = one.code()
    one.type_code(code)
    two.type_code(code)

    assert two.path == one.path
    assert two.heading == "Your time is booked"


def test_back_and_reload_lose_nothing_at_any_step(portal: Portal, new_context: NewContext) -> None:
    visitor = Visitor(portal, new_context(locale="en-GB"), "demoklinikka")
    visitor.open()
    trail = [(visitor.path, visitor.heading)]
    for name in AINO:
        visitor.answer(name)
        trail.append((visitor.path, visitor.heading))
    for path, heading in reversed(trail[:-1]):
        go_back(visitor)
        assert (visitor.path, visitor.heading) == (path, heading)
        visitor.page.reload()
        assert (visitor.path, visitor.heading) == (path, heading)
    visitor.open(trail[-1][0])
    visitor.follow(visitor.page.locator(".days button[name=at]").first)
    details = visitor.path
    visitor.page.reload()
    assert (visitor.path, visitor.heading) == (details, "Your details")
    visitor.type_details()
    visitor.continue_()
    visitor.page.reload()
    assert visitor.heading == "Type the code we sent you"

    go_back(visitor)
    assert visitor.path == details
    visitor.page.reload()
    for name, value in visitor.person.typed.items():
        if name not in ("consent", "mobile"):
            expect(visitor.page.locator(f"#id_{name}")).to_have_value(value)
    expect(visitor.page.locator("#id_consent")).to_be_checked()
    with visitor.page.expect_event("load"):
        visitor.page.go_forward()
    visitor.settle()
    visitor.type_code()
    done = visitor.path
    go_back(visitor)
    assert (visitor.path, visitor.heading) == (done, "Your time is booked")
    visitor.page.reload()
    assert visitor.heading == "Your time is booked"


def go_back(visitor: Visitor) -> None:
    """Pages come anew from the portal, so that none shows a time that has gone since."""
    with visitor.page.expect_event("load"):
        visitor.page.go_back()
    visitor.settle()


def test_hold_that_runs_out_while_typing_keeps_what_is_typed(portal: Portal, new_context: NewContext) -> None:
    visitor = at_the_times(portal, new_context(locale="en-GB"))
    visitor.follow(visitor.page.locator(".days button[name=at]").first)
    visitor.type_details()
    visitor.page.locator("#id_message").fill("By bus")
    let_expire(portal, visitor.booking_id)
    visitor.continue_()

    assert visitor.heading == "The time is no longer held"
    visitor.follow(visitor.page.get_by_role("link", name="Choose a time"))
    visitor.follow(visitor.page.locator(".days button[name=at]").first)
    assert first_typed(visitor) == visitor.person.first_name
    expect(visitor.page.locator("#id_message")).to_have_value("By bus")
    visitor.continue_()
    visitor.type_code()
    assert visitor.heading == "Your time is booked"


def test_wrong_expired_and_old_codes_are_told_apart(portal: Portal, new_context: NewContext) -> None:
    visitor = at_the_times(portal, new_context(locale="en-GB"))
    page = visitor.page
    visitor.follow(page.locator(".days button[name=at]").first)
    visitor.type_details()
    visitor.continue_()
    old = visitor.code()
    visitor.type_code(f"{(int(old) + 1) % 1_000_000:06}")
    expect(page.locator("#errors")).to_be_focused()
    expect(page.locator("#errors")).to_contain_text("You can try 4 more times.")

    age_codes(portal, visitor.booking_id)
    visitor.type_code(old)
    expect(page.locator("#errors")).to_contain_text("This code is not valid any more.")
    visitor.submit(page.get_by_role("button", name="Send a new code"))
    visitor.page.wait_for_url("**/code/?sent=1")
    new = eventually(lambda: other_code(visitor, old), "a new code comes")
    visitor.type_code(old if old != new else "000000")
    expect(page.locator("#errors")).to_contain_text("You can try 4 more times.")
    visitor.type_code(new)
    assert visitor.heading == "Your time is booked"


def other_code(visitor: Visitor, old: str) -> str:
    found = visitor.received_code()
    return "" if found == old else found


def age_codes(portal: Portal, booking: str) -> None:
    """As if the codes' minutes had gone by, and with them the wait for a new one."""
    moved = portal.rows(
        "update scheduling_confirmationcode c set created_at = c.created_at - interval '1 hour',"
        " expires_at = c.created_at from scheduling_booking b"
        " where b.id = c.booking_id and b.public_id = %s returning 1",
        booking,
    )
    assert moved
