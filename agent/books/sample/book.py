"""An appointment book in a SQL database: read for the portal, written to as the portal's user."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Row, Table, func, insert, inspect, select, text, update
from sqlalchemy.schema import CreateColumn

from agent.book import (
    PORTAL_USER,
    Booking,
    BookUnavailable,
    Catalogue,
    ChangedAtDesk,
    Diary,
    Found,
    NotAllowed,
    NotInBook,
    Place,
    PortalBooking,
    Reference,
    Sought,
    TimeTaken,
)
from agent.books.engine import inserted_id, open_engine, writing
from agent.books.sample import lookups, patients, tables
from agent.books.sample.at_desk import read_portal_bookings
from agent.books.sample.catalogue import read_catalogue, read_diaries, read_version, touches
from agent.intervals import Interval
from agent.words import _

appointments = tables.appointments


@dataclass(frozen=True, slots=True)
class DeskEntry:
    """A line of the book as the desk sees it."""

    id: str
    start_at: datetime
    end_at: datetime
    practitioner: str
    clinic: str
    state: str
    entered_by: str
    text: str
    patient: str
    portal_booking: str | None


class SampleBook:
    """The book behind ``database_url``, any database that SQLAlchemy knows."""

    def __init__(self, database_url: str) -> None:
        self.engine = open_engine(database_url)

    def close(self) -> None:
        self.engine.dispose()

    def check(self) -> None:
        """Look for every table and column; BookUnavailable names the first that is missing."""
        found = inspect(self.engine)
        for table in tables.metadata.sorted_tables:
            if not found.has_table(table.name):
                raise BookUnavailable(
                    _("The sample book lacks the table {table}; run `demo-book` first.", table=table.name)
                )
            there = {column["name"] for column in found.get_columns(table.name)}
            missing = {column.name for column in table.c} - there
            if missing:
                raise BookUnavailable(
                    _(
                        "The sample book's table {table} lacks {columns}; run `demo-book` again.",
                        table=table.name,
                        columns=", ".join(sorted(missing)),
                    )
                )

    def watch(self, on_change: Callable[[], object]) -> None:
        """Nothing: this book does not tell of changes by itself."""

    def create_tables(self) -> None:
        """Make what is missing, columns that an older version did not have included."""
        tables.metadata.create_all(self.engine)
        for table in tables.metadata.sorted_tables:
            there = {column["name"] for column in inspect(self.engine).get_columns(table.name)}
            for column in table.c:
                if column.name not in there:
                    self._add_column(table, column)

    def _add_column(self, table: Table, column: Column[Any]) -> None:
        described = CreateColumn(column).compile(dialect=self.engine.dialect)
        with writing(self.engine) as connection:
            connection.execute(text(f"ALTER TABLE {table.name} ADD COLUMN {described}"))

    def version(self) -> str:
        with self.engine.begin() as connection:
            return read_version(connection)

    def catalogue(self) -> Catalogue:
        with self.engine.begin() as connection:
            return read_catalogue(connection)

    def diaries(self, during: Interval) -> list[Diary]:
        with self.engine.begin() as connection:
            return read_diaries(connection, during)

    def enter(self, booking: Booking) -> str:
        with writing(self.engine) as connection:
            _lock_practitioner(connection, booking.place)
            entered = _find(connection, Reference(None, booking.id))
            if entered:
                return str(entered.id)
            needed = _needed_resources(connection, booking.treatment, booking.place.clinic)
            _require_free(connection, booking.place, needed)
            patient, note = patients.patient_for(connection, booking.person, booking.address_update)
            booker = f"Booked on the portal by {booking.booked_by}" if booking.booked_by else ""
            return _write(
                connection,
                booking.place,
                needed,
                template_id=booking.treatment,
                patient_id=patient,
                text=booking.text,
                note="\n".join(filter(None, [booker, note])),
                entered_by=PORTAL_USER,
                portal_booking=booking.id,
            )

    def move(self, which: Reference, to: Place, seen_at: Place | None, *, journal: bool) -> str:
        with writing(self.engine) as connection:
            _lock_practitioner(connection, to)
            stands = _find(connection, which)
            if stands is None or stands.state != "booked":
                raise NotInBook(_("The appointment is not in the book."))
            if _place(stands) == to:
                _adopt(connection, stands, which)
                return str(stands.id)
            if seen_at is not None and _place(stands) != seen_at:
                raise ChangedAtDesk(_("The appointment has been changed at the desk."))
            _require_allowed(connection, stands, tables.booking_templates.c.move_allowed)
            needed = _needed_resources(connection, stands.template_id, to.clinic)
            _require_free(connection, to, needed, except_for=stands.id)
            connection.execute(
                update(appointments).where(appointments.c.id == stands.id).values(**_columns(to))
            )
            _set_resources(connection, stands.id, needed)
            _adopt(connection, stands, which)
            if journal:
                _note_in_journal(
                    connection, stands.id, f"Moved on the portal from {stands.start_at:%F %R} UTC"
                )
            return str(stands.id)

    def cancel(self, which: Reference, *, journal: bool) -> str | None:
        with writing(self.engine) as connection:
            stands = _find(connection, which)
            if stands is None:
                return None
            if stands.state == "booked":
                _require_allowed(connection, stands, tables.booking_templates.c.cancel_allowed)
                _set_cancelled(connection, stands.id)
                if journal:
                    _note_in_journal(connection, stands.id, "Cancelled on the portal")
            return str(stands.id)

    def portal_bookings(self, *, ended_after: datetime) -> list[PortalBooking]:
        with self.engine.begin() as connection:
            return read_portal_bookings(connection, ended_after)

    def tells_of(self, practitioner: str) -> bool:
        return True

    def look_up(self, sought: Sought) -> Found | None:
        with self.engine.begin() as connection:
            return lookups.look_up(connection, read_catalogue(connection), sought)

    def enter_at_desk(self, place: Place, *, text: str, entered_by: str) -> str:
        """The id of an appointment without patient or treatment; TimeTaken, NotInBook."""
        with writing(self.engine) as connection:
            _lock_practitioner(connection, place)
            _require_free(connection, place, [])
            return _write(connection, place, [], text=text, entered_by=entered_by)

    def move_at_desk(self, appointment: str, to: Place) -> None:
        """Move an appointment, whoever made it; TimeTaken, NotInBook."""
        with writing(self.engine) as connection:
            _lock_practitioner(connection, to)
            stands = _find(connection, Reference(appointment, None))
            if stands is None or stands.state != "booked":
                raise NotInBook(_("No such appointment is booked."))
            needed = _needed_resources(connection, stands.template_id, to.clinic)
            _require_free(connection, to, needed, except_for=stands.id)
            change = update(appointments).where(appointments.c.id == stands.id)
            connection.execute(change.values(**_columns(to)))
            _set_resources(connection, stands.id, needed)

    def cancel_at_desk(self, appointment: str) -> None:
        """Cancel an appointment, whoever made it; NotInBook."""
        with writing(self.engine) as connection:
            stands = _find(connection, Reference(appointment, None))
            if stands is None or stands.state != "booked":
                raise NotInBook(_("No such appointment is booked."))
            _set_cancelled(connection, stands.id)

    def entries(self, during: Interval) -> list[DeskEntry]:
        """What stands in the book, cancelled appointments included, in order of time."""
        query = _ENTRIES.where(touches(appointments, during))
        with self.engine.begin() as connection:
            ordered = query.order_by(appointments.c.start_at, appointments.c.id)
            return [_entry(row) for row in connection.execute(ordered)]

    def entry(self, appointment: str) -> DeskEntry | None:
        """One appointment, cancelled or not."""
        if not _is_number(appointment):
            return None
        with self.engine.begin() as connection:
            row = connection.execute(_ENTRIES.where(appointments.c.id == int(appointment))).first()
            return None if row is None else _entry(row)


_ENTRIES = select(appointments, tables.patients.c.first_name, tables.patients.c.last_name).outerjoin(
    tables.patients, tables.patients.c.id == appointments.c.patient_id
)


def _entry(row: Row[Any]) -> DeskEntry:
    return DeskEntry(
        id=str(row.id),
        start_at=row.start_at,
        end_at=row.end_at,
        practitioner=row.practitioner_id,
        clinic=row.clinic_id,
        state=row.state,
        entered_by=row.entered_by,
        text=row.text,
        patient=f"{row.first_name or ''} {row.last_name or ''}".strip(),
        portal_booking=row.portal_booking,
    )


def _is_number(identifier: str) -> bool:
    """Whether it is an id of this book's, and none that a database's numbers have no room for."""
    return identifier.isascii() and identifier.isdecimal() and len(identifier) < 10


def _lock_practitioner(connection: Connection, place: Place) -> None:
    """Let one writer at a time decide about a practitioner; SQLite's write lock does so anyway."""
    practitioners = tables.practitioners
    query = select(practitioners.c.id).where(practitioners.c.id == place.practitioner).with_for_update()
    if connection.execute(query).first() is None:
        raise NotInBook(_("The book knows no such practitioner."))
    if connection.execute(select(tables.clinics).where(tables.clinics.c.id == place.clinic)).first() is None:
        raise NotInBook(_("The book knows no such clinic."))


