"""From the welcome mail to an open portal: the operator, a new owner, an agent and a patient, each for real.

In earnest, not as a demo: everybody needs a second factor, and mail leaves for a mail server.
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import BrowserContext, Page, expect

from booking_portal.launch.commands import run_python
from tests.clinics.pictures import painted, sent
from tests.journeys.inspector import DESK, PHONE
from tests.journeys.portal import Portal
from tests.journeys.surgery import Surgery
from tests.journeys.visitor import Visitor
from tests.journeys.waiting import eventually
from tests.notifications.conftest import AnyPort, Postbox

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

NewContext = Callable[..., BrowserContext]
OPERATOR, OWNER = "olli@operator.example", "omistaja@aamuhammas.example"
PASSWORD = "kolme pitkää sanaa peräkkäin"
NAME, SUBDOMAIN = "Aamuhammas", "aamuhammas"
IN_EARNEST = ("web", "worker")


@contextmanager
def told(portal: Portal, **environment: str) -> Iterator[None]:
    """The portal's processes with something else in their environment, and as they were afterwards."""
    programs = [portal.programs[name] for name in IN_EARNEST]
    before = [program.environment for program in programs]
    try:
        for program in programs:
            program.kill()
            program.environment = program.environment | environment
        portal.mend()
        yield
    finally:
        for program, known in zip(programs, before, strict=True):
            program.kill()
            program.environment = known


@pytest.fixture
def postbox(portal: Portal) -> Iterator[Postbox]:
    """A mail server, which is where the portal in earnest sends its mail to."""
    postbox = Postbox()
    controller = AnyPort(postbox, hostname="127.0.0.1", port=0, server_hostname="mail.test")
    controller.start()
    mail = {"EMAIL_TRANSPORT": "smtp", "EMAIL_URL": f"smtp://127.0.0.1:{controller.port}"}
    try:
        with told(portal, DEMO="0", SMS_TRANSPORT="file", **mail):
            yield postbox
    finally:
        controller.stop()


@pytest.fixture
def surgery(portal: Portal) -> Iterator[Surgery]:
    """The new clinic's side: an appointment book like another's, and an agent that knows no portal yet."""
    surgery = portal.surgery(SUBDOMAIN, NAME)
    run_python(
        ["-m", "agent", "demo-book", "--database", surgery.book_url, "--organisation", "pikkuhammas"],
        portal.environment,
    )
    yield surgery
    if surgery.agent.is_running:
        surgery.agent.kill()


def mail_to(postbox: Postbox, address: str) -> str:
    """What the first mail to the address says, once there is one."""
    for envelope in postbox.taken:
        if address in envelope.rcpt_tos and isinstance(envelope.content, bytes):
            plain = message_from_bytes(envelope.content, policy=default).get_body(["plain"])
            return str(plain.get_content()) if plain else ""
    return ""


def press(page: Page) -> None:
    """The page's one button that goes on."""
    with page.expect_navigation():
        page.click("main form .submit button")


def log_in(page: Page, email: str) -> None:
    page.fill("#id_login", email)
    page.fill("#id_password", PASSWORD)
    press(page)


def set_up_app(page: Page) -> str:
    """A second factor, without which nobody comes further; gives the app's secret."""
    expect(page.locator("main")).to_contain_text("set up")
    page.click("a[href$='/2fa/totp/activate/']")
    page.fill("#id_password", PASSWORD)
    press(page)
    secret = page.inner_text("main code")
    page.fill("#id_code", app_code(secret))
    press(page)
    page.wait_for_url("**/recovery-codes/")
    return secret


def app_code(secret: str) -> str:
    code: str = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    return code


def save(page: Page) -> None:
    with page.expect_navigation():
        page.click(".save .button")
    expect(page.locator(".notice").first).to_contain_text("Saved.")


def test_new_owner_opens_a_portal_and_sees_the_first_booking(
    portal: Portal, postbox: Postbox, surgery: Surgery, new_context: NewContext, tmp_path: Path
) -> None:
    make_operator(portal)
    open_account(portal, new_context(locale="en-GB", viewport=DESK).new_page())

    text = eventually(lambda: mail_to(postbox, OWNER), "the welcome mail arrives")
    (link,) = re.findall(r"http://\S+/join/\S+", text)
    (key,) = re.findall(rf"{SUBDOMAIN}-\S+", text)
    page = new_context(locale="en-GB", viewport=DESK).new_page()
    join(portal, page, link)

    patient = Visitor(portal, new_context(locale="en-GB", viewport=PHONE), SUBDOMAIN)
    patient.open()
    assert patient.answers.count() == 0

    surgery.activate(portal.addresses.api_url, key)
    surgery.agent.start()
    patient_sees(patient, "a.answer")

    make_it_theirs(portal, page, patient, tmp_path)
    booking = book(patient)

    eventually(lambda: surgery.appointments(booking), "the booking is in the clinic's book")
    eventually(lambda: portal.booking(booking)["accepted_at"], "the agent has said so")
    page.goto(portal.url(SUBDOMAIN, "/manage/bookings/"))
    row = page.locator("tr", has_text=patient.person.last_name)
    expect(row).to_contain_text("Booked")
    page.goto(portal.url(SUBDOMAIN, "/manage/"))
    expect(page.locator("main")).to_contain_text("The agent is in contact.")


