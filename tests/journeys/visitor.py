"""A patient in front of a real browser."""

from datetime import datetime
from typing import Any

from playwright.sync_api import BrowserContext, Locator, expect

from tests.journeys.patient import CODE, STAMP, Patient, Person
from tests.journeys.portal import Portal
from tests.journeys.waiting import eventually

# What htmx marks while a page is on its way or being put in place.
UNSETTLED = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"


class Visitor:
    """One browser of one person, on one organisation's portal; knows nothing that is not on the page."""

    def __init__(self, portal: Portal, context: BrowserContext, subdomain: str) -> None:
        self.portal = portal
        self.subdomain = subdomain
        self.person = Person.new()
        self.page = context.new_page()
        self.page.set_default_timeout(60_000)

    # One step at a time

    def open(self, path: str = "/") -> None:
        self.page.goto(self.portal.url(self.subdomain, path))

    def follow(self, link: Locator) -> None:
        """Click what leads to another address, and wait until that page stands."""
        before = self.page.url
        link.click()
        self.page.wait_for_url(lambda url: url != before)
        self.settle()

    def submit(self, button: Locator) -> None:
        """Send a form, and wait for whatever page answers it, at this address or another."""
        with self.page.expect_response(lambda response: response.request.method == "POST"):
            button.click()
        self.settle()

    def settle(self) -> None:
        self.page.wait_for_load_state()
        expect(self.page.locator(UNSETTLED)).to_have_count(0)

    # The way to a booking

    @property
    def answers(self) -> Locator:
        return self.page.locator("a.answer")

    def answer(self, *names: str) -> None:
        """Answer the question of this page with whichever of the names it offers."""
        offered = self.answers.locator(".answer-name").all_inner_texts()
        name = next(name for name in names if name in offered)
        self.follow(self.answers.filter(has=self.page.get_by_text(name, exact=True)).first)

    def choose(self, *names: str) -> None:
        """From the front page to the times."""
        self.open()
        while self.answers.count():
            self.answer(*names)

    def go_to_times(self, *names: str) -> None:
        """The same at once: where these answers lead is asked without a browser, and known from then on."""
        known = self.portal.known_times
        if (self.subdomain, names) not in known:
            with Patient(self.portal, self.subdomain) as patient:
                patient.choose(*names)
                known[self.subdomain, names] = patient.path
        self.open(known[self.subdomain, names])

    def stamps(self) -> list[str]:
        """The times in the week's columns, as the buttons send them."""
        buttons = self.page.locator(".days button[name=at]")
        return [str(button.get_attribute("value")) for button in buttons.all()]

    def time_button(self, moment: datetime) -> Locator:
        return self.page.locator(f".days button[name=at][value='{moment.strftime(STAMP)}']")

    def hold(self, moment: datetime) -> None:
        self.follow(self.time_button(moment))

    def type_details(self) -> None:
        for name, value in self.person.typed.items():
            if name != "consent":
                self.page.locator(f"#id_{name}").fill(value)
        self.page.locator("#id_consent").check()

    def continue_(self) -> None:
        self.submit(self.page.locator("form.form .submit button"))

    def type_code(self, code: str = "") -> None:
        self.page.locator("#id_code").fill(code or self.code())
        self.continue_()

    def code(self) -> str:
        """The digits that the phone has received, once it has."""
        return eventually(self.received_code, f"{self.person.mobile} gets a code")

    def received_code(self) -> str:
        found = [CODE.search(entry["text"]) for entry in self.portal.messages(self.person.mobile)]
        return next((match.group() for match in reversed(found) if match), "")

    # What can be seen

    @property
    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.portal.url(self.subdomain, ""))

    @property
    def booking_id(self) -> str:
        return self.path.split("/")[2]

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        found: Any = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        return int(found)
