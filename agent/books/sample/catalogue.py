"""What a SQL appointment book publishes: read from its tables, nothing written."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, func, select

from agent.book import Catalogue, Category, Clinic, Diary, Practitioner, Resource, Treatment
from agent.books.sample import tables
from agent.free_slots import Accepts, Preblock, WorkHours
from agent.intervals import Interval
from agent.preblocks import Kind, Laid, Listed, expiry, published_preblocks, scopes_of
from agent.wire import digest_of

# What is published, where and by whom: a practitioner who loses the right to be has to go at once.
SMALL = (
    tables.clinics,
    tables.practitioners,
    tables.practitioner_clinics,
    tables.booking_templates,
    tables.lists,
    tables.preblock_categories,
)


def read_version(connection: Connection) -> str:
    """How many rows there are and when the last of them changed; of small tables a digest of them all.

    Cancelled appointments count: one entered and cancelled between two looks has left something to tell.
    """
    marks = []
    for table in (tables.work_schedules, tables.preblocks, tables.preblock_times, tables.appointments):
        query = select(func.count(), func.max(table.c.changed_at)).select_from(table)
        marks.append(" ".join(map(str, connection.execute(query).one())))
    for table in SMALL:
        rows = connection.execute(select(table).order_by(*table.primary_key)).all()
        marks.append(digest_of([repr(row) for row in rows]))
    return "; ".join(marks)


def read_catalogue(connection: Connection) -> Catalogue:
    """Everything published, in the order of the ids."""
    clinics = _published_clinics(connection)
    practitioners = _published_practitioners(connection, {clinic.id for clinic in clinics})
    resources = [
        Resource(row.id, row.clinic_id, row.name)
        for row in _ordered(connection, tables.resources)
        if row.clinic_id in {clinic.id for clinic in clinics}
    ]
    return Catalogue(
        clinics=clinics,
        practitioners=practitioners,
        categories=[Category(row.id, row.name) for row in _ordered(connection, tables.categories)],
        resources=resources,
        treatments=_treatments(connection, clinics, practitioners, resources),
    )


def read_diaries(connection: Connection, during: Interval) -> list[Diary]:
    """The time of everybody who publishes, at each of their clinics."""
    hours = _hours(connection)
    preblocks = _preblocks(connection, during)
    busy = _busy(connection, during)
    published = _published_practitioners(connection, {row.id for row in _published_clinics(connection)})
    return [
        Diary(
            practitioner=practitioner.id,
            clinic=clinic,
            hours=hours[practitioner.id, clinic],
            preblocks=preblocks.get((practitioner.id, clinic), []),
            busy=busy[practitioner.id],
        )
        for practitioner in published
        for clinic in practitioner.clinics
    ]


def touches(table: Table, during: Interval) -> ColumnElement[bool]:
    """Whether a row of ``table`` shares a moment with ``during``."""
    return and_(table.c.start_at < during.end, table.c.end_at > during.start)


def _ordered(connection: Connection, table: Table) -> Sequence[Row[Any]]:
    return connection.execute(select(table).order_by(table.c.id)).all()


def _published_clinics(connection: Connection) -> list[Clinic]:
    return [
        Clinic(row.id, row.name, row.address, row.phone, row.email, row.time_zone)
        for row in _ordered(connection, tables.clinics)
        if row.published
    ]


def _published_practitioners(connection: Connection, clinics: set[str]) -> list[Practitioner]:
    works_at = _grouped(connection, tables.practitioner_clinics)
    everybody = [
        Practitioner(row.id, row.name, row.title, [at for at in works_at[row.id] if at in clinics])
        for row in _ordered(connection, tables.practitioners)
        if row.may_publish
    ]
    return [practitioner for practitioner in everybody if practitioner.clinics]


def _grouped(connection: Connection, link: Table) -> Mapping[str, list[str]]:
    """The second column of a linking table by the first, in order."""
    groups: dict[str, list[str]] = defaultdict(list)
    for owner, member in connection.execute(select(link).order_by(*link.c)):
        groups[owner].append(member)
    return groups


def _lists(connection: Connection, kind: str) -> list[Listed]:
    named = select(tables.lists).where(tables.lists.c.kind == kind)
    return [Listed(row.member_id, row.scope, row.scope_id) for row in connection.execute(named)]


def _treatments(
    connection: Connection,
    clinics: Sequence[Clinic],
    practitioners: Sequence[Practitioner],
    resources: Sequence[Resource],
) -> list[Treatment]:
    scopes = scopes_of(_lists(connection, "template"))
    needs = _grouped(connection, tables.template_resources)
    published_resources = {resource.id for resource in resources}
    treatments = [
        Treatment(
            id=row.id,
            name=row.name,
            minutes=row.minutes,
            category=row.category_id,
            appointment_text=row.appointment_text,
            move_allowed=row.move_allowed,
            cancel_allowed=row.cancel_allowed,
            move_within_days=row.move_within_days,
            resources=[needed for needed in needs[row.id] if needed in published_resources],
            clinics=_published(scopes[row.id].clinics, [clinic.id for clinic in clinics]),
            practitioners=_published(scopes[row.id].practitioners, [person.id for person in practitioners]),
        )
        for row in _ordered(connection, tables.booking_templates)
        if row.use_online and row.id in scopes
    ]
    return [treatment for treatment in treatments if [] not in (treatment.clinics, treatment.practitioners)]


def _published(named: frozenset[str] | None, published: Sequence[str]) -> list[str] | None:
    return None if named is None else [one for one in published if one in named]


def _hours(connection: Connection) -> Mapping[tuple[str, str], list[WorkHours]]:
    hours: dict[tuple[str, str], list[WorkHours]] = defaultdict(list)
    for row in connection.execute(select(tables.work_schedules)):
        entry = WorkHours(row.weekday, row.begins, row.ends, row.valid_from, row.valid_until, row.every_weeks)
        hours[row.practitioner_id, row.clinic_id].append(entry)
    return hours


def _preblocks(connection: Connection, during: Interval) -> Mapping[tuple[str, str], list[Preblock]]:
    lying = select(tables.preblock_times).where(touches(tables.preblock_times, during))
    laid = [
        Laid(row.preblock_id, row.practitioner_id, row.clinic_id, Interval(row.start_at, row.end_at))
        for row in connection.execute(lying)
    ]
    return published_preblocks(_kinds(connection), _lists(connection, "preblock"), laid)


def _kinds(connection: Connection) -> list[Kind]:
    named = _grouped(connection, tables.preblock_categories)
    return [
        Kind(
            id=row.id,
            type=row.type,
            accepts=Accepts(frozenset(named[row.id]), row.categories_excluded),
            expires_before=expiry(row.expires_days, row.expires_hours),
        )
        for row in _ordered(connection, tables.preblocks)
    ]


def _busy(connection: Connection, during: Interval) -> Mapping[str, list[Interval]]:
    table = tables.appointments
    booked = select(table).where(table.c.state != "cancelled", touches(table, during))
    busy: dict[str, list[Interval]] = defaultdict(list)
    for row in connection.execute(booked.order_by(table.c.start_at)):
        busy[row.practitioner_id].append(Interval(row.start_at, row.end_at))
    return busy
