"""The free times that fit wishes, read from the weeks worked out beforehand."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from heapq import merge
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from clinics.models import Clinic, Organisation, Practitioner
from scheduling.availability import Interval, Starts
from scheduling.free_times import resource_times
from scheduling.horizon import Horizon
from scheduling.matching import Preference, fitting_starts
from scheduling.models import FreeWeek, TreatmentResource, Wish

_PUBLISHED = {
    f"{owner}__{name}": value
    for owner in ("treatment", "clinic", "practitioner")
    for name, value in (("is_published", True), ("retired_at", None))
}


class WantedTime(NamedTuple):
    """A start that fits a wish, and where and with whom; ordered by time, then by the clinic's order."""

    starts_at: datetime
    order: tuple[int, int, int, int]
    clinic: Clinic
    practitioner: Practitioner


@dataclass(frozen=True)
class WantedTimes:
    """What these wishes of one organisation could be offered; read once for all of them."""

    organisation: Organisation
    wishes: Sequence[Wish]
    not_before: datetime
    _in_use: dict[tuple[int, int, date], list[Interval]] = field(default_factory=dict)

    def of(self, wish: Wish) -> Iterator[WantedTime]:
        """The times that fit one wish, the earliest first; of equal ones the clinic admin's first."""
        clinics = {row.clinic_id for row in wish.at_clinics.all()}
        practitioners = {row.practitioner_id for row in wish.by_practitioners.all()}
        preference = Preference(frozenset(wish.weekdays), wish.from_time, wish.until_time, wish.latest_on)
        for _, rows in groupby(self.weeks[wish.treatment_id], key=attrgetter("week")):
            fitting = [
                self.fitting(row, preference)
                for row in rows
                if (not clinics or row.clinic_id in clinics)
                and (not practitioners or row.practitioner_id in practitioners)
            ]
            yield from merge(*fitting, key=itemgetter(0, 1))

    def fitting(self, row: FreeWeek, preference: Preference) -> Iterator[WantedTime]:
        zone = ZoneInfo(row.clinic.time_zone)
        order = (row.practitioner.position, row.practitioner_id, row.clinic.position, row.clinic_id)
        for starts_at in fitting_starts(
            starts=self.bookable(row, zone),
            week=row.week,
            zone=zone,
            preference=preference,
            earliest=self.not_before,
        ):
            yield WantedTime(starts_at, order, row.clinic, row.practitioner)

    def bookable(self, row: FreeWeek, zone: ZoneInfo) -> Starts:
        """The row's starts that the organisation's rules and the treatment's resources leave."""
        starts = Starts(row.starts, tuple(row.odd_starts or ()))
        starts = starts.between(*Horizon.of(self.organisation, zone).minutes(row.week))
        if starts and row.treatment_id in self.needing_resources:
            starts = starts.without(self.resources_in_use(row, zone), row.treatment.minutes)
        return starts

    def resources_in_use(self, row: FreeWeek, zone: ZoneInfo) -> list[Interval]:
        place = (row.clinic_id, row.treatment_id, row.week)
        if place not in self._in_use:
            self._in_use[place] = resource_times(self.organisation, row.clinic, row.treatment, row.week, zone)
        return self._in_use[place]

    @cached_property
    def weeks(self) -> dict[int, list[FreeWeek]]:
        """Treatment id to the weeks in which it is free somewhere, up to the last that anybody wants."""
        rows = FreeWeek.objects.filter(
            organisation=self.organisation,
            treatment__in={wish.treatment_id for wish in self.wishes},
            week__lte=max(wish.latest_on for wish in self.wishes),
            week__gte=self.first_week,
            **_PUBLISHED,
        ).select_related("treatment", "clinic", "practitioner")
        by_treatment: dict[int, list[FreeWeek]] = defaultdict(list)
        for row in rows.order_by("week", "pk"):
            by_treatment[row.treatment_id].append(row)
        return by_treatment

    @cached_property
    def needing_resources(self) -> set[int]:
        rows = TreatmentResource.objects.filter(organisation=self.organisation)
        return set(rows.values_list("treatment_id", flat=True))

    @property
    def first_week(self) -> date:
        return Horizon.of(self.organisation, ZoneInfo(self.organisation.time_zone)).first_week
