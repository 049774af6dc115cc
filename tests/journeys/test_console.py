"""The console in a browser: signing in, every page looked at, a passkey under the page's policy."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.journeys.inspector import Inspector
from tests.journeys.portal import Portal
from tests.journeys.test_everyone import DESK, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

NewContext = Callable[..., BrowserContext]
PAGES = [
    *("bookings/", "bookings/calendar/", "bookings/calendar/?view=day", "bookings/export/"),
    *("", "general/", "registration/", "order/", "changes/", "times/", "people/", "audit/"),
    *("privacy/", "privacy/retention/", "privacy/record/", "statistics/", "status/", "sms-provider/"),
    *("messages/", "messages/received/", "messages/status/"),
    *("2fa/", "2fa/totp/activate/", "2fa/webauthn/add/", "sessions/", "password/change/"),
]


def sign_in(portal: Portal, context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto(portal.url("demoklinikka", "/manage/"))
    page.fill("#id_login", "owner@journeys.example")
    page.fill("#id_password", portal.environment["DEMO_PASSWORD"])
    page.click("form .submit button")
    page.wait_for_url("**/manage/")
    return page


def confirm(portal: Portal, page: Page) -> None:
    """Shows once more who it is, where the page asks."""
    if "/reauthenticate/" in page.url:
        page.fill("#id_password", portal.environment["DEMO_PASSWORD"])
        page.click("form .submit button")


@pytest.mark.parametrize("window", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_on_any_page_of_the_console(
    portal: Portal, new_context: NewContext, window: dict[str, int]
) -> None:
    page = sign_in(portal, new_context(viewport=window))
    inspector = Inspector(page)
    too_wide = []
    for path in PAGES:
        page.goto(portal.url("demoklinikka", f"/manage/{path}"))
        confirm(portal, page)
        inspector.look(path)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            too_wide.append(path)

    assert inspector.faults == []
    assert too_wide == []


def test_settings_are_saved_without_javascript(portal: Portal, new_context: NewContext) -> None:
    page = sign_in(portal, new_context(locale="en-GB", viewport=PHONE, java_script_enabled=False))
    page.click(".nav-bar summary")
    page.click(".nav-bar a[href='/manage/times/']")
    page.fill("#id_hold_minutes", "61")
    page.click(".save button")
    assert "Please check these" in page.inner_text("main")
    page.fill("#id_hold_minutes", "10")
    page.click(".save button")

    assert "Saved." in page.inner_text("main")


def test_passkey_signs_in_under_the_pages_policy(portal: Portal, new_context: NewContext) -> None:
    context = new_context(locale="en-GB", viewport=DESK)
    page = sign_in(portal, context)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**options, "hasUserVerification": True, "isUserVerified": True}},
    )
    page.goto(portal.url("demoklinikka", "/manage/2fa/webauthn/add/"))
    confirm(portal, page)
    page.check("#id_passwordless")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/recovery-codes/")
    page.goto(portal.url("demoklinikka", "/manage/logout/"))
    page.click("main button")
    page.goto(portal.url("demoklinikka", "/manage/login/"))
    page.click("#passkey_login")
    page.wait_for_url("**/manage/")

    assert complaints == []
    page.goto(portal.url("demoklinikka", "/manage/2fa/webauthn/"))
    page.click("text=Remove")
    confirm(portal, page)
    page.click("main button")
