"""A patient books a time in a browser, and the clinic's own appointment book knows it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import BrowserContext

from tests.journeys.patient import STAMP
from tests.journeys.portal import Portal
from tests.journeys.visitor import Visitor
from tests.journeys.waiting import eventually

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

NewContext = Callable[..., BrowserContext]
AINO = ("Demoklinikka Keskusta", "Hammastarkastus", "Aino Koivuranta")


def instant(stamp: str) -> datetime:
    return datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)


def test_booking_reaches_the_appointment_book_and_nobody_else_is_offered_the_time(
    portal: Portal, new_context: NewContext
) -> None:
    visitor = Visitor(portal, new_context(), "demoklinikka")
    visitor.choose(*AINO)
    moment = instant(visitor.stamps()[1])
    visitor.hold(moment)
    visitor.type_details()
    visitor.continue_()
    visitor.type_code()

    assert visitor.path.endswith("/done/")
    assert visitor.heading == "Aikasi on varattu"
    [appointment] = eventually(
        lambda: portal.demoklinikka.appointments(visitor.booking_id), "the booking is in the book"
    )
    assert appointment["entered_by"] == "ITB"
    assert appointment["practitioner_id"] == portal.demoklinikka.practitioner_id("Aino Koivuranta")
    assert instant_of(appointment["start_at"]) == moment
    assert (instant_of(appointment["end_at"]) - moment).seconds == 30 * 60
    assert appointment["last_name"] == visitor.person.last_name

    other = Visitor(portal, new_context(), "demoklinikka")
    other.go_to_times(*AINO)
    assert other.stamps()
    assert moment.strftime(STAMP) not in other.stamps()


def instant_of(written: str) -> datetime:
    """An instant as the appointment book stores it."""
    return datetime.fromisoformat(written).replace(tzinfo=UTC)
