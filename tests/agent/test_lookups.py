"""Who is logged in on the portal, looked for in the book; and what the desk had made, changed by patients."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from agent.book import Sought
from agent.books.engine import inserted_id, writing
from agent.books.sample import tables
from agent.books.sample.book import SampleBook
from agent.books.sample.demo_book import fill_demo_book
from agent.books.sample.demo_data import ORGANISATIONS
from agent.events import EventReader
from agent.phone_numbers import international
from agent.portal import Portal
from agent.problems import TryLater
from tests.agent.fake_portal import FakePortal
from tests.agent.small_book import at
from tests.agent.test_bookings import PATIENT, created, reader, rows, standing

__all__ = ["reader"]
NUMBER = "+358401234567"
LOOKUP = "00000000-0000-4000-8000-000000000001"


def card(book: SampleBook, **columns: str) -> int:
    names = {"first_name": "Elsa", "last_name": "Äyräpää", **columns}
    with writing(book.engine) as connection:
        return inserted_id(connection, insert(tables.patients).values(**names))


def desk_entry(book: SampleBook, patient: int, hour: int = 9, **columns: Any) -> str:
    """An appointment of 30 minutes that the desk has made."""
    row = {
        "practitioner_id": "p1",
        "clinic_id": "c1",
        "patient_id": patient,
        "template_id": "t1",
        "start_at": at(hour),
        "end_at": at(hour, 30),
        "entered_by": "DESK",
        **columns,
    }
    with writing(book.engine) as connection:
        return str(inserted_id(connection, insert(tables.appointments).values(**row)))


def forbid(book: SampleBook, **columns: bool) -> None:
    with writing(book.engine) as connection:
        connection.execute(update(tables.booking_templates).values(**columns))


def ask(reader: EventReader, fake_portal: FakePortal, **more: object) -> dict[str, Any]:
    """What the portal is answered; an empty answer where it is none."""
    data = {"lookup": LOOKUP, "national_id": None, "mobile": NUMBER, **more}
    fake_portal.tell("patient.lookup", **data)
    reader.read(wait=1)
    return fake_portal.state.lookups.get(LOOKUP, {})


@pytest.mark.parametrize(
    "typed", ["+358401234567", "040 123 4567", "0401234567", "00358401234567", "+358 (0)40-123 4567"]
)
def test_patient_is_found_however_the_number_is_written(
    reader: EventReader, book: SampleBook, fake_portal: FakePortal, typed: str
) -> None:
    number = desk_entry(book, card(book, mobile=typed, email="elsa@example.com"))
    card(book, mobile="+358501234567")

    answer = ask(reader, fake_portal)

    assert (answer["found"], answer["patient"]["email"]) == (True, "elsa@example.com")
    (appointment,) = answer["appointments"]
    assert (appointment["id"], appointment["treatment"], appointment["booking"]) == (number, "t1", None)
    assert datetime.fromisoformat(appointment["start"]) == at(9)
    assert fake_portal.state.results[1] == {"event": 1, "outcome": "accepted"}


@pytest.mark.parametrize(
    ("typed", "code", "stored"),
    [
        ("08-123 456 78", "46", "+46812345678"),
        ("40 50 00 01", "47", "+4740500001"),
        ("ei ole", "358", ""),
        ("", "358", ""),
    ],
)
def test_number_is_read_as_in_its_country(typed: str, code: str, stored: str) -> None:
    assert international(typed, code) == stored


@pytest.mark.parametrize("stored", ["131052-308T", "131052308T"])
def test_national_id_finds_and_the_number_is_not_looked_at_then(
    reader: EventReader, book: SampleBook, fake_portal: FakePortal, stored: str
) -> None:
    card(book, mobile=NUMBER)
    desk_entry(book, card(book, national_id=stored, first_name="Aada"))

    answer = ask(reader, fake_portal, national_id="131052-308T")

    assert answer["patient"]["first_name"] == "Aada"
    assert len(answer["appointments"]) == 1


def test_unknown_national_id_finds_nobody_by_number(
    reader: EventReader, book: SampleBook, fake_portal: FakePortal
) -> None:
    card(book, mobile=NUMBER)

    assert ask(reader, fake_portal, national_id="131052-308T")["found"] is False


def test_number_that_two_patients_share_tells_of_neither(
    reader: EventReader, book: SampleBook, fake_portal: FakePortal
) -> None:
    for _ in range(2):
        desk_entry(book, card(book, mobile=NUMBER), 9 + len(rows(book)))

    assert ask(reader, fake_portal) == {"found": False, "patient": None, "appointments": []}


def test_past_cancelled_and_unpublished_are_left_out(
    reader: EventReader, book: SampleBook, fake_portal: FakePortal
) -> None:
    patient = card(book, mobile=NUMBER)
    past = datetime.now(UTC) - timedelta(hours=1)
    desk_entry(book, patient, start_at=past, end_at=past + timedelta(minutes=30))
    desk_entry(book, patient, state="cancelled")
    desk_entry(book, patient, practitioner_id="p2", clinic_id="c2")
    with writing(book.engine) as connection:
        connection.execute(update(tables.booking_templates).values(use_online=False))
    kept = desk_entry(book, patient, 10)

    (appointment,) = ask(reader, fake_portal)["appointments"]

    assert (appointment["id"], appointment["treatment"], appointment["text"]) == (kept, None, "Tarkastus")


def test_lookup_that_has_run_out_is_not_answered(
    reader: EventReader, book: SampleBook, fake_portal: FakePortal
) -> None:
    card(book, mobile=NUMBER)

    assert ask(reader, fake_portal, expires="2026-01-01T08:00:00Z") == {}
    assert fake_portal.state.results[1]["outcome"] == "accepted"


@pytest.mark.parametrize(("problem", "outcome"), [("unknown-id", "accepted"), ("invalid-body", "refused")])
def test_answer_that_is_not_taken_holds_up_nothing(
    reader: EventReader, book: SampleBook, fake_portal: FakePortal, problem: str, outcome: str
) -> None:
    fake_portal.state.problems_for[f"lookups/{LOOKUP}"] = [(422, problem)]
    fake_portal.tell("booking.created", **created("b-1", 9))

    ask(reader, fake_portal)

    assert [result["outcome"] for result in fake_portal.state.results.values()] == ["accepted", outcome]


def test_lookup_is_answered_again_after_a_failure(
    reader: EventReader, book: SampleBook, fake_portal: FakePortal
) -> None:
    card(book, mobile=NUMBER)
    fake_portal.state.problems_for[f"lookups/{LOOKUP}"] = [(503, "")]
    with pytest.raises(TryLater):
        ask(reader, fake_portal)
    assert fake_portal.state.results == {}

    reader.read(wait=1)

    assert fake_portal.state.lookups[LOOKUP]["found"] is True


def test_lookup_without_an_id_is_refused(reader: EventReader, fake_portal: FakePortal) -> None:
    ask(reader, fake_portal, lookup=None)

    assert fake_portal.state.results[1]["outcome"] == "refused"


# What the desk had made, changed by the patient


def test_desks_appointment_is_moved_once_and_becomes_the_portals(
    reader: EventReader, book: SampleBook, connection: Portal, fake_portal: FakePortal
) -> None:
    number = desk_entry(book, card(book, mobile=NUMBER))
    fake_portal.tell(
        "appointment.move",
        appointment=number,
        booking="b-9",
        old=standing(9),
        new=standing(10),
        record_in_journal=True,
    )
    fake_portal.state.problems_for["events/ack"] = [(503, "")]
    with pytest.raises(TryLater):
        reader.read(wait=1)

    EventReader(book, connection, on_change=lambda: None, on_taken=lambda practitioner: None).read(wait=1)

    (row,) = rows(book)
    assert (row["start_at"], row["portal_booking"], str(row["id"])) == (at(10), "b-9", number)
    (entry,) = rows(book, tables.journal)
    assert entry["written_by"] == "ITB"
    assert fake_portal.state.results[1] == {"event": 1, "outcome": "accepted", "appointment": number}


def test_moved_appointment_is_found_by_its_booking_afterwards(
    reader: EventReader, book: SampleBook, fake_portal: FakePortal
) -> None:
    number = desk_entry(book, card(book, mobile=NUMBER))
    fake_portal.tell("appointment.move", appointment=number, booking="b-9", new=standing(10))
    fake_portal.tell("booking.cancelled", booking="b-9", appointment=None)
    reader.read(wait=1)

    (row,) = rows(book)
    assert (row["state"], row["start_at"]) == ("cancelled", at(10))


def test_move_onto_somebody_elses_time_is_refused_as_taken(
    reader: EventReader, book: SampleBook, fake_portal: FakePortal
) -> None:
    number = desk_entry(book, card(book, mobile=NUMBER))
    desk_entry(book, card(book), 10)
    fake_portal.tell("appointment.move", appointment=number, booking="b-9", new=standing(10))
    reader.read(wait=1)

    assert fake_portal.state.results[1]["reason"] == "taken"
    assert rows(book)[0]["portal_booking"] is None


@pytest.mark.parametrize(
    ("event", "forbidden"), [("appointment.move", "move_allowed"), ("appointment.cancel", "cancel_allowed")]
)
def test_what_the_template_forbids_is_refused(
    reader: EventReader, book: SampleBook, fake_portal: FakePortal, event: str, forbidden: str
) -> None:
    number = desk_entry(book, card(book, mobile=NUMBER))
    forbid(book, **{forbidden: False})
    fake_portal.tell(event, appointment=number, new=standing(10), by="patient")
    reader.read(wait=1)

    result = fake_portal.state.results[1]
    assert (result["outcome"], result["reason"]) == ("refused", "not-allowed")
    assert (rows(book)[0]["state"], rows(book)[0]["start_at"]) == ("booked", at(9))


def test_desks_appointment_is_cancelled_once(
    reader: EventReader, book: SampleBook, fake_portal: FakePortal
) -> None:
    number = desk_entry(book, card(book, mobile=NUMBER))
    for _ in range(2):
        fake_portal.tell("appointment.cancel", appointment=number, by="patient", record_in_journal=True)
    reader.read(wait=1)

    assert rows(book)[0]["state"] == "cancelled"
    assert len(rows(book, tables.journal)) == 1
    assert [result["outcome"] for result in fake_portal.state.results.values()] == ["accepted"] * 2


def test_desk_reads_who_booked_for_somebody_else(
    reader: EventReader, book: SampleBook, fake_portal: FakePortal
) -> None:
    booker = {"first_name": "Liisa", "last_name": "Äyräpää"}
    fake_portal.tell("booking.created", **created("b-1", 9, patient={**PATIENT, "booked_by": booker}))
    reader.read(wait=1)

    assert rows(book)[0]["note"] == "Booked on the portal by Liisa Äyräpää"


# The demo's own patients


@pytest.mark.parametrize("organisation", list(ORGANISATIONS))
def test_demo_has_patients_to_log_in_as(organisation: str, tmp_path: Path) -> None:
    book = SampleBook(f"sqlite:///{tmp_path / 'demo.db'}")
    today = datetime.now(UTC).date()
    fill_demo_book(book, organisation, today=today)
    fill_demo_book(book, organisation, today=today + timedelta(days=1))

    for known in ORGANISATIONS[organisation].known_patients:
        found = book.look_up(Sought("", international(known.mobile, "358")))
        assert found is not None
        assert [(one.practitioner, one.treatment) for one in found.appointments] == [
            (visit.practitioner, visit.template) for visit in known.visits
        ]
    book.close()
