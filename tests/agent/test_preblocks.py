"""The whole arithmetic of publishing against a slow, obvious model that looks at every minute of a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.book import Diary
from agent.free_slots import Accepts, WorkHours
from agent.intervals import Interval
from agent.preblocks import Kind, Laid, Listed, expiry, published_preblocks
from agent.windows import Horizon, windows_of

DAYS = {  # a day on which the clock is changed, and an ordinary one
    ZoneInfo("Europe/Helsinki"): (date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 24)),
    ZoneInfo("Europe/Oslo"): (date(2027, 3, 28), date(2027, 10, 31), date(2027, 6, 1)),
    ZoneInfo("Australia/Lord_Howe"): (date(2026, 10, 4), date(2027, 4, 4), date(2026, 7, 1)),  # half an hour
}
MINUTE, DAY, WEEK = timedelta(minutes=1), timedelta(days=1), timedelta(weeks=1)
PEOPLE, CLINICS, CATEGORIES = ("p1", "p2"), ("c1", "c2"), ("exam", "surgery")
KINDS = ("k1", "k2")


@dataclass(frozen=True)
class World:
    """A small book around one day."""

    zone: ZoneInfo
    day: date
    now: datetime
    publishing: frozenset[str]
    hours: dict[tuple[str, str], list[WorkHours]]
    kinds: list[Kind]
    lists: list[Listed]
    laid: list[Laid]
    busy: dict[str, list[Interval]]

    @property
    def midnight(self) -> datetime:
        return datetime.combine(self.day, time(), self.zone).astimezone(UTC)

    @property
    def minutes(self) -> Iterable[datetime]:
        end = datetime.combine(self.day + DAY, time(), self.zone).astimezone(UTC)
        return (self.midnight + MINUTE * number for number in range(int((end - self.midnight) / MINUTE)))


class Chance(Random):
    """Draws evenly, as hypothesis does not: it likes what is small, and then little meets."""

    def moments(self, midnight: datetime, longest: int) -> Interval:
        start = midnight + MINUTE * self.randrange(-100, 1300)
        return Interval(start, start + MINUTE * self.randint(1, longest))

    def hours(self, day: date) -> WorkHours:
        """By the clock, in five minutes; some weeks begun before, some yet to come, some over."""
        begins, ends = self.randrange(150), self.choice([0, self.randrange(150, 288)])
        return WorkHours(
            weekday=(day.weekday() + (self.random() < 0.1)) % 7,
            begins=time(begins // 12, begins % 12 * 5),
            ends=time(ends // 12, ends % 12 * 5),
            valid_from=day - timedelta(days=self.randint(-1, 21)),
            valid_until=self.choice([None, None, day - DAY, day, day + DAY]),
            every_weeks=self.randint(1, 3),
        )

    def accepts(self) -> Accepts:
        named = frozenset(self.sample(CATEGORIES, self.randint(0, 2)))
        return Accepts(named, self.random() < 0.6)

    def kind(self, name: str) -> Kind:
        expires = expiry(self.choice([None, None, 1, 2]), self.choice([None, None, 5, 24]))
        return Kind(name, "lunch" if self.random() < 0.1 else "internet", self.accepts(), expires)

    def lists(self, kind: str) -> list[Listed]:
        """Mostly the organisation's; some narrowed to clinics or practitioners, some on no list at all."""
        narrow = [("clinic", one) for one in CLINICS] + [("practitioner", one) for one in PEOPLE]
        named = self.sample(narrow, self.choice([0, 0, 1, 2]))
        return [Listed(kind, *scope) for scope in [("organisation", "")] * (self.random() < 0.8) + named]

    def laid(self, midnight: datetime) -> Laid:
        """Mostly for the first practitioner at the first clinic, so that one meets another."""
        who, where = ("p1", "c1") if self.random() < 0.7 else (self.choice(PEOPLE), self.choice(CLINICS))
        return Laid(self.choice(KINDS), who, where, self.moments(midnight, 900))


def world_of(seed: int) -> World:
    chance = Chance(seed)
    zone = chance.choice(list(DAYS))
    day = chance.choice(DAYS[zone])
    midnight = datetime.combine(day, time(), zone).astimezone(UTC)
    kinds = [chance.kind(name) for name in KINDS]
    laid = [chance.laid(midnight) for _ in range(chance.randint(2, 5))]
    deadlines = [one.during.start - (kind.expires_before or 2 * DAY) for one in laid for kind in kinds]
    return World(
        zone=zone,
        day=day,
        now=chance.choice(
            [midnight - 3 * DAY, midnight - MINUTE * chance.randint(-600, 3000), *deadlines[:1]]
        ),
        publishing=frozenset(PEOPLE if chance.random() < 0.9 else PEOPLE[1:]),
        hours={
            (who, where): [chance.hours(day) for _ in range(chance.randint(1, 3))]
            for who in PEOPLE
            for where in CLINICS
        },
        kinds=kinds,
        lists=[line for name in KINDS for line in chance.lists(name)],
        laid=laid,
        busy={who: [chance.moments(midnight, 200) for _ in range(chance.randint(0, 3))] for who in PEOPLE},
    )


