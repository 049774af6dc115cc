"""What a SQL appointment book publishes: read from its tables, nothing written."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, func, select

from agent.book import Catalogue, Category, Clinic, Diary, Practitioner, Resource, Treatment
from agent.books.sample import tables
from agent.free_slots import Accepts, Preblock, WorkHours
from agent.intervals import Interval


@dataclass(frozen=True, slots=True)
class Scope:
    """Where something on a list is used; None is everywhere, or by everybody."""

    clinics: frozenset[str] | None
    practitioners: frozenset[str] | None

    def covers(self, practitioner: str, clinic: str) -> bool:
        at_clinic = self.clinics is None or clinic in self.clinics
        return at_clinic and (self.practitioners is None or practitioner in self.practitioners)


def read_version(connection: Connection) -> str:
    """How many rows there are and when the last of them changed, table by table."""
    marks = []
    for table in (tables.work_schedules, tables.preblocks, tables.preblock_times, tables.appointments):
        query = select(func.count(), func.max(table.c.changed_at)).select_from(table)
        if table is tables.appointments:
            query = query.where(table.c.state != "cancelled")
        marks.append(" ".join(map(str, connection.execute(query).one())))
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
            preblocks=preblocks[practitioner.id, clinic],
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


def _scopes(connection: Connection, kind: str) -> dict[str, Scope]:
    """The scope of everything that is on a list; what is on none is not used.

    Clinics' and practitioners' lists narrow: on both, only those practitioners at those clinics.
    """
    named: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in connection.execute(select(tables.lists).where(tables.lists.c.kind == kind)):
        named[row.member_id][row.scope].add(row.scope_id)
    return {
        member: Scope(
            frozenset(scopes["clinic"]) if "clinic" in scopes else None,
            frozenset(scopes["practitioner"]) if "practitioner" in scopes else None,
        )
        for member, scopes in named.items()
    }


def _treatments(
    connection: Connection,
    clinics: Sequence[Clinic],
    practitioners: Sequence[Practitioner],
    resources: Sequence[Resource],
) -> list[Treatment]:
    scopes = _scopes(connection, "template")
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
        entry = WorkHours(row.weekday, row.begins, row.ends, row.valid_from, row.valid_until)
        hours[row.practitioner_id, row.clinic_id].append(entry)
    return hours


def _preblocks(connection: Connection, during: Interval) -> Mapping[tuple[str, str], list[Preblock]]:
    kinds = _internet_kinds(connection)
    scopes = _scopes(connection, "preblock")
    found: dict[tuple[str, str], list[Preblock]] = defaultdict(list)
    for row in connection.execute(
        select(tables.preblock_times).where(touches(tables.preblock_times, during))
    ):
        scope = scopes.get(row.preblock_id)
        if row.preblock_id in kinds and scope and scope.covers(row.practitioner_id, row.clinic_id):
            accepts, expires = kinds[row.preblock_id]
            placed = Preblock(Interval(row.start_at, row.end_at), accepts, expires)
            found[row.practitioner_id, row.clinic_id].append(placed)
    return found


def _internet_kinds(connection: Connection) -> dict[str, tuple[Accepts, timedelta | None]]:
    named = _grouped(connection, tables.preblock_categories)
    kinds = {}
    for row in connection.execute(select(tables.preblocks).where(tables.preblocks.c.type == "internet")):
        expires = timedelta(days=row.expires_days or 0, hours=row.expires_hours or 0)
        kinds[row.id] = (Accepts(frozenset(named[row.id]), row.categories_excluded), expires or None)
    return kinds


def _busy(connection: Connection, during: Interval) -> Mapping[str, list[Interval]]:
    table = tables.appointments
    booked = select(table).where(table.c.state != "cancelled", touches(table, during))
    busy: dict[str, list[Interval]] = defaultdict(list)
    for row in connection.execute(booked.order_by(table.c.start_at)):
        busy[row.practitioner_id].append(Interval(row.start_at, row.end_at))
    return busy
