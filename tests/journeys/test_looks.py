"""The clinic's looks, words and counting in a browser: seen before they are saved, each in its place."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from clinics.formatted_texts import unusable_links
from tests.clinics.test_formatted_texts import hostile
from tests.journeys.fake_analytics import fake_analytics
from tests.journeys.inspector import DESK, PHONE
from tests.journeys.portal import Portal
from tests.journeys.switches import chosen
from tests.journeys.test_console import confirm, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

NewContext = Callable[..., BrowserContext]
FRAME = "iframe[name=preview]"


def test_preview_follows_what_is_typed(portal: Portal, new_context: NewContext) -> None:
    page = signed_in(portal, new_context(locale="en-GB", viewport=DESK))
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(portal.url("demoklinikka", "/manage/texts/welcome/fi/"))
    page.fill("#id_heading", "Uusi otsikko")
    page.fill("#id_body", "**Lihava** sana")
    page.frame_locator(FRAME).locator("h1", has_text="Uusi otsikko").wait_for()
    assert page.frame_locator(FRAME).locator("strong").inner_text() == "Lihava"
    page.goto(portal.url("demoklinikka", "/manage/looks/"))
    page.check("input[value='#7a3e9d']")
    sheet = page.frame_locator(FRAME).locator("link[href*='v=27a3e9d']")
    sheet.wait_for(state="attached")

    colour = (
        page.frame_locator(FRAME)
        .locator("a, button")
        .first.evaluate(
            "() => getComputedStyle(document.documentElement).getPropertyValue('--accent').trim()"
        )
    )
    assert colour == "#7a3e9d"
    assert complaints == []
    assert "Uusi otsikko" not in str(portal.rows("select heading from clinics_portaltext"))


def test_preview_is_shown_by_its_button_without_javascript(portal: Portal, new_context: NewContext) -> None:
    page = signed_in(portal, new_context(locale="en-GB", viewport=PHONE, java_script_enabled=False))
    page.goto(portal.url("demoklinikka", "/manage/texts/welcome/en/"))
    page.fill("#id_heading", "A new heading")
    page.click(".preview button")

    page.frame_locator(FRAME).locator("h1", has_text="A new heading").wait_for()
    page.click("text=Fetch the standard text")
    assert page.input_value("#id_heading") == "Book your visit"


def test_address_is_looked_up_while_it_is_typed(portal: Portal, new_context: NewContext) -> None:
    page = signed_in(portal, new_context(locale="en-GB", viewport=DESK))
    page.goto(portal.url("demoklinikka", "/manage/address/"))
    confirm(portal, page)
    page.locator("#id_subdomain").press_sequentially("pikkuhammas")

    page.locator("#availability .is-bad", has_text="Another clinic has this address.").wait_for()
    page.fill("#id_subdomain", "uusi-nimi")
    page.locator("#availability .is-good", has_text="Free: http://uusi-nimi.").wait_for()


def test_hostile_words_run_nowhere(portal: Portal, new_context: NewContext) -> None:
    """In the form, in its preview and on the patients' page; the corpus is that of the formatting."""
    words = (typed.replace("\x00", "") for typed in hostile(100))
    corpus = "\n\n".join(typed for typed in words if not unusable_links(typed))[:9_900]
    page = signed_in(portal, new_context(locale="en-GB", viewport=DESK))
    ran: list[str] = []
    page.on("dialog", lambda dialog: ran.append(dialog.message))
    page.goto(portal.url("demoklinikka", "/manage/texts/closed/en/"))
    page.fill("#id_body", corpus)
    page.fill("#id_heading", "<img src=x onerror=alert(1)>")
    page.click(".preview button")
    page.frame_locator(FRAME).locator("h1", has_text="<img").wait_for()
    page.click(".save .button")
    page.locator(".notice", has_text="Saved.").wait_for()
    with chosen(portal, "demoklinikka", new_booking=False):
        page.goto(portal.url("demoklinikka", "/"))
        assert page.locator("h1").inner_text().startswith("<img")
        assert page.locator("main img, main script, main iframe, main svg, main [onerror]").count() == 0
    assert ran == []
    portal.rows("delete from clinics_portaltext where place = 'closed' returning id")


def test_counting_starts_with_a_yes_and_stops_before_anything_personal(
    portal: Portal, new_context: NewContext, tmp_path: Path
) -> None:
    with fake_analytics(tmp_path) as server:
        counted = {"analytics_service": "matomo", "analytics_address": server.address, "analytics_site": "3"}
        with chosen(portal, "demoklinikka", **counted):
            context = new_context(locale="en-GB", viewport=DESK, ignore_https_errors=True)
            page = context.new_page()
            elsewhere: list[str] = []
            own = portal.host("demoklinikka")
            page.on("request", lambda sent: None if own in sent.url[:60] else elsewhere.append(sent.url))

            page.goto(portal.url("demoklinikka", "/"))
            page.click(".asking button[value=no]")
            page.wait_for_load_state()
            page.reload()
            assert server.asked == elsewhere == []

            page.goto(portal.url("demoklinikka", "/privacy/"))
            page.click(".answering button[value=yes]")
            page.wait_for_load_state()
            assert elsewhere == []
            with page.expect_request("**/matomo.php?**") as visit:
                page.goto(portal.url("demoklinikka", "/?clinic=secret"))
            assert "secret" not in visit.value.url

            walk_to_details(page)
            counted_before = len(elsewhere)
            assert counted_before > 0
            assert all(url.startswith(server.address) for url in elsewhere)
            assert "treatment" not in str(server.asked)
            page.fill("#id_first_name", "Salainen")
            page.reload()
            page.goto(portal.url("demoklinikka", "/privacy/"))
            page.goto(portal.url("demoklinikka", "/waiting/"))
            page.goto(portal.url("demoklinikka", "/manage/login/"))

            assert len(elsewhere) == counted_before


def walk_to_details(page: Page) -> None:
    """Clicks the first answer of each question and the first time."""
    for _step in range(6):
        if "/details/" in page.url:
            break
        page.locator("main .answers a, main .day button").first.click()
        page.wait_for_load_state()
    assert "/details/" in page.url
    assert page.locator("script[src^='https:']").count() == 0
    assert page.locator("script[src*='analytics']").count() == 0
