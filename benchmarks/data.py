"""The organisations that are measured, and the many others that share the server with them.

Everybody works eight hours a day and is half booked: what is left are three stretches a day.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils import timezone

from clinics.accounts import open_account
from clinics.models import Clinic, Organisation, OrganisationSettings, Practitioner
from clinics.scope import organisation_scope
from scheduling.availability import start_times
from scheduling.bookings import PatientDetails, book, store_patient
from scheduling.holds import hold_time
from scheduling.logins import start_login
from scheduling.models import Booking, Category, Login, Treatment
from scheduling.models.booking import Confirmation
from scheduling.models.free_week import bit_literal
from scheduling.slot_times import SlotTime
from scheduling.slots import Window, publish_slots
from scheduling.weeks import minutes_in_week, minutes_into_week, monday_of

WEEKS = 9
MAIJAS_NUMBER = "+358405550100"
ZONE = ZoneInfo("Europe/Helsinki")
MINUTES = [30, 30, 60, 45, 20, 90, 15, 30]
"""The lengths of a practice's eight treatments; the first is the one that is booked."""
FILLER_MINUTES = [30, 60]

Stretch = tuple[str, str]
DAYS: list[list[Stretch]] = [
    [("08:00", "09:30"), ("10:30", "12:00"), ("14:00", "15:00")],
    [("08:30", "10:00"), ("11:00", "12:00"), ("13:00", "14:30")],
    [("09:00", "10:00"), ("12:00", "13:30"), ("14:30", "16:00")],
    [("08:00", "09:00"), ("10:00", "11:30"), ("13:30", "15:00")],
]
BOOKED = timedelta(minutes=MINUTES[0])


@dataclass(frozen=True)
class Practice:
    """An organisation with one clinic, as the load generator names it."""

    organisation: Organisation
    account_key: str
    clinic: Clinic
    treatment: Treatment
    practitioners: list[Practitioner]

    @property
    def subdomain(self) -> str:
        return self.organisation.subdomain


def first_monday() -> date:
    return monday_of(timezone.now().astimezone(ZONE).date())


def shown_week() -> date:
    """The week that is looked at: all of it can be booked."""
    return first_monday() + timedelta(days=14)


def working_days(weeks: int = WEEKS) -> Iterator[date]:
    """Monday to Friday of this week and those that follow."""
    for week in range(weeks):
        yield from (first_monday() + timedelta(days=7 * week + day) for day in range(5))


def local(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), ZONE).astimezone(UTC)


def stretches(day: date, who: int) -> list[tuple[datetime, datetime]]:
    """What a practitioner has left on a day; it is not the same for all of them, nor every day."""
    return [(local(day, start), local(day, end)) for start, end in DAYS[(who + day.toordinal()) % len(DAYS)]]


def make_practice(subdomain: str, practitioners: int) -> Practice:
    """An organisation with so many practitioners, and nine weeks of free time as a push would bring them."""
    organisation, key = open_account(
        name=f"Benchmark {subdomain}", subdomain=subdomain, language="fi", country="FI"
    )
    organisation.settings.sms_daily_limit = 1_000_000
    organisation.settings.sms_monthly_cap = 1_000_000
    organisation.settings.save()
    with organisation_scope(organisation.pk):
        clinic = Clinic.objects.create(organisation=organisation, **clinic_fields())
        people = Practitioner.objects.bulk_create(
            Practitioner(organisation=organisation, external_id=f"p{n}", name=f"Practitioner {n}", position=n)
            for n in range(practitioners)
        )
        treatments = make_treatments(organisation)
        publish_slots(organisation=organisation, windows=[window(who, clinic) for who in people])
    return Practice(organisation, key, clinic, treatments[0], people)


def make_booking(practice: Practice) -> Booking:
    """A booking as a patient makes it, for the page that its link opens."""
    organisation = practice.organisation
    with organisation_scope(organisation.pk):
        held = hold_time(
            organisation=organisation,
            treatment=practice.treatment,
            practitioner=practice.practitioners[0],
            clinic=practice.clinic,
            starts_at=next(bookable_starts(working_days(), 0)),
            visitor="benchmark",
        )
        maija = PatientDetails(
            "Maija", "Meikäläinen", "fi", email="maija@patients.example", mobile=MAIJAS_NUMBER
        )
        with transaction.atomic():
            store_patient(organisation, held, maija)
            book(organisation, held, Confirmation.SKIPPED)
    return held


def log_in(practice: Practice) -> str:
    """Whoever made the booking, logged in by a code; the key in the browser's cookie."""
    organisation = practice.organisation
    organisation.settings.login = organisation.settings.sms_login = True
    organisation.settings.save()
    with organisation_scope(organisation.pk):
        _login, key = start_login(organisation=organisation, method=Login.Method.SMS, mobile=MAIJAS_NUMBER)
    return key


def clinic_fields() -> dict[str, str]:
    return {
        "external_id": "c",
        "name": "Keskusta",
        "address": "Esimerkkikatu 1, 00100 Helsinki",
        "phone": "+358 9 555 0100",
        "time_zone": ZONE.key,
    }


