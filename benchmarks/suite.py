"""What is measured, in order; needs Django set up."""

from dataclasses import dataclass

from django.db import connection

from benchmarks.agents import agent_rows
from benchmarks.bookings import booking_row, contest_row, wishes
from benchmarks.console import console_rows
from benchmarks.data import Practice, count, log_in, make_booking, make_others, make_practice, settle
from benchmarks.desk import fill_bookings, sign_in_owner
from benchmarks.pages import page_rows, week_target
from benchmarks.pushes import push_rows
from benchmarks.servers import LARGE, SMALL, Shape, Stage, make_database, running
from benchmarks.table import Row
from booking_portal.launch.commands import step
from scheduling.models import Booking

FEW = 5
"""Other organisations in the small database; five more are measured."""


DESK_BOOKINGS = 100_000
DESK_PRACTITIONERS = 40
SHOWN = {"shown-one": 1, "shown-ten": 10, "shown-hundred": 100}
"""The practices whose weeks are looked at, and their practitioners: addresses may not look alike."""


@dataclass(frozen=True)
class Size:
    """How many other organisations there are, of how many practitioners each, and how many agents wait."""

    organisations: int
    practitioners: int
    agents: int


DEFAULT = Size(organisations=1_000, practitioners=8, agents=100)
FULL = Size(organisations=10_000, practitioners=2, agents=500)


@dataclass(frozen=True)
class Data:
    """What the large database has."""

    shown: list[Practice]
    """Practices of 1, 10 and 100 practitioners, whose pages are looked at."""
    asked: list[Practice]
    """Practices of 5, 100 and 500 practitioners, who are asked whom they would like to see."""
    linked: Booking
    key: str
    """Of the login of whose booking it is."""
    booked: Practice
    pushed: Practice
    others: list[Practice]
    desk: Practice
    """Whose console is looked at, with a year of bookings."""
    owner: str
    """Of the session of its owner."""
    size: str


def run(stage: Stage, shape: Shape, *, is_full: bool) -> tuple[str, list[Row]]:
    """What there was in the databases, and everything that was measured."""
    size = FULL if is_full else DEFAULT
    with step("making organisations and their slots"):
        data = make_data(stage, size)
    with running(stage, shape):
        return data.size, measure(stage, data, size)


def run_console(stage: Stage, shape: Shape) -> tuple[str, list[Row]]:
    """The same of the console alone."""
    with step(f"making {DESK_BOOKINGS:,} bookings"):
        desk, owner = make_desk()
        settle()
        connection.close()
    with running(stage, shape), step("asking for the console's pages"):
        return f"One organisation with {DESK_BOOKINGS:,} bookings", console_rows(stage, desk, owner)


def run_sync(stage: Stage, shape: Shape, agents: int) -> tuple[str, list[Row]]:
    """The same of what agents do alone: pushes, and waiting for events."""
    with step(f"making {agents:,} organisations"):
        shown, pushed = make_practice("shown-one", 1), make_practice("pushed", 0)
        others = make_others(agents, 2)
        settle()
        connection.close()
        make_database(stage.database, SMALL, LARGE)
    with running(stage, shape):
        with step("pushing"):
            rows = push_rows(stage, pushed, week_target(stage, stage.pages, shown))
        with step("waiting as agents"):
            rows += agent_rows(stage, others, week_target(stage, stage.pages, shown))
    return f"{agents:,} organisations", rows


def make_desk() -> tuple[Practice, str]:
    desk = make_practice("desk", DESK_PRACTITIONERS)
    fill_bookings(desk, DESK_BOOKINGS)
    return desk, sign_in_owner(desk)


def make_data(stage: Stage, size: Size) -> Data:
    shown = [make_practice(name, people) for name, people in SHOWN.items()]
    linked, key = make_booking(shown[0]), log_in(shown[0])
    booked = make_practice("booked", 100)
    pushed = make_practice("pushed", 0)
    others = make_others(FEW, 2)
    small = f"{count('clinics_organisation')} organisations and {count('scheduling_slot'):,} slots"
    settle()
    connection.close()
    make_database(stage.database, SMALL, LARGE)
    asked = [make_practice("asked-5", 5), shown[-1], make_practice("asked-500", 500)]
    others += make_others(size.organisations - FEW, size.practitioners, first=FEW)
    desk, owner = make_desk()
    large = f"{count('clinics_organisation'):,} organisations and {count('scheduling_slot'):,} slots"
    settle()
    connection.close()
    words = f"{large}; the small database has {small}"
    return Data(shown, asked, linked, key, booked, pushed, others, desk, owner, words)


def measure(stage: Stage, data: Data, size: Size) -> list[Row]:
    rows = []
    with step("asking for pages"):
        rows += page_rows(stage, data.shown, data.asked, data.linked, data.key)
    with step("asking for the console's pages"):
        rows += console_rows(stage, data.desk, data.owner)
    times = wishes(data.booked)
    with step("booking"):
        rows.append(booking_row(stage, times))
        rows.append(contest_row(stage, times))
    with step("pushing"):
        rows += push_rows(stage, data.pushed, week_target(stage, stage.pages, data.shown[0]))
    with step("waiting as agents"):
        page = week_target(stage, stage.pages, data.shown[0])
        rows += agent_rows(stage, data.others[-size.agents :], page)
    return rows