def _find(connection: Connection, which: Reference) -> Row[Any] | None:
    query = select(appointments)
    if which.booking is not None:
        found = connection.execute(query.where(appointments.c.portal_booking == which.booking)).first()
        if found is not None:
            return found
    if which.appointment is None or not _is_number(which.appointment):
        return None
    return connection.execute(query.where(appointments.c.id == int(which.appointment))).first()


def _require_allowed(connection: Connection, stands: Row[Any], rule: Column[Any]) -> None:
    """What the desk made may be changed by patients only if its template says so; NotAllowed."""
    if stands.portal_booking is not None or stands.template_id is None:
        return
    query = select(rule).where(tables.booking_templates.c.id == stands.template_id)
    if not connection.execute(query).scalar_one():
        raise NotAllowed(_("The appointment's template does not allow it."))


def _adopt(connection: Connection, stands: Row[Any], which: Reference) -> None:
    """What the patient has moved is the portal's booking from now on, whoever made it."""
    if which.booking not in (None, stands.portal_booking):
        change = update(appointments).where(appointments.c.id == stands.id)
        connection.execute(change.values(portal_booking=which.booking))


def _place(row: Row[Any]) -> Place:
    return Place(row.clinic_id, row.practitioner_id, Interval(row.start_at, row.end_at))


