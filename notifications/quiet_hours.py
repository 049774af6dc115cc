"""When nobody is disturbed, by the clinic's clock, and when a message goes that would fall into that time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from clinics.models import Organisation

NIGHT = (time(21), time(8))
"""Where the organisation has not said when it wants quiet."""
_FARTHEST = 8
"""Days looked at around a moment: a week of quiet weekdays and one more."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours that end where they begin are none. Weekdays on which nothing goes: Monday is 0."""

    begins: time
    ends: time
    weekdays: frozenset[int] = frozenset()

    def covers(self, local: datetime) -> bool:
        """Whether nobody is disturbed at this moment of the clock."""
        if local.weekday() in self.weekdays:
            return True
        now = local.time()
        if self.begins <= self.ends:
            return self.begins <= now < self.ends
        return now >= self.begins or now < self.ends

    def hours(self, day: date) -> list[tuple[time, time | None]]:
        """The hours of a day, beginning and end, at which messages may go; None: until midnight."""
        if day.weekday() in self.weekdays:
            return []
        if self.begins == self.ends:
            return [(time.min, None)]
        if self.begins > self.ends:
            return [(self.ends, self.begins)]
        before = [(time.min, self.begins)] if self.begins != time.min else []
        return [*before, (self.ends, None)]


def quiet_of(organisation: Organisation) -> Quiet:
    """What the organisation has chosen; the night where it has not."""
    chosen = organisation.settings
    begins, ends = NIGHT
    if chosen.quiet_from is not None and chosen.quiet_until is not None:
        begins, ends = chosen.quiet_from, chosen.quiet_until
    return Quiet(begins, ends, frozenset(chosen.quiet_weekdays))


def moment_to_send(
    wanted: datetime, *, quiet: Quiet, zone: ZoneInfo, earliest: datetime, latest: datetime
) -> datetime | None:
    """When a message goes that was wanted at a moment: then, else before the quiet, else after it.

    Never before ``earliest`` and always before ``latest``: None where that leaves no moment. What goes before
    the quiet goes in its last minute, by the clock of ``zone``.
    """
    spans = _spans_around(wanted.astimezone(zone).date(), quiet, zone)
    if any(begins <= wanted < ends for begins, ends in spans) and earliest <= wanted < latest:
        return wanted
    last_minutes = [
        max(begins, ends - timedelta(minutes=1)) for begins, ends in spans if ends <= max(wanted, earliest)
    ]
    before = [moment for moment in last_minutes if earliest <= moment < latest]
    after = [
        max(begins, wanted, earliest)
        for begins, ends in spans
        if ends > max(wanted, earliest) and max(begins, wanted, earliest) < latest
    ]
    return max(before, default=None) or min(after, default=None)


@lru_cache(maxsize=1024)
def _spans_around(day: date, quiet: Quiet, zone: ZoneInfo) -> tuple[tuple[datetime, datetime], ...]:
    return tuple(_open_spans(day, quiet, zone))


def _open_spans(day: date, quiet: Quiet, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """The stretches around a day in which messages may go, as instants; touching ones are one.

    Where clocks show a time twice the quiet has both: it begins at the first and ends at the second.
    """
    joined: list[tuple[datetime, datetime]] = []
    for each in (day + timedelta(days=offset) for offset in range(-_FARTHEST, _FARTHEST + 1)):
        for first, last in quiet.hours(each):
            begins = _instant(each, first.replace(fold=1), zone)
            ends = _instant(each, last, zone) if last else _instant(each + timedelta(days=1), time.min, zone)
            if joined and joined[-1][1] >= begins:
                joined[-1] = joined[-1][0], max(ends, joined[-1][1])
            elif ends > begins:
                joined.append((begins, ends))
    yield from joined


def _instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """When the clock shows this, or, where it never does, what comes right after the gap."""
    local = datetime.combine(day, clock, zone)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return instant
    sides = (local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    moment = min(sides)
    while moment.astimezone(zone).replace(tzinfo=None) < local.replace(tzinfo=None):
        moment += timedelta(minutes=1)
    return moment
