"""A patient without a browser: follows the pages' links and sends their forms, as a browser would."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Self
from urllib.parse import urlsplit

import httpx

from tests.journeys.pages import Page
from tests.journeys.portal import Portal
from tests.journeys.surgery import Row
from tests.journeys.waiting import eventually

STAMP = "%Y%m%dT%H%MZ"
CODE = re.compile(r"\b\d{6}\b")
_numbers = count(1)


@dataclass(frozen=True)
class Person:
    """Somebody whom nobody else in the journeys shares a number or an address with."""

    first_name: str
    last_name: str
    mobile: str
    email: str

    @classmethod
    def new(cls) -> Self:
        number = next(_numbers)
        return cls(
            "Maija", f"Meikäläinen{number}", f"+35840{7000000 + number}", f"maija{number}@mail.example"
        )

    @property
    def typed(self) -> dict[str, str]:
        return {
            "first_name": self.first_name,
            "last_name": self.last_name,
            "mobile": self.mobile,
            "email": self.email,
            "consent": "on",
        }


class Patient:
    """One person in front of one organisation's portal, with cookies of their own."""

    def __init__(self, portal: Portal, subdomain: str, *, language: str = "fi") -> None:
        self.portal = portal
        self.person = Person.new()
        headers = {"Host": portal.host(subdomain), "Accept-Language": language}
        base = f"http://127.0.0.1:{portal.addresses.port}"
        self.http = httpx.Client(base_url=base, headers=headers, timeout=60, trust_env=False)
        self.path = "/"
        self.status = 0
        self.page = Page("")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    # One step at a time

    def open(self, path: str) -> Page:
        return self.arrive(self.http.get(path))

    def send(self, action: str, **fields: str) -> Page:
        """Send a form of this page with what it holds and what is typed; arrive where it leads."""
        form = self.page.form(action)
        return self.arrive(self.http.post(form.action or self.path, data={**form.fields, **fields}))

    def arrive(self, response: httpx.Response) -> Page:
        while response.is_redirect:
            to = urlsplit(response.headers["Location"])
            response = self.http.get(f"{to.path}?{to.query}" if to.query else to.path)
        self.path, self.status = response.request.url.raw_path.decode(), response.status_code
        self.page = Page(response.text)
        return self.page

    # The way to a booking

    def choose(self, *names: str) -> None:
        """From the front page to the times, answering each question with whichever of the names it offers."""
        self.open("/")
        while self.page.answers:
            self.open(next(self.page.answers[name] for name in names if name in self.page.answers))

    def times(self) -> list[datetime]:
        """The times that the page offers."""
        return sorted({datetime.strptime(stamp, STAMP).replace(tzinfo=UTC) for stamp in self.stamps()})

    def stamps(self) -> Iterator[str]:
        for name, value in self.page.form("/book/time/").buttons:
            if name == "at":
                yield value

    def go_to_week(self, moment: datetime) -> None:
        self.open(f"{self.path.partition('&week')[0]}&week={moment.date()}")

    def hold(self, moment: datetime) -> None:
        """Choose a time of the page, and arrive at the details."""
        self.send("/book/time/", at=moment.strftime(STAMP))

    def give_details(self, **changes: str) -> None:
        self.send("", **self.person.typed, **changes)

    def type_code(self, code: str = "") -> None:
        assert self.path.endswith("/code/"), self.page.text
        self.send("/code/", code=code or self.code())

    def book(self, moment: datetime) -> None:
        """From the page with the times to "done"."""
        self.hold(moment)
        self.give_details()
        self.type_code()

    # What the patient gets

    @property
    def booking_id(self) -> str:
        return self.path.split("/")[2]

    def code(self) -> str:
        """The digits that the phone has received, once it has."""
        return eventually(self.received_code, f"{self.person.mobile} gets a code")

    def received_code(self) -> str:
        found = [CODE.search(entry["text"]) for entry in self.sms()]
        return next((match.group() for match in reversed(found) if match), "")

    def sms(self) -> list[Row]:
        return self.portal.messages(self.person.mobile)

    def mail(self) -> list[Row]:
        return self.portal.messages(self.person.email)

    def message_counts(self) -> tuple[int, int]:
        """How many SMS and e-mails have come."""
        return len(self.sms()), len(self.mail())
