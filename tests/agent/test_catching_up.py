"""An agent that was away for a week is in step again after few requests, however much has happened."""

from collections import Counter
from datetime import timedelta

from agent.activity import Activity
from agent.books.sample.book import SampleBook
from agent.identity import Identity
from agent.push_state import PushState
from agent.runner import Runner
from agent.watched_portal import WatchedPortal
from tests.agent.fake_portal import FakePortal
from tests.agent.small_book import ZONE, at
from tests.agent.test_bookings import created, rows

DAYS = 7
BOOKED_A_DAY = 16
MOVED_A_DAY = 2
CANCELLED_A_DAY = 2


def standing(number: int, *, later: timedelta = timedelta()) -> dict[str, str]:
    """A half hour of its own for each booking, around the clock."""
    start = at(8) + timedelta(minutes=30) * number + later
    written = (moment.astimezone(ZONE).isoformat() for moment in (start, start + timedelta(minutes=30)))
    return {"clinic": "c1", "practitioner": "p1", **dict(zip(("start", "end"), written, strict=True))}


def tell_of_a_week(portal: FakePortal) -> int:
    """Every booking of every day, and what patients did to some of them; the number of events."""
    for day in range(DAYS):
        first = day * BOOKED_A_DAY
        numbers = range(first, first + BOOKED_A_DAY)
        for number in numbers:
            portal.tell("booking.created", **created(f"b-{number}", 8, **standing(number)))
        for number in numbers[:MOVED_A_DAY]:
            new = standing(number, later=timedelta(days=30))
            portal.tell("booking.moved", booking=f"b-{number}", old=standing(number), new=new)
        for number in numbers[-CANCELLED_A_DAY:]:
            portal.tell("booking.cancelled", booking=f"b-{number}", by="patient")
    return len(portal.state.events)


def test_week_of_events_is_caught_up_with_in_few_requests(
    book: SampleBook, identity: Identity, state: PushState, fake_portal: FakePortal
) -> None:
    told = tell_of_a_week(fake_portal)
    portal = WatchedPortal(identity, Activity())
    runner = Runner(book, portal, state)

    before = fake_portal.state.requests
    runner._push_if_changed()
    while runner._reader.read(wait=0):
        continue
    runner._push_if_changed()
    portal.close()

    assert told == DAYS * (BOOKED_A_DAY + MOVED_A_DAY + CANCELLED_A_DAY)
    results = fake_portal.state.results.values()
    assert Counter(result["outcome"] for result in results) == {"accepted": told}
    states = Counter(row["state"] for row in rows(book))
    assert states == {"booked": DAYS * (BOOKED_A_DAY - CANCELLED_A_DAY), "cancelled": DAYS * CANCELLED_A_DAY}
    batches = -(-told // 100)
    # Token, status, catalogue and two pushes; a question and an answer for each hundred events, and one
    # question more, which finds that there is nothing left. How a booking stands in the book is told once.
    assert fake_portal.state.requests - before <= 6 + 2 * batches + DAYS * BOOKED_A_DAY
