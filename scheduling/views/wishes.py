"""What times a patient is looking for, by the choices made so far."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from clinics.models import Clinic, Organisation, Practitioner
from clinics.tenancy import PatientRequest
from scheduling.first_free import next_week_anywhere
from scheduling.free_anywhere import Wanted, days_with_slots, free_anywhere
from scheduling.free_times import WeekOfTimes, week_of_times
from scheduling.horizon import Horizon
from scheduling.menu import Menu
from scheduling.models import Treatment
from scheduling.steps import TIME, Choices


@dataclass(frozen=True, slots=True)
class Wish:
    """Times of one treatment at one clinic, or of whatever goes with the choices made so far."""

    organisation: Organisation
    clinics: list[Clinic]
    treatments: list[Treatment]
    practitioner: Practitioner | None
    choices: Choices
    language: str
    zone: ZoneInfo

    @classmethod
    def of(cls, request: PatientRequest, menu: Menu, choices: Choices) -> "Wish":
        return cls(
            request.organisation,
            menu.clinics_for(choices),
            menu.treatments_for(choices),
            menu.chosen(choices, "practitioner"),
            choices,
            request.LANGUAGE_CODE or "en",
            menu.zone(choices),
        )

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.organisation, self.clinics, self.treatments, self.practitioner)

    @property
    def horizon(self) -> Horizon:
        return Horizon.of(self.organisation, self.zone)

    @property
    def is_definite(self) -> bool:
        return len(self.clinics) == len(self.treatments) == 1

    def week(self, monday: date) -> "WeekOfTimes | TimesAnywhere":
        """The week's free times, and the numbers of its days on which anything is published."""
        if self.is_definite:
            return week_of_times(
                organisation=self.organisation,
                clinic=self.clinics[0],
                treatment=self.treatments[0],
                practitioner=self.practitioner,
                week=monday,
            )
        times = free_anywhere(self.wanted, first_week=monday, last_week=monday, zone=self.zone)
        days = [monday + timedelta(days=number) for number in range(7)]
        published = frozenset(days.index(day) for day in self.published_days(days))
        return TimesAnywhere(tuple(times), published)

    def free_days(self, first_week: date, last_week: date) -> set[date]:
        """The days from one week to another on which anything is free."""
        times = free_anywhere(self.wanted, first_week=first_week, last_week=last_week, zone=self.zone)
        return {time.date() for time in times}

    def published_days(self, days: list[date]) -> set[date]:
        return days_with_slots(self.wanted, days, self.zone)

    def next_week(self, after: date) -> date | None:
        return next_week_anywhere(
            organisation=self.organisation,
            clinics=self.clinics,
            treatments=self.treatments,
            practitioner=self.practitioner,
            after=after,
            zone=self.zone,
        )

    def week_url(self, week: date) -> str:
        return self.choices.url(change=TIME, week=week.isoformat())


@dataclass(frozen=True, slots=True)
class TimesAnywhere:
    """The same as a ``WeekOfTimes``, of several clinics or treatments."""

    times: tuple[datetime, ...]
    published_days: frozenset[int]

    @property
    def has_times(self) -> bool:
        return bool(self.times)