def make_operator(portal: Portal) -> None:
    run_python(
        ["manage.py", "createsuperuser", "--no-input", "--email", OPERATOR],
        portal.environment | {"DJANGO_SUPERUSER_PASSWORD": PASSWORD},
    )


def open_account(portal: Portal, page: Page) -> None:
    """By the operator, who reads while typing whether the address is free."""
    page.goto(portal.url("admin"))
    log_in(page, OPERATOR)
    set_up_app(page)
    page.goto(portal.url("admin", "/open/"))
    said = page.locator("#availability")
    page.locator("#id_subdomain").press_sequentially("pikkuhammas")
    expect(said).to_contain_text("Another clinic has this address.")
    page.fill("#id_subdomain", "www")
    expect(said).not_to_contain_text("Another clinic")
    expect(said).not_to_be_empty()
    page.fill("#id_subdomain", SUBDOMAIN)
    expect(said).to_have_text("This address is free.")
    page.fill("#id_name", NAME)
    page.select_option("#id_country", "FI")
    page.select_option("#id_language", "en")
    page.fill("#id_email", OWNER)
    press(page)
    expect(page.locator(".notice").first).to_contain_text("the welcome mail is on its way")


def join(portal: Portal, page: Page, link: str) -> None:
    """The owner's own password, and a second factor before anything else."""
    page.goto(link)
    page.fill("#id_name", "Aamu Omistaja")
    page.fill("#id_password", PASSWORD)
    press(page)
    log_in(page, OWNER)
    set_up_app(page)
    page.goto(portal.url(SUBDOMAIN, "/manage/"))
    expect(page.locator("main")).to_contain_text("never been heard")


def patient_sees(patient: Visitor, selector: str) -> None:
    """On the next view of the first page that shows it."""

    def look() -> bool:
        patient.open()
        return patient.page.locator(selector).count() > 0

    eventually(look, f"patients see {selector}")


def make_it_theirs(portal: Portal, page: Page, patient: Visitor, folder: Path) -> None:
    """Words, a colour, a logo, the door: the patient's very next page has each of them."""
    page.goto(portal.url(SUBDOMAIN, "/manage/general/"))
    page.uncheck("#id_publish_on_portal")
    save(page)
    patient.open()
    assert patient.page.locator("a.answer").count() == 0

    page.goto(portal.url(SUBDOMAIN, "/manage/texts/welcome/en/"))
    page.fill("#id_heading", "Good morning")
    page.fill("#id_body", "Book **before** breakfast.")
    save(page)
    page.goto(portal.url(SUBDOMAIN, "/manage/looks/"))
    page.check("input[value='#7a3e9d']")
    save(page)
    logo = folder / "logo.jpg"
    logo.write_bytes(sent(painted(600, 200)))
    page.set_input_files("#picture_file", logo)
    with page.expect_navigation():
        page.click(".picture-form button.button")
    page.goto(portal.url(SUBDOMAIN, "/manage/general/"))
    page.check("#id_publish_on_portal")
    save(page)

    patient.open()
    expect(patient.page.locator("h1")).to_have_text("Good morning")
    expect(patient.page.locator("main strong", has_text="before")).to_be_visible()
    accent = "getComputedStyle(document.documentElement).getPropertyValue('--accent').trim()"
    assert patient.page.evaluate(accent) == "#7a3e9d"
    assert patient.page.locator("header img").evaluate("image => image.naturalWidth") > 0


def book(patient: Visitor) -> str:
    """As anybody would: the first treatment, the first person, the last time of the week after next."""
    patient.open()
    while patient.answers.count():
        patient.follow(patient.answers.first)
    patient.page.locator(".days button[name=at]").last.click()
    patient.page.wait_for_url("**/details/")
    patient.type_details()
    patient.continue_()
    patient.type_code()
    patient.page.wait_for_url("**/done/")
    return patient.booking_id
