"""Portal events in the book: entered once, refused when taken, moved, cancelled."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import Table, select

from agent.books.sample import tables
from agent.books.sample.book import SampleBook
from agent.events import EventReader
from agent.portal import Portal
from agent.problems import TryLater
from tests.agent.fake_portal import FakePortal
from tests.agent.small_book import at, place, written

PATIENT = {
    "first_name": "Elsa",
    "last_name": "Äyräpää",
    "national_id": "131052-308T",
    "email": "elsa@example.com",
    "mobile": "+358401234567",
    "address_1": "Testikatu 2",
    "language": "fi",
}


@pytest.fixture
def reader(book: SampleBook, connection: Portal) -> EventReader:
    return EventReader(book, connection, on_change=lambda: None, on_taken=lambda practitioner: None)


def standing(hour: int, minute: int = 0, *, practitioner: str = "p1", minutes: int = 30) -> dict[str, str]:
    total = hour * 60 + minute + minutes
    return {
        "clinic": "c1",
        "practitioner": practitioner,
        "start": written(hour, minute),
        "end": written(total // 60, total % 60),
    }


def created(booking: str, hour: int, **more: object) -> dict[str, Any]:
    data = {
        "booking": booking,
        "treatment": "t1",
        "appointment_text": "Nettivaraus CC: 1234",
        "patient": PATIENT,
        "address_update": "none",
    }
    return {**data, **standing(hour), **more}


def rows(book: SampleBook, table: Table = tables.appointments) -> list[Mapping[str, Any]]:
    with book.engine.begin() as connection:
        return [dict(row._mapping) for row in connection.execute(select(table))]


def test_booking_is_entered_by_the_portals_user_and_acknowledged(
    reader: EventReader, book: SampleBook, other_book: SampleBook, fake_portal: FakePortal
) -> None:
    number = fake_portal.tell("booking.created", **created("b-1", 9))

    assert reader.read(wait=1) == 1

    (row,) = rows(book)
    assert (row["entered_by"], row["portal_booking"], row["state"]) == ("ITB", "b-1", "booked")
    assert (row["start_at"], row["end_at"]) == (at(9), at(9, 30))
    assert row["text"] == "Nettivaraus CC: 1234"
    (patient,) = rows(book, tables.patients)
    assert (patient["id"], patient["last_name"]) == (row["patient_id"], "Äyräpää")
    assert fake_portal.state.results[number] == {
        "event": number,
        "outcome": "accepted",
        "appointment": str(row["id"]),
    }
    assert rows(other_book) == []


def test_booking_is_entered_once_when_the_acknowledgement_is_lost(
    reader: EventReader, book: SampleBook, connection: Portal, fake_portal: FakePortal
) -> None:
    fake_portal.tell("booking.created", **created("b-1", 9))
    fake_portal.state.problems_for["events/ack"] = [(503, "")]
    with pytest.raises(TryLater):
        reader.read(wait=1)

    EventReader(book, connection, on_change=lambda: None, on_taken=lambda practitioner: None).read(wait=1)

    (row,) = rows(book)
    assert fake_portal.state.results[1]["appointment"] == str(row["id"])


def test_lost_answer_to_an_acknowledgement_leaves_nothing_to_do(
    reader: EventReader, book: SampleBook, fake_portal: FakePortal
) -> None:
    fake_portal.tell("booking.created", **created("b-1", 9))
    fake_portal.state.lose_answers_to.append("events/ack")
    with pytest.raises(TryLater):
        reader.read(wait=1)

    assert reader.read(wait=0) == 0
    assert len(rows(book)) == 1


def test_booking_is_refused_when_the_desk_has_the_time(
    reader: EventReader, book: SampleBook, fake_portal: FakePortal
) -> None:
    book.enter_at_desk(place(at(9, 15), at(10)), text="", entered_by="DESK")
    fake_portal.tell("booking.created", **created("b-1", 9))
    fake_portal.tell("booking.created", **created("b-2", 10))

    reader.read(wait=1)

    assert fake_portal.state.results[1]["outcome"] == "refused"
    assert fake_portal.state.results[1]["reason"] == "taken"
    assert fake_portal.state.results[2]["outcome"] == "accepted"
    assert [row["portal_booking"] for row in rows(book)] == [None, "b-2"]
    assert len(rows(book, tables.patients)) == 1


def test_booking_is_refused_when_its_room_is_taken(
    reader: EventReader, book: SampleBook, fake_portal: FakePortal
) -> None:
    fake_portal.tell("booking.created", **created("b-1", 9, treatment="t2"))
    fake_portal.tell("booking.created", **created("b-2", 9, treatment="t2", practitioner="p2"))

    reader.read(wait=1)

    assert fake_portal.state.results[1]["outcome"] == "accepted"
    assert fake_portal.state.results[2]["reason"] == "taken"


@pytest.mark.parametrize(
    ("event_type", "change"),
    [
        ("booking.created", {"practitioner": "p9"}),
        ("booking.created", {"treatment": "t9"}),
        ("booking.created", {"start": "yesterday"}),
        ("booking.created", {"start": written(9), "end": written(9)}),
        ("booking.created", {"patient": None}),
        ("patient.lookup", {}),
        ("something.new", {}),
    ],
)
def test_event_that_cannot_be_carried_out_is_refused(
    reader: EventReader, book: SampleBook, fake_portal: FakePortal, event_type: str, change: dict[str, object]
) -> None:
    fake_portal.tell(event_type, **created("b-1", 9) | change)

    reader.read(wait=1)

    assert fake_portal.state.results[1]["reason"] == "other"
    assert rows(book) == []


def test_booking_moves_and_is_moved_once(
    reader: EventReader, book: SampleBook, fake_portal: FakePortal
) -> None:
    fake_portal.tell("booking.created", **created("b-1", 9))
    change = {"booking": "b-1", "old": standing(9), "new": standing(10), "record_in_journal": True}
    fake_portal.tell("booking.moved", **change)
    fake_portal.tell("booking.moved", **change)  # sent again

    reader.read(wait=1)

    (row,) = rows(book)
    assert (row["start_at"], row["end_at"]) == (at(10), at(10, 30))
    assert len(rows(book, tables.journal)) == 1
    assert [fake_portal.state.results[number]["outcome"] for number in (2, 3)] == ["accepted"] * 2


def test_move_is_refused_when_the_desk_moved_it_first(
    reader: EventReader, book: SampleBook, fake_portal: FakePortal
) -> None:
    fake_portal.tell("booking.created", **created("b-1", 9))
    fake_portal.tell("booking.moved", booking="b-1", old=standing(11), new=standing(10))

    reader.read(wait=1)

    assert fake_portal.state.results[2]["outcome"] == "refused"
    assert rows(book)[0]["start_at"] == at(9)


def test_move_onto_another_appointment_is_refused(
    reader: EventReader, book: SampleBook, fake_portal: FakePortal
) -> None:
    book.enter_at_desk(place(at(10), at(11)), text="", entered_by="DESK")
    fake_portal.tell("booking.created", **created("b-1", 9))
    fake_portal.tell("booking.moved", booking="b-1", old=standing(9), new=standing(10))

    reader.read(wait=1)

    assert fake_portal.state.results[2]["reason"] == "taken"


def test_cancelled_booking_leaves_its_time_free_and_stays_cancelled(
    reader: EventReader, book: SampleBook, connection: Portal, fake_portal: FakePortal
) -> None:
    fake_portal.tell("booking.created", **created("b-1", 9))
    fake_portal.tell("booking.cancelled", booking="b-1", by="patient", record_in_journal=True)
    reader.read(wait=1)
    fake_portal.state.results.clear()  # everything is sent again

    reader.read(wait=1)

    (row,) = rows(book)
    assert row["state"] == "cancelled"
    assert {result["outcome"] for result in fake_portal.state.results.values()} == {"accepted"}
    assert book.enter_at_desk(place(at(9), at(10)), text="", entered_by="DESK")


def test_cancelling_what_the_book_never_had_is_accepted(reader: EventReader, fake_portal: FakePortal) -> None:
    fake_portal.tell("booking.cancelled", booking="b-9", by="admin")

    reader.read(wait=1)

    assert fake_portal.state.results[1] == {"event": 1, "outcome": "accepted"}


def test_clinics_own_appointment_is_moved_and_cancelled(
    reader: EventReader, book: SampleBook, fake_portal: FakePortal
) -> None:
    appointment = book.enter_at_desk(place(at(9), at(9, 30)), text="", entered_by="DESK")
    fake_portal.tell("appointment.move", appointment=appointment, new=standing(14))
    reader.read(wait=1)
    assert rows(book)[0]["start_at"] == at(14)

    fake_portal.tell("appointment.cancel", appointment=appointment)
    reader.read(wait=1)
    assert rows(book)[0]["state"] == "cancelled"


def test_patient_is_found_by_number_then_by_mobile_and_name(
    reader: EventReader, book: SampleBook, fake_portal: FakePortal
) -> None:
    without_number = {**PATIENT, "national_id": None, "first_name": "ELSA", "last_name": "äyräpää"}
    sibling = {**PATIENT, "national_id": None, "first_name": "Aatos"}
    renamed = {**PATIENT, "last_name": "Uusinimi", "mobile": ""}
    for hour, patient in enumerate((PATIENT, without_number, sibling, renamed), start=8):
        fake_portal.tell("booking.created", **created(f"b-{hour}", hour, patient=patient))

    reader.read(wait=1)

    first, second, third, fourth = (row["patient_id"] for row in rows(book))
    assert first == second == fourth
    assert third != first


def test_changed_address_is_applied_or_asked_about(
    reader: EventReader, book: SampleBook, fake_portal: FakePortal
) -> None:
    fake_portal.tell("booking.created", **created("b-1", 8))
    asked = {"patient": {**PATIENT, "address_1": "Uusikatu 1"}, "address_update": "ask"}
    applied = {"patient": {**PATIENT, "address_1": "Uusikatu 2"}, "address_update": "apply"}
    fake_portal.tell("booking.created", **created("b-2", 9, **asked))
    reader.read(wait=1)
    assert rows(book, tables.patients)[0]["address_1"] == "Testikatu 2"
    assert "Uusikatu 1" in rows(book)[1]["note"]

    fake_portal.tell("booking.created", **created("b-3", 10, **applied))
    reader.read(wait=1)
    assert rows(book, tables.patients)[0]["address_1"] == "Uusikatu 2"


def test_event_answered_otherwise_does_not_hold_up_the_others(
    reader: EventReader, fake_portal: FakePortal
) -> None:
    fake_portal.tell("booking.created", **created("b-1", 9))
    fake_portal.tell("booking.created", **created("b-2", 10))
    fake_portal.state.problems_for["events/ack"] = [(409, "already-acknowledged")] * 2

    reader.read(wait=1)

    assert set(fake_portal.state.results) == {2}
