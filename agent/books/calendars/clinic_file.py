"""The file that says what a calendar does not: clinics, people and their opening hours, treatments."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from agent.book import Catalogue, Category, Clinic, Practitioner, Treatment
from agent.free_slots import Accepts, Preblock, WorkHours, working_times
from agent.intervals import Interval
from agent.preblocks import expiry
from agent.toml_files import Section, TomlFile
from agent.words import _

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CLINIC_KEYS = ("id", "name", "time_zone", "address", "phone", "email")
PERSON_KEYS = ("id", "name", "title", "calendar", "hours")
TREATMENT_KEYS = (
    "id",
    "name",
    "minutes",
    "category",
    "appointment_text",
    "move_allowed",
    "cancel_allowed",
    "move_within_days",
    "clinics",
    "practitioners",
)
HOURS_KEYS = (
    "clinic",
    "weekdays",
    "begins",
    "ends",
    "valid_from",
    "valid_until",
    "every_weeks",
    "categories",
    "categories_except",
    "expires_days",
    "expires_hours",
)


@dataclass(frozen=True, slots=True)
class Opening:
    """Hours of one practitioner at one clinic that are published, week after week."""

    clinic: str
    hours: Sequence[WorkHours]
    accepts: Accepts
    expires_before: timedelta | None

    def preblocks(self, first: date, last: date, zone: ZoneInfo) -> Iterator[Preblock]:
        """The published stretches of some days, both included."""
        for during in working_times(self.hours, first, last, zone):
            yield Preblock(during, self.accepts, self.expires_before)


@dataclass(frozen=True, slots=True)
class ClinicFile:
    """All that the file says."""

    catalogue: Catalogue
    calendars: dict[str, str]  # the practitioner's: where it is
    openings: dict[str, list[Opening]]  # the practitioner's

    def zone_of(self, clinic: str) -> ZoneInfo:
        return next(ZoneInfo(one.time_zone) for one in self.catalogue.clinics if one.id == clinic)

    def preblocks(self, practitioner: str, clinic: str, during: Interval) -> list[Preblock]:
        zone = self.zone_of(clinic)
        first, last = (moment.astimezone(zone).date() for moment in during)
        return [
            preblock
            for opening in self.openings[practitioner]
            if opening.clinic == clinic
            for preblock in opening.preblocks(first, last, zone)
        ]

    def hours(self, practitioner: str, clinic: str) -> list[WorkHours]:
        openings = self.openings[practitioner]
        return [entry for opening in openings if opening.clinic == clinic for entry in opening.hours]


def load_clinic_file(path: Path) -> ClinicFile:
    """What the file says, everything named in it known; ConfigurationError."""
    root = TomlFile(path).root()
    root.allow(("clinics", "categories", "practitioners", "treatments"))
    for key in ("clinics", "categories", "practitioners", "treatments"):
        if not root.sections(key):
            root.refuse(key, _("is missing; write at least one [[{key}]]", key=key))
    clinics = [_clinic(one) for one in _distinct(root, "clinics")]
    categories = [_category(one) for one in _distinct(root, "categories")]
    known_clinics, known_categories = {one.id for one in clinics}, {one.id for one in categories}
    people = _distinct(root, "practitioners")
    openings = {
        _id(one): [_opening(hours, known_clinics, known_categories) for hours in one.sections("hours")]
        for one in people
    }
    practitioners = [_practitioner(one, openings[_id(one)]) for one in people]
    known_people = {one.id for one in practitioners}
    treatments = [
        _treatment(one, known_categories, known_clinics, known_people)
        for one in _distinct(root, "treatments")
    ]
    return ClinicFile(
        Catalogue(clinics, practitioners, categories, [], treatments),
        {_id(one): one.need("calendar", str) for one in people},
        openings,
    )


def _distinct(root: Section, key: str) -> list[Section]:
    sections = root.sections(key)
    seen: set[str] = set()
    for one in sections:
        if _id(one) in seen:
            one.refuse("id", _('"{name}" is there twice; choose another name', name=_id(one)))
        seen.add(_id(one))
    return sections


def _id(section: Section) -> str:
    identifier = section.need("id", str)
    if not 1 <= len(identifier) <= 64:
        section.refuse("id", _("must have 1 to 64 characters; change it"))
    return identifier


def _clinic(section: Section) -> Clinic:
    section.allow(CLINIC_KEYS)
    zone = section.need("time_zone", str)
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError):
        section.refuse("time_zone", _('must be a zone such as "Europe/Helsinki"; change it'))
    return Clinic(
        id=_id(section),
        name=section.need("name", str),
        address=section.get("address", str, ""),
        phone=section.get("phone", str, ""),
        email=section.get("email", str, ""),
        time_zone=zone,
    )


def _category(section: Section) -> Category:
    section.allow(("id", "name"))
    return Category(_id(section), section.need("name", str))


def _practitioner(section: Section, openings: Sequence[Opening]) -> Practitioner:
    section.allow(PERSON_KEYS)
    if not openings:
        section.refuse("hours", _("is missing; write at least one [[{key}]]", key="practitioners.hours"))
    clinics = sorted({opening.clinic for opening in openings})
    return Practitioner(_id(section), section.need("name", str), section.get("title", str, ""), clinics)


def _opening(section: Section, clinics: set[str], categories: set[str]) -> Opening:
    section.allow(HOURS_KEYS)
    weekdays = section.texts("weekdays")
    if not weekdays or not set(weekdays) <= set(WEEKDAYS):
        section.refuse(
            "weekdays", _("must be a list of some of {options}; change it", options=", ".join(WEEKDAYS))
        )
    begins, ends = section.clock("begins"), section.clock("ends")
    valid_from = section.day("valid_from", date.min) or date.min
    every_weeks = section.get("every_weeks", int, 1)
    if every_weeks < 1 or (every_weeks > 1 and "valid_from" not in section):
        section.refuse("every_weeks", _("must be above zero, with valid_from in a week that counts; mend it"))
    hours = [
        WorkHours(
            WEEKDAYS.index(day), begins, ends, valid_from, section.day("valid_until", None), every_weeks
        )
        for day in weekdays
    ]
    days, hours_before = (
        section.need(key, int) if key in section else None for key in ("expires_days", "expires_hours")
    )
    expires = expiry(days, hours_before)
    return Opening(_known(section, "clinic", clinics), hours, _accepts(section, categories), expires)


def _accepts(section: Section, categories: set[str]) -> Accepts:
    if "categories" in section and "categories_except" in section:
        section.refuse("categories_except", _("and categories cannot both be meant; keep one of them"))
    for key, excluded in (("categories", False), ("categories_except", True)):
        named = _all_known(section, key, categories)
        if named is not None:
            return Accepts(frozenset(named), excluded)
    return Accepts()


def _treatment(
    section: Section, categories: set[str], clinics: set[str], practitioners: set[str]
) -> Treatment:
    section.allow(TREATMENT_KEYS)
    minutes = section.need("minutes", int)
    if minutes < 1:
        section.refuse("minutes", _("must be above zero; change it"))
    return Treatment(
        id=_id(section),
        name=section.need("name", str),
        minutes=minutes,
        category=_known(section, "category", categories),
        appointment_text=section.get("appointment_text", str, ""),
        move_allowed=section.get("move_allowed", bool, True),
        cancel_allowed=section.get("cancel_allowed", bool, True),
        move_within_days=section.need("move_within_days", int) if "move_within_days" in section else None,
        resources=[],
        clinics=_all_known(section, "clinics", clinics),
        practitioners=_all_known(section, "practitioners", practitioners),
    )


def _known(section: Section, key: str, known: set[str]) -> str:
    value = section.need(key, str)
    if value not in known:
        section.refuse(
            key,
            _(
                '"{value}" is not among {known}; mend it or add it',
                value=value,
                known=", ".join(sorted(known)),
            ),
        )
    return value


def _all_known(section: Section, key: str, known: set[str]) -> list[str] | None:
    values = section.texts(key)
    for value in values or []:
        if value not in known:
            section.refuse(
                key,
                _(
                    'has "{value}", which is not among {known}; mend it',
                    value=value,
                    known=", ".join(sorted(known)),
                ),
            )
    return values
