"""Requests a second: the floor, and the week page of one practitioner, of any of 10 and of any of 100."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, repeat

from django.conf import settings

from benchmarks.data import Practice, shown_week
from benchmarks.exchange import Answer, Unexpected, get
from benchmarks.load import Address, Script, drive
from benchmarks.servers import Stage, at
from benchmarks.table import Row, median
from scheduling.links import path_of
from scheduling.models import Booking

CONNECTIONS = 16
ROUNDS = 3
ROUND_SECONDS = 2.0
FEWEST_BUTTONS = {1: 35, 10: 70, 100: 70}
"""So many times a page must show, so that nobody measures an empty one."""


@dataclass
class Target:
    """One page that is asked for again and again, and how it did."""

    name: str
    address: Address
    requests: Iterator[bytes]
    look: Callable[[Answer], None]
    seconds: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    connections: int = CONNECTIONS
    slack: int = 0
    """Bytes by which its answers may differ: where each asking is noted on the page itself."""

    @property
    def rate(self) -> float:
        """Requests a second in the median round."""
        return median(self.rates)

    def measure(self, seconds: float) -> None:
        """One round; the first answer is looked at, the others have to be as long."""
        found: list[float] = []
        began = time.perf_counter()
        drive([(self.address, self.ask(began + seconds, found)) for _ in range(self.connections)])
        self.rates.append(len(found) / (time.perf_counter() - began))
        self.seconds += found

    def ask(self, until: float, found: list[float]) -> Script:
        answer = yield next(self.requests)
        if answer.status != 200:
            raise Unexpected(f"{self.name}: {answer.status} {answer.location}")
        self.look(answer)
        length = len(answer.body)
        while time.perf_counter() < until:
            answer = yield next(self.requests)
            if answer.status != 200 or abs(len(answer.body) - length) > self.slack:
                raise Unexpected(
                    f"{self.name}: {answer.status}, {len(answer.body)} bytes instead of {length}"
                )
            found.append(answer.seconds)


def floor_targets(stage: Stage, practices: Sequence[Practice]) -> list[Target]:
    """Without a query, and with one for the slots of each practice's week."""
    host = f"localhost:{stage.floor}"
    bare = Target("floor: no query", at(stage.floor), repeat(get(host, "/nothing/")), lambda answer: None)
    return [bare, *(floor_target(stage, host, practice) for practice in practices)]


def floor_target(stage: Stage, host: str, practice: Practice) -> Target:
    who = ",".join(str(practitioner.pk) for practitioner in practice.practitioners)
    path = f"/week/?organisation={practice.organisation.pk}&practitioners={who}&week={shown_week()}T00:00Z"
    rows = len(practice.practitioners) * 14

    def look(answer: Answer) -> None:
        if answer.body.count(b"[") <= rows:
            raise Unexpected(f"The floor tells of fewer than {rows} slots.")

    name = f"floor: the week's slots of {len(practice.practitioners)}"
    return Target(name, at(stage.floor), repeat(get(host, path)), look)


def week_target(
    stage: Stage, port: int, practice: Practice, name: str = "week page", *, is_anew: bool = False
) -> Target:
    """The page as a patient's browser asks for it at the first visit, without cookies.

    ``is_anew``: with something in the address that nobody has asked for, so that no kept page will do.
    """
    size = len(practice.practitioners)

    def look(answer: Answer) -> None:
        if answer.body.count(b'name="at"') < FEWEST_BUTTONS[size]:
            raise Unexpected(f"The page has too few times: {answer.body.decode()}")

    who = "one practitioner" if size == 1 else f"any of {size}"
    host, path = stage.host(practice.subdomain), week_path(practice)
    new = (get(host, f"{path}&new={number:08}") for number in count())
    return Target(f"{name}, {who}", at(port), new if is_anew else repeat(get(host, path)), look)


def week_path(practice: Practice) -> str:
    people = practice.practitioners
    practitioner = people[0].public_id if len(people) == 1 else "any"
    return (
        f"/book/?clinic={practice.clinic.public_id}&treatment={practice.treatment.public_id}"
        f"&practitioner={practitioner}&week={shown_week()}"
    )


def question_target(stage: Stage, practice: Practice) -> Target:
    """The page that asks for the practitioner, with everybody's first free time."""
    size = len(practice.practitioners)
    path = f"/book/?clinic={practice.clinic.public_id}&treatment={practice.treatment.public_id}"
    name = f"first free times of {size} practitioners"
    return portal_target(stage, practice, name, path, (b"Practitioner ", size))


