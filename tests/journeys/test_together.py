"""People at the console in a browser: two at once, one who leaves too early, the operator who looks in."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Dialog, Page, expect

from tests.clinics.pictures import painted, sent
from tests.journeys.inspector import DESK, Inspector
from tests.journeys.portal import Portal
from tests.journeys.test_console import signed_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

NewContext = Callable[..., BrowserContext]
TEXT = "/manage/texts/login/en/"
REASON = "The clinic asked us why no times are shown"


@pytest.fixture(autouse=True)
def as_it_was(portal: Portal) -> Iterator[None]:
    yield
    portal.rows("delete from clinics_portaltext where place = 'login' returning 1")


def stored_heading(portal: Portal) -> list[str]:
    rows = portal.rows("select heading from clinics_portaltext where place = 'login' and language = 'en'")
    return [row["heading"] for row in rows]


def editing(portal: Portal, new_context: NewContext, path: str) -> Page:
    page = signed_in(portal, new_context(locale="en-GB", viewport=DESK))
    page.goto(portal.url("demoklinikka", path))
    return page


def save(page: Page) -> None:
    with page.expect_navigation():
        page.click(".save .button")


def test_two_who_save_at_once_are_told_and_lose_nothing(portal: Portal, new_context: NewContext) -> None:
    first, second = editing(portal, new_context, TEXT), editing(portal, new_context, TEXT)
    first.fill("#id_heading", "Hello from Aino")
    first.fill("#id_body", "Her words.")
    second.fill("#id_heading", "Hello from Eero")
    second.fill("#id_body", "His words.")

    save(first)
    expect(first.locator(".notice").first).to_contain_text("Saved.")
    save(second)

    said = second.locator("#errors")
    expect(said).to_be_focused()
    for words in ("Somebody else has saved in the meantime", "Hello from Aino", "Hello from Eero"):
        expect(said).to_contain_text(words)
    expect(second.locator("#id_heading")).to_have_value("Hello from Eero")
    assert stored_heading(portal) == ["Hello from Aino"]

    save(second)
    expect(second.locator(".notice").first).to_contain_text("Saved.")
    assert stored_heading(portal) == ["Hello from Eero"]
    first.fill("#id_heading", "Hello again")
    save(first)
    expect(first.locator("#errors")).to_contain_text("Hello from Eero")


def test_who_leaves_with_unsaved_words_is_asked(portal: Portal, new_context: NewContext) -> None:
    page = editing(portal, new_context, TEXT)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    assert page.locator("form.edit .unsaved").is_hidden()
    page.locator("#id_heading").press_sequentially("Half")
    expect(page.locator("form.edit .unsaved")).to_be_visible()
    with page.expect_event("dialog"):
        page.evaluate("setTimeout(() => location.assign('/manage/'))")

    assert asked == ["beforeunload"]
    assert page.url.endswith(TEXT)
    expect(page.locator("#id_heading")).to_have_value("Half")
    page.fill("#id_body", "Words.")
    save(page)
    page.goto(portal.url("demoklinikka", "/manage/"))
    assert asked == ["beforeunload"]


def test_preview_follows_order_and_logo(portal: Portal, new_context: NewContext, tmp_path: Path) -> None:
    page = editing(portal, new_context, "/manage/order/")
    shown = page.frame_locator("iframe[name=preview]")
    shown.locator(".answer").first.wait_for()
    for place, step in enumerate(["time", "clinic", "treatment", "practitioner"]):
        page.select_option(f"#id_step_order_{place}", step)
    shown.locator("button[name=at]").first.wait_for()

    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(portal.url("demoklinikka", "/manage/looks/"))
    assert shown.locator("header img").count() == 0
    logo = tmp_path / "logo.jpg"
    logo.write_bytes(sent(painted(600, 200)))
    page.set_input_files("#picture_file", logo)
    shown.locator("header img[src^='data:image/']").wait_for()

    stored = portal.rows(
        "select 1 from clinics_picture p join clinics_organisation o on o.id = p.organisation_id"
        " where o.subdomain = 'demoklinikka' and p.practitioner_id is null"
    )
    assert stored == []
    assert (
        portal.rows("select step_order from clinics_organisationsettings where step_order[1] = 'time'") == []
    )


def test_operator_looks_in_for_a_reason_that_owners_read(portal: Portal, new_context: NewContext) -> None:
    operator = new_context(locale="en-GB", viewport=DESK).new_page()
    operator.goto(portal.url("admin"))
    log_in(portal, operator)
    inspector = Inspector(operator)
    inspector.look("organisations")
    operator.fill("input[name=q]", "demoklin")
    operator.keyboard.press("Enter")
    operator.click("main a:has-text('Demoklinikka')")
    inspector.look("an organisation")
    operator.fill("#id_reason", REASON)
    operator.click("button:has-text('Look for an hour')")
    expect(operator.locator(".notice").first).to_contain_text("The owners have been told.")
    operator.click("a:has-text('To the console')")
    log_in(portal, operator)
    expect(operator.locator("main")).to_contain_text("You are here as the operator")
    inspector.look("the console on a visit")
    operator.goto(portal.url("demoklinikka", "/manage/general/"))
    expect(operator.locator("main")).not_to_contain_text("New bookings")

    owner = editing(portal, new_context, "/manage/people/")
    expect(owner.locator("main")).to_contain_text(REASON)
    owner.goto(portal.url("demoklinikka", "/manage/audit/"))
    expect(owner.locator("main")).to_contain_text(REASON)
    assert REASON in str(portal.messages("owner@journeys.example"))
    assert inspector.faults == []


def log_in(portal: Portal, page: Page) -> None:
    page.fill("#id_login", "operator@journeys.example")
    page.fill("#id_password", portal.environment["DEMO_PASSWORD"])
    with page.expect_navigation():
        page.click("form .submit button")
