"""Days and times as each language writes them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from scheduling.dates import clock, day_and_clock, long_day, short_day

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
