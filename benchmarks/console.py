"""The clinic's console with many bookings: each page as two people of the clinic ask for it at once."""

import http.client
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import repeat

from django.conf import settings
from django.utils import timezone

from benchmarks.data import Practice
from benchmarks.exchange import get, post_form
from benchmarks.pages import Target, measure_in_turn
from benchmarks.servers import Stage, at
from benchmarks.table import Row, median, quantile
from scheduling.models import Booking, BookingPatient

PEOPLE = 2
ROUND_SECONDS = 0.8
BAR_SECONDS = 0.150
CSRF = "a" * 32
FIRST_BYTES = 20
"""So many downloads are begun, to see when the first byte comes."""


def console_rows(stage: Stage, desk: Practice, key: str) -> list[Row]:
    """Every page with a bar, beside the login page, which asks the database for next to nothing."""
    trivial = target(stage, desk, "console: its login page", ask(stage, desk, "", "/manage/login/"))
    pages = [
        *(
            target(stage, desk, f"console: {name}", ask(stage, desk, key, f"/manage/{path}"))
            for name, path in console_paths(desk).items()
        ),
        *(
            target(stage, desk, f"console: {name}", send(stage, desk, key, path, fields))
            for name, (path, fields) in console_searches(desk).items()
        ),
    ]
    measure_in_turn([trivial, *pages], ROUND_SECONDS)
    compared = median(trivial.seconds)
    csv = first_bytes(stage, desk, key)
    return [
        Row(trivial.name, trivial.rate, trivial.seconds),
        *(row(page.name, page.seconds, compared, page.rate) for page in pages),
        row("console: all bookings as CSV, first byte", csv, compared),
    ]


def row(name: str, seconds: Sequence[float], compared: float, rate: float | None = None) -> Row:
    ratio = f"p50 {median(seconds) / compared:.1f} × login page"
    return Row(name, rate, seconds, ratio, "p95 < 150 ms", quantile(seconds, 0.95) < BAR_SECONDS)


def target(stage: Stage, desk: Practice, name: str, requests: Iterator[bytes]) -> Target:
    slack = 100_000 if "privacy" in name else 0  # the page lists who has searched
    return Target(name, at(stage.pages), requests, lambda answer: None, connections=PEOPLE, slack=slack)


def ask(stage: Stage, desk: Practice, key: str, path: str) -> Iterator[bytes]:
    cookie = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={key}"} if key else None
    return repeat(get(stage.host(desk.subdomain), path, cookie))


def send(stage: Stage, desk: Practice, key: str, path: str, fields: dict[str, str]) -> Iterator[bytes]:
    sent = {"csrfmiddlewaretoken": CSRF, **fields}
    return repeat(post_form(stage.host(desk.subdomain), f"/manage/{path}", sent, cookies(key)))


def cookies(key: str) -> dict[str, str]:
    return {settings.SESSION_COOKIE_NAME: key, settings.CSRF_COOKIE_NAME: CSRF}


def console_paths(desk: Practice) -> dict[str, str]:
    """Pages that only show something. All days: without a first day the list begins a year ago."""
    standing = Booking.across.filter(organisation=desk.organisation, state="booked").latest("pk")
    refused = "bookings/?first=&state=refused"
    who, what = desk.practitioners[0].public_id, desk.treatment.public_id
    today = timezone.localdate()
    return {
        "overview": "",
        "bookings": "bookings/",
        "bookings of all days": "bookings/?first=",
        "bookings refused": refused,
        "bookings of a practitioner, refused": f"{refused}&practitioner={who}",
        "bookings of all that, for a treatment": f"{refused}&practitioner={who}&treatment={what}",
        "bookings, far down the list": f"bookings/?first=&after={standing.public_id}",
        "calendar, week": "bookings/calendar/",
        "calendar, day": "bookings/calendar/?view=day",
        "one booking": f"bookings/{standing.public_id}/",
        **{
            f"numbers of {days} days": f"statistics/?first={today - timedelta(days=days - 1)}&last={today}"
            for days in (30, 90, 365)
        },
    }


def console_searches(desk: Practice) -> dict[str, tuple[str, dict[str, str]]]:
    """What is asked for by POST, since it is about a person."""
    patients = BookingPatient.across.filter(organisation=desk.organisation)
    patient = patients.select_related("booking").latest("pk")
    words = {
        "name": f"{patient.first_name} {patient.last_name}",
        "two letters": patient.last_name[:2],
        "mobile number": patient.mobile.as_e164,
        "e-mail address": patient.email,
        "reference": str(patient.booking.public_id)[:8],
    }
    return {
        **{f"search by {what}": ("bookings/search/", {"q": typed}) for what, typed in words.items()},
        "privacy search by e-mail address": ("privacy/", {"email": patient.email}),
        "privacy search by mobile number": ("privacy/", {"mobile": patient.mobile.as_e164}),
    }


def first_bytes(stage: Stage, desk: Practice, key: str) -> list[float]:
    """How long each download of everything takes to begin; nobody waits for its end."""
    return [first_byte(stage, desk, key) for _ in range(FIRST_BYTES)]


def first_byte(stage: Stage, desk: Practice, key: str) -> float:
    jar = "; ".join(f"{name}={value}" for name, value in cookies(key).items())
    headers = {
        "Host": stage.host(desk.subdomain),
        "Cookie": jar,
        "Content-Type": "application/x-www-form-urlencoded",
    }
    connection = http.client.HTTPConnection(*at(stage.pages), timeout=60)
    began = time.perf_counter()
    connection.request(
        "POST", "/manage/bookings/export/?first=", f"csrfmiddlewaretoken={CSRF}", headers=headers
    )
    answer = connection.getresponse()
    if answer.status != http.HTTPStatus.OK or not answer.read(1):
        raise AssertionError(f"The download answers {answer.status}.")
    seconds = time.perf_counter() - began
    connection.close()
    return seconds
