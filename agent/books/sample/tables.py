"""The appointment book's tables. Instants are stored in UTC, working hours by the wall clock."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    Time,
    TypeDecorator,
    UniqueConstraint,
    false,
)
from sqlalchemy.dialects.mysql import DATETIME
from sqlalchemy.types import TypeEngine

metadata = MetaData()


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept as UTC without an offset so that every database compares it alike."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """With parts of a second in MariaDB too: two changes in one second must not look the same."""
        is_mariadb = dialect.name in ("mysql", "mariadb")
        return dialect.type_descriptor(DATETIME(fsp=6) if is_mariadb else DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def _id() -> Column[Any]:
    return Column("id", String(64), primary_key=True)


def _refers_to(name: str, target: str, *, key: bool = False, optional: bool = False) -> Column[Any]:
    return Column(name, ForeignKey(f"{target}.id"), primary_key=key, nullable=optional)


def _now() -> datetime:
    return datetime.now(UTC)


def _changed() -> Column[Any]:
    return Column("changed_at", Instant, default=_now, onupdate=_now)


clinics = Table(
    "clinics",
    metadata,
    _id(),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("time_zone", String(64), nullable=False),
    Column("published", Boolean, nullable=False, default=True),
)

practitioners = Table(
    "practitioners",
    metadata,
    _id(),
    Column("name", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("may_publish", Boolean, nullable=False, default=True),  # the right to publish online
)

practitioner_clinics = Table(
    "practitioner_clinics",
    metadata,
    _refers_to("practitioner_id", "practitioners", key=True),
    _refers_to("clinic_id", "clinics", key=True),
)

categories = Table("categories", metadata, _id(), Column("name", Text, nullable=False))

resources = Table(
    "resources", metadata, _id(), _refers_to("clinic_id", "clinics"), Column("name", Text, nullable=False)
)

work_schedules = Table(
    "work_schedules",
    metadata,
    Column("id", Integer, primary_key=True),
    _refers_to("practitioner_id", "practitioners"),
    _refers_to("clinic_id", "clinics"),
    Column("weekday", Integer, CheckConstraint("weekday BETWEEN 0 AND 6"), nullable=False),  # 0 is Monday
    Column("begins", Time, nullable=False),
    Column("ends", Time, nullable=False),  # 00:00 is the end of the day
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date),
    Column("every_weeks", Integer, nullable=False, default=1, server_default="1"),  # from valid_from's week
    _changed(),
)

# A kind of preblock; only those of type "internet" are published.
preblocks = Table(
    "preblocks",
    metadata,
    _id(),
    Column("type", String(16), nullable=False, default="internet"),
    Column("name", Text, nullable=False),
    Column("text", Text, nullable=False, default=""),
    Column("colour", String(7), nullable=False, default="#8fd3b0"),
    Column("categories_excluded", Boolean, nullable=False, default=True),  # all but those listed
    Column("expires_days", Integer),
    Column("expires_hours", Integer),
    _changed(),
)

preblock_categories = Table(
    "preblock_categories",
    metadata,
    _refers_to("preblock_id", "preblocks", key=True),
    _refers_to("category_id", "categories", key=True),
)

# Where a preblock has been laid in the book.
preblock_times = Table(
    "preblock_times",
    metadata,
    Column("id", Integer, primary_key=True),
    _refers_to("preblock_id", "preblocks"),
    _refers_to("practitioner_id", "practitioners"),
    _refers_to("clinic_id", "clinics"),
    Column("start_at", Instant, nullable=False),
    Column("end_at", Instant, nullable=False),
    _changed(),
    Index("preblock_times_by_start", "start_at"),
)

booking_templates = Table(
    "booking_templates",
    metadata,
    _id(),
    Column("name", Text, nullable=False),
    Column("minutes", Integer, CheckConstraint("minutes > 0"), nullable=False),
    _refers_to("category_id", "categories"),
    Column("use_online", Boolean, nullable=False, default=True),
    Column("move_allowed", Boolean, nullable=False, default=True),
    Column("cancel_allowed", Boolean, nullable=False, default=True),
    Column("move_within_days", Integer),
    Column("appointment_text", Text, nullable=False, default=""),
    Column("move_next_recall", Boolean, nullable=False, default=False),
)

template_resources = Table(
    "template_resources",
    metadata,
    _refers_to("template_id", "booking_templates", key=True),
    _refers_to("resource_id", "resources", key=True),
)

# Who uses which template or preblock: the organisation, a clinic or a practitioner.
lists = Table(
    "lists",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(16), CheckConstraint("kind IN ('template', 'preblock')"), nullable=False),
    Column("member_id", String(64), nullable=False),
    Column(
        "scope",
        String(16),
        CheckConstraint("scope IN ('organisation', 'clinic', 'practitioner')"),
        nullable=False,
    ),
    Column("scope_id", String(64), nullable=False, default=""),
    UniqueConstraint("kind", "member_id", "scope", "scope_id"),
)

patients = Table(
    "patients",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("first_name", Text, nullable=False),
    Column("last_name", Text, nullable=False),
    Column("national_id", String(32), nullable=False, default="", index=True),
    Column("email", Text, nullable=False, default=""),
    Column("mobile", String(32), nullable=False, default="", index=True),
    Column("address_1", Text, nullable=False, default=""),
    Column("address_2", Text, nullable=False, default=""),
    Column("postcode", String(16), nullable=False, default=""),
    Column("city", Text, nullable=False, default=""),
    Column("language", String(8), nullable=False, default=""),
)

appointments = Table(
    "appointments",
    metadata,
    Column("id", Integer, primary_key=True),
    _refers_to("practitioner_id", "practitioners"),
    _refers_to("clinic_id", "clinics"),
    _refers_to("template_id", "booking_templates", optional=True),
    _refers_to("patient_id", "patients", optional=True),
    Column("start_at", Instant, nullable=False),
    Column("end_at", Instant, CheckConstraint("end_at > start_at"), nullable=False),
    Column("state", String(16), nullable=False, default="booked"),  # booked, cancelled, arrived or no_show
    Column("text", Text, nullable=False, default=""),
    Column("note", Text, nullable=False, default=""),  # for the staff to act on
    Column("entered_by", String(16), nullable=False),
    Column("portal_booking", String(64), unique=True),  # a portal booking is entered once
    Column("tell_patient", Boolean, nullable=False, default=False, server_default=false()),  # by the portal
    _changed(),
    Index("appointments_by_practitioner", "practitioner_id", "start_at"),
)

appointment_resources = Table(
    "appointment_resources",
    metadata,
    _refers_to("appointment_id", "appointments", key=True),
    _refers_to("resource_id", "resources", key=True),
)

journal = Table(
    "journal",
    metadata,
    Column("id", Integer, primary_key=True),
    _refers_to("appointment_id", "appointments"),
    Column("written_at", Instant, nullable=False, default=_now),
    Column("written_by", String(16), nullable=False),
    Column("text", Text, nullable=False),
)
