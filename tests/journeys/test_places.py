"""Clinics and practitioners in a browser: ordered by keys and by dragging, a photo cropped."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.clinics.pictures import painted, sent
from tests.journeys.inspector import DESK, PHONE, Inspector
from tests.journeys.portal import Portal
from tests.journeys.test_console import signed_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

NewContext = Callable[..., BrowserContext]
LIST = "/manage/practitioners/"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """Light on the left, dark on the right."""
    path = tmp_path / "me.jpg"
    path.write_bytes(sent(painted(800, 400)))
    return path


@pytest.fixture(autouse=True)
def order_as_it_was(portal: Portal) -> Iterator[None]:
    yield
    portal.rows(
        "update clinics_practitioner p set position ="
        " (select count(*) from clinics_practitioner o where o.external_id < p.external_id) returning 1"
    )
    portal.rows("delete from clinics_picture where practitioner_id is not null returning 1")


def order_on(page: Page) -> list[str]:
    return page.locator(".order .order-words > a").all_inner_texts()


def first_person(portal: Portal, page: Page) -> None:
    page.goto(portal.url("demoklinikka", LIST))
    page.click(".order li:first-child .order-words > a")


def stored_photo(portal: Portal) -> tuple[int, int]:
    (row,) = portal.rows("select width, height from clinics_picture where practitioner_id is not null")
    return row["width"], row["height"]


def test_rows_are_moved_by_keyboard_and_said(portal: Portal, new_context: NewContext) -> None:
    page = signed_in(portal, new_context(locale="en-GB", viewport=DESK))
    page.goto(portal.url("demoklinikka", LIST))
    first, second, *_rest = order_on(page)
    down = page.locator(".order li:first-child [value=down]")
    button = down.get_attribute("id")

    down.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-said]:not(:empty)", state="attached")

    assert order_on(page)[:2] == [second, first]
    assert f"{first} now stands at place 2" in page.inner_text("[data-said]")
    assert page.evaluate("document.activeElement.id") == button


def test_rows_are_moved_by_dragging(portal: Portal, new_context: NewContext) -> None:
    page = signed_in(portal, new_context(locale="en-GB", viewport=DESK))
    page.goto(portal.url("demoklinikka", LIST))
    before = order_on(page)
    handle = page.locator(".order li:first-child .drag").bounding_box()
    target = page.locator(".order li:last-child").bounding_box()
    assert handle
    assert target

    page.mouse.move(handle["x"] + 5, handle["y"] + 10)
    page.mouse.down()
    page.mouse.move(handle["x"] + 5, target["y"] + target["height"] - 4, steps=12)
    page.mouse.up()
    page.wait_for_selector("[data-said]:not(:empty)", state="attached")

    assert order_on(page) == [*before[1:], before[0]]
    page.reload()
    assert order_on(page) == [*before[1:], before[0]]


def test_photo_is_cropped_in_the_page(portal: Portal, new_context: NewContext, photo: Path) -> None:
    page = signed_in(portal, new_context(locale="en-GB", viewport=DESK))
    first_person(portal, page)
    page.set_input_files("#picture_file", photo)
    page.wait_for_selector(".crop:not([hidden])")
    assert [page.input_value(f"#picture_{edge}") for edge in ("left", "width", "height")] == [
        "0.25000",
        "0.50000",
        "1.00000",
    ]
    page.focus(".crop-corner")
    for _press in range(2):
        page.keyboard.press("Shift+ArrowLeft")
    page.focus(".crop-frame")
    page.keyboard.press("Shift+ArrowRight")
    assert page.input_value("#picture_left") == "0.35000"
    assert page.input_value("#picture_width") == "0.30000"
    assert page.input_value("#picture_height") == "0.60000"
    assert "35 percent from the left" in page.inner_text(".crop [role=status]")
    frame = page.locator(".crop-frame").bounding_box()
    assert frame
    page.mouse.move(frame["x"] + 20, frame["y"] + 20)
    page.mouse.down()
    page.mouse.move(frame["x"] + 2000, frame["y"] + 20, steps=5)
    page.mouse.up()
    assert page.input_value("#picture_left") == "0.70000"
    page.click(".picture-form button.button")
    page.wait_for_selector(".picture-now img")
    page.wait_for_load_state("load")

    assert stored_photo(portal) == (240, 240)
    assert page.evaluate("document.querySelector('.picture-now img').naturalWidth") == 240


def test_all_of_it_works_without_javascript(portal: Portal, new_context: NewContext, photo: Path) -> None:
    context = new_context(locale="en-GB", viewport=PHONE, java_script_enabled=False)
    page = signed_in(portal, context)
    page.goto(portal.url("demoklinikka", LIST))
    first, second, *_rest = order_on(page)
    page.click(".order li:first-child [value=down]")
    assert order_on(page)[:2] == [second, first]
    assert f"{first} now stands at place 2" in page.inner_text(".notice")
    page.click(".order li:first-child .order-words > a")
    page.set_input_files("#picture_file", photo)
    page.click(".picture-form button.button")

    assert stored_photo(portal) == (320, 320)
    page.click("text=Remove the picture")
    assert "The photo is removed." in page.inner_text("main")


def test_axe_finds_nothing(portal: Portal, new_context: NewContext, photo: Path) -> None:
    page = signed_in(portal, new_context())
    inspector = Inspector(page)
    for path in ("/manage/clinics/", "/manage/clinics/new/", LIST):
        page.goto(portal.url("demoklinikka", path))
        inspector.look_at_both_widths(path)
    page.goto(portal.url("demoklinikka", "/manage/clinics/"))
    page.click(".order li:first-child .order-words > a")
    inspector.look_at_both_widths("a clinic")
    first_person(portal, page)
    page.set_input_files("#picture_file", photo)
    page.wait_for_selector(".crop:not([hidden])")
    inspector.look_at_both_widths("a practitioner")

    assert inspector.faults == []
