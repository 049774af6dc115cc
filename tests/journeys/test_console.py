"""The console in a browser: signing in, every page looked at, a passkey under the page's policy."""

from collections.abc import Callable
from typing import LiteralString

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.journeys.inspector import DESK, PHONE, Inspector
from tests.journeys.patient import Patient
from tests.journeys.portal import Portal
from tests.journeys.walk import AINO

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

NewContext = Callable[..., BrowserContext]
PAGES = [
    *("bookings/", "bookings/calendar/", "bookings/calendar/?view=day", "bookings/export/"),
    *("", "general/", "registration/", "order/", "changes/", "times/", "audit/"),
    *("privacy/retention/", "privacy/record/", "statistics/", "status/", "sms-provider/"),
    *("texts/", "texts/welcome/fi/", "looks/", "address/", "analytics/"),
    *("messages/", "messages/status/", "send/"),
]
"""Those with scripts, with much in them, or that hang in no gallery."""

QUIET: LiteralString = (
    "update clinics_organisationsettings set quiet_from = %s::time, quiet_until = %s::time returning 1"
)


def sign_in(portal: Portal, context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto(portal.url("demoklinikka", "/manage/"))
    page.fill("#id_login", "owner@journeys.example")
    page.fill("#id_password", portal.environment["DEMO_PASSWORD"])
    page.click("form .submit button")
    page.wait_for_url("**/manage/")
    return page


def signed_in(portal: Portal, context: BrowserContext) -> Page:
    """The same without typing anything, where a browser has signed the owner in before."""
    if portal.owners_session:
        context.add_cookies(portal.owners_session)
        page = context.new_page()
        page.goto(portal.url("demoklinikka", "/manage/"))
        if page.url.endswith("/manage/"):
            return page
    page = sign_in(portal, context)
    portal.owners_session = [each for each in context.cookies() if each["name"].endswith("session")]
    return page


def confirm(portal: Portal, page: Page) -> None:
    """Shows once more who it is, where the page asks."""
    if "/reauthenticate/" in page.url:
        page.fill("#id_password", portal.environment["DEMO_PASSWORD"])
        page.click("form .submit button")


def test_axe_finds_nothing_on_the_pages_of_the_console(portal: Portal, new_context: NewContext) -> None:
    """As they are with their scripts; all their states: test_console_gallery.py."""
    page = signed_in(portal, new_context())
    inspector = Inspector(page)
    for path in PAGES:
        page.goto(portal.url("demoklinikka", f"/manage/{path}"))
        confirm(portal, page)
        inspector.look_at_both_widths(path)

    assert inspector.faults == []


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


def test_recall_of_a_selection_reaches_each_once(portal: Portal, new_context: NewContext) -> None:
    """Ticked in the list, previewed, counted, pressed twice; the counts follow by themselves."""
    portal.rows(QUIET, "00:00", "00:00")
    people = [booked_person(portal, place) for place in (3, 4)]
    page = signed_in(portal, new_context(locale="en-GB", viewport=DESK))
    page.goto(portal.url("demoklinikka", "/manage/bookings/"))
    for patient in people:
        page.check(f"input[name=booking][value='{patient.booking_id}']")
    page.click("button[name=ticked]")
    page.check("input[name=kind][value=recall]")
    page.click("main button.button")
    page.fill("#id_body_fi", "Tervetuloa [etunimi]! € [linkki]")
    assert page.inner_text(".sms-count") == page.inner_text(".sms-count").strip() != ""
    page.click("text=Show what is typed")
    page.frame_locator("iframe[name=preview]").locator("text=Tervetuloa Maija!").wait_for()
    page.click("text=On to the count")
    page.dblclick("text=Send 2 messages")
    page.wait_for_selector("text=All of it has left.")

    for patient in people:
        got = [
            entry["text"] for entry in portal.messages(patient.person.mobile) if "Tervetuloa" in entry["text"]
        ]
        assert got == [f"Tervetuloa Maija! € {portal.url('demoklinikka')}"]
    portal.rows(QUIET, None, None)


def booked_person(portal: Portal, place: int) -> Patient:
    with Patient(portal, "demoklinikka") as patient:
        patient.choose(*AINO)
        patient.book(patient.times()[place])
    return patient


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
