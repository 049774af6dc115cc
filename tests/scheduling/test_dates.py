"""Days and times as each language writes them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduling.dates import clock, day_and_clock, long_day, short_day
from scheduling.words import quick_clock

MOMENT = datetime(2026, 12, 7, 6, 30, tzinfo=UTC)
HELSINKI = ZoneInfo("Europe/Helsinki")


@pytest.mark.parametrize(
    ("language", "short", "long", "both"),
    [
        ("fi", "ma 7.12.", "maanantai 7.12.2026", "ma 7.12. klo 8.30"),
        ("sv", "mån 7 dec", "måndag 7 december 2026", "mån 7 dec kl. 08:30"),
        ("nb", "man 7. des", "mandag 7. desember 2026", "man 7. des kl. 08.30"),
        ("en", "Mon 7 Dec", "Monday 7 December 2026", "Mon 7 Dec, 8:30"),
    ],
)
def test_dates_are_written_as_the_language_does(language: str, short: str, long: str, both: str) -> None:
    assert short_day(MOMENT.date(), language) == short
    assert long_day(MOMENT.date(), language) == long
    assert day_and_clock(MOMENT, HELSINKI, language) == both


def test_clock_is_the_clinics_own() -> None:
    assert clock(MOMENT, HELSINKI, "fi") == "8.30"
    assert clock(MOMENT, ZoneInfo("Europe/Stockholm"), "sv") == "07:30"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fi", ["2.30", "3.30 (kesäaikaa)", "3.30 (talviaikaa)", "4.30"]),
        ("sv", ["02:30", "03:30 (sommartid)", "03:30 (vintertid)", "04:30"]),
        ("nb", ["02.30", "03.30 (sommertid)", "03.30 (vintertid)", "04.30"]),
        ("en", ["2:30", "3:30 (summer time)", "3:30 (winter time)", "4:30"]),
    ],
)
def test_hour_that_comes_twice_is_told_apart(language: str, words: list[str]) -> None:
    first = datetime(2027, 10, 30, 23, 30, tzinfo=UTC)
    moments = [first + timedelta(hours=n) for n in range(4)]

    assert [clock(moment, HELSINKI, language) for moment in moments] == words
    assert [quick_clock(moment.astimezone(HELSINKI), language) for moment in moments] == words


def test_hour_that_is_left_out_has_nothing_to_tell_apart() -> None:
    first = datetime(2027, 3, 28, 0, 30, tzinfo=UTC)

    assert [clock(first + timedelta(hours=n), HELSINKI, "en") for n in range(2)] == ["2:30", "4:30"]