def _columns(place: Place) -> dict[str, object]:
    return {
        "clinic_id": place.clinic,
        "practitioner_id": place.practitioner,
        "start_at": place.during.start,
        "end_at": place.during.end,
    }


def _needed_resources(connection: Connection, treatment: str | None, clinic: str) -> Sequence[str]:
    """The resources of the treatment that stand in this clinic, locked; NotInBook."""
    if treatment is None:
        return []
    templates, resources, needs = tables.booking_templates, tables.resources, tables.template_resources
    if connection.execute(select(templates.c.id).where(templates.c.id == treatment)).first() is None:
        raise NotInBook(_("The book knows no such treatment."))
    query = (
        select(resources.c.id)
        .join(needs, needs.c.resource_id == resources.c.id)
        .where(needs.c.template_id == treatment, resources.c.clinic_id == clinic)
        .order_by(resources.c.id)
        .with_for_update()
    )
    return connection.execute(query).scalars().all()


def _require_free(
    connection: Connection, place: Place, needed: Sequence[str], *, except_for: int | None = None
) -> None:
    used = tables.appointment_resources
    others = (
        select(func.count())
        .select_from(appointments)
        .where(appointments.c.state != "cancelled", touches(appointments, place.during))
    )
    if except_for is not None:
        others = others.where(appointments.c.id != except_for)
    same_practitioner = others.where(appointments.c.practitioner_id == place.practitioner)
    same_resource = others.join(used, used.c.appointment_id == appointments.c.id).where(
        used.c.resource_id.in_(needed)
    )
    if connection.execute(same_practitioner).scalar_one():
        raise TimeTaken(_("The practitioner has another appointment at that time."))
    if needed and connection.execute(same_resource).scalar_one():
        raise TimeTaken(_("A room or device that the treatment needs is taken at that time."))


def _write(connection: Connection, place: Place, needed: Sequence[str], **columns: object) -> str:
    identifier = inserted_id(connection, insert(appointments).values(**_columns(place), **columns))
    _set_resources(connection, identifier, needed)
    return str(identifier)


def _set_resources(connection: Connection, appointment: int, needed: Sequence[str]) -> None:
    used = tables.appointment_resources
    connection.execute(used.delete().where(used.c.appointment_id == appointment))
    for resource in needed:
        connection.execute(insert(used).values(appointment_id=appointment, resource_id=resource))


def _set_cancelled(connection: Connection, appointment: int) -> None:
    change = update(appointments).where(appointments.c.id == appointment).values(state="cancelled")
    connection.execute(change)


def _note_in_journal(connection: Connection, appointment: int, text: str) -> None:
    entry = insert(tables.journal).values(appointment_id=appointment, written_by=PORTAL_USER, text=text)
    connection.execute(entry)
