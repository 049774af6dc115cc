"""Whole bookings: three POSTs, with the hold, the code and the outbox rows that belong to them."""

import random
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count

import psycopg

from benchmarks.data import Practice, bookable_starts, working_days
from benchmarks.exchange import Answer, Unexpected, post_form
from benchmarks.load import Script, drive
from benchmarks.servers import Stage, at
from benchmarks.table import Row, quantile
from clinics.models import Practitioner
from scheduling.forms import stamp_of

CONNECTIONS = 16
SECONDS = 8.0
VISITORS = 50
ROUNDS = 10
CSRF = "x" * 32
"""The middleware asks only that cookie and form agree."""
_numbers = count(1_000_001)


@dataclass(frozen=True, slots=True)
class Wish:
    """One time that somebody wants."""

    practice: Practice
    practitioner: Practitioner
    starts_at: datetime


def wishes(practice: Practice) -> Iterator[Wish]:
    """Every time that can be booked, once, in an order that is the same in every run."""
    days = list(working_days())
    found = [
        Wish(practice, who, start)
        for who in practice.practitioners
        for start in bookable_starts(days, who.position)
    ]
    random.Random(1).shuffle(found)
    return iter(found)


class Codes:
    """Reads the digits that were sent, as the patient would, but out of the outbox itself."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url, autocommit=True)

    def of(self, practice: Practice, booking: str) -> str:
        found = self.connection.execute(
            "SELECT body FROM notifications_message WHERE organisation_id = %s AND channel = 'sms'"
            " AND kind = 'code' AND about = %s",
            [practice.organisation.pk, f"booking:{booking}:code:1"],
        ).fetchone()
        digits = re.search(r"\b\d{6}\b", found[0]) if found else None
        if digits is None:
            raise Unexpected(f"No code was sent for booking {booking}.")
        return digits[0]


def hold(stage: Stage, wish: Wish) -> bytes:
    """The POST of the button that a patient presses on the week page."""
    fields = {
        "clinic": str(wish.practice.clinic.public_id),
        "treatment": str(wish.practice.treatment.public_id),
        "practitioner": str(wish.practitioner.public_id),
        "at": stamp_of(wish.starts_at),
    }
    return post(stage, wish, "/book/time/", fields, "")


def post(stage: Stage, wish: Wish, path: str, fields: dict[str, str], visitor: str) -> bytes:
    cookies = {"csrf": CSRF} | ({"visitor": visitor} if visitor else {})
    return post_form(
        stage.host(wish.practice.subdomain), path, fields | {"csrfmiddlewaretoken": CSRF}, cookies
    )


def details() -> dict[str, str]:
    """What a patient types; each has a number of their own, since few SMS may go to one."""
    return {
        "first_name": "Maija",
        "last_name": "Meikäläinen",
        "email": "maija@patients.example",
        "mobile": f"040{next(_numbers):07}",
        "consent": "on",
    }


def book(stage: Stage, wish: Wish, codes: Codes, seconds: list[float]) -> Script:
    """Hold, details and code; adds what the three took together."""
    held = (yield hold(stage, wish)).require(302)
    booking = booking_in(held)
    visitor = held.cookie("visitor")
    told = yield post(stage, wish, f"/booking/{booking}/details/", details(), visitor)
    require_location(told, f"/booking/{booking}/code/")
    code = {"code": codes.of(wish.practice, booking)}
    done = yield post(stage, wish, f"/booking/{booking}/code/", code, visitor)
    require_location(done, f"/booking/{booking}/done/")
    seconds.append(held.seconds + told.seconds + done.seconds)


def booking_in(held: Answer) -> str:
    if not held.location.startswith("/booking/"):
        raise Unexpected(f"The time was not held: {held.location}")
    return held.location.split("/")[2]


def require_location(answer: Answer, location: str) -> None:
    if answer.require(302).location != location:
        raise Unexpected(f"{answer.location} instead of {location}")


def book_until(
    stage: Stage, times: Iterator[Wish], codes: Codes, until: float, seconds: list[float]
) -> Script:
    while time.perf_counter() < until:
        yield from book(stage, next(times), codes, seconds)


def booking_row(stage: Stage, times: Iterator[Wish]) -> Row:
    """As many bookings as sixteen patients get done, all of them with one organisation."""
    codes = Codes(stage.large_url)
    for duration in (1.0, SECONDS):
        seconds: list[float] = []
        began = time.perf_counter()
        drive(
            [
                (at(stage.pages), book_until(stage, times, codes, began + duration, seconds))
                for _ in range(CONNECTIONS)
            ]
        )
        rate = len(seconds) / (time.perf_counter() - began)
    p95 = quantile(seconds, 0.95)
    is_met = rate >= 200 and p95 < 0.1
    return Row("whole bookings", rate, seconds, "", "≥ 200/s, p95 < 100 ms", is_met)


def try_hold(stage: Stage, wish: Wish, outcomes: Counter[str], seconds: list[float]) -> Script:
    answer = (yield hold(stage, wish)).require(302)
    seconds.append(answer.seconds)
    outcomes["held" if answer.location.startswith("/booking/") else "taken"] += 1


def contest_row(stage: Stage, times: Iterator[Wish]) -> Row:
    """Fifty patients press the same button at once, ten times over: how many of them get the time."""
    seconds: list[float] = []
    winners: list[int] = []
    for _ in range(ROUNDS):
        wish = next(times)
        outcomes: Counter[str] = Counter()
        drive([(at(stage.pages), try_hold(stage, wish, outcomes, seconds)) for _ in range(VISITORS)])
        winners.append(stored_holds(stage, wish))
        if outcomes != {"held": 1, "taken": VISITORS - 1}:
            winners.append(outcomes["held"])
    is_met = set(winners) == {1} and quantile(seconds, 0.95) < 0.15
    won = "1 winner each" if set(winners) == {1} else f"winners: {winners}"
    return Row("50 patients, one time, ten rounds", None, seconds, won, "1 winner, p95 < 150 ms", is_met)


def stored_holds(stage: Stage, wish: Wish) -> int:
    """How many bookings of this very time the database has."""
    with psycopg.connect(stage.large_url) as connection:
        found = connection.execute(
            "SELECT count(*) FROM scheduling_booking WHERE practitioner_id = %s"
            " AND state IN ('held', 'booked') AND lower(during) = %s",
            [wish.practitioner.pk, wish.starts_at],
        ).fetchone()
    return int(found[0]) if found else 0
