"""What people and their programs write, spoilt in every way, is understood or refused in a sentence."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.book import BookUnavailable
from agent.books.calendars.clinic_file import load_clinic_file
from agent.books.calendars.events import busy_times
from agent.books.calendars.shelf import Item
from agent.books.sql.queries import load_queries
from agent.configuration import load_configuration
from agent.intervals import Interval
from agent.toml_files import ConfigurationError

EXAMPLES = Path(__file__).parents[2] / "agent" / "examples"
READERS: dict[str, Callable[[Path], object]] = {
    "agent.toml": lambda path: load_configuration(path.parent),
    "clinic.toml": load_clinic_file,
    "other-pms.toml": load_queries,
}
NONSENSE = (
    "",
    '""',
    "[]",
    "{}",
    "-1",
    "0",
    "true",
    "1979-05-27",
    "25:99",
    '"\\u0000"',
    "'''",
    "[x]",
    "[[x]]",
    "é",
    "]",
)

EVENT = """\
BEGIN:VCALENDAR
BEGIN:VEVENT
UID:one
DTSTART;TZID=Europe/Helsinki:20261123T090000
DTEND;TZID=Europe/Helsinki:20261123T100000
RRULE:FREQ=WEEKLY;UNTIL=20270101T000000Z
EXDATE;TZID=Europe/Helsinki:20261130T090000
STATUS:CONFIRMED
END:VEVENT
BEGIN:VEVENT
UID:one
RECURRENCE-ID;TZID=Europe/Helsinki:20261207T090000
DTSTART;VALUE=DATE:20261208
DURATION:P1D
END:VEVENT
END:VCALENDAR
"""


def spoilt(text: str, seed: int) -> str:
    """Some lines gone, doubled, cut off, or with other values."""
    chance = Random(seed)
    lines = text.splitlines()
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(lines))
        line = lines[at]
        key, mark, _ = line.partition("=" if "=" in line and ":" not in line else ":")
        lines[at : at + 1] = chance.choice(
            [
                [],
                [line, line],
                [line[: chance.randint(0, len(line))]],
                [f"{key}{mark}{chance.choice(NONSENSE)}"],
            ]
        )
    return "\n".join(lines)


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=25)
@given(seed=st.integers(0, 2**64))
def test_spoilt_file_is_read_or_refused_with_its_name(
    tmp_path_factory: pytest.TempPathFactory, name: str, seed: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "spoilt" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(spoilt((EXAMPLES / name).read_text(encoding="utf-8"), seed), encoding="utf-8")

    told = f"{name}."
    try:
        READERS[name](path)
    except ConfigurationError as refusal:
        told = str(refusal)
    assert name in told
    assert told.endswith(".")


@settings(max_examples=100)
@given(seed=st.integers(0, 2**64))
def test_spoilt_calendar_is_read_or_refused_with_its_name(seed: int) -> None:
    item = Item("one.ics", spoilt(EVENT, seed), "")
    winter = Interval(datetime(2026, 11, 1, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC))

    told = item.name
    try:
        for busy in busy_times([item], winter, ZoneInfo("Europe/Helsinki")):
            assert busy.during.overlaps(winter)
    except BookUnavailable as refusal:
        told = str(refusal)
    assert item.name in told
