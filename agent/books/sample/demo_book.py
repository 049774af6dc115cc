"""Fills an appointment book with believable, invented data for the demo; the same every time."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, func, insert, select, update

from agent.books.engine import inserted_id, writing
from agent.books.sample import tables
from agent.books.sample.book import SampleBook
from agent.books.sample.demo_data import (
    FIRST_NAMES,
    HELSINKI,
    LAST_NAMES,
    ORGANISATIONS,
    DemoOrganisation,
    Kind,
    KnownPatient,
    Shift,
    Visit,
)
from agent.desk import DESK_USER
from agent.free_slots import wall_times
from agent.intervals import Interval

DAYS_AHEAD = 56
SHARE_TAKEN = 0.88  # of the times tried; with the hour kept free about half of the day is taken
KEPT_FREE = timedelta(hours=1)
FIRST_VISIT_AFTER = timedelta(days=5)
LENGTHS = (15, 30, 30, 45, 60)
ZONE = ZoneInfo(HELSINKI)

Rows = list[dict[str, Any]]


def fill_demo_book(book: SampleBook, organisation: str, *, today: date | None = None) -> None:
    """Create the book if there is none, and lay out the days up to eight weeks from today.

    Days laid out before are left as they are, with what has been booked since.
    """
    data = ORGANISATIONS[organisation]
    today = today or datetime.now(ZONE).date()
    book.create_tables()
    with writing(book.engine) as connection:
        if not connection.execute(select(func.count()).select_from(tables.clinics)).scalar_one():
            _write_fixtures(connection, data, valid_from=today - timedelta(days=365))
        invented = select(tables.patients.c.id).order_by(tables.patients.c.id)
        patients = connection.execute(invented.limit(len(FIRST_NAMES) * len(LAST_NAMES)))
        _lay_out_days(
            connection, organisation, _first_new_day(connection, today), today, patients.scalars().all()
        )
        for known in data.known_patients:
            _give_visits(connection, data, known, today)


def _give_visits(connection: Connection, data: DemoOrganisation, known: KnownPatient, today: date) -> None:
    """Makes some of the desk's appointments this patient's, unless there are any to come."""
    appointments = tables.appointments
    patient = _card_of(connection, known)
    after = datetime.combine(today, time(), ZONE)
    coming = select(appointments.c.id).where(
        appointments.c.patient_id == patient,
        appointments.c.start_at > after,
        appointments.c.state == "booked",
    )
    if connection.execute(coming).first() is not None:
        return
    minutes = {template.id: template.minutes for template in data.templates}
    for number, visit in enumerate(known.visits, start=1):
        found = _desk_appointment(
            connection, visit, after + number * FIRST_VISIT_AFTER, minutes.get(visit.template or "")
        )
        if found is not None:
            columns = {"patient_id": patient, "template_id": visit.template, "text": visit.text}
            connection.execute(update(appointments).where(appointments.c.id == found).values(columns))


def _card_of(connection: Connection, known: KnownPatient) -> int:
    patients = tables.patients
    found = connection.execute(select(patients.c.id).where(patients.c.mobile == known.mobile)).scalar()
    if found is not None:
        return int(found)
    names = {"first_name": known.first_name, "last_name": known.last_name}
    return inserted_id(connection, insert(patients).values(**names, mobile=known.mobile, language="fi"))


def _desk_appointment(
    connection: Connection, visit: Visit, after: datetime, minutes: int | None
) -> int | None:
    """The next one of the practitioner's that is nobody's template yet, and as long as the visit takes."""
    appointments = tables.appointments
    query = (
        select(appointments)
        .where(
            appointments.c.practitioner_id == visit.practitioner,
            appointments.c.entered_by == DESK_USER,
            appointments.c.state == "booked",
            appointments.c.template_id.is_(None),
            appointments.c.start_at > after,
        )
        .order_by(appointments.c.start_at)
    )
    for row in connection.execute(query):
        if minutes in (None, (row.end_at - row.start_at) // timedelta(minutes=1)):
            return int(row.id)
    return None


def _first_new_day(connection: Connection, today: date) -> date:
    last = connection.execute(select(func.max(tables.preblock_times.c.end_at))).scalar_one()
    return today if last is None else max(today, last.astimezone(ZONE).date() + timedelta(days=1))


def _lay_out_days(connection: Connection, organisation: str, first: date, today: date, patients: Any) -> None:
    data = ORGANISATIONS[organisation]
    days = (today + timedelta(days=DAYS_AHEAD) - first).days + 1
    preblocks: Rows = []
    appointments: Rows = []
    for day in (first + timedelta(days=number) for number in range(days)):
        for practitioner in data.practitioners:
            chance = Random(f"{organisation} {practitioner.id} {day}")  # noqa: S311 - believable, not secret
            shifts = [
                (shift, wall_times(day, shift.begins, shift.ends, ZONE)[0])
                for shift in data.shifts
                if shift.practitioner == practitioner.id and day.weekday() in shift.weekdays
            ]
            preblocks += _preblocks_of(data, shifts)
            appointments += _appointments_of(data, shifts, patients, chance)
    _insert(connection, tables.preblock_times, preblocks)
    _insert(connection, tables.appointments, appointments)


def _preblocks_of(data: DemoOrganisation, shifts: list[tuple[Shift, Interval]]) -> Rows:
    """The whole of each shift; where there is a kind for the day's first hour, that hour is its own."""
    rows: Rows = []
    for number, (shift, during) in enumerate(shifts):
        kinds = [kind for kind in data.kinds if shift.practitioner in kind.practitioners]
        urgent = [kind for kind in kinds if kind.first_hour_only and number == 0]
        border = during.start + (timedelta(hours=1) if urgent else timedelta())
        rows += [_preblock(kind, shift, Interval(during.start, border)) for kind in urgent]
        rows += [
            _preblock(kind, shift, Interval(border, during.end)) for kind in kinds if not kind.first_hour_only
        ]
    return rows