def make_treatments(organisation: Organisation) -> list[Treatment]:
    category = Category.objects.create(organisation=organisation, external_id="k", name="Everything")
    return Treatment.objects.bulk_create(
        Treatment(
            organisation=organisation,
            category=category,
            external_id=f"t{n}",
            name=f"Treatment {n}",
            minutes=minutes,
        )
        for n, minutes in enumerate(MINUTES)
    )


def window(who: Practitioner, clinic: Clinic) -> Window:
    days = list(working_days())
    slots = [SlotTime.of(start, end) for day in days for start, end in stretches(day, who.position)]
    return Window(who.pk, clinic.pk, local(days[0], "00:00"), local(days[-1], "23:00"), slots)


def bookable_starts(days: Iterable[date], who: int) -> Iterator[datetime]:
    """When the first treatment can begin on these days, next week at the earliest."""
    for day in days:
        if day < first_monday() + timedelta(days=7):
            continue
        for start, end in stretches(day, who):
            yield from (start + BOOKED * n for n in range((end - start) // BOOKED))


# The others


def make_others(organisations: int, practitioners: int, *, first: int = 0) -> list[Practice]:
    """So many more organisations with so many practitioners each, written as fast as can be."""
    made = Organisation.objects.bulk_create(
        Organisation(
            name=f"Other {n}",
            subdomain=f"other-{n}",
            country="FI",
            time_zone=ZONE.key,
            default_language="fi",
        )
        for n in range(first, first + organisations)
    )
    OrganisationSettings.objects.bulk_create(OrganisationSettings(organisation=one) for one in made)
    clinics = Clinic.across.bulk_create(Clinic(organisation=one, **clinic_fields()) for one in made)
    people = Practitioner.across.bulk_create(
        Practitioner(organisation=one, external_id=f"p{n}", name=f"Practitioner {n}", position=n)
        for one in made
        for n in range(practitioners)
    )
    categories = Category.across.bulk_create(
        Category(organisation=one, external_id="k", name="Everything") for one in made
    )
    treatments = Treatment.across.bulk_create(
        Treatment(
            organisation=category.organisation,
            category=category,
            external_id=f"t{n}",
            name=f"Treatment {n}",
            minutes=minutes,
        )
        for category in categories
        for n, minutes in enumerate(FILLER_MINUTES)
    )
    fill_slots(made)
    fill_free_weeks(made)
    return [
        Practice(
            one,
            "",
            clinics[n],
            treatments[n * len(FILLER_MINUTES)],
            people[n * practitioners : (n + 1) * practitioners],
        )
        for n, one in enumerate(made)
    ]


def fill_slots(organisations: Sequence[Organisation]) -> None:
    """Every practitioner's slots, put together by the database; all have the same days."""
    times = [stretch for day in working_days() for stretch in stretches(day, 0)]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO scheduling_slot (organisation_id, practitioner_id, clinic_id, starts_at, ends_at)"
            " SELECT p.organisation_id, p.id, c.id, s.starts_at, s.ends_at FROM clinics_practitioner p"
            " JOIN clinics_clinic c ON c.organisation_id = p.organisation_id"
            " CROSS JOIN unnest(%s::timestamptz[], %s::timestamptz[]) AS s(starts_at, ends_at)"
            " WHERE p.organisation_id = ANY(%s)",
            [
                [start for start, _ in times],
                [end for _, end in times],
                [organisation.pk for organisation in organisations],
            ],
        )


def fill_free_weeks(organisations: Sequence[Organisation]) -> None:
    """What those slots come to for each treatment: worked out once, since all have the same days."""
    weeks = sorted({monday_of(day) for day in working_days()})
    rows = [(minutes, week, free_week(minutes, week)) for minutes in FILLER_MINUTES for week in weeks]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO scheduling_freeweek"
            " (organisation_id, treatment_id, clinic_id, practitioner_id, week, starts)"
            " SELECT p.organisation_id, t.id, c.id, p.id, w.week, w.starts::bit(2028)"
            " FROM clinics_practitioner p"
            " JOIN clinics_clinic c ON c.organisation_id = p.organisation_id"
            " JOIN scheduling_treatment t ON t.organisation_id = p.organisation_id"
            " JOIN unnest(%s::int[], %s::date[], %s::text[]) AS w(minutes, week, starts)"
            " ON w.minutes = t.minutes WHERE p.organisation_id = ANY(%s)",
            [
                [minutes for minutes, _, _ in rows],
                [week for _, week, _ in rows],
                [starts for _, _, starts in rows],
                [organisation.pk for organisation in organisations],
            ],
        )


def free_week(minutes: int, week: date) -> str:
    """The bits of one week for a treatment of this length, as the portal works them out."""
    slots = [
        (minutes_into_week(start, week, ZONE), minutes_into_week(end, week, ZONE))
        for day in working_days()
        if monday_of(day) == week
        for start, end in stretches(day, 0)
    ]
    starts = start_times(
        slots=slots, busy=[], length=minutes, step=minutes, week_minutes=minutes_in_week(week, ZONE)
    )
    return bit_literal(starts.bits)


def settle() -> None:
    """Lets the database gather its statistics and write down what is new, before anything is measured."""
    connection.close()
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - names of ours
        return int(cursor.fetchone()[0])