def month_target(stage: Stage, practice: Practice) -> Target:
    """The month of the week that is looked at elsewhere: nearly all of its days have times."""
    path = week_path(practice).replace("/book/?", "/book/month/?")
    month = f"{shown_week():%Y-%m}"
    return portal_target(stage, practice, "month at a glance", f"{path}&month={month}", (b"change=time", 5))


def linked_target(stage: Stage, practice: Practice, booking: Booking) -> Target:
    """Where the link in a confirmation leads."""
    path = f"/{path_of(booking)}"
    return portal_target(stage, practice, "my booking, by its link", path, (b"Practitioner ", 1))


def login_target(stage: Stage, practice: Practice) -> Target:
    return portal_target(stage, practice, "login page", "/login/", (b'name="mobile"', 1))


def my_bookings_target(stage: Stage, practice: Practice, key: str) -> Target:
    """What somebody sees who is logged in."""
    cookie = {"Cookie": f"{settings.LOGIN_COOKIE_NAME}={key}"}
    return portal_target(stage, practice, "my bookings, logged in", "/my/", (b"Practitioner ", 1), cookie)


def portal_target(
    stage: Stage,
    practice: Practice,
    name: str,
    path: str,
    shows: tuple[bytes, int],
    headers: Mapping[str, str] | None = None,
) -> Target:
    """A page of a practice's portal, which has to show something at least so many times."""
    what, times = shows

    def look(answer: Answer) -> None:
        if answer.body.count(what) < times:
            raise Unexpected(f"{name}: less of {what.decode()} than expected: {answer.body.decode()}")

    return Target(name, at(stage.pages), repeat(get(stage.host(practice.subdomain), path, headers)), look)


def measure_in_turn(targets: Sequence[Target], seconds: float = ROUND_SECONDS) -> None:
    """Several short rounds of each in turn, so that a slow moment of the machine falls on all alike."""
    for target in targets:
        target.measure(seconds / 4)
        target.rates.clear()
        target.seconds.clear()
    for _ in range(ROUNDS):
        for target in targets:
            target.measure(seconds)


def page_rows(
    stage: Stage, practices: Sequence[Practice], asked: Sequence[Practice], booking: Booking, key: str
) -> list[Row]:
    """Floor, pages, and the same pages on a server with few organisations and slots.

    ``asked`` are the practices whose question for the practitioner is looked at, ``booking`` one of the first
    practice's, whose patient is logged in with ``key``.
    """
    floors = floor_targets(stage, practices)
    pages = [week_target(stage, stage.pages, practice) for practice in practices]
    small = [
        week_target(stage, stage.small_pages, practice, "the same, small database")
        for practice in (practices[0], practices[-1])
    ]
    others = [
        *(
            week_target(stage, stage.pages, practice, "the same, rendered anew", is_anew=True)
            for practice in (practices[0], practices[-1])
        ),
        login_target(stage, practices[0]),
        linked_target(stage, practices[0], booking),
        my_bookings_target(stage, practices[0], key),
    ]
    cheap = [question_target(stage, practice) for practice in asked]
    cheap.append(month_target(stage, practices[0]))
    measure_in_turn([*floors, *pages, *small, *others, *cheap])
    rows = [Row(target.name, target.rate, target.seconds) for target in floors]
    rows += [
        page_row(page, floor, bar)
        for page, floor, bar in zip(pages, floors[1:], (700, 700, 600), strict=True)
    ]
    rows += [Row(other.name, other.rate, other.seconds) for other in others]
    rows += [rate_row(target, 600) for target in cheap]
    rows += [growth_row(few, many) for few, many in zip(small, (pages[0], pages[-1]), strict=True)]
    return rows


def page_row(page: Target, floor: Target, bar: int) -> Row:
    ratio = page.rate / floor.rate
    return Row(
        page.name,
        page.rate,
        page.seconds,
        f"{ratio:.2f} × floor",
        f"≥ {bar}/s, ≥ 0.5 × floor",
        page.rate >= bar and ratio >= 0.5,
    )


def rate_row(page: Target, bar: int) -> Row:
    return Row(page.name, page.rate, page.seconds, "", f"≥ {bar}/s", page.rate >= bar)


def growth_row(few: Target, many: Target) -> Row:
    slower = few.rate / many.rate
    return Row(few.name, few.rate, few.seconds, f"large is {slower:.2f} × slower", "≤ 1.15 ×", slower <= 1.15)
