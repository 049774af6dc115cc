"""Browsers in front of portals, without a network between them."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

import pytest
from django.test import Client

from clinics.models import OrganisationSettings
from notifications.models import Kind, Message
from scheduling.forms import stamp_of
from scheduling.login_codes import answer_code, unanswered_codes
from scheduling.models import Booking
from tests.conftest import Practice
from tests.factories import next_monday_at

TYPED = {
    "first_name": "Maija",
    "last_name": "Meikäläinen",
    "mobile": "040 1234567",
    "email": "maija@example.com",
    "consent": "on",
}


class Answer(Protocol):
    """What a test client gives back, as far as it is looked at here."""

    status_code: int

    @property
    def content(self) -> bytes: ...

    @property
    def headers(self) -> Mapping[str, str]: ...


class Browser(Client):
    """Somebody's browser, pointed at one host and speaking one language."""

    def __init__(self, host: str, language: str = "en") -> None:
        super().__init__(headers={"host": host, "accept-language": language})

    def choose(self, practice: Practice, starts_at: datetime, practitioner: str | None = None) -> Answer:
        """Sends the button of a time on the week page."""
        return self.post(
            "/book/time/",
            {
                "clinic": practice.clinic.public_id,
                "treatment": practice.treatment.public_id,
                "practitioner": practitioner or practice.practitioner.public_id,
                "at": stamp_of(starts_at),
            },
        )

    def choose_anywhere(self, practice: Practice, starts_at: datetime) -> str:
        """Holds a time at any clinic with anybody; the address below which its pages are."""
        response = self.post(
            "/book/time/",
            {
                "clinic": "any",
                "treatment": practice.treatment.public_id,
                "practitioner": "any",
                "at": stamp_of(starts_at),
            },
        )
        assert response.status_code == 302
        return str(response.headers["Location"].partition("details/")[0])

    def hold(self, practice: Practice, starts_at: datetime | None = None) -> str:
        """Holds a time; the address below which the pages of the hold are."""
        response = self.choose(practice, starts_at or next_monday_at(9))
        assert response.status_code == 302
        return str(response.headers["Location"].partition("details/")[0])

    def book(self, practice: Practice, starts_at: datetime | None = None) -> str:
        """Books a time; the address below which its pages are."""
        address = self.hold(practice, starts_at)
        self.post(f"{address}details/", TYPED)
        assert self.post(f"{address}code/", {"code": newest_code()}).status_code == 302
        return address


@pytest.fixture
def browser(practice: Practice) -> Browser:
    return Browser(practice.host)


@pytest.fixture
def stranger(practice: Practice) -> Browser:
    """Another browser at the same portal."""
    return Browser(practice.host)


@pytest.fixture
def other_browser(other_practice: Practice) -> Browser:
    return Browser(other_practice.host)


def newest_code() -> str:
    digits = re.search(r"\b\d{6}\b", Message.across.filter(kind=Kind.CODE).latest("pk").body)
    assert digits
    return digits.group()


def open_login(practice: Practice) -> None:
    """Lets patients of the practice log in by SMS."""
    chosen = OrganisationSettings.objects.get(organisation=practice.organisation)
    chosen.login = chosen.sms_login = True
    chosen.save()


def log_in(browser: Browser, then: str = "", mobile: str = TYPED["mobile"]) -> Answer:
    """Logs the browser in with a number that has a booking there; where that leads."""
    asked = browser.post("/login/", {"mobile": mobile, "next": then})
    assert asked.status_code == 302, asked.content
    return type_login_code(browser, next=then)


def type_login_code(browser: Browser, **more: str) -> Answer:
    """Types the newest code, once the worker has looked whether the number is known."""
    for code_id in unanswered_codes(limit=10):
        answer_code(code_id)
    digits = re.search(r"\b\d{6}\b", Message.across.filter(kind=Kind.LOGIN_CODE).latest("pk").body)
    assert digits
    return browser.post("/login/code/", {"code": digits.group(), **more})


def booking_at(address: str) -> Booking:
    """The booking whose pages are below this address."""
    booking: Booking = Booking.across.get(public_id=address.split("/")[2])
    return booking


def text_of(response: Answer) -> str:
    """What stands on the page, without tags and with single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def book_url(practice: Practice, **more: object) -> str:
    """The week page of a practice's one clinic, treatment and practitioner."""
    chosen = {
        "clinic": practice.clinic.public_id,
        "treatment": practice.treatment.public_id,
        "practitioner": practice.practitioner.public_id,
        **more,
    }
    return "/book/?" + "&".join(f"{name}={value}" for name, value in chosen.items())
