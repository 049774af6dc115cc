"""The smallest book that can be published: one practitioner, one clinic, one Monday."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert

from agent.book import Place
from agent.books.engine import writing
from agent.books.sample import tables
from agent.books.sample.book import SampleBook
from agent.intervals import Interval

ZONE = ZoneInfo("Europe/Helsinki")


def next_monday() -> date:
    today = datetime.now(ZONE).date()
    return today + timedelta(days=7 - today.weekday())


def at(hour: int, minute: int = 0) -> datetime:
    """A moment of next Monday by the clinic's clock."""
    return datetime.combine(next_monday(), time(hour, minute), ZONE).astimezone(UTC)


def written(hour: int, minute: int = 0) -> str:
    """The same moment as the protocol writes it."""
    return at(hour, minute).astimezone(ZONE).isoformat()


def place(start: datetime, end: datetime, *, practitioner: str = "p1", clinic: str = "c1") -> Place:
    return Place(clinic, practitioner, Interval(start, end))


def fill_small_book(book: SampleBook) -> None:
    book.create_tables()
    with writing(book.engine) as connection:
        for clinic in ("c1", "c2"):
            row = {"id": clinic, "name": f"Klinikka {clinic}", "time_zone": "Europe/Helsinki"}
            connection.execute(
                insert(tables.clinics), [{**row, "address": "Testikatu 1", "phone": "", "email": ""}]
            )
        connection.execute(insert(tables.categories), [{"id": "exam", "name": "Tarkastus"}])
        connection.execute(
            insert(tables.resources), [{"id": "xray", "clinic_id": "c1", "name": "Röntgenhuone"}]
        )
        for practitioner in ("p1", "p2"):
            connection.execute(
                insert(tables.practitioners),
                [{"id": practitioner, "name": "Example Practitioner", "title": "Hammaslääkäri"}],
            )
            link = {"practitioner_id": practitioner, "clinic_id": "c1"}
            connection.execute(insert(tables.practitioner_clinics), [link])
            for begins, ends in ((time(8), time(12)), (time(12, 30), time(16))):
                hours = {"weekday": 0, "begins": begins, "ends": ends, "valid_from": date(2020, 1, 1)}
                connection.execute(insert(tables.work_schedules), [{**link, **hours}])
        for template, name, minutes in (("t1", "Tarkastus", 30), ("t2", "Panoraamakuvaus", 15)):
            row = {"id": template, "name": name, "category_id": "exam"}
            connection.execute(insert(tables.booking_templates), [{**row, "minutes": minutes}])
            listed = {"kind": "template", "member_id": template, "scope": "organisation"}
            connection.execute(insert(tables.lists), [listed])
        connection.execute(insert(tables.template_resources), [{"template_id": "t2", "resource_id": "xray"}])
        connection.execute(insert(tables.preblocks), [{"id": "b1", "name": "Nettiajat"}])
        connection.execute(
            insert(tables.lists), [{"kind": "preblock", "member_id": "b1", "scope": "organisation"}]
        )
        lay_preblock(connection, "p1", at(8), at(16))


def lay_preblock(connection: Connection, practitioner: str, start: datetime, end: datetime) -> None:
    row = {
        "preblock_id": "b1",
        "practitioner_id": practitioner,
        "clinic_id": "c1",
        "start_at": start,
        "end_at": end,
    }
    connection.execute(insert(tables.preblock_times), [row])