def _preblock(kind: Kind, shift: Shift, during: Interval) -> dict[str, Any]:
    return {"preblock_id": kind.id, **_standing(shift, during)}


def _standing(shift: Shift, during: Interval) -> dict[str, Any]:
    return {
        "practitioner_id": shift.practitioner,
        "clinic_id": shift.clinic,
        "start_at": during.start,
        "end_at": during.end,
    }


def _appointments_of(
    data: DemoOrganisation, shifts: list[tuple[Shift, Interval]], patients: Any, chance: Random
) -> Rows:
    """About half of the day taken, and one hour of every afternoon left free for certain."""
    rows: Rows = []
    for shift, during in shifts:
        half_hours = (during.end - during.start - KEPT_FREE) // timedelta(minutes=30)
        free_from = during.start + timedelta(minutes=30 * chance.randint(0, half_hours))
        kept = Interval(free_from, free_from + KEPT_FREE)
        names = [one.name for one in data.templates if shift.practitioner in one.practitioners]
        for tried in _tried_times(during, chance):
            if chance.random() < SHARE_TAKEN and not tried.overlaps(kept):
                taken_by = {"patient_id": chance.choice(patients), "entered_by": DESK_USER}
                rows.append({**_standing(shift, tried), **taken_by, "text": chance.choice(names)})
    return rows


def _tried_times(during: Interval, chance: Random) -> Iterator[Interval]:
    start = during.start
    while True:
        end = start + timedelta(minutes=chance.choice(LENGTHS))
        if end > during.end:
            return
        yield Interval(start, end)
        start = end


def _write_fixtures(connection: Connection, data: DemoOrganisation, *, valid_from: date) -> None:
    _insert(connection, tables.clinics, [asdict(clinic) for clinic in data.clinics])
    people = [{"id": one.id, "name": one.name, "title": one.title} for one in data.practitioners]
    _insert(connection, tables.practitioners, people)
    works_at = [
        {"practitioner_id": one.id, "clinic_id": at} for one in data.practitioners for at in one.clinics
    ]
    _insert(connection, tables.practitioner_clinics, works_at)
    _insert(connection, tables.categories, [asdict(category) for category in data.categories])
    rooms = [{"id": room.id, "clinic_id": room.clinic, "name": room.name} for room in data.resources]
    _insert(connection, tables.resources, rooms)
    _insert(connection, tables.work_schedules, _schedule_rows(data, valid_from))
    _write_templates(connection, data)
    _write_kinds(connection, data)
    patients = [{"first_name": first, "last_name": last} for last in LAST_NAMES for first in FIRST_NAMES]
    _insert(connection, tables.patients, patients)


def _schedule_rows(data: DemoOrganisation, valid_from: date) -> Rows:
    return [
        {
            "practitioner_id": shift.practitioner,
            "clinic_id": shift.clinic,
            "weekday": weekday,
            "begins": shift.begins,
            "ends": shift.ends,
            "valid_from": valid_from,
        }
        for shift in data.shifts
        for weekday in shift.weekdays
    ]


def _write_templates(connection: Connection, data: DemoOrganisation) -> None:
    rows = [
        {
            "id": template.id,
            "name": template.name,
            "minutes": template.minutes,
            "category_id": template.category,
            "move_within_days": template.move_within_days,
            "appointment_text": f"Nettivaraus: {template.name}",
        }
        for template in data.templates
    ]
    _insert(connection, tables.booking_templates, rows)
    needs = [{"template_id": one.id, "resource_id": room} for one in data.templates for room in one.resources]
    _insert(connection, tables.template_resources, needs)
    for template in data.templates:
        _list(connection, "template", template.id, "practitioner", template.practitioners)
        _list(connection, "template", template.id, "clinic", template.clinics)


def _write_kinds(connection: Connection, data: DemoOrganisation) -> None:
    for kind in data.kinds:
        row = {"id": kind.id, "name": kind.name, "colour": kind.colour, "expires_days": kind.expires_days}
        _insert(connection, tables.preblocks, [{**row, "categories_excluded": False}])
        accepted = [{"preblock_id": kind.id, "category_id": category} for category in kind.categories]
        _insert(connection, tables.preblock_categories, accepted)
        _list(connection, "preblock", kind.id, "practitioner", kind.practitioners)


def _list(connection: Connection, kind: str, member: str, scope: str, users: Any) -> None:
    rows = [{"kind": kind, "member_id": member, "scope": scope, "scope_id": user} for user in users]
    _insert(connection, tables.lists, rows)


def _insert(connection: Connection, table: Table, rows: Rows) -> None:
    if rows:
        connection.execute(insert(table), rows)