def pushed(world: World) -> dict[tuple[str, str], list[tuple[Interval, set[str]]]]:
    """What goes to the portal, read as the protocol says, by practitioner and clinic."""
    preblocks = published_preblocks(world.kinds, world.lists, world.laid)
    diaries = [
        Diary(who, where, world.hours[who, where], preblocks.get((who, where), []), world.busy[who])
        for who in sorted(world.publishing)
        for where in CLINICS
    ]
    slots: dict[tuple[str, str], list[tuple[Interval, set[str]]]] = {}
    for window in windows_of(diaries, dict.fromkeys(CLINICS, world.zone), Horizon(world.now, 1)):
        read = [(during_of(slot), categories_of(slot)) for slot in window.body["slots"]]
        slots.setdefault((window.key.practitioner, window.key.clinic), []).extend(read)
    return slots


def during_of(slot: dict[str, Any]) -> Interval:
    return Interval(datetime.fromisoformat(slot["start"]), datetime.fromisoformat(slot["end"]))


def categories_of(slot: dict[str, Any]) -> set[str]:
    return set(slot.get("categories", CATEGORIES)) - set(slot.get("categories_except", ()))


def offered_by_push(slots: list[tuple[Interval, set[str]]], moment: datetime) -> set[str]:
    covering = [categories for during, categories in slots if during.start <= moment < during.end]
    assert len(covering) <= 1
    return covering[0] if covering else set()


def offered_obviously(world: World, who: str, where: str, moment: datetime) -> set[str]:
    """Said in the words of the appointment book's manual, one condition after the other."""
    is_working = any(is_worked(entry, moment.astimezone(world.zone)) for entry in world.hours[who, where])
    if not is_working or who not in world.publishing:
        return set()
    if any(start <= moment < end for start, end in world.busy[who]):
        return set()
    return {
        category
        for laid in world.laid
        if (laid.practitioner, laid.clinic) == (who, where) and laid.during.start <= moment < laid.during.end
        for kind in world.kinds
        if kind.id == laid.kind and kind.type == "internet" and is_used(world.lists, kind.id, who, where)
        if kind.expires_before is None or world.now + kind.expires_before < laid.during.start
        for category in CATEGORIES
        if takes(kind.accepts, category)
    }


def is_worked(entry: WorkHours, local: datetime) -> bool:
    weeks = (monday(local.date()) - monday(entry.valid_from)) // WEEK
    until = entry.ends if entry.ends != time() else time.max
    return (
        entry.weekday == local.weekday()
        and entry.valid_from <= local.date() <= (entry.valid_until or date.max)
        and weeks % entry.every_weeks == 0
        and entry.begins <= local.time() < until
    )


def monday(day: date) -> date:
    while day.weekday():
        day -= DAY
    return day


def is_used(lists: list[Listed], kind: str, who: str, where: str) -> bool:
    """On a list at all; if clinics name it, here; if practitioners name it, by this one."""
    lines = [line for line in lists if line.member == kind]
    clinics = [line.scope_id for line in lines if line.scope == "clinic"]
    people = [line.scope_id for line in lines if line.scope == "practitioner"]
    return bool(lines) and (not clinics or where in clinics) and (not people or who in people)


@settings(max_examples=50)
@given(st.integers(0, 2**64))
def test_what_is_pushed_is_what_the_book_says_minute_by_minute(seed: int) -> None:
    world = world_of(seed)
    slots = pushed(world)

    for who, where in {(one.practitioner, one.clinic) for one in world.laid}:
        ours = slots.get((who, where), [])
        for moment in world.minutes:
            assert offered_by_push(ours, moment) == offered_obviously(world, who, where, moment)
    assert {place for place, found in slots.items() if found} <= {
        (one.practitioner, one.clinic) for one in world.laid
    }


def test_two_preblocks_on_one_another_accept_what_either_does() -> None:
    every = [
        Accepts(frozenset(names), excluded)
        for names in ((), ("exam",), ("surgery",), CATEGORIES)
        for excluded in (True, False)
    ]
    for one, other in product(every, every):
        both = one | other
        for category in (*CATEGORIES, "hygiene"):
            assert takes(both, category) is (takes(one, category) or takes(other, category))


def takes(accepts: Accepts, category: str) -> bool:
    return (category in accepts.names) is not accepts.excluded
